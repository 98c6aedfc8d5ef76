"""What `polyphony collage` and `polyphony film` do: build at once, whatever the phase, of all that is approved now."""

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from app.assembly.collage import build_collage
from app.assembly.film import build_city_film
from app.assembly.joint import build_joint_film
from app.assembly.joint_short import build_joint_film_short
from app.assembly.poster import build_poster
from app.assembly.queries import filmed_cities, public_campaign
from app.assembly.service import let_in_what_came_later
from app.assembly.works import left_s
from app.assembly.workshop import Built, Progress
from app.assembly.zoom import build_zoomable_collage
from app.campaigns.queries import campaigns_where, cities_in
from app.enums import PUBLIC, ProductionKind
from app.errors import NotFound, Refused, Unknown
from app.kits.kit_run_views import in_words
from app.models import Campaign
from app.runtime import Runtime
from app.web.i18n import translator
from media_pipeline.errors import MediaError
from media_pipeline.messages import sentence

Say = Callable[[str], None]
TOLD_EVERY_SHARE, TOLD_EVERY_S = 0.1, 15.0  # whichever comes first


def build_collage_now(runtime: Runtime, campaign_slug: str, *, say: Say, for_print: bool = False) -> int:
    """Build the campaign's collage, or its poster for print; 0 when it was built, 1 when nothing is approved for it yet."""
    with runtime.database.reading() as session:
        campaign = _campaign(session, campaign_slug)
    kind = ProductionKind.POSTER if for_print else ProductionKind.COLLAGE
    _let_in(runtime, campaign.id, None, kind)
    if for_print:
        built = build_poster(runtime, campaign.id, progress=_telling(say, "poster"))
        return _told(runtime, built, f"Poster of {campaign_slug}", say)
    _let_in(runtime, campaign.id, None, ProductionKind.ZOOMABLE_COLLAGE)
    zoomable = build_zoomable_collage(runtime, campaign.id, progress=_telling(say, "zoomable collage"))
    if zoomable.contributions:
        page = f"{runtime.settings.resolved_base_url}/c/{campaign_slug}/collage"
        say(f"Zoomable collage of {campaign_slug}: {_counted(zoomable)}: {page}")
    built = build_collage(runtime, campaign.id, progress=_telling(say, "collage"))
    return _told(runtime, built, f"Collage of {campaign_slug}", say)


def build_joint_films_now(runtime: Runtime, campaign_slug: str, *, say: Say, only_short: bool = False) -> int:
    """Build both cuts of the campaign's joint film, the short one first; 1 when nothing is approved for it yet."""
    with runtime.database.reading() as session:
        campaign = _campaign(session, campaign_slug)
    _let_in(runtime, campaign.id, None, ProductionKind.JOINT_FILM_SHORT)
    short = build_joint_film_short(runtime, campaign.id, progress=_telling(say, "joint film, short"))
    outcome = _told(runtime, short, f"Short joint film of {campaign_slug}", say)
    if only_short:
        return outcome
    _let_in(runtime, campaign.id, None, ProductionKind.JOINT_FILM)
    whole = build_joint_film(runtime, campaign.id, progress=_telling(say, "joint film"))
    return max(outcome, _told(runtime, whole, f"Joint film of {campaign_slug}", say))


def build_films_now(runtime: Runtime, campaign_slug: str, city_slug: str | None, *, say: Say) -> int:
    """Build one city's film, or that of every city that has something approved, also where one of them fails.

    1 when there was nothing to show, or when one of several failed.
    """
    with runtime.database.reading() as session:
        campaign = _campaign(session, campaign_slug)
        cities = filmed_cities(session, campaign.id) if city_slug is None else [_city(session, campaign, city_slug)]
    outcomes = []
    for slug, city_id in cities:
        _let_in(runtime, campaign.id, city_id, ProductionKind.CITY_FILM)
        try:
            built = build_city_film(runtime, campaign.id, city_id, progress=_telling(say, slug))
        except (Refused, MediaError) as refused:
            if city_slug is not None:
                raise
            say(f"Film of {slug}: {said_of(refused)}")
            outcomes.append(1)
        else:
            outcomes.append(_told(runtime, built, f"Film of {slug}", say))
    if not cities:
        say("No city has anything approved for a film yet.")
    return max(outcomes, default=1)


def said_of(refused: Refused | MediaError) -> str:
    """The sentence of what could not be done, and the code by which it can be looked for."""
    words = sentence(refused) if isinstance(refused, MediaError) else translator("en").refusal(refused)
    return f"{words} [{refused.code}]"


def _campaign(session: Session, slug: str) -> Campaign:
    try:
        return public_campaign(session, slug)
    except NotFound:
        there = campaigns_where(session, Campaign.status.in_(PUBLIC))
        raise Unknown("open or closed campaign", slug, [each.slug for each in there]) from None


def _city(session: Session, campaign: Campaign, slug: str) -> tuple[str, int]:
    there = {city.slug: city.id for part, city in cities_in(session, campaign.id) if part.joined_at}
    if slug not in there:
        raise Unknown("city in this campaign", slug, sorted(there))
    return slug, there[slug]


def _let_in(runtime: Runtime, campaign_id: int, city_id: int | None, kind: ProductionKind) -> None:
    with runtime.database.writing() as session:
        let_in_what_came_later(session, campaign_id, city_id, kind, now=runtime.now())


def _telling(say: Say, what: str) -> Progress:
    """A line now and then, the same in a terminal and in a log: how far it is, and how long the rest takes."""
    began_at = told_at = time.monotonic()
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told, told_at
        now = time.monotonic()
        if abs(share - told) < TOLD_EVERY_SHARE and now - told_at < TOLD_EVERY_S:
            return
        told, told_at = share, now
        left = left_s(share, now - began_at)
        rest = "" if left is None else f". {in_words(left, translator('en'))}"
        say(f"  {what}: {int(100 * share)} %{rest}")

    return progress


def _told(runtime: Runtime, built: Built, what: str, say: Say) -> int:
    if not built.contributions:
        say(f"{what}: nothing is approved for it yet.")
        return 1
    lasts = f", {round(built.duration_s)} s" if built.duration_s else ""
    state = "made" if built.anew else "nothing has changed"
    address = f"{runtime.settings.resolved_base_url}/media/productions/{built.public_id}"
    say(f"{what}: {_counted(built)}{lasts} ({state}): {address}")
    return 0


def _counted(built: Built) -> str:
    return "1 contribution" if built.contributions == 1 else f"{built.contributions} contributions"
