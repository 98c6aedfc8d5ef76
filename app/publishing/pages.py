"""The public pages: the network, a campaign, a city in it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.campaigns.rules import collection_opens_at
from app.enums import CampaignStatus, Phase, ProductionKind
from app.errors import NotFound, Refused
from app.kits.questions import question_in
from app.kits.slots import day_in_words
from app.kits.sources import Source, campaign_root, campaign_roots
from app.models import Campaign, Network
from app.publishing import (
    calendar_pages,
    countdown_pages,
    elsewhere_pages,
    frame_pages,
    health,
    highlights_pages,
    looks,
    media,
    queries,
    spotlight_desk_pages,
    spotlight_pages,
    zoom_pages,
)
from app.publishing.collage_views import collage_of
from app.publishing.colours import Brand
from app.publishing.contexts import AboutPage, CampaignPage, ChooseCityPage, CityPage, HomePage, Poster, Preview
from app.publishing.countdown_views import countdown_in, picture_address
from app.publishing.film_views import whole_film_view
from app.publishing.highlights_views import booklet_href, highlights_href
from app.publishing.joint_film import chapter_href, joint_film_of
from app.publishing.places import (
    PHASE_SENTENCES,
    city_choices,
    city_lines,
    city_name,
    first_to_begin,
    world_strip,
)
from app.publishing.queries import MemberCity
from app.publishing.spotlight_views import is_spotlit, spotlight_of
from app.publishing.views import (
    VOICES_ON_A_PAGE,
    city_phase,
    film_view,
    filters_of,
    poster_of,
    wall,
)
from app.runtime import Runtime
from app.web.deps import FOR_RESIDENTS, Now, ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator, _
from app.web.templating import render
from app.words import choose

router = APIRouter(include_in_schema=False)
router.include_router(calendar_pages.router)  # before the pages of cities: calendar.ics is no city
router.include_router(countdown_pages.router)
router.include_router(frame_pages.router)  # frame is no city either
router.include_router(health.router)
router.include_router(highlights_pages.router)  # nor is highlights
router.include_router(media.router)
router.include_router(spotlight_pages.router)
router.include_router(spotlight_desk_pages.router)
router.include_router(zoom_pages.router)  # collage is no city either

CITY_COOKIE = "city"
YEAR_S = 365 * 24 * 3600
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/")
def home(request: Request, session: ReadSession, now: Now, speech: Speech) -> Response:
    """The network and its campaigns."""
    network = queries.the_network(session)
    city_count, country_count = queries.network_reach(session, network.id)
    campaigns = queries.public_campaigns(session, network.id)
    cities, elsewhere = queries.cities_of(session, [each.id for each in campaigns]), queries.elsewhere_of(session, campaigns)
    name = speech.choose(network.names).text

    def poster(campaign: Campaign) -> Poster:
        members = cities.get(campaign.id, [])
        yours = _yours(request, members)
        countdown = countdown_in(campaign, yours or first_to_begin(campaign, members), name, speech, now)
        shown = poster_of(campaign, members, countdown, city=None, speech=speech, elsewhere=elsewhere.get(campaign.id))
        return replace(shown, strip=world_strip(campaign, members, now, speech)) if campaign.phase is Phase.DAY else shown

    running = [each for each in campaigns if each.status is CampaignStatus.OPEN and each.phase is not Phase.POST_DAY]
    past = [each for each in campaigns if each not in running]
    running.sort(key=lambda each: each.day_on)
    page = HomePage(name, city_count, country_count, [poster(each) for each in running], [poster(each) for each in past], now)
    return render(request, "publishing/home.html", page)


@router.get("/brands.css")
def brands(session: ReadSession, runtime: RuntimeDep) -> Response:
    """The colours of every campaign's poster, for the page that shows them side by side."""
    campaigns = queries.public_campaigns(session, queries.the_network(session).id)
    sources = campaign_roots(session, runtime, campaigns)
    return _sheet("".join(looks.poster_rule(each.slug, brand) for each in campaigns if (brand := _brand(sources[each.id]))))


@router.get("/c/{campaign}/brand.css")
def brand(campaign: str, session: ReadSession, runtime: RuntimeDep) -> Response:
    """The campaign's colours."""
    source = campaign_root(session, runtime, public_campaign(session, campaign))
    return _sheet(looks.brand_sheet(looks.brand_for(source)))


@router.get("/c/{campaign}/{city}/brand.css")
def city_brand(campaign: str, city: str, session: ReadSession, runtime: RuntimeDep) -> Response:
    """The campaign's colours as they are in this city, whose chapter can have its own."""
    found = public_campaign(session, campaign)
    source = campaign_root(session, runtime, found, queries.place_in(session, found, city))
    return _sheet(looks.brand_sheet(looks.brand_for(source)))


