"""From draft over preparation to open: the steps, the mails, the pages, and what coordinators may do."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.campaigns.access import reach
from app.campaigns.actions import ACTIONS
from app.campaigns.plan import PlannedStep, StepName
from app.campaigns.queries import cities_in
from app.campaigns.service import begin_preparation, create_campaign, invite, join, open_campaign, run_due_steps
from app.campaigns.steps import StepRegistry
from app.campaigns.working_group import add_member
from app.db.session import Database
from app.enums import CampaignStatus, RoleName, StepClock, StepScope, StepState
from app.errors import NotFound, Refused
from app.models import (
    BriefVersion,
    Campaign,
    CampaignCity,
    Chapter,
    City,
    Mail,
    Person,
    StepRun,
    TimelineStep,
    WorkingGroupMember,
)
from app.moderation.queries import drafts, given_up_steps
from app.runtime import Runtime
from app.words import Words
from tests import factories
from tests.campaigns.conftest import BASE_URL, DAY_LINES, NOON, TOOLKITS, World, draft
from tests.campaigns.test_pages import said
from tests.conftest import Clock, Server

CAMPAIGN = "/desk/campaigns/world-refugee-day-2027"


def at_office(action: StepName, days: int, hour: int = 9) -> PlannedStep:
    return PlannedStep(action, StepScope.FIRST_CITY, days, time(hour), StepClock.NETWORK)


LINES = (  # 1 June is 19 days before the day; the network's office goes by UTC
    at_office(StepName.OPEN_PREPARATION, -18),
    at_office(StepName.INVITE, -17),
    at_office(StepName.CLOSE_PREPARATION, -10),
    *DAY_LINES,
)
FIXES = datetime(2027, 6, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def manager(server: Server, world: World) -> httpx.Client:
    return server.signed_in(world.manager.email)


def prepared(session: Session, world: World, *cities: str) -> Campaign:
    """A campaign in preparation, with these cities invited."""
    campaign = world.planned(session, lines=LINES)
    begin_preparation(session, campaign, actor=world.manager, now=NOON)
    chosen = [world.cities[slug] for slug in cities]
    invite(session, campaign, cities=chosen, actor=world.manager, now=NOON, base_url=BASE_URL)
    return campaign


def mails(session: Session, reason: str) -> dict[int, Mail]:
    return {mail.person_id: mail for mail in session.scalars(select(Mail).where(Mail.reason == reason))}


def run_until(runtime: Runtime, clock: Clock, now: datetime) -> None:
    clock.now = now
    run_due_steps(runtime, StepRegistry(ACTIONS), now=now)


def test_the_preparation_goes_by_itself_from_reading_to_open(runtime: Runtime, world: World, clock: Clock) -> None:
    with runtime.database.writing() as session:
        campaign = prepared(session, world, "torino")
        guest = world.officers["betio"]
        add_member(session, campaign, guest.id, actor=world.manager, now=NOON, base_url=BASE_URL)
        assert mails(session, "brief_opened") == {}  # its step is still to come
    run_until(runtime, clock, NOON + timedelta(days=1))
    torino = world.officers["torino"].id
    with runtime.database.reading() as session:
        opened = mails(session, "brief_opened")
        assert set(opened) == {torino, guest.id}
        assert opened[torino].subject == "Our Home: read the brief and say what you think"
        assert "its brief is there for Torino to read before it is fixed" in opened[torino].body
        assert "You can comment until 10 June 2027, 11:00 by the clock of Torino." in " ".join(opened[torino].body.split())
        assert "you are in the working group" in opened[guest.id].body
        assert f"{runtime.settings.resolved_base_url}{CAMPAIGN}/brief" in opened[guest.id].body
        assert {mail.not_after for mail in opened.values()} == {FIXES}
    run_until(runtime, clock, NOON + timedelta(days=2))
    with runtime.database.reading() as session:
        assert [city.slug for _place, city in cities_in(session, campaign.id, joined=False)] == ["betio", "pago-pago", "torino"]
        assert len(mails(session, "invitation")) == 3
        assert "Its brief is not fixed yet: read it and say what you think, until" in mails(session, "invitation")[guest.id].body
        assert session.get_one(Campaign, campaign.id).status is CampaignStatus.PREPARING
    run_until(runtime, clock, FIXES)
    with runtime.database.reading() as session:
        assert session.get_one(Campaign, campaign.id).status is CampaignStatus.OPEN
        fixed = mails(session, "brief_fixed")
        assert set(fixed) == {person.id for person in world.officers.values()}
        assert "You can join with Torino" in fixed[torino].body
        outcomes = dict(_outcomes(session, campaign))
        assert outcomes == {
            "open_preparation": {"people": 2},
            "invite": {"cities": 2, "people": 2, "silent_cities": 0},
            "close_preparation": {"people": 3},
        }
        assert session.scalars(select(BriefVersion.number)).all() == [1]


def test_nobody_gets_a_mail_of_the_preparation_twice(runtime: Runtime, world: World, clock: Clock) -> None:
    with runtime.database.writing() as session:
        campaign = prepared(session, world, "torino")
    run_until(runtime, clock, NOON + timedelta(days=1))
    with runtime.database.writing() as session:
        row = session.get_one(Campaign, campaign.id)
        for name in ("torino", "betio"):
            add_member(session, row, world.officers[name].id, actor=world.manager, now=clock.now, base_url=BASE_URL)
        assert set(mails(session, "brief_opened")) == {world.officers["torino"].id, world.officers["betio"].id}
        assert len(session.scalars(select(Mail).where(Mail.reason == "brief_opened")).all()) == 2


def test_after_an_outage_nobody_is_asked_to_comment_on_a_brief_that_is_fixed_at_that_moment(
    runtime: Runtime, world: World, clock: Clock
) -> None:
    with runtime.database.writing() as session:
        prepared(session, world, "torino")
    run_until(runtime, clock, FIXES + timedelta(days=1))
    with runtime.database.reading() as session:
        assert mails(session, "brief_opened") == {}
        assert len(mails(session, "brief_fixed")) == 3


def test_who_joined_while_the_brief_was_read_is_told_what_comes_next(runtime: Runtime, world: World, clock: Clock) -> None:
    with runtime.database.writing() as session:
        campaign = prepared(session, world, "torino")
        torino = world.cities["torino"]
        place = join(session, campaign, torino, actor=world.officer(session, "torino"), now=NOON)
        assert place.joined_at == NOON
    run_until(runtime, clock, FIXES)
    with runtime.database.reading() as session:
        body = mails(session, "brief_fixed")[world.officers["torino"].id].body
        assert "The page, the kit and the link for residents are ready for Torino" in " ".join(body.split())


def test_an_invitation_says_whether_the_brief_can_still_be_commented_on(database: Database, world: World) -> None:
    with database.writing() as session:
        by_hand = create_campaign(session, day=world.day, draft=draft(), toolkits=TOOLKITS, actor=world.manager, now=NOON)
        begin_preparation(session, by_hand, actor=world.manager, now=NOON)
        invite(session, by_hand, cities=[world.cities["torino"]], actor=world.manager, now=NOON, base_url=BASE_URL)
        first = session.scalars(select(Mail.body)).one()
        open_campaign(session, by_hand, actor=world.manager, now=NOON)
        invite(session, by_hand, cities=[world.cities["betio"]], actor=world.manager, now=NOON, base_url=BASE_URL)
        second = mails(session, "invitation")[world.officers["betio"].id].body
    assert "Its brief is not fixed yet: read it and say what you think." in first
    assert "Its brief is fixed, and your city can join at once." in second


def test_previews_of_the_preparation_say_what_will_be_done_and_who_hears_of_it(
    server: Server, world: World, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        world.planned(session, lines=LINES)
    page = said(manager.get(f"{CAMPAIGN}/rehearsal"))
    assert "The working group and the officers of invited cities get a mail: the brief is there to be commented on" in page
    assert "Every city that is not invited yet is invited; its officers get a mail" in page
    assert "The brief is fixed as it then stands, and the campaign becomes public" in page


def test_the_manager_goes_from_draft_to_closed_and_reads_beforehand_what_each_act_does(
    server: Server, world: World, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        world.planned(session, lines=LINES)
    page = said(manager.get(CAMPAIGN))
    assert "Begin the preparation Open at once Write it again" in page
    assert "Nothing is public until the brief is fixed." in said(manager.get(f"{CAMPAIGN}/prepare"))
    assert "Nobody gets a mail. Afterwards you invite the cities." in said(manager.get(f"{CAMPAIGN}/open"))
    assert manager.get(f"{CAMPAIGN}/close").status_code == 409
    assert manager.post(f"{CAMPAIGN}/prepare").headers["location"] == f"{CAMPAIGN}?preparing=yes"
    page = said(manager.get(f"{CAMPAIGN}?preparing=yes"))
    assert "The preparation has begun" in page
    assert "The time-line fixes the brief on" in page
    assert "In preparation" in said(manager.get("/desk/campaigns"))
    assert manager.get(f"{CAMPAIGN}/prepare").status_code == 409
    manager.post(f"{CAMPAIGN}/invite", data={"act": "all"})
    assert "3 people get a mail: the working group and the officers of invited cities." in said(manager.get(f"{CAMPAIGN}/open"))
    assert manager.post(f"{CAMPAIGN}/open").status_code == 303
    with server.runtime.database.reading() as session:
        assert len(mails(session, "brief_fixed")) == 3
        left = session.execute(
            select(TimelineStep.action, StepRun.state, StepRun.reason_code)
            .join(StepRun, StepRun.step_id == TimelineStep.id)
            .where(TimelineStep.action.in_(["open_preparation", "close_preparation"]))
        )
        assert {tuple(row) for row in left} == {
            ("open_preparation", StepState.SKIPPED, "brief_fixed"),
            ("close_preparation", StepState.SKIPPED, "brief_fixed"),
        }
    page = said(manager.get(f"{CAMPAIGN}/close"))
    assert "What phones sent is kept for 365 more days, until Wednesday, 31 May 2028, and is then erased." in page
    assert "It was meant to go on until Sunday, 11 July 2027." in page
    assert manager.post(f"{CAMPAIGN}/close").status_code == 303
    assert manager.get(f"{CAMPAIGN}/open").status_code == 409


def test_nothing_of_a_campaign_in_preparation_is_public_and_its_cities_see_it_and_join(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        prepared(session, world, "torino")
    public = server.client()
    slug = "world-refugee-day-2027"
    assert [public.get(f"/c/{slug}{end}").status_code for end in ("", "/torino", "/brand.css")] == [404] * 3
    assert "Our Home" not in public.get(f"/c/{slug}/torino/share").text
    assert public.get("/api/v1/campaigns").json()["items"] == []
    assert "Our Home" not in public.get("/").text
    officer = server.signed_in(world.officers["torino"].email)
    page = said(officer.get("/desk/campaigns"))
    assert "In preparation" in page
    assert "Our Home" in page
    assert "Join with Torino" in said(officer.get(CAMPAIGN))
    assert officer.post(f"{CAMPAIGN}/join", data={"city": "torino"}).status_code == 303
    joined = officer.get(CAMPAIGN)
    assert f'href="/c/{slug}"' not in joined.text
    assert "Give this link to residents" not in said(joined)
    assert server.signed_in(world.officers["betio"].email).get(CAMPAIGN).status_code == 404


def test_another_place_takes_part_from_the_preparation_on_and_counts_as_no_city(
    server: Server, world: World, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        also = replace(draft(), collects_elsewhere=True)
        campaign = create_campaign(
            session, day=world.day, draft=also, toolkits=TOOLKITS, actor=world.manager, now=NOON, lines=LINES
        )
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
    page = said(manager.get(CAMPAIGN))
    assert "No city is invited yet" in page
    assert "Another place : nothing yet" in page
    assert "Another place" not in said(manager.get(f"{CAMPAIGN}/brief/readers"))
    manager.post(f"{CAMPAIGN}/open")
    with server.runtime.database.reading() as session:
        joined = session.execute(select(City.is_elsewhere, CampaignCity.joined_at).join(City, City.id == CampaignCity.city_id))
        assert [tuple(row) for row in joined] == [(True, NOON)]


@dataclass(frozen=True)
class Islands:
    """A chapter of two cities with its coordinator."""

    chapter: Chapter
    person: Person
    actor: Actor


@pytest.fixture
def islands(database: Database, world: World) -> Islands:
    with database.writing() as session:
        chapter = factories.chapter(session, world.network, "islands", [world.cities["betio"], world.cities["pago-pago"]])
        person = factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter)
        actor = actor_of(session, person)
        assert actor is not None
    return Islands(chapter, person, actor)


def of_islands(session: Session, world: World, islands: Islands) -> Campaign:
    """A draft of the chapter's own."""
    return create_campaign(
        session,
        day=world.day,
        draft=replace(draft(date(2028, 6, 20)), title=Words("en", {"en": "Islands sing"})),
        toolkits=TOOLKITS,
        actor=islands.actor,
        now=NOON,
        slug="islands-sing",
        lines=LINES,
        chapter=islands.chapter,
    )


