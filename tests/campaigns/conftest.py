"""A network whose cities lie far apart, and the people who run it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.campaigns.draft import CampaignDraft
from app.campaigns.plan import COLLECTION_STEPS, CORE, PlannedStep, StepName
from app.campaigns.service import create_campaign, invite, join, open_campaign
from app.db.session import Database
from app.enums import RoleName, SubmissionKind
from app.models import Campaign, City, InternationalDay, Network, Person
from app.words import Words
from tests import factories

DAY = date(2027, 6, 20)
NOON = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
BASE_URL = "https://voices.example"
TOOLKITS = ["world-refugee-day"]
DAY_LINES = tuple(line for line in CORE if line.action not in COLLECTION_STEPS | {StepName.CLOSE_CAMPAIGN})  # of the day alone
KEEP_DAYS = 365
ZONES = {"torino": "Europe/Rome", "betio": "Pacific/Kiritimati", "pago-pago": "Pacific/Pago_Pago"}


def words(text: str) -> Words:
    """English words."""
    return Words("en", {"en": text})


def draft(day_on: date = DAY) -> CampaignDraft:
    """A draft with nothing wrong in it."""
    return CampaignDraft(
        title=Words("en", {"en": "Our Home", "fr": "Notre maison"}),
        message=words("Home is where we sing"),
        objective=words("To hear one another."),
        question=words("What does safety mean to you?"),
        hashtag=words("#OurHome"),
        languages=("en", "fr"),
        day_on=day_on,
        pre_day_offset_days=-28,
        post_day_offset_days=21,
        kinds=tuple(SubmissionKind),
        formats=("square", "story"),
        max_clip_s=30,
        max_text_chars=600,
        toolkit_slug="world-refugee-day",
    )


@dataclass(frozen=True)
class World:
    """Rows that every test of campaigns begins with."""

    network: Network
    day: InternationalDay
    cities: dict[str, City]
    officers: dict[str, Person]
    manager: Actor

    def officer(self, session: Session, slug: str) -> Actor:
        """Who acts for this city."""
        actor = actor_of(session, self.officers[slug])
        assert actor is not None
        return actor

    def planned(self, session: Session, day_on: date = DAY, lines: Sequence[PlannedStep] = DAY_LINES) -> Campaign:
        """A draft."""
        return create_campaign(
            session, day=self.day, draft=draft(day_on), toolkits=TOOLKITS, actor=self.manager, now=NOON, lines=lines
        )

    def opened(
        self, session: Session, *, day_on: date = DAY, now: datetime = NOON, lines: Sequence[PlannedStep] = DAY_LINES
    ) -> Campaign:
        """An open campaign."""
        campaign = self.planned(session, day_on, lines)
        open_campaign(session, campaign, actor=self.manager, now=now)
        return campaign

    def joined(self, session: Session, campaign: Campaign, *slugs: str, now: datetime = NOON) -> None:
        """Cities invited and joined."""
        cities = [self.cities[slug] for slug in slugs]
        invite(session, campaign, cities=cities, actor=self.manager, now=now, base_url=BASE_URL)
        for city in cities:
            join(session, campaign, city, actor=self.officer(session, city.slug), now=now)


@pytest.fixture
def world(database: Database) -> World:
    """Three cities from UTC+14 to UTC-11, an officer in each, one manager."""
    with database.writing() as session:
        network = factories.network(session)
        day = InternationalDay(
            network_id=network.id,
            slug="world-refugee-day",
            names=Words("en", {"en": "World Refugee Day", "fr": "Journée mondiale des réfugiés"}),
            month=6,
            day=20,
            proclaimed_by="United Nations",
            since_year=2000,
            toolkit_slug="world-refugee-day",
        )
        session.add(day)
        cities = {slug: factories.city(session, network, slug, time_zone=zone) for slug, zone in ZONES.items()}
        officers = {slug: factories.person(session, network, city=city) for slug, city in cities.items()}
        manager = actor_of(session, factories.person(session, network, RoleName.MANAGER))
        assert manager is not None
    return World(network, day, cities, officers, manager)
