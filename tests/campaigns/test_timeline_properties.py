"""Whatever the time-line, the zones and the outages: a step ends once, done or skipped with a reason, in order, not too early."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.campaigns.control import Missed, pause_city, resume_city
from app.campaigns.queries import cities_in
from app.campaigns.rules import fair_order
from app.campaigns.service import open_campaign, run_due_steps
from app.campaigns.steps import DueStep, Outcome, StepRegistry
from app.campaigns.timeline import placed_runs
from app.enums import CampaignStatus, PauseReason, StepClock, StepScope, StepState
from app.models import Campaign, Chapter, City, Network, StepRun, TimelineStep
from app.runtime import Runtime
from app.web.i18n import Translator
from tests import factories
from tests.campaigns.conftest import DAY, NOON, World
from tests.campaigns.test_rules import ZONES, first_minute_at_or_after

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FIRST, LAST = datetime(2027, 6, 10, tzinfo=UTC), datetime(2027, 7, 2, tzinfo=UTC)  # around every moment of LINES
SLUGS = ("torino", "betio", "pago-pago")
CHAPTER, NETWORK_ZONE = ("torino", "pago-pago"), "Asia/Kathmandu"


@dataclass
class Noting:
    """An action that notes what it did, and fails in some cities for its first attempts."""

    name: str
    expires_after: timedelta | None
    fails: dict[str, int]
    seen: list[tuple[datetime, int, datetime, str | None]] = field(default_factory=list)  # moment, run, when, city

    def preview(self, step: DueStep, speech: Translator) -> str:  # noqa: ARG002 - says the same to everybody
        return self.name

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:  # noqa: ARG002 - only notes
        slug = step.city.slug if step.city else None
        if slug is not None and self.fails.get(slug, 0) > 0:
            self.fails[slug] -= 1
            raise ConnectionError
        self.seen.append((step.due_at, step.run_id, now, slug))
        return {}


@dataclass(frozen=True)
class Line:
    """A line of a plan, as drawn."""

    scope: StepScope
    offset_days: int
    local_time: time
    clock: StepClock
    on_date: date | None
    spread_days: int | None


LINES = st.lists(
    st.builds(
        Line,
        scope=st.sampled_from(StepScope),
        offset_days=st.integers(-8, 8),
        local_time=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59])),
        clock=st.sampled_from(StepClock),
        on_date=st.none() | st.dates(date(2027, 6, 13), date(2027, 6, 25)),
        spread_days=st.none() | st.integers(1, 4),
    ),
    min_size=1,
    max_size=5,
)
TICKS = st.lists(st.integers(0, (LAST - FIRST) // MINUTE), min_size=1, max_size=10, unique=True)


@dataclass(frozen=True)
class Story:
    """What happens to a campaign."""

    lines: list[Line]
    zones: list[str]
    ticks: list[int]  # minutes after FIRST at which a scheduler is awake; between them is an outage
    expires_h: int | None
    fails: dict[str, int]
    paused: tuple[int, int] | None  # Torino, from one tick to another
    missed: Missed


STORIES = st.builds(
    Story,
    lines=LINES,
    zones=st.lists(st.sampled_from(ZONES), min_size=3, max_size=3),
    ticks=TICKS,
    expires_h=st.sampled_from([None, 1, 24, 24 * 4]),
    fails=st.dictionaries(st.sampled_from(SLUGS), st.integers(1, 3), max_size=2),
    paused=st.none() | st.tuples(st.integers(0, 4), st.integers(5, 9)),
    missed=st.sampled_from(Missed),
)


def moments(story: Story, day_on: date, campaign_slug: str) -> list[datetime]:
    """The plain way: every moment by walking along the minutes, in the order of lines and cities."""
    found = []
    zones = dict(zip(SLUGS, story.zones, strict=True))
    for line in story.lines:
        wall = datetime.combine(line.on_date or day_on + timedelta(days=line.offset_days), line.local_time)
        by = {slug: NETWORK_ZONE if line.clock is StepClock.NETWORK else zone for slug, zone in zones.items()}
        places = {slug: first_minute_at_or_after(wall, zone) for slug, zone in by.items()}
        if line.scope is StepScope.EACH_CITY:
            for turn, slug in enumerate(fair_order(campaign_slug, SLUGS) if line.spread_days else SLUGS):
                days = timedelta(days=turn * line.spread_days // len(SLUGS) if line.spread_days else 0)
                found.append(first_minute_at_or_after(wall + days, by[slug]))
        elif line.scope is StepScope.EACH_CHAPTER:
            found.append(min(places[slug] for slug in CHAPTER))
        else:
            found.append(min(places.values()) if line.scope is StepScope.FIRST_CITY else max(places.values()))
    return sorted(found)


def prepared(runtime: Runtime, world: World, story: Story) -> int:
    """A campaign with these lines in cities of these zones."""
    with runtime.database.writing() as session:
        session.execute(update(Campaign).values(status=CampaignStatus.CLOSED))  # those of the stories before
        for slug, zone in zip(SLUGS, story.zones, strict=True):
            session.get_one(City, world.cities[slug].id).time_zone = world.cities[slug].time_zone = zone
        session.get_one(Network, world.network.id).time_zone = NETWORK_ZONE
        if session.scalar(select(Chapter)) is None:
            factories.chapter(session, world.network, cities=[world.cities[slug] for slug in CHAPTER])
        campaign = world.planned(session)
        session.execute(delete(TimelineStep).where(TimelineStep.campaign_id == campaign.id))
        session.add_all(
            TimelineStep(
                campaign_id=campaign.id,
                position=position,
                action="noting",
                scope=line.scope,
                offset_days=line.offset_days,
                local_time=line.local_time,
                clock=line.clock,
                on_date=line.on_date,
                spread_days=line.spread_days if line.scope is StepScope.EACH_CITY else None,
            )
            for position, line in enumerate(story.lines)
        )
        session.flush()
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        world.joined(session, campaign, *SLUGS)
        return campaign.id


def pausing(runtime: Runtime, world: World, campaign_id: int, story: Story, tick: int, now: datetime) -> None:
    """Torino begins or ends its pause at this tick."""
    if story.paused is None or tick not in story.paused:
        return
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, campaign_id)
        place = next(place for place, city in cities_in(session, campaign_id) if city.slug == "torino")
        actor = world.officer(session, "torino")
        if tick == story.paused[0]:
            pause_city(session, campaign, place, reason=PauseReason.OTHER, note="", actor=actor, now=now)
        else:
            resume_city(session, campaign, place, missed=story.missed, actor=actor, now=now)


def awake(story: Story) -> list[datetime]:
    """When somebody ticks, to the end."""
    ticks = [FIRST + minutes * MINUTE for minutes in sorted(story.ticks)]
    if story.paused:  # a pause that begins also ends
        ticks += [LAST - HOUR + minute * MINUTE for minute in range(max(0, story.paused[1] + 1 - len(ticks)))]
    return [*ticks, *(LAST + hours * HOUR for hours in range(6))]


def plain_end(story: Story, due_at: datetime, city: str | None) -> tuple[StepState, datetime, str | None]:
    """The plain way: the first who is awake does it, unless the city rests or its sense is over."""
    ticks = awake(story)
    first = next(number for number, now in enumerate(ticks) if now >= due_at)
    if story.paused and city == "torino" and story.paused[0] <= first <= story.paused[1]:  # it rests until it resumes
        first = story.paused[1]
        if story.missed is Missed.LEAVE_OUT:
            return StepState.SKIPPED, ticks[first], "paused"
    now = ticks[first]
    if story.expires_h and now >= due_at + story.expires_h * HOUR:
        return StepState.SKIPPED, now, "moment_over"
    return StepState.DONE, now, None


def played(runtime: Runtime, world: World, campaign_id: int, story: Story) -> Noting:
    """The story, tick by tick; at the end the scheduler stays awake until nothing is left to be tried again."""
    action = Noting("noting", timedelta(hours=story.expires_h) if story.expires_h else None, dict(story.fails))
    for number, now in enumerate(awake(story)):
        pausing(runtime, world, campaign_id, story, number, now)
        run_due_steps(runtime, StepRegistry([action]), now=now)
        assert run_due_steps(runtime, StepRegistry([action]), now=now) == 0  # another scheduler finds nothing left
    return action


BETWEEN_LAST_TICK_AND_RESUMING = Story(
    lines=[Line(StepScope.EACH_CITY, 0, time(0, 0), StepClock.LOCAL, None, None)],
    zones=["Africa/Cairo"] * 3,
    ticks=[0, 1, 2, 3, 4],
    expires_h=None,
    fails={},
    paused=(0, 5),
    missed=Missed.LEAVE_OUT,
)


@example(story=BETWEEN_LAST_TICK_AND_RESUMING)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_every_step_ends_once_done_or_skipped_with_a_reason_in_order_and_never_before_its_moment(
    runtime: Runtime, world: World, story: Story
) -> None:
    campaign_id = prepared(runtime, world, story)
    action = played(runtime, world, campaign_id, story)
    with runtime.database.reading() as session:
        slug = session.get_one(Campaign, campaign_id).slug
        placed = placed_runs(session, campaign_id)
        runs: list[StepRun] = [each.run for each in placed]
        cities = [each.city.slug if each.city else None for each in placed]
    assert [run.due_at for run in runs] == moments(story, DAY, slug)
    ends = [(run.due_at, city, (run.state, run.done_at, run.reason_code)) for run, city in zip(runs, cities, strict=True)]
    assert [each for each in ends if each[1] not in story.fails and each[2] != plain_end(story, each[0], each[1])] == []
    done = [run.id for run in runs if run.state is StepState.DONE]
    assert sorted(run_id for _due, run_id, _now, _city in action.seen) == sorted(done)
    assert {run.reason_code for run in runs if run.state is StepState.SKIPPED} <= {"moment_over", "paused"}
    assert {run.state for run in runs} <= {StepState.DONE, StepState.SKIPPED}
    assert [each for each in action.seen if each[2] < each[0]] == []
    if action.expires_after is not None:
        assert [each for each in action.seen if each[2] >= each[0] + action.expires_after] == []
    in_order = [each for each in action.seen if each[3] not in story.fails and not (story.paused and each[3] == "torino")]
    assert [each[:2] for each in in_order] == sorted(
        (each[:2] for each in in_order), key=lambda each: [run.id for run in runs].index(each[1])
    )
