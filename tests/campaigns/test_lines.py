"""The lines of a plan: what can be written, what only while nothing of it is done, and what the page shows before it is."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import select

from app.campaigns import lines
from app.campaigns.line_rules import FIXED_STEPS, RULES, check
from app.campaigns.lines import Direction
from app.campaigns.plan import CORE, PlannedStep, StepName
from app.campaigns.service import close_campaign, open_campaign, run_due_steps
from app.campaigns.timeline import steps_of
from app.db.session import Database
from app.enums import StepClock, StepCondition, StepScope, StepState
from app.errors import Refused, RefusedFields
from app.models import AuditRow, Campaign, StepRun, TimelineStep
from tests.campaigns.conftest import DAY, KEEP_DAYS, NOON, World
from tests.campaigns.test_pages import said
from tests.campaigns.test_steps import registry
from tests.conftest import Clock, Server
from tests.e2e.pages import form_on, send

KNOWN = frozenset(name.value for name in StepName)
REMIND = PlannedStep(StepName.REMIND, StepScope.EACH_CITY, -3, time(9))
SPOTLIGHT = PlannedStep(StepName.SPOTLIGHT, StepScope.EACH_CITY, 1, time(10), spread_days=20)
COLLAGE = PlannedStep(StepName.BUILD_COLLAGE, StepScope.FIRST_CITY, 5, time(9))


@dataclass(frozen=True)
class Days:
    """Of a campaign from four weeks before its day to three after it."""

    day_on: date = DAY
    post_day_offset_days: int = 21


def codes(line: PlannedStep, known: Collection[str] = KNOWN, others: Collection[str] = ()) -> list[tuple[str, str | None]]:
    """What is said against a line, by code and field."""
    try:
        check(line, Days(), known=known, others=others)
    except RefusedFields as refused:
        return [(each.code, each.field) for each in refused.refusals]
    except Refused as refused:
        return [(refused.code, refused.field)]
    return []


@pytest.mark.parametrize("action", list(RULES))
def test_every_action_that_can_be_planned_can_be_planned(action: StepName) -> None:
    rule = RULES[action]
    days = max(min(-1, rule.last_day), rule.first_day)
    for scope in rule.scopes:
        assert codes(PlannedStep(action, scope, days, spread_days=5 if rule.is_spread else None)) == []


def test_every_action_is_planned_by_hand_or_follows_the_clock() -> None:
    assert {name.value for name in RULES} | FIXED_STEPS == KNOWN
    assert {name.value for name in RULES} & FIXED_STEPS == set()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (PlannedStep(StepName.START_OF_DAY, StepScope.EACH_CITY), ("step.follows_the_clock", None)),
        (PlannedStep(StepName.OPEN_COLLECTION, StepScope.EACH_CITY), ("line.follows_the_days", None)),
        (replace(REMIND, scope=StepScope.FIRST_CITY), ("line.wrong_scope", "scope")),
        (replace(REMIND, offset_days=-181), ("step.too_far", "days")),
        (replace(REMIND, on_date=date(2028, 6, 20)), ("step.too_far", "on_date")),
        (replace(REMIND, offset_days=22), ("line.after_the_end", "days")),
        (replace(COLLAGE, offset_days=-1), ("line.too_early", "days")),
        (PlannedStep(StepName.INVITE, StepScope.FIRST_CITY, 1), ("line.too_late", "days")),
        (replace(REMIND, condition=StepCondition.AT_LEAST), ("form.out_of_range", "condition_count")),
        (replace(COLLAGE, condition=StepCondition.AT_LEAST, condition_count=1), ("line.condition_of_cities", "condition")),
        (replace(REMIND, spread_days=3), ("line.not_spread", "spread_days")),
        (replace(SPOTLIGHT, spread_days=None), ("form.out_of_range", "spread_days")),
        (replace(SPOTLIGHT, spread_days=22), ("line.spread_past_the_end", "spread_days")),
    ],
)
def test_a_line_that_cannot_be_done_is_refused_where_it_is_wrong(line: PlannedStep, found: tuple[str, str | None]) -> None:
    assert codes(line) == [found]


def test_an_action_that_nobody_does_and_a_second_line_of_a_single_one_are_refused() -> None:
    assert codes(REMIND, known=()) == [("line.unknown_action", "action")]
    assert codes(SPOTLIGHT, others=["spotlight"]) == [("line.is_there", "action")]
    assert codes(REMIND, others=["remind"]) == []


def added(database: Database, world: World, *slugs: str, line: PlannedStep = REMIND, now: datetime = NOON) -> tuple[int, int]:
    """An open campaign in which these cities take part, and its new line."""
    with database.writing() as session:
        campaign = world.opened(session, now=NOON)
        world.joined(session, campaign, *slugs)
        return campaign.id, lines.add(session, campaign, line, known=KNOWN, actor=world.manager, now=now).id


def runs(database: Database, step_id: int) -> list[tuple[datetime, StepState, str | None]]:
    with database.reading() as session:
        query = select(StepRun).where(StepRun.step_id == step_id).order_by(StepRun.due_at)
        return [(run.due_at, run.state, run.reason_code) for run in session.scalars(query)]


def acts(database: Database, step_id: int) -> list[str]:
    with database.reading() as session:
        where = (AuditRow.subject_kind == "timeline_step", AuditRow.subject_id == step_id)
        return list(session.scalars(select(AuditRow.act).where(*where).order_by(AuditRow.id)))


def test_a_line_added_under_way_is_done_in_every_city_at_its_own_time(database: Database, world: World) -> None:
    _campaign, step_id = added(database, world, "torino", "betio")
    assert runs(database, step_id) == [
        (datetime(2027, 6, 16, 19, tzinfo=UTC), StepState.PLANNED, None),
        (datetime(2027, 6, 17, 7, tzinfo=UTC), StepState.PLANNED, None),
    ]
    assert acts(database, step_id) == ["step.line_added"]


def test_where_its_moment_is_over_it_is_left_out_and_says_why(database: Database, world: World) -> None:
    between = datetime(2027, 6, 16, 20, tzinfo=UTC)
    _campaign, step_id = added(database, world, "torino", "betio", now=between)
    assert runs(database, step_id) == [
        (datetime(2027, 6, 16, 19, tzinfo=UTC), StepState.SKIPPED, "added_late"),
        (datetime(2027, 6, 17, 7, tzinfo=UTC), StepState.PLANNED, None),
    ]


def test_a_moment_that_is_over_everywhere_and_turns_that_have_begun_are_refused(database: Database, world: World) -> None:
    with pytest.raises(Refused, match=r"line\.moment_past"):
        added(database, world, "torino", "betio", now=datetime(2027, 6, 18, tzinfo=UTC))
    with pytest.raises(Refused, match=r"line\.moment_past"):
        added(database, world, "torino", "betio", line=SPOTLIGHT, now=datetime(2027, 6, 21, 9, tzinfo=UTC))


def test_what_has_not_begun_gets_the_moments_that_it_now_names(database: Database, world: World) -> None:
    campaign_id, step_id = added(database, world, "torino", "betio")
    with database.writing() as session:
        campaign, step = session.get_one(Campaign, campaign_id), session.get_one(TimelineStep, step_id)
        line = replace(REMIND, on_date=date(2027, 6, 10), local_time=time(18), clock=StepClock.NETWORK)
        lines.change(session, campaign, step, line, known=KNOWN, actor=world.manager, now=NOON)
    assert runs(database, step_id) == [(datetime(2027, 6, 10, 18, tzinfo=UTC), StepState.PLANNED, None)] * 2
    assert acts(database, step_id) == ["step.line_added", "step.line_changed"]


def test_what_has_begun_is_neither_changed_nor_removed(server: Server, world: World) -> None:
    database = server.runtime.database
    campaign_id, step_id = added(database, world, "torino", line=COLLAGE)
    run_due_steps(server.runtime, registry(), now=datetime(2027, 6, 25, 7, tzinfo=UTC))
    assert runs(database, step_id) == [(datetime(2027, 6, 25, 7, tzinfo=UTC), StepState.DONE, None)]
    with database.writing() as session:
        campaign, step = session.get_one(Campaign, campaign_id), session.get_one(TimelineStep, step_id)
        with pytest.raises(Refused, match=r"line\.has_begun"):
            lines.remove(session, campaign, step, actor=world.manager, now=NOON)
        with pytest.raises(Refused, match=r"line\.has_begun"):
            lines.change(session, campaign, step, COLLAGE, known=KNOWN, actor=world.manager, now=NOON)


def test_a_line_of_which_nothing_is_done_goes_with_all_that_was_to_come(database: Database, world: World) -> None:
    campaign_id, step_id = added(database, world, "torino", "betio")
    with database.writing() as session:
        campaign, step = session.get_one(Campaign, campaign_id), session.get_one(TimelineStep, step_id)
        lines.remove(session, campaign, step, actor=world.manager, now=NOON)
    assert runs(database, step_id) == []
    with database.reading() as session:
        assert session.get(TimelineStep, step_id) is None
    assert acts(database, step_id) == ["step.line_added", "step.line_removed"]


def test_the_lines_that_no_campaign_is_without_stay(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.planned(session, lines=CORE)
        for step in steps_of(session, campaign):
            if step.action in FIXED_STEPS:
                with pytest.raises(Refused, match=r"step\.follows_the_clock|line\.follows_the_days"):
                    lines.remove(session, campaign, step, actor=world.manager, now=NOON)


def test_lines_of_one_moment_change_places_in_a_draft_and_only_there(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.planned(session, lines=CORE)
        collage, film = steps_of(session, campaign)[3:5]
        lines.reorder(session, campaign, film, Direction.EARLIER, actor=world.manager, now=NOON)
        assert [step.id for step in steps_of(session, campaign)[3:5]] == [film.id, collage.id]
        with pytest.raises(Refused, match=r"line\.order_stays"):  # before it comes the beginning of the day
            lines.reorder(session, campaign, film, Direction.EARLIER, actor=world.manager, now=NOON)
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        with pytest.raises(Refused, match=r"campaign\.not_draft"):
            lines.reorder(session, campaign, film, Direction.LATER, actor=world.manager, now=NOON)


def test_nothing_is_planned_in_a_closed_campaign_and_no_preparation_in_an_open_one(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.opened(session)
        preparation = PlannedStep(StepName.OPEN_PREPARATION, StepScope.FIRST_CITY, -5)
        with pytest.raises(Refused, match=r"line\.brief_is_fixed"):
            lines.add(session, campaign, preparation, known=KNOWN, actor=world.manager, now=NOON)
        close_campaign(session, campaign, keep_originals_days=KEEP_DAYS, actor=world.manager, now=NOON)
        with pytest.raises(Refused, match=r"campaign\.is_closed"):
            lines.add(session, campaign, REMIND, known=KNOWN, actor=world.manager, now=NOON)


def test_only_those_who_run_a_campaign_write_its_lines(database: Database, world: World) -> None:
    with database.writing() as session:
        campaign = world.planned(session)
        with pytest.raises(Refused, match="forbidden"):
            lines.add(session, campaign, REMIND, known=KNOWN, actor=world.officer(session, "torino"), now=NOON)


PAGE = "/desk/campaigns/world-refugee-day-2027/timeline/lines"
TYPED = {
    "action": "spotlight",
    "scope": "each_city",
    "timing": "days",
    "days": "1",
    "side": "after",
    "at": "10:00",
    "clock": "local",
    "spread_days": "20",
}


@pytest.fixture
def manager(server: Server, world: World) -> httpx.Client:
    with server.runtime.database.writing() as session:
        world.planned(session, lines=CORE)
    return server.signed_in(world.manager.email)


def test_a_line_of_a_draft_is_shown_added_changed_and_removed(server: Server, manager: httpx.Client) -> None:
    assert "It follows the campaign's own days." in said(manager.get(PAGE))
    form = manager.get(f"{PAGE}/new", params={"action": "spotlight"})
    assert "Over how many days" in said(form)
    preview = manager.get(f"{PAGE}/new/preview", params=TYPED)
    assert "one city after the other, until Saturday, 10 July 2027" in said(preview)
    assert "Betio stands first on the campaign's page" in said(preview)
    assert manager.post(PAGE, data=TYPED).headers["location"] == f"{PAGE}?done=added"
    with server.runtime.database.reading() as session:
        step = session.scalars(select(TimelineStep).where(TimelineStep.action == "spotlight")).one()
    assert 'value="20"' in manager.get(f"{PAGE}/{step.id}").text
    changed = TYPED | {"timing": "date", "on_date": "2027-06-28", "spread_days": "5"}
    assert "Monday, 28 June 2027, 10:00" in said(manager.get(f"{PAGE}/{step.id}/preview", params=changed))
    assert manager.post(f"{PAGE}/{step.id}", data=changed).status_code == 303
    assert "one city after the other, until Friday, 2 July 2027" in said(manager.get(PAGE))
    assert "It will not happen, in 3 places." in said(manager.get(f"{PAGE}/{step.id}/remove"))
    assert manager.post(f"{PAGE}/{step.id}/remove").status_code == 303
    assert "spotlight in each city" not in said(manager.get(PAGE))


def test_a_double_click_adds_one_line(server: Server, manager: httpx.Client) -> None:
    preview = manager.get(f"{PAGE}/new/preview", params=TYPED)
    form = form_on(preview, having="form_token")
    assert [send(manager, preview, form).headers["location"] for _click in range(2)] == [f"{PAGE}?done=added"] * 2
    with server.runtime.database.reading() as session:
        assert len(session.scalars(select(TimelineStep).where(TimelineStep.action == "spotlight")).all()) == 1


@pytest.mark.parametrize("action", sorted(name.value for name in RULES))
def test_every_action_has_its_form_and_says_what_it_would_do(manager: httpx.Client, action: str) -> None:
    assert manager.get(f"{PAGE}/new", params={"action": action}).status_code == 200
    rule = RULES[StepName(action)]
    days = max(min(-1, rule.last_day), rule.first_day)
    asked = TYPED | {
        "action": action,
        "scope": rule.scopes[0].value,
        "days": str(abs(days)),
        "side": "before" if days < 0 else "after",
    }
    assert manager.get(f"{PAGE}/new/preview", params=asked).status_code == 200


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(manager: httpx.Client) -> None:
    asked = TYPED | {"days": "40", "at": "ten", "spread_days": "x"}
    page = manager.get(f"{PAGE}/new/preview", params=asked)
    assert page.status_code == 422
    assert 'href="#field-at"' in page.text
    assert 'href="#field-spread_days"' in page.text
    assert 'value="40"' in page.text
    late = manager.get(f"{PAGE}/new/preview", params=TYPED | {"days": "40"})
    assert late.status_code == 422
    assert 'href="#field-days"' in late.text


def test_a_fixed_or_unknown_line_cannot_be_reached(server: Server, manager: httpx.Client) -> None:
    with server.runtime.database.reading() as session:
        step = session.scalars(select(TimelineStep).where(TimelineStep.action == "start_of_day")).one()
    assert manager.get(f"{PAGE}/new", params={"action": "start_of_day"}).status_code == 422
    assert manager.post(PAGE, data=TYPED | {"action": "fly"}).status_code == 422
    assert manager.get(f"{PAGE}/{step.id}").status_code == 409
    assert manager.post(f"{PAGE}/{step.id}/remove").status_code == 409
    assert manager.get(f"{PAGE}/999999").status_code == 404


def test_a_moment_that_is_over_in_some_places_is_said_before(
    server: Server, world: World, manager: httpx.Client, clock: Clock
) -> None:
    with server.runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        open_campaign(session, campaign, actor=world.manager, now=NOON)
        world.joined(session, campaign, "torino", "betio")
    clock.now = NOON + timedelta(days=15, hours=8)  # between the two
    asked = TYPED | {"action": "remind", "days": "3", "side": "before", "at": "09:00", "spread_days": ""}
    assert "In 1 place this moment is over already" in said(manager.get(f"{PAGE}/new/preview", params=asked))


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_line_of_a_number_that_no_database_counts_to_is_not_there(manager: httpx.Client, number: int) -> None:
    assert manager.get(f"{PAGE}/{number}").status_code == 404
    assert manager.post(f"{PAGE}/{number}/remove").status_code == 404


def test_officers_have_no_lines_to_write(server: Server, world: World, manager: httpx.Client) -> None:  # noqa: ARG001
    officer = server.signed_in(world.officers["torino"].email)
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE, data=TYPED).status_code == 403
