"""Asks cities for their figures, takes their answers, thanks them and hands out reports; each in the caller's transaction."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, mail
from app.enums import CampaignStatus, FiguresMoment, RoleName
from app.errors import ErrorKind, Refused
from app.measure import letters
from app.measure.queries import AskedFigures, figures_at, people_with, tally_of
from app.models import AudienceFigures, Campaign, CampaignCity, Chapter, City, FiguresLink, Network, Person
from app.submissions.tokens import sha256_hex


def ask(
    session: Session,
    campaign: Campaign,
    place: CampaignCity,
    city: City,
    moment: FiguresMoment,
    *,
    now: datetime,
    base_url: str,
) -> int:
    """Ask a city for its figures of one moment and write to its officers; how many people that is.

    A city that was asked before keeps what it answered, and nobody gets the same mail twice.
    """
    figures = figures_at(session, place, moment)
    if figures is None:
        figures = AudienceFigures(campaign_city_id=place.id, moment=moment, asked_at=now)
        session.add(figures)
        session.flush()
    officers = people_with(session, campaign.network_id, RoleName.OFFICER, city_id=city.id)
    if not officers:
        return 0
    network = session.get_one(Network, campaign.network_id)
    asked = AskedFigures(figures, network, campaign, place, city)
    link = fresh_link(session, figures, base_url, now=now)
    for person in officers:
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason="figures",
            written=letters.figures_letter(asked, person, link),
            idempotency_key=f"figures:{figures.id}:{person.id}",
            now=now,
        )
    return len(officers)


def fresh_link(session: Session, figures: AudienceFigures, base_url: str, *, now: datetime) -> str:
    """One more link to the same three questions, for a mail that is written now; the links of earlier mails stay good."""
    token = secrets.token_urlsafe(32)
    session.add(FiguresLink(figures_id=figures.id, token_sha256=sha256_hex(token), created_at=now))
    session.flush()
    return f"{base_url}/figures/{token}"


def answer(
    session: Session,
    asked: AskedFigures,
    *,
    followers: int | None,
    reached: int | None,
    reactions: int | None,
    now: datetime,
) -> None:
    """Take the three numbers, or what is known of them; the last answer stands. Refuses `figures.campaign_closed`."""
    if not may_answer(asked.campaign):
        raise Refused("figures.campaign_closed", kind=ErrorKind.CONFLICT)
    figures = asked.figures
    figures.followers, figures.reached, figures.reactions = followers, reached, reactions
    figures.answered_at = now
    session.flush()
    audit.record(
        session,
        network_id=asked.network.id,
        act="figures.answered",
        subject_kind="campaign_city",
        subject_id=asked.place.id,
        at=now,
        moment=figures.moment.value,
        known=sum(number is not None for number in (followers, reached, reactions)),
    )


def may_answer(campaign: Campaign) -> bool:
    """Whether figures can be given and changed: until the campaign closes."""
    return campaign.status is not CampaignStatus.CLOSED


def thank(
    session: Session, campaign: Campaign, place: CampaignCity, city: City, *, run_id: int, now: datetime, base_url: str
) -> tuple[int, int]:
    """Thank everybody who contributed there, on their receipts, and its officers by mail; (contributions, people written to).

    Where nobody contributed nobody is thanked.
    """
    tally = tally_of(session, campaign.id, city.id)
    if not tally.kept:
        return 0, 0
    place.thanked_at = place.thanked_at or now
    network = session.get_one(Network, campaign.network_id)
    officers = people_with(session, campaign.network_id, RoleName.OFFICER, city_id=city.id)
    for person in officers:
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason="thanks",
            written=letters.thanks_letter(network, campaign, city, tally, person, f"{base_url}/c/{campaign.slug}/{city.slug}"),
            idempotency_key=f"thanks:{run_id}:{person.id}",
            now=now,
        )
    return tally.kept, len(officers)


def hand_out_city_report(session: Session, campaign: Campaign, city: City, *, run_id: int, now: datetime, base_url: str) -> int:
    """Write to a city's officers where its report is; to how many."""
    people = people_with(session, campaign.network_id, RoleName.OFFICER, city_id=city.id)
    link = f"{base_url}/desk/c/{campaign.slug}/{city.slug}/report"
    return _hand_out(session, campaign, people, letters.CityOf(city), link=link, run_id=run_id, now=now)


def hand_out_overview(
    session: Session, campaign: Campaign, chapter: Chapter | None, *, run_id: int, now: datetime, base_url: str
) -> int:
    """Write to a chapter's coordinators, or to the network's managers, where their overview is; to how many."""
    if chapter is None:
        people = people_with(session, campaign.network_id, RoleName.MANAGER)
    else:
        people = people_with(session, campaign.network_id, RoleName.COORDINATOR, chapter_id=chapter.id)
    link = f"{base_url}/desk/campaigns/{campaign.slug}/report"
    return _hand_out(session, campaign, people, letters.ChapterOf(chapter), link=link, run_id=run_id, now=now)


def _hand_out(
    session: Session,
    campaign: Campaign,
    people: Sequence[Person],
    place: letters.CityOf | letters.ChapterOf,
    *,
    link: str,
    run_id: int,
    now: datetime,
) -> int:
    network = session.get_one(Network, campaign.network_id)
    for person in people:
        mail.send(
            session,
            network_id=network.id,
            person=person,
            reason="report",
            written=letters.report_letter(network, campaign, place, person, link),
            idempotency_key=f"report:{run_id}:{person.id}",
            now=now,
        )
    return len(people)