@router.get("/c/{campaign}/card.png")
def card(campaign: str, session: ReadSession, runtime: RuntimeDep, speech: Speech) -> Response:
    """The picture of a link to the campaign."""
    found = public_campaign(session, campaign)
    message = speech.choose(found.message)
    hashtag = choose(found.hashtag, [message.language]).text
    day = day_in_words(found.day_on, message.language)
    source = campaign_root(session, runtime, found)
    return looks.picture(looks.link_card(source, message.language, message.text, hashtag, day))


@router.get("/c/{campaign}/{city}/card.png")
def city_card(campaign: str, city: str, session: ReadSession, runtime: RuntimeDep) -> Response:
    """The picture of a link to the city's page, in the city's own language."""
    found = public_campaign(session, campaign)
    member = _member(session, found, city)
    message = choose(found.message, member.languages)
    day = day_in_words(found.day_on, message.language)
    name = choose(member.names, member.languages).text
    source = campaign_root(session, runtime, found, member)
    return looks.picture(looks.link_card(source, message.language, name, message.text, day))


@router.get("/c/{campaign}")
def campaign_page(
    campaign: str,
    request: Request,
    session: ReadSession,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
    page: PageNumber = 1,
    origin: Annotated[str | None, Query(alias="from")] = None,
    language: str | None = None,
) -> Response:
    """A campaign: its poster, its collage, its voices, its cities."""
    network, found = queries.the_network(session), public_campaign(session, campaign)
    members = queries.cities_of(session, [found.id]).get(found.id, [])
    elsewhere = queries.elsewhere_of(session, [found]).get(found.id)
    places = [*members, elsewhere] if elsewhere else members
    yours = _yours(request, members)
    name = speech.choose(network.names).text
    countdown = countdown_in(found, yours or first_to_begin(found, members), name, speech, now)
    poster = poster_of(found, members, countdown, city=None, speech=speech, elsewhere=elsewhere)
    if yours and poster.share_href:
        poster = poster_of(found, members, countdown, city=yours, speech=speech)
    counts = queries.voice_counts(session, found.id)
    per_city: Counter[int] = Counter()
    for count in counts:
        per_city[count.city_id] += count.count
    origin_id = next((place.id for place in places if place.slug == origin), None)
    voices = queries.voices(
        session,
        found.id,
        limit=VOICES_ON_A_PAGE + 1,
        offset=(page - 1) * VOICES_ON_A_PAGE,
        city_id=origin_id,
        language=language or None,
    )
    films = queries.shown_productions(session, found.id, ProductionKind.CITY_FILM)
    filters = {"from": origin or "", "language": language or ""}
    context = CampaignPage(
        poster=poster,
        network=name,
        question=question_in(session, runtime, found, [speech.language]),
        chosen_city=yours.slug if yours else None,
        city_choices=city_choices(members, speech),
        spotlight=spotlight_of(session, found, members, now, speech),
        highlights_href=highlights_href(session, found),
        booklet_href=booklet_href(session, found),
        collage=collage_of(session, found, speech),
        joint_film=joint_film_of(session, runtime, found, places, speech),
        wall=wall(
            found,
            voices,
            total=per_city.total(),
            page=page,
            address=f"/c/{found.slug}",
            filters={key: value for key, value in filters.items() if value},
            speech=speech,
        ),
        filters=filters_of(found, places, counts, city=origin if origin_id else None, language=language, speech=speech),
        strip=None if found.phase is Phase.POST_DAY else world_strip(found, members, now, speech),
        cities=city_lines(found, members, per_city, speech),
        elsewhere=(f"/c/{found.slug}/{elsewhere.slug}", per_city[elsewhere.id]) if elsewhere else None,
        films=[
            (f"/c/{found.slug}/{city.slug}#film", city_name(city, speech))
            for city in places
            if (film := film_view(city, films.get(city.id))) and film.url
        ],
        preview=_preview(runtime, found, f"/c/{found.slug}", poster.message.text, speech),
        now=now,
    )
    response = render(request, "publishing/campaign.html", context)
    if yours and yours.slug == request.query_params.get(CITY_COOKIE):
        response.set_cookie(
            CITY_COOKIE,
            yours.slug,
            max_age=YEAR_S,
            secure=runtime.settings.cookies_are_secure,
            httponly=True,
            samesite="lax",
        )
    return response


@router.get("/c/{campaign}/share", dependencies=[FOR_RESIDENTS])
def choose_city(campaign: str, request: Request, session: ReadSession, speech: Speech) -> Response:
    """Where do you live? Leads to the form of that city."""
    found = public_campaign(session, campaign)
    members = queries.cities_of(session, [found.id]).get(found.id, [])
    asked = request.query_params.get(CITY_COOKIE)
    elsewhere = queries.elsewhere_of(session, [found]).get(found.id)
    if any(place.slug == asked for place in (*members, elsewhere) if place):
        return RedirectResponse(f"/c/{found.slug}/{asked}/share", status_code=303)
    last = [(elsewhere.slug, city_name(elsewhere, speech))] if elsewhere else []
    context = ChooseCityPage(
        href=f"/c/{found.slug}",
        title=speech.choose(found.title),
        city_choices=[*city_choices(members, speech), *last],
        is_unknown=asked is not None,
        has_elsewhere=bool(elsewhere),
    )
    return render(request, "publishing/choose_city.html", context)


