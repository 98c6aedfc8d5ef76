"""The countdown outside our own pages: a small page for cities' web sites, and a picture for links to it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.errors import NotFound
from app.kits.sources import campaign_root
from app.models import Campaign
from app.publishing import looks, queries
from app.publishing.countdown_views import embed_page, picture_words
from app.publishing.queries import MemberCity
from app.publishing.rules import date_changes_at
from app.web.deps import Now, ReadSession, RuntimeDep
from app.web.headers import EMBED_SECURITY_POLICY
from app.web.templating import render

LONGEST_KEPT = timedelta(hours=1)  # a day can be moved, a message mended


def _remembers_nothing(request: Request) -> None:
    request.state.sets_no_cookie = True  # it is seen on somebody else's site


router = APIRouter(include_in_schema=False, dependencies=[Depends(_remembers_nothing)])
Language = Annotated[str | None, Query(alias="lang")]


@router.get("/c/{campaign}/{city}/countdown")
def embed(
    campaign: str,
    city: str,
    request: Request,
    session: ReadSession,
    runtime: RuntimeDep,
    now: Now,
    language: Language = None,
) -> Response:
    """The countdown alone, to be framed by any site."""
    found = public_campaign(session, campaign)
    page = embed_page(found, _city(session, found, city), language, now, runtime.settings.resolved_base_url)
    response = render(request, "publishing/countdown.html", page)
    response.headers["Content-Security-Policy"] = EMBED_SECURITY_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@router.get("/c/{campaign}/{city}/countdown.png")
def picture(campaign: str, city: str, session: ReadSession, runtime: RuntimeDep, now: Now, language: Language = None) -> Response:
    """Today's count as a picture; it is kept by nobody beyond the city's next midnight."""
    found = public_campaign(session, campaign)
    member = _city(session, found, city)
    words = picture_words(found, member, language, now)
    source = campaign_root(session, runtime, found, member)
    drawn = looks.link_card(source, words.language, words.large, words.message, words.beneath)
    kept = min(LONGEST_KEPT, date_changes_at(member.time_zone, now) - now)
    return looks.picture(drawn, kept)


def _city(session: Session, campaign: Campaign, slug: str) -> MemberCity:
    """A city that takes part; other places have no day of their own."""
    member = queries.place_in(session, campaign, slug)
    if member.is_elsewhere:
        raise NotFound("campaign.city_not_in", city=slug)
    return member
