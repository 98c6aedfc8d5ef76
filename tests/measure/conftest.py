"""Two cities of two chapters in one campaign, with everything that could leak from one to the other."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.campaigns.plan import StepName
from app.campaigns.steps import DueStep
from app.enums import FiguresMoment, Phase, RoleName, StepScope, SubmissionKind, SubmissionState
from app.measure.service import fresh_link
from app.models import AudienceFigures, Campaign, CampaignCity, Chapter, City, Network, Person
from app.runtime import Runtime
from tests import factories
from tests.conftest import Clock

BASE_URL = "https://voices.example"
OFFICER_OF_BERGEN = "officer@bergen.example"
OFFICER_OF_LYON = "officer@lyon.example"
COORDINATOR_OF_NORTH = "coordinator@north.example"
MANAGER = "manager@network.example"


@dataclass(frozen=True)
class World:
    """What the tests name."""

    network: Network
    campaign: Campaign
    bergen: City
    lyon: City
    in_bergen: CampaignCity
    in_lyon: CampaignCity
    north: Chapter
    officer: Person


@pytest.fixture
def world(runtime: Runtime) -> World:
    """Bergen (chapter North) with six contributions, Lyon (chapter South) with two, three weeks before the day."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        bergen = factories.city(session, network, "bergen", languages=("nb", "en"))
        lyon = factories.city(session, network, "lyon", time_zone="Europe/Paris", country="FR", languages=("fr",))
        north = factories.chapter(session, network, "north", [bergen])
        south = factories.chapter(session, network, "south", [lyon])
        officer = factories.person(session, network, RoleName.OFFICER, city=bergen)
        factories.person(session, network, RoleName.OFFICER, city=lyon, language="fr")
        factories.person(session, network, RoleName.COORDINATOR, chapter=north)
        factories.person(session, network, RoleName.COORDINATOR, chapter=south)
        factories.person(session, network, RoleName.MANAGER)
        campaign = factories.campaign(session, network)
        in_bergen = factories.taking_part(session, campaign, bergen)
        in_lyon = factories.taking_part(session, campaign, lyon)
        for kind, state, language in (
            (SubmissionKind.TEXT, SubmissionState.APPROVED, "ar"),
            (SubmissionKind.PHOTO, SubmissionState.APPROVED, "nb"),
            (SubmissionKind.PHOTO, SubmissionState.PENDING, "nb"),
            (SubmissionKind.PHOTO, SubmissionState.REJECTED, "nb"),
            (SubmissionKind.CLIP, SubmissionState.FAILED, "nb"),
            (SubmissionKind.TEXT, SubmissionState.WITHDRAWN, "nb"),
        ):
            factories.submission(session, campaign, bergen, kind=kind, state=state, language=language)
        factories.submission(session, campaign, lyon, kind=SubmissionKind.SOUND, language="fr")
        factories.submission(session, campaign, lyon, kind=SubmissionKind.TEXT, language="fr", consents=())
    return World(network, campaign, bergen, lyon, in_bergen, in_lyon, north, officer)


def due(
    world: World,
    action: StepName,
    *,
    city: City | None = None,
    place: CampaignCity | None = None,
    chapter: Chapter | None = None,
    run_id: int = 1,
) -> DueStep:
    """A step of the time-line as the tick hands it over."""
    scope = StepScope.EACH_CITY if city else StepScope.EACH_CHAPTER if chapter else StepScope.LAST_CITY
    return DueStep(
        run_id=run_id,
        action=action.value,
        scope=scope,
        offset_days=0,
        campaign=world.campaign,
        campaign_city=place,
        city=city,
        chapter=chapter,
        due_at=factories.A_MOMENT,
        condition=None,
        condition_count=None,
        base_url=BASE_URL,
        keep_originals_days=365,
    )


def asked(session: Session, place: CampaignCity, moment: FiguresMoment, clock: Clock, *, days_ago: int = 0) -> AudienceFigures:
    """A city was asked, so many days ago."""
    row = AudienceFigures(campaign_city_id=place.id, moment=moment, asked_at=clock.now - timedelta(days=days_ago))
    session.add(row)
    session.flush()
    return row


def figures(
    session: Session,
    place: CampaignCity,
    moment: FiguresMoment,
    clock: Clock,
    numbers: tuple[int | None, int | None, int | None],
) -> AudienceFigures:
    """A city was asked now and has answered at once."""
    row = asked(session, place, moment, clock)
    row.followers, row.reached, row.reactions = numbers
    row.answered_at = clock.now
    session.flush()
    return row


def link_of(runtime: Runtime, row: AudienceFigures) -> str:
    """The path of a new link to these questions."""
    with runtime.database.writing() as session:
        return fresh_link(session, row, "", now=runtime.now())


def begin_the_day(session: Session, world: World) -> None:
    """The day has begun everywhere."""
    for row in (session.get_one(CampaignCity, world.in_bergen.id), session.get_one(CampaignCity, world.in_lyon.id)):
        row.phase = Phase.POST_DAY
    session.get_one(Campaign, world.campaign.id).phase = Phase.POST_DAY
