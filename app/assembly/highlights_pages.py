"""Choosing the best moments of a campaign at the desk, and having their film made."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.assembly import highlights, highlights_queries
from app.assembly import highlights_views as views
from app.assembly.highlights import MAX_HIGHLIGHTS
from app.assembly.highlights_film import KIND
from app.assembly.joint_plan import joint_choice
from app.assembly.queries import production_at
from app.assembly.works import have_made
from app.assembly.works_pages import desk_address, looking_again
from app.assembly.works_views import work_view
from app.campaigns.access import managed_campaign
from app.enums import Phase, SubmissionKind
from app.errors import ErrorKind, Refused
from app.models import Campaign, Network
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/highlights", include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
STEPS = {"earlier": -1, "later": 1}


@router.get("")
def show(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    city: str = "",
    kind: str = "",
    page: PageNumber = 1,
    wait: str = "yes",
) -> Response:
    """What is chosen, in its order; beneath it all that could be."""
    campaign = managed_campaign(session, actor, slug)
    choice = (city, kind if kind in set(SubmissionKind) else "", page)
    shown = _page(session, actor, campaign, speech, now, choice, looks_again=wait != "no")
    return looking_again(request, render(request, "assembly/highlights.html", shown), shown.work)


@router.post("")
def change(
    request: Request, slug: str, actor: CurrentActor, runtime: RuntimeDep, fields: FieldsDep, speech: Speech, now: Now
) -> Response:
    """Choose one, take it out, or move it by one place."""
    try:
        with runtime.database.writing() as session:
            _change(session, managed_campaign(session, actor, slug), fields, actor, now)
    except Refused as refused:
        if refused.kind is not ErrorKind.CONFLICT:
            raise
        with runtime.database.reading() as session:
            campaign = managed_campaign(session, actor, slug)
            shown = _page(session, actor, campaign, speech, now, ("", "", 1), told=speech.refusal(refused))
        return render(request, "assembly/highlights.html", shown, status=409)
    return RedirectResponse(desk_address(fields.raw("back")), status_code=303)


def _change(session: Session, campaign: Campaign, fields: Fields, actor: Actor, now: datetime) -> None:
    public_id, act, by = fields.raw("contribution"), fields.raw("act"), {"actor_id": actor.person_id}
    if act == "choose":
        highlights.choose(session, campaign, public_id, **by, now=now)
    elif act == "take_out":
        highlights.take_out(session, campaign, public_id, **by, now=now)
    elif act in STEPS:
        highlights.move(session, campaign, public_id, by=STEPS[act], **by, now=now)
    else:
        raise Refused("form.broken")


@router.post("/captions")
def choose_captions(slug: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """Choose the language of the captions beneath the original words."""
    campaign = managed_campaign(session, actor, slug)
    language = fields.raw("captions_language") or None
    highlights.choose_captions(session, campaign, language, actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/highlights#film", status_code=303)


@router.post("/make")
def make(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have the film of it made now."""
    campaign = managed_campaign(session, actor, slug)
    have_made(session, campaign, KIND, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}/highlights#film", status_code=303)


def _page(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    now: datetime,
    choice: tuple[str, str, int],
    *,
    told: str | None = None,
    looks_again: bool = True,
) -> views.HighlightsPage:
    city, kind, page = choice
    chosen = highlights_queries.chosen(session, campaign)
    wanted = SubmissionKind(kind) if kind else None
    others, total = highlights_queries.shown(session, campaign, city_slug=city, kind=wanted, page=page)
    with_something = highlights_queries.places_shown(session, campaign)
    places = {each.submission.id: place for place, each in enumerate(chosen, start=1)}
    cities = frozenset(each.city.id for each in chosen)

    def line(each: highlights_queries.Shown) -> views.Line:
        return views.line(each, speech, place=places.get(each.submission.id), chosen_cities=cities)

    is_seen = campaign.status.is_public and campaign.phase in {Phase.DAY, Phase.POST_DAY} and bool(chosen)
    url = views.address(campaign)
    return views.HighlightsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{campaign.slug}",
        url=url,
        public_href=f"/c/{campaign.slug}/highlights" if is_seen else None,
        chosen=[line(each) for each in chosen],
        others=[line(each) for each in others],
        fairness=views.fairness(chosen, with_something, speech),
        length=views.length_in_words(chosen, speech),
        is_full=views.is_full(len(chosen)),
        limit=MAX_HIGHLIGHTS,
        total=total,
        cities=[(each.slug, speech.place(each.names, *each.languages).text) for each in with_something],
        kinds=[(each.value, speech.gettext(label)) for each, label in views.KINDS.items()],
        city=city,
        kind=kind,
        here=views.address(campaign, city=city, kind=kind, page=page),
        newer_href=views.address(campaign, city=city, kind=kind, page=page - 1) if page > 1 else None,
        older_href=views.address(campaign, city=city, kind=kind, page=page + 1) if views.has_more(total, page) else None,
        work=work_view(
            session,
            production_at(session, campaign.id, None, KIND),
            address=url,
            zone=session.get_one(Network, campaign.network_id).time_zone,
            speech=speech,
            now=now,
            looks_again=looks_again,
        ),
        captions_language=joint_choice(session, campaign.id).captions_language or "",
        caption_languages=views.caption_languages(campaign, speech),
        told=told,
    )
