"""The page of a city in the spotlight, from the moment its turn came, and the picture that networks show of it."""

from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.errors import NotFound
from app.models import Campaign
from app.publishing import queries, spotlight_queries
from app.publishing import spotlight_pictures as pictures
from app.publishing.contexts import Preview, VoiceView
from app.publishing.film_views import whole_film_view
from app.publishing.places import city_name
from app.publishing.queries import MemberCity
from app.publishing.spotlight_contexts import SpotlightPage
from app.publishing.spotlight_views import Turn, now_on, spotlight_address, turns_of
from app.publishing.views import voice_view
from app.runtime import Runtime
from app.web.deps import Now, ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator, _
from app.web.templating import render
from app.words import choose

NOW = _("In the spotlight of this campaign now")
BEFORE = _("In the spotlight on %(day)s")
SAID = _("One city after the other is put forward. %(city)s, in the words, pictures and sounds of those who live there.")


def _remembers_nothing(request: Request) -> None:
    request.state.sets_no_cookie = True  # a picture is shown on other people's pages


router = APIRouter(include_in_schema=False)


@router.get("/c/{campaign}/{city}/spotlight")
def page(
    campaign: str, city: str, request: Request, session: ReadSession, runtime: RuntimeDep, now: Now, speech: Speech
) -> Response:
    """One contribution put forward large, the city's film, and the cities that had their turn."""
    network, found = queries.the_network(session), public_campaign(session, campaign)
    member = queries.place_in(session, found, city)
    turns = turns_of(session, found)
    turn = _turn(turns, member)
    name = city_name(member, speech)
    city_href = f"/c/{found.slug}/{member.slug}"
    film = whole_film_view(session, found, member, speech)
    members = {each.id: each for each in queries.cities_of(session, [found.id]).get(found.id, [])}
    context = SpotlightPage(
        network=speech.choose(network.names).text,
        campaign_href=f"/c/{found.slug}",
        city_href=city_href,
        brand_href=f"{city_href}/brand.css",
        title=speech.choose(found.title),
        own_name=choose(member.names, member.languages),
        name=name,
        message=choose(found.message, (*member.languages, speech.language)),
        hashtag=speech.choose(found.hashtag).text,
        turn_label=_turn_label(turn, is_now=member.id in now_on(found, turns, now), speech=speech),
        voice=_voice(session, found, turn, speech),
        film=replace(film, parts=()) if film else None,
        others=[
            (city_name(members[each.city_id], speech), spotlight_address(found, members[each.city_id]))
            for each in turns
            if each.city_id != member.id
        ],
        preview=_preview(session, runtime, found, member, turn, name, speech),
    )
    return render(request, "publishing/spotlight.html", context)


@router.get("/c/{campaign}/{city}/spotlight.png", dependencies=[Depends(_remembers_nothing)])
def picture(campaign: str, city: str, runtime: RuntimeDep, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """A contribution as a card, while its person agrees to social networks: asked, and drawn, each time."""
    with runtime.database.reading() as session:
        found = public_campaign(session, campaign)
        turn = _turn(turns_of(session, found), queries.place_in(session, found, city))
        subject = pictures.subject_of(session, runtime, found, turn.city_id, turn_at=turn.at)
    if subject is None:
        raise NotFound("media.missing")
    headers = {"ETag": f'"{subject.tag}"', "Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    drawn = pictures.draw(runtime, subject, pictures.LINKED)
    return Response(drawn.content, media_type=drawn.media_type, headers=headers)


def _turn(turns: list[Turn], city: MemberCity) -> Turn:
    """When the city was put forward; `spotlight.not_yet` before that, and while it rests."""
    for turn in turns:
        if turn.city_id == city.id:
            return turn
    raise NotFound("spotlight.not_yet")


def _turn_label(turn: Turn, *, is_now: bool, speech: Translator) -> str:
    if is_now:
        return speech.gettext(NOW)
    return speech.gettext(BEFORE) % {"day": speech.on_date(turn.at.astimezone(ZoneInfo(turn.time_zone)))}


def _voice(session: Session, campaign: Campaign, turn: Turn, speech: Translator) -> VoiceView | None:
    """Who is put forward first of those of whom there is something to see, to hear or to read."""
    for each in spotlight_queries.candidates(session, campaign.id, turn.city_id, turn_at=turn.at):
        voice = spotlight_queries.voice_at(session, each.submission_id)
        view = voice_view(campaign, voice, speech) if voice else None
        if view is not None:
            return view
    return None


def _preview(
    session: Session, runtime: Runtime, campaign: Campaign, city: MemberCity, turn: Turn, name: str, speech: Translator
) -> Preview:
    """What networks show of a link: somebody's words where they agree to that, else the card of the city."""
    base, address = runtime.settings.resolved_base_url, spotlight_address(campaign, city)
    subject = pictures.subject_of(session, runtime, campaign, city.id, turn_at=turn.at)
    own = f"{base}{address}.png?v={subject.tag[:12]}" if subject else None
    return Preview(
        title=speech.gettext(pictures.IN_THE_SPOTLIGHT) % {"city": name},
        description=speech.gettext(SAID) % {"city": name},
        url=f"{base}{address}",
        image_url=own or f"{base}/c/{campaign.slug}/{city.slug}/card.png",
        **({"image_height_px": pictures.LINKED_SIZE_PX[1]} if own else {}),
    )
