"""What the manager decides about a campaign's joint film, and which city comes first in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.actor import Actor
from app.assembly.joint_rules import WHOLE_FILM_S, in_rotation
from app.db.first import found_or_first
from app.enums import ProductionKind
from app.errors import Refused, RefusedFields
from app.models import Campaign, JointFilmPlan

JOINT_FILMS = (ProductionKind.JOINT_FILM_SHORT, ProductionKind.JOINT_FILM)  # the short one is there first
BUDGET_S = (60, 3600)  # shortest and longest whole cut that can be asked for; an hour is the longest film we make
MOST_GUESTS = 12  # at one length each, already more than a minute of quotes


@dataclass(frozen=True, slots=True)
class JointChoice:
    """How a campaign wants its joint film."""

    budget_s: int = round(WHOLE_FILM_S)  # of the whole cut
    card_only: frozenset[int] = frozenset()  # cities of which only the name is seen
    quotes: tuple[
        int, ...
    ] = ()  # guests of honour in their order: whoever speaks for a whole network is chosen, never by default
    captions_language: str | None = None  # of translations under the original words; None: these alone
    with_music: bool = False


def joint_choice(session: Session, campaign_id: int) -> JointChoice:
    """What was decided, or how joint films are without a decision."""
    row = session.get(JointFilmPlan, campaign_id)
    if row is None:
        return JointChoice()
    return JointChoice(row.budget_s, frozenset(row.card_only), tuple(row.quotes), row.captions_language, row.with_music)


def plan_joint_film(
    session: Session,
    campaign: Campaign,
    choice: JointChoice,
    *,
    joined: Collection[int],
    guests: Collection[int],
    actor: Actor,
    now: datetime,
) -> bool:
    """Keep what was decided; whether anything is different now. The caller holds the campaign locked.

    `joined` are the cities and `guests` the quotes that may be named. Refuses, all at once, `form.out_of_range` (budget),
    `film.not_a_city`, `film.not_a_guest`, `film.guest_twice`, `film.too_many_guests {at_most}`, `film.not_a_language {language}`.
    """
    if refusals := list(_refusals(campaign, choice, joined, guests)):
        raise RefusedFields(refusals)
    if choice == joint_choice(session, campaign.id):
        return False
    row = _row(session, campaign.id, now=now)
    row.budget_s, row.card_only, row.quotes = choice.budget_s, sorted(choice.card_only), list(choice.quotes)
    row.captions_language, row.with_music = choice.captions_language, choice.with_music
    row.changed_at, row.changed_by_id = now, actor.person_id
    session.flush()
    audit.record(
        session,
        network_id=campaign.network_id,
        act="joint_film.planned",
        subject_kind="campaign",
        subject_id=campaign.id,
        at=now,
        actor_id=actor.person_id,
        budget_s=choice.budget_s,
        card_only=len(choice.card_only),
        guests=len(choice.quotes),
        with_music=choice.with_music,
    )
    return True


def _refusals(campaign: Campaign, choice: JointChoice, joined: Collection[int], guests: Collection[int]) -> list[Refused]:
    at_least, at_most = BUDGET_S
    found = []
    if not at_least <= choice.budget_s <= at_most:
        found.append(Refused("form.out_of_range", field="budget_s", at_least=at_least, at_most=at_most))
    if not choice.card_only <= set(joined):
        found.append(Refused("film.not_a_city", field="card_only"))
    if not set(choice.quotes) <= set(guests):
        found.append(Refused("film.not_a_guest", field="guests"))
    if len(set(choice.quotes)) != len(choice.quotes):
        found.append(Refused("film.guest_twice", field="guests"))
    if len(choice.quotes) > MOST_GUESTS:
        found.append(Refused("film.too_many_guests", field="guests", at_most=MOST_GUESTS))
    if choice.captions_language is not None and choice.captions_language not in campaign.languages:
        found.append(Refused("film.not_a_language", field="captions_language", language=choice.captions_language))
    return found


def in_order(session: Session, campaign: Campaign, city_ids: Collection[int]) -> list[int]:
    """The cities as they come in both cuts: the order of the film that stands, as long as its first city takes part."""
    row = session.get(JointFilmPlan, campaign.id)
    ring = sorted(city_ids)
    if row is not None and row.opened_city_id in ring:
        first = ring.index(row.opened_city_id)
        return [*ring[first:], *ring[:first]]
    return in_rotation(city_ids, opened=opened_before(session, campaign))


def opened_before(session: Session, campaign: Campaign) -> list[int]:
    """The city that came first in each earlier campaign of the network, oldest first."""
    earlier = or_(Campaign.day_on < campaign.day_on, and_(Campaign.day_on == campaign.day_on, Campaign.id < campaign.id))
    query = (
        select(JointFilmPlan.opened_city_id)
        .join(Campaign, Campaign.id == JointFilmPlan.campaign_id)
        .where(Campaign.network_id == campaign.network_id, JointFilmPlan.opened_city_id.is_not(None), earlier)
        .order_by(Campaign.day_on, Campaign.id)
    )
    return [city_id for city_id in session.scalars(query) if city_id is not None]


def note_opened(session: Session, campaign_id: int, city_id: int, *, now: datetime) -> None:
    """Remember which city comes first in the film that stands, in the transaction that puts it there."""
    _row(session, campaign_id, now=now).opened_city_id = city_id
    session.flush()


def _row(session: Session, campaign_id: int, *, now: datetime) -> JointFilmPlan:
    usual = {"budget_s": JointChoice().budget_s, "card_only": [], "quotes": [], "with_music": False}
    return found_or_first(
        session,
        lambda: session.get(JointFilmPlan, campaign_id),
        lambda: JointFilmPlan(campaign_id=campaign_id, changed_at=now, **usual),
    )