def test_a_coordinator_runs_the_chapters_campaign_with_its_cities_alone(server: Server, world: World, islands: Islands) -> None:
    with server.runtime.database.writing() as session:
        campaign = of_islands(session, world, islands)
        assert [city.slug for city in reach(session, campaign)] == ["betio", "pago-pago"]
    coordinator = server.signed_in(islands.person.email)
    own = "/desk/campaigns/islands-sing"
    assert "Begin the preparation Open at once Write it again" in said(coordinator.get(own))
    assert coordinator.post(f"{own}/prepare").status_code == 303
    assert "Invite all 2 cities" in said(coordinator.get(own))
    tried = coordinator.post(f"{own}/invite", data={"act": "ticked", "cities": ["torino", "betio"]})
    assert tried.headers["location"] == f"{own}?invited=1&people=1&silent=0"
    with server.runtime.database.reading() as session:
        assert "Islands is preparing a campaign" in " ".join(
            mails(session, "invitation")[world.officers["betio"].id].body.split()
        )
    assert coordinator.post(f"{own}/invite", data={"act": "all"}).headers["location"] == f"{own}?invited=1&people=1&silent=0"
    assert coordinator.post(f"{own}/open").status_code == 303
    assert coordinator.post(f"{own}/close").status_code == 303


def test_a_coordinator_neither_runs_nor_sees_drafts_of_the_networks_campaigns(
    server: Server, world: World, islands: Islands
) -> None:
    with server.runtime.database.writing() as session:
        of_network = world.planned(session)
    coordinator = server.signed_in(islands.person.email)
    reads = ["", "/prepare", "/open", "/close", "/brief", "/brief/versions", "/brief/readers", "/working-group"]
    acts = ["/prepare", "/open", "/close", "/invite", "/brief/comments", "/working-group"]
    assert [coordinator.get(f"{CAMPAIGN}{end}").status_code for end in reads] == [404] * len(reads)
    assert [coordinator.post(f"{CAMPAIGN}{end}", data={"act": "all"}).status_code for end in acts] == [404] * len(acts)
    assert "Our Home" not in said(coordinator.get("/desk/campaigns"))
    assert "is a draft" not in said(coordinator.get("/desk"))
    with server.runtime.database.reading() as session:
        assert (drafts(session, islands.actor), given_up_steps(session, islands.actor)) == ([], [])
        assert [each.id for each in drafts(session, world.manager)] == [of_network.id]
        assert session.get_one(Campaign, of_network.id).status is CampaignStatus.DRAFT
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, of_network.id)
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        chosen = [world.cities["torino"], world.cities["betio"]]
        invite(session, campaign, cities=chosen, actor=world.manager, now=NOON, base_url=BASE_URL)
    acts = ["/prepare", "/open", "/close", "/invite", "/working-group"]
    assert [coordinator.post(f"{CAMPAIGN}{end}", data={"act": "all"}).status_code for end in acts] == [403] * len(acts)
    page = said(coordinator.get(CAMPAIGN))
    assert "Betio : invited, has not joined" in page
    assert "Torino" not in page
    with server.runtime.database.reading() as session:
        assert session.scalars(select(WorkingGroupMember)).all() == []
        assert session.get_one(Campaign, of_network.id).status is CampaignStatus.OPEN