@router.get("/c/{campaign}/{city}")
def city_page(
    campaign: str,
    city: str,
    request: Request,
    session: ReadSession,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
    page: PageNumber = 1,
) -> Response:
    """A city in a campaign, in its own voice first."""
    network, found = queries.the_network(session), public_campaign(session, campaign)
    member = queries.place_in(session, found, city)
    if member.is_elsewhere:
        return elsewhere_pages.show(request, session, runtime, speech, campaign=found, place=member, page=page)
    name = city_name(member, speech)
    countdown = countdown_in(found, member, name, speech, now)
    counts = queries.voice_counts(session, found.id)
    voices = queries.voices(
        session, found.id, limit=VOICES_ON_A_PAGE + 1, offset=(page - 1) * VOICES_ON_A_PAGE, city_id=member.id
    )
    phase, address = city_phase(found, member, now), f"/c/{found.slug}/{member.slug}"
    context = CityPage(
        brand_href=f"{address}/brand.css",
        poster=poster_of(found, [member], countdown, city=member, speech=speech),
        network=speech.choose(network.names).text,
        contact_email=network.contact_email,
        own_name=choose(member.names, member.languages),
        name=name,
        message=choose(found.message, (*member.languages, speech.language)),
        question=question_in(session, runtime, found, (*member.languages, speech.language), member),
        phase=speech.gettext(PHASE_SENTENCES[phase]),
        collects_from=_opening_day(found, member, now, speech) if phase == "before" else None,
        is_spotlit=is_spotlit(session, found, member, now),
        joint_film_href=chapter_href(session, runtime, found, member),
        film=whole_film_view(session, found, member, speech),
        wall=wall(
            found,
            voices,
            total=sum(count.count for count in counts if count.city_id == member.id),
            page=page,
            address=address,
            filters={},
            speech=speech,
        ),
        preview=replace(
            _preview(runtime, found, address, name, speech),
            image_url=runtime.settings.resolved_base_url + picture_address(found, member, request.query_params.get("lang"), now),
        ),
        now=now,
    )
    return render(request, "publishing/city.html", context)


@router.get("/privacy")
def privacy(request: Request, session: ReadSession, speech: Speech, runtime: RuntimeDep) -> Response:
    """What is kept about people and how they take it back."""
    return render(request, "publishing/privacy.html", _about(queries.the_network(session), speech, runtime))


@router.get("/accessibility")
def accessibility(request: Request, session: ReadSession, speech: Speech, runtime: RuntimeDep) -> Response:
    """What everybody can use, what not yet, and whom to tell."""
    return render(request, "publishing/accessibility.html", _about(queries.the_network(session), speech, runtime))


def _about(network: Network, speech: Translator, runtime: Runtime) -> AboutPage:
    return AboutPage(
        network=speech.choose(network.names).text,
        responsible=speech.choose(network.responsible),
        contact_email=network.contact_email,
        keep_originals_days=runtime.settings.keep_originals_days,
    )


def _yours(request: Request, members: list[MemberCity]) -> MemberCity | None:
    """The visitor's city: just chosen, else remembered; one that does not take part is none."""
    for slug in (request.query_params.get(CITY_COOKIE), request.cookies.get(CITY_COOKIE)):
        chosen = next((member for member in members if member.slug == slug), None)
        if chosen is not None:
            return chosen
    return None


def _member(session: Session, campaign: Campaign, slug: str) -> MemberCity:
    for member in queries.cities_of(session, [campaign.id]).get(campaign.id, []):
        if member.slug == slug:
            return member
    raise NotFound("campaign.city_not_in", city=slug)


def _opening_day(campaign: Campaign, member: MemberCity, now: datetime, speech: Translator) -> str | None:
    opens_at = member.collection_opens_at or collection_opens_at(campaign, member.time_zone)
    return speech.at_time(opens_at, member.time_zone) if now < opens_at else None  # one that is held promises no moment


def _preview(runtime: Runtime, campaign: Campaign, address: str, title: str, speech: Translator) -> Preview:
    base = runtime.settings.resolved_base_url
    said = speech.gettext(_("Voices from %(campaign)s: what people tell in their own words, pictures and sounds."))
    return Preview(
        title=title,
        description=said % {"campaign": speech.choose(campaign.title).text},
        url=f"{base}{address}",
        image_url=f"{base}{address}/card.png",
    )


def _brand(source: Source) -> Brand | None:
    """The colours of one among others; one that cannot be loaded any more leaves theirs to the rest, and has the service's."""
    try:
        return looks.brand_for(source)
    except Refused:
        return None


def _sheet(content: str) -> Response:
    return Response(content, media_type="text/css")
