"""What a city posts today: the card that the time-line put out, with its text, and whether it also comes by mail."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.plan import StepName
from app.enums import StepState
from app.errors import NotFound
from app.kits.contexts import CardsPage, CardView
from app.kits.embargo import card_group, days_left_at
from app.kits.order import KitOrder
from app.kits.ordering import kit_order
from app.kits.queries import DeskPlace, joined_place
from app.kits.slots import days_in_words
from app.kits.toolkit import fill
from app.models import CampaignCity, CardWish, Person, StepRun, TimelineStep
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(prefix="/desk/c/{campaign}/{city}/cards", include_in_schema=False)


@router.get("")
def show_cards(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """Today's card in each of the city's languages; without one, when the next comes."""
    place = _place(session, actor, campaign, city)
    order = kit_order(session, runtime, place, now=now)
    url = f"/desk/c/{campaign}/{city}"
    days_left = _put_out_today(session, place, now)
    coming = _coming(session, place.part)
    page = CardsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        city=speech.place(place.city.names, *place.city.languages),
        campaign=speech.choose(place.campaign.title, *place.city.languages),
        back_href=url,
        cards=_cards(order, days_left, url, speech) if order is not None and days_left is not None else [],
        next_card=speech.at_time(coming, place.city.time_zone) if coming else None,
        wishes_mail=_wishes(session, place.part, actor),
        action=f"{url}/cards",
    )
    return render(request, "kits/cards.html", page)


@router.post("")
def wish(campaign: str, city: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, now: Now) -> Response:
    """Whether the cards also come by mail."""
    place = _place(session, actor, campaign, city)
    # a double click must not make two rows
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    is_wished = _wishes(session, place.part, actor)
    if fields.ticked("wish") and not is_wished:
        session.add(CardWish(campaign_city_id=place.part.id, person_id=actor.person_id, wished_at=now))
    elif not fields.ticked("wish") and is_wished:
        session.execute(delete(CardWish).where(*_wish_of(place.part, actor)))
    return RedirectResponse(f"/desk/c/{campaign}/{city}/cards", status_code=303)


def _place(session: Session, actor: Actor, campaign: str, city: str) -> DeskPlace:
    place = joined_place(session, actor, campaign, city)
    if place.city.is_elsewhere:  # nobody posts for it
        raise NotFound("campaign.city_not_in", city=city)
    return place


def _cards(order: KitOrder, days_left: int, url: str, speech: Translator) -> list[CardView]:
    """The card in every language of the kit; none while it is under embargo."""
    if card_group(days_left) in order.embargoed:
        return []
    name = f"countdown/days-{days_left:02}" if days_left else "day/today"
    cards = []
    for language in order.picture_languages:
        texts = order.texts_in(language)
        pattern = (texts.plan.countdown if days_left else texts.plan.day) if texts else ""
        left = days_in_words(days_left, order.campaign.day_on, language)
        href = f"{url}/kit/{name}.{language}.png"
        cards.append(
            CardView(
                picture_href=f"{href}?small=true",
                href=f"{href}?download=true",
                text=fill(pattern, {**order.slots(language), "days_left": left}),
                tag=language,
                language=speech.language_name(language),
                says=left,
            )
        )
    return cards


def _put_out_today(session: Session, place: DeskPlace, now: datetime) -> int | None:
    """How many days today's card counts; None where no step has put one out on this local date."""
    done = _card_runs(place.part).where(StepRun.state == StepState.DONE).order_by(StepRun.done_at.desc())
    left = days_left_at(now, place.campaign.day_on, place.city.time_zone)
    return left if any((run.outcome or {}).get("days_left") == left for run in session.scalars(done)) else None


def _coming(session: Session, part: CampaignCity) -> datetime | None:
    waiting = _card_runs(part).where(StepRun.state == StepState.PLANNED, StepRun.held_at.is_(None)).order_by(StepRun.due_at)
    run = session.scalars(waiting.limit(1)).first()
    return run.due_at if run else None


def _card_runs(part: CampaignCity) -> Select[StepRun]:
    return (
        select(StepRun)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(StepRun.campaign_city_id == part.id, TimelineStep.action == StepName.COUNTDOWN_CARD.value)
    )


def _wishes(session: Session, part: CampaignCity, actor: Actor) -> bool:
    return session.scalar(select(CardWish.person_id).where(*_wish_of(part, actor))) is not None


def _wish_of(part: CampaignCity, actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return CardWish.campaign_city_id == part.id, CardWish.person_id == actor.person_id
