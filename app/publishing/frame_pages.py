"""The profile frame for everyone: the frame as a picture, and a page that puts it around a picture which it sends nowhere."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.errors import NotFound
from app.kits.sources import Source, campaign_root
from app.models import Campaign
from app.publishing import looks, queries
from app.publishing.frame_contexts import FrameWords
from app.publishing.frame_views import draw, frame_page, frame_words, version_of
from app.publishing.queries import MemberCity
from app.runtime import Runtime
from app.web.deps import ReadSession, RuntimeDep, Speech
from app.web.headers import PICTURE_STAYS_POLICY
from app.web.templating import render

FOR_EVER = timedelta(days=365)
UNVERSIONED = timedelta(hours=1)  # a message can be mended, a name corrected


def _remembers_nothing(request: Request) -> None:
    request.state.sets_no_cookie = True  # a picture's language is not the reader's


router = APIRouter(include_in_schema=False)
Language = Annotated[str | None, Query(alias="lang")]
Version = Annotated[str | None, Query(alias="v")]
Words = Annotated[str | None, Query()]


@router.get("/c/{campaign}/frame")
def page(
    campaign: str, request: Request, session: ReadSession, runtime: RuntimeDep, speech: Speech, words: Words = None
) -> Response:
    """The campaign's frame around your picture."""
    found = public_campaign(session, campaign)
    return _page(request, session, runtime, speech, campaign=found, city=None, words=words)


@router.get("/c/{campaign}/{city}/frame")
def city_page(
    campaign: str, city: str, request: Request, session: ReadSession, runtime: RuntimeDep, speech: Speech, words: Words = None
) -> Response:
    """The frame with the name of a city around your picture."""
    found = public_campaign(session, campaign)
    return _page(request, session, runtime, speech, campaign=found, city=_city(session, found, city), words=words)


@router.get("/c/{campaign}/frame.png", dependencies=[Depends(_remembers_nothing)])
def picture(
    campaign: str,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    language: Language = None,
    version: Version = None,
) -> Response:
    """The campaign's frame, transparent."""
    found = public_campaign(session, campaign)
    words = frame_words(found, None, language, speech.language)
    return _picture(campaign_root(session, runtime, found), words, version)


@router.get("/c/{campaign}/{city}/frame.png", dependencies=[Depends(_remembers_nothing)])
def city_picture(
    campaign: str,
    city: str,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    language: Language = None,
    version: Version = None,
) -> Response:
    """The frame with the name of a city, transparent."""
    found = public_campaign(session, campaign)
    member = _city(session, found, city)
    words = frame_words(found, member, language, speech.language)
    return _picture(campaign_root(session, runtime, found, member), words, version)


def _page(
    request: Request,
    session: Session,
    runtime: Runtime,
    speech: Speech,
    *,
    campaign: Campaign,
    city: MemberCity | None,
    words: str | None,
) -> Response:
    network, base_url = queries.the_network(session), runtime.settings.resolved_base_url
    members = queries.cities_of(session, [campaign.id]).get(campaign.id, [])
    source = campaign_root(session, runtime, campaign, city)
    shown = frame_page(campaign, members, city, words, speech, source=source, network=network.names, base_url=base_url)
    response = render(request, "publishing/frame.html", shown)
    response.headers["Content-Security-Policy"] = PICTURE_STAYS_POLICY
    return response


def _picture(source: Source, words: FrameWords, version: str | None) -> Response:
    return looks.picture(draw(source, words), FOR_EVER if version == version_of(source, words) else UNVERSIONED)


def _city(session: Session, campaign: Campaign, slug: str) -> MemberCity:
    """A city that takes part; other places have no frame of their own."""
    member = queries.place_in(session, campaign, slug)
    if member.is_elsewhere:
        raise NotFound("campaign.city_not_in", city=slug)
    return member
