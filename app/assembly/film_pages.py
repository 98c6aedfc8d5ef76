"""The film of a city at the desk: how it stands, what it is made of and in which order, what is chosen for it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.deps import CurrentActor
from app.assembly import arrangements, film_words_pages
from app.assembly.film import KIND, plan_of
from app.assembly.film_preview import request_preview
from app.assembly.film_views import film_offer, film_page, film_place, film_url, read_options
from app.assembly.works import have_made
from app.assembly.works_pages import looking_again
from app.errors import RefusedFields
from app.kits.queries import DeskPlace
from app.web.deps import FieldsDep, Now, RuntimeDep, Speech, WriteSession
from app.web.headers import look_again
from app.web.templating import render

router = APIRouter(prefix="/desk/c/{campaign}/{city}/film", include_in_schema=False)
router.include_router(film_words_pages.router)


class Act(StrEnum):
    """What can be done with one contribution."""

    PIN = "pin"
    UNPIN = "unpin"
    EARLIER = "earlier"
    LATER = "later"
    DROP = "drop"
    PUT_BACK = "put_back"


@router.get("")
def show(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
    wait: Annotated[str, Query()] = "yes",
    saved: Annotated[str, Query()] = "no",
) -> Response:
    """The film and all of its shots; the page looks again by itself while it is made, unless the reader stopped that."""
    with runtime.database.reading() as session:
        place = film_place(session, actor, campaign, city)
    plan = plan_of(runtime, place.campaign.id, place.city.id, by_hand=True)
    with runtime.database.reading() as session:
        page = film_page(session, actor, place, plan, speech, now=now, looks_again=wait != "no", saved=saved == "yes")
    response = looking_again(request, render(request, "assembly/film.html", page), page.work)
    if page.preview_awaited and wait != "no":
        return look_again(request, response, after_s=page.work.reload_s)
    return response


@router.post("/make")
def make(campaign: str, city: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have it made of what may be in it now."""
    place = film_place(session, actor, campaign, city)
    have_made(session, place.campaign, KIND, city_id=place.city.id, actor_id=actor.person_id, now=now)
    return RedirectResponse(film_url(place), status_code=303)


@router.post("/preview")
def have_preview(campaign: str, city: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have a preview made of the film as it would be now."""
    place = film_place(session, actor, campaign, city)
    request_preview(session, place.campaign, place.city.id, now=now)
    return RedirectResponse(f"{film_url(place)}#preview", status_code=303)


@router.post("/shots/{public_id}")
def arrange(
    campaign: str,
    city: str,
    public_id: str,
    actor: CurrentActor,
    fields: FieldsDep,
    runtime: RuntimeDep,
    now: Now,
) -> Response:
    """Pin one, have it come earlier or later, leave it out, and the opposite of each."""
    act = fields.one_of("act", Act)
    fields.refuse_if_wrong()
    with runtime.database.reading() as session:
        place = film_place(session, actor, campaign, city)
    shown = [shot.submission_id for shot in plan_of(runtime, place.campaign.id, place.city.id, by_hand=True).film.shots]
    with runtime.database.writing() as session:
        _do(session, place, public_id, act, shown, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"{film_url(place)}#shot-{public_id}", status_code=303)


def _do(session: Session, place: DeskPlace, public_id: str, act: Act, shown: list[int], *, actor_id: int, now: datetime) -> None:
    campaign, city = place.campaign, place.city
    if act is Act.PIN:
        arrangements.pin(session, campaign, city, public_id, shown, actor_id=actor_id, now=now)
    elif act is Act.UNPIN:
        arrangements.unpin(session, campaign, city, public_id, actor_id=actor_id, now=now)
    elif act is Act.DROP:
        arrangements.drop(session, campaign, city, public_id, actor_id=actor_id, now=now)
    elif act is Act.PUT_BACK:
        arrangements.put_back(session, campaign, city, public_id, actor_id=actor_id, now=now)
    else:
        by = arrangements.EARLIER if act is Act.EARLIER else arrangements.LATER
        arrangements.move(session, campaign, city, public_id, shown, by=by, actor_id=actor_id, now=now)


@router.post("/as-it-comes")
def reset(campaign: str, city: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Forget order, pins and what was left out."""
    place = film_place(session, actor, campaign, city)
    arrangements.reset(session, place.campaign, place.city, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"{film_url(place)}#shots", status_code=303)


@router.post("/settings")
def choose(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    fields: FieldsDep,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
) -> Response:
    """Choose length, further shapes, captions and music."""
    with runtime.database.reading() as session:
        place = film_place(session, actor, campaign, city)
    plan = plan_of(runtime, place.campaign.id, place.city.id, by_hand=True)
    options, offer = read_options(fields), film_offer(place, plan)
    try:
        with runtime.database.writing() as session:
            arrangements.set_options(session, place.campaign, place.city, options, offer, actor_id=actor.person_id, now=now)
    except RefusedFields as refused:
        with runtime.database.reading() as session:
            page = film_page(session, actor, place, plan, speech, now=now, typed=fields, refused=refused, looks_again=False)
        return render(request, "assembly/film.html", page, status=422)
    return RedirectResponse(f"{film_url(place)}?saved=yes#settings", status_code=303)
