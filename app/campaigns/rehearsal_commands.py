"""What `polyphony rehearse` prints: the storyboard as lines to read or as JSON, the warnings first."""

import json
from collections.abc import Callable
from itertools import groupby

from app.campaigns.queries import campaign_by_slug
from app.campaigns.rehearsal import Rehearsal, Stage, rehearse
from app.campaigns.rehearsal_queries import script_of
from app.network.queries import the_network
from app.runtime import Runtime
from app.web.i18n import translator

Say = Callable[[str], None]


def rehearse_now(runtime: Runtime, campaign_slug: str, stage: Stage, *, as_json: bool, say: Say) -> int:
    """Play the campaign's time-line in a reading transaction; 0, whatever the warnings, since the rehearsal itself went well."""
    with runtime.database.reading() as session:
        campaign = campaign_by_slug(session, the_network(session).id, campaign_slug)
        script = script_of(session, runtime, campaign, stage)
    rehearsal = rehearse(script, stage, translator("en"))
    if as_json:
        say(json.dumps(rehearsal.as_json(translator("en")), ensure_ascii=False, indent=1))
    else:
        _tell(rehearsal, say)
    return 0


def _tell(rehearsal: Rehearsal, say: Say) -> None:
    speech = translator("en")
    for check, alike in groupby(rehearsal.warnings, key=lambda warned: warned.check):
        for warned in alike:
            cities = f" ({', '.join(city.slug for city in warned.cities)})" if warned.cities else ""
            say(f"! {check.code}: {warned.summary(speech)}{cities}")
        say(f"  -> {check.advice}")
    for act in rehearsal.acts:
        codes = "".join(f" !{warned.check.code}" for warned in rehearsal.warnings_of.get(act, ()))
        say(f"{act.local.isoformat(sep=' ', timespec='minutes')}  {act.said(speech)}{codes}")
    say(f"{len(rehearsal.acts)} steps, {len(rehearsal.warnings)} warnings; nothing was changed.")