def test_a_coordinator_of_another_chapter_finds_no_campaign_of_this_one(server: Server, world: World, islands: Islands) -> None:
    with server.runtime.database.writing() as session:
        campaign = of_islands(session, world, islands)
        far = factories.chapter(session, world.network, "far", [world.cities["torino"]])
        other = actor_of(session, factories.person(session, world.network, RoleName.COORDINATOR, chapter=far))
        assert other is not None
        with pytest.raises(Refused, match="forbidden"):
            begin_preparation(session, campaign, actor=other, now=NOON)
    stranger = server.signed_in(other.email)
    assert [stranger.get(f"/desk/campaigns/islands-sing{end}").status_code for end in ("", "/brief", "/prepare")] == [404] * 3
    assert "Islands sing" not in said(stranger.get("/desk/campaigns"))


def test_the_list_shows_a_coordinator_the_campaigns_of_the_chapter_and_those_of_its_cities(
    server: Server, world: World, islands: Islands
) -> None:
    with server.runtime.database.writing() as session:
        of_islands(session, world, islands)
        campaign = world.opened(session)
        everybody = list(world.cities.values())
        invite(session, campaign, cities=everybody, actor=world.manager, now=NOON, base_url=BASE_URL)
    page = said(server.signed_in(islands.person.email).get("/desk/campaigns"))
    assert "Our Home Sunday, 20 June 2027 Before the day of yours, 0 of 2 have joined" in page
    assert (
        "Draft Campaign The day Where it stands Cities Islands sing Islands Tuesday, 20 June 2028 Draft Nobody is invited yet"
        in page
    )
    page = said(server.signed_in(world.manager.email).get("/desk/campaigns"))
    assert "0 of 3 have joined" in page
    assert "Islands sing Islands" in page


def test_a_coordinator_of_nowhere_invites_nobody_by_way_of_the_service(
    database: Database, world: World, islands: Islands
) -> None:
    with database.writing() as session:
        campaign = world.opened(session)
        with pytest.raises(Refused, match="forbidden"):
            invite(session, campaign, cities=[world.cities["betio"]], actor=islands.actor, now=NOON, base_url=BASE_URL)
        with pytest.raises(Refused, match="forbidden"):
            add_member(session, campaign, islands.person.id, actor=islands.actor, now=NOON, base_url=BASE_URL)
        with pytest.raises(NotFound):
            add_member(session, campaign, 10_000, actor=world.manager, now=NOON, base_url=BASE_URL)


def _outcomes(session: Session, campaign: Campaign) -> list[tuple[str, object]]:
    query = (
        select(TimelineStep.action, StepRun.outcome)
        .join(StepRun, StepRun.step_id == TimelineStep.id)
        .where(TimelineStep.campaign_id == campaign.id, StepRun.state == StepState.DONE)
    )
    return [(action, outcome) for action, outcome in session.execute(query)]
