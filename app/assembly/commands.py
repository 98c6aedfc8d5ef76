"""What `polyphony collage` and `polyphony film` do: build at once, whatever the phase, of all that is approved now."""

from collections.abc import Callable

from app.assembly.collage import build_collage
from app.assembly.film import build_city_film
from app.assembly.joint import build_joint_film
from app.assembly.joint_short import build_joint_film_short
from app.assembly.poster import build_poster
from app.assembly.queries import filmed_cities, public_campaign
from app.assembly.service import let_in_what_came_later
from app.assembly.workshop import Built, Progress
from app.assembly.zoom import build_zoomable_collage
from app.campaigns.queries import participation
from app.enums import ProductionKind
from app.runtime import Runtime

Say = Callable[[str], None]
_TOLD_EVERY = 0.25


def build_collage_now(runtime: Runtime, campaign_slug: str, *, say: Say, for_print: bool = False) -> int:
    """Build the campaign's collage, or its poster for print; 0 when it was built, 1 when nothing is approved for it yet."""
    with runtime.database.reading() as session:
        campaign = public_campaign(session, campaign_slug)
    kind = ProductionKind.POSTER if for_print else ProductionKind.COLLAGE
    _let_in(runtime, campaign.id, None, kind)
    if for_print:
        built = build_poster(runtime, campaign.id, progress=_telling(say, "poster"))
        return _told(runtime, built, f"Poster of {campaign_slug}", say)
    _let_in(runtime, campaign.id, None, ProductionKind.ZOOMABLE_COLLAGE)
    zoomable = build_zoomable_collage(runtime, campaign.id, progress=_telling(say, "zoomable collage"))
    if zoomable.contributions:
        page = f"{runtime.settings.resolved_base_url}/c/{campaign_slug}/collage"
        say(f"Zoomable collage of {campaign_slug}: {zoomable.contributions} contributions: {page}")
    built = build_collage(runtime, campaign.id, progress=_telling(say, "collage"))
    return _told(runtime, built, f"Collage of {campaign_slug}", say)


def build_joint_films_now(runtime: Runtime, campaign_slug: str, *, say: Say, only_short: bool = False) -> int:
    """Build both cuts of the campaign's joint film, the short one first; 1 when nothing is approved for it yet."""
    with runtime.database.reading() as session:
        campaign = public_campaign(session, campaign_slug)
    _let_in(runtime, campaign.id, None, ProductionKind.JOINT_FILM_SHORT)
    short = build_joint_film_short(runtime, campaign.id, progress=_telling(say, "joint film, short"))
    outcome = _told(runtime, short, f"Short joint film of {campaign_slug}", say)
    if only_short:
        return outcome
    _let_in(runtime, campaign.id, None, ProductionKind.JOINT_FILM)
    whole = build_joint_film(runtime, campaign.id, progress=_telling(say, "joint film"))
    return max(outcome, _told(runtime, whole, f"Joint film of {campaign_slug}", say))


def build_films_now(runtime: Runtime, campaign_slug: str, city_slug: str | None, *, say: Say) -> int:
    """Build one city's film, or that of every city that has something approved; 1 when there was nothing to show."""
    with runtime.database.reading() as session:
        campaign = public_campaign(session, campaign_slug)
        if city_slug is None:
            cities = filmed_cities(session, campaign.id)
        else:
            cities = [(city_slug, participation(session, campaign.id, city_slug)[1].id)]
    outcomes = []
    for slug, city_id in cities:
        _let_in(runtime, campaign.id, city_id, ProductionKind.CITY_FILM)
        built = build_city_film(runtime, campaign.id, city_id, progress=_telling(say, slug))
        outcomes.append(_told(runtime, built, f"Film of {slug}", say))
    if not cities:
        say("No city has anything approved for a film yet.")
    return min(outcomes, default=1)


def _let_in(runtime: Runtime, campaign_id: int, city_id: int | None, kind: ProductionKind) -> None:
    with runtime.database.writing() as session:
        let_in_what_came_later(session, campaign_id, city_id, kind, now=runtime.now())


def _telling(say: Say, what: str) -> Progress:
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told
        if share - told >= _TOLD_EVERY:
            told = share
            say(f"  {what}: {round(100 * share)} %")

    return progress


def _told(runtime: Runtime, built: Built, what: str, say: Say) -> int:
    if not built.contributions:
        say(f"{what}: nothing is approved for it yet.")
        return 1
    lasts = f", {round(built.duration_s)} s" if built.duration_s else ""
    state = "made" if built.anew else "nothing has changed"
    address = f"{runtime.settings.resolved_base_url}/media/productions/{built.public_id}"
    counted = "1 contribution" if built.contributions == 1 else f"{built.contributions} contributions"
    say(f"{what}: {counted}{lasts} ({state}): {address}")
    return 0
