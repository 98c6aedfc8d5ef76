"""All kits of a campaign as one work in the background: it goes on where it stopped, and says honestly how long it takes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.enums import JobState, RoleName
from app.errors import Refused
from app.jobs import JobKind, JobRegistry
from app.kits import tasks
from app.kits.kit_run_views import in_words
from app.kits.kit_runs import JOB, request_all_kits, standing, stop
from app.kits.pace import KNOWN_AFTER_COUNT, LONGEST_PAUSE_S, WINDOW_S, Mark, about_minutes, after, remaining_s
from app.models import Campaign, City, Job, KitRun, KitRunCity, KitVersion, Person
from app.runtime import Runtime
from app.web.i18n import translator
from app.words import Words
from app.worker.registry import job_registry
from app.worker.runner import Worker
from app.worker.schedule import DRAWN_PIECE_UNUSED_S, tidy
from tests import factories
from tests.conftest import Clock, Server, wait_until

MANAGER, LYON, NORTH = "manager@network.example", "officer@lyon.example", "coordinator@north.example"
KITS = "/desk/campaigns/our-home/kits"
CITIES = ("bergen", "lyon", "oslo")
BANNERS = 6
ADDRESS_CHARS = 64  # a file that is being written has no address yet
FILES = 4  # three networks take the same size
HELD_BACK = ["frames", "pictures", "countdown", "day", "print", "note", "letters", "plan"]  # that only banners are drawn
NO_FONT_HAS_IT = "City \U00012000"


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    """An open campaign with three cities, of whose kits six pieces each have to be drawn."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        factories.person(session, network, RoleName.MANAGER)
        row = factories.campaign(session, network)
        session.execute(update(KitVersion).values(embargoed=HELD_BACK))
        cities = [factories.city(session, network, slug) for slug in CITIES]
        for city in cities:
            factories.taking_part(session, row, city)
        factories.person(session, network, city=cities[1])
        factories.person(session, network, RoleName.COORDINATOR, chapter=factories.chapter(session, network, cities=cities))
    return row


def ask(runtime: Runtime, campaign: Campaign) -> None:
    with runtime.database.writing() as session:
        request_all_kits(session, campaign, actor_id=None, now=runtime.now())


def worker(runtime: Runtime, part_s: float = tasks.PART_S) -> Worker:
    """Somebody who draws in parts as long as given; in no time at all, a city is a part."""
    registry = JobRegistry()
    registry.register(JobKind(JOB, partial(tasks.draw_all, part_s=part_s)))
    return Worker(runtime, registry)


def work(runtime: Runtime) -> None:
    """Do all that waits."""
    worker(runtime).run_until_idle(60)


def drawn(runtime: Runtime) -> dict[str, int]:
    """The files under an address, each with its number on the disk: one that is drawn again has another."""
    found = runtime.settings.kits_dir.glob("*/*.png")
    return {path.name: path.stat().st_ino for path in found if len(path.stem) == ADDRESS_CHARS}


def shares(runtime: Runtime) -> list[tuple[int, int, int]]:
    """Of each city by slug: pieces, those that are ready, those that could not be drawn."""
    with runtime.database.reading() as session:
        seen = standing(session, 1)
        rows = [share.row for share in seen.shares]
        return [(row.piece_count, row.ready_count, len(row.failures)) for row in rows if row]


def rename(runtime: Runtime, slug: str, name: str) -> None:
    with runtime.database.writing() as session:
        session.execute(update(City).where(City.slug == slug).values(names=Words.one("en", name)))


def jobs_done(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return len(session.scalars(select(Job.id).where(Job.kind == JOB, Job.state == JobState.DONE)).all())


def plain(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.usefixtures("campaign")
def test_the_manager_has_all_of_them_drawn_and_sees_how_far_it_is(server: Server) -> None:
    with server.signed_in(MANAGER) as browser:
        assert KITS in browser.get("/desk/campaigns/our-home").text
        assert "Draw all kits" in browser.get(KITS).text
        assert browser.post(KITS).status_code == 303
        page = browser.get(KITS)
        assert "It waits for its turn" in page.text
        assert "The pieces of 0 of 3 cities are counted." in plain(page.text)
        assert page.headers["refresh"] == f"10; url={KITS}"
        assert "refresh" not in browser.get(f"{KITS}?wait=no").headers
        Worker(server.runtime, job_registry()).run_until_idle(60)
        page = browser.get(KITS)
        assert "All of them were drawn on" in page.text
        assert "(100 %)" in plain(page.text)
        assert "refresh" not in page.headers
    assert len(drawn(server.runtime)) == FILES * len(CITIES)
    assert [share[0] - share[1] for share in shares(server.runtime)] == [0, 0, 0]
    with server.signed_in(LYON) as browser:  # what a city takes then is what was drawn
        before = drawn(server.runtime)
        assert browser.get("/desk/c/our-home/lyon/kit/banners/x.en.png").status_code == 200
        assert drawn(server.runtime) == before


def test_drawn_again_with_nothing_changed_nothing_is_drawn(runtime: Runtime, campaign: Campaign) -> None:
    ask(runtime, campaign)
    work(runtime)
    before = drawn(runtime)
    ask(runtime, campaign)
    work(runtime)
    assert drawn(runtime) == before
    with runtime.database.reading() as session:
        run = session.scalars(select(KitRun)).one()
        assert (run.number, run.marks, run.ended_at) == (2, [], runtime.now())


def test_a_city_that_is_called_otherwise_is_drawn_again_and_no_other(runtime: Runtime, campaign: Campaign) -> None:
    ask(runtime, campaign)
    work(runtime)
    before = drawn(runtime)
    rename(runtime, "oslo", "Christiania")
    ask(runtime, campaign)
    work(runtime)
    later = drawn(runtime)
    assert len(later.keys() - before.keys()) == FILES
    assert {name: later[name] for name in before} == before


def test_a_long_work_is_done_in_parts_that_let_other_work_through(runtime: Runtime, campaign: Campaign) -> None:
    ask(runtime, campaign)
    worker(runtime, part_s=0).run_until_idle(60)
    assert jobs_done(runtime) == len(CITIES)
    assert len(drawn(runtime)) == FILES * len(CITIES)


WORKER = """
from app.runtime import open_runtime
from app.settings import get_settings
from app.worker.registry import job_registry
from app.worker.runner import Worker

Worker(open_runtime(get_settings()), job_registry()).run_next()
"""


@pytest.fixture
def killable(runtime: Runtime, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own that goes to work at once, and whose job another may take a second after it was killed."""
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    settings = runtime.settings
    environment = os.environ | {
        "POLYPHONY_DATABASE_URL": settings.database_url,
        "POLYPHONY_DATA_DIR": str(settings.data_dir),
        "POLYPHONY_JOB_LEASE_SECONDS": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    with subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.DEVNULL) as child:
        yield child
        child.kill()


def test_killed_in_the_middle_it_goes_on_and_draws_nothing_twice(
    runtime: Runtime, campaign: Campaign, clock: Clock, request: pytest.FixtureRequest
) -> None:
    clock.now = datetime.now(UTC)
    ask(runtime, campaign)
    child: subprocess.Popen[bytes] = request.getfixturevalue("killable")
    wait_until(lambda: len(drawn(runtime)) > FILES)
    child.send_signal(signal.SIGKILL)
    child.wait()
    before = drawn(runtime)
    assert FILES < len(before) < FILES * len(CITIES)
    clock.now = datetime.now(UTC) + timedelta(seconds=10)
    work(runtime)
    later = drawn(runtime)
    assert {name: later[name] for name in before} == before
    assert [share[0] - share[1] for share in shares(runtime)] == [0, 0, 0]
    with runtime.database.reading() as session:
        assert session.scalars(select(KitRun.ended_at)).one() == clock.now


def test_a_city_whose_words_do_not_fit_is_noted_with_its_reason_and_the_others_are_drawn(
    server: Server, campaign: Campaign
) -> None:
    runtime = server.runtime
    rename(runtime, "bergen", NO_FONT_HAS_IT)
    ask(runtime, campaign)
    work(runtime)
    bergen, lyon, oslo = shares(runtime)
    assert (bergen[2], bergen[0] - bergen[1], lyon[2], oslo[2]) == (BANNERS, BANNERS, 0, 0)
    assert len(drawn(runtime)) == 2 * FILES
    with runtime.database.reading() as session:
        failures = session.scalars(select(KitRunCity.failures).order_by(KitRunCity.campaign_city_id)).first()
        assert failures is not None
        assert {each["code"] for each in failures} == {"kit.words_do_not_fit"}
        assert "banners/x.en.png" in {each["path"] for each in failures}
    with server.signed_in(MANAGER) as browser:
        page = plain(browser.get(KITS).text)
    assert "with pieces missing in 1 city" in page
    assert f"{BANNERS} pieces missing" in page
    assert "banners/x.en.png" in page
    rename(runtime, "bergen", "Bergen")
    ask(runtime, campaign)
    work(runtime)
    assert shares(runtime)[0][2] == 0


def test_stopped_it_draws_no_more_and_going_on_it_draws_the_rest(server: Server, campaign: Campaign) -> None:
    runtime = server.runtime
    ask(runtime, campaign)
    worker(runtime, part_s=0).run_next()
    before = drawn(runtime)
    assert len(before) == FILES
    with server.signed_in(MANAGER) as browser:
        assert browser.post(f"{KITS}/stop").status_code == 303
        assert "Stopped on" in browser.get(KITS).text
        work(runtime)
        assert drawn(runtime) == before
        browser.post(KITS)
    work(runtime)
    later = drawn(runtime)
    assert ({name: later[name] for name in before}, len(later)) == (before, FILES * len(CITIES))


@pytest.mark.usefixtures("campaign")
def test_asked_for_twice_it_is_one_work(server: Server) -> None:
    with server.signed_in(MANAGER) as browser:
        for _again in range(2):
            assert browser.post(KITS).status_code == 303
    with server.runtime.database.reading() as session:
        assert len(session.scalars(select(Job.id).where(Job.kind == JOB)).all()) == 1
        assert session.scalars(select(KitRun.number)).one() == 1


def publish_again(runtime: Runtime, campaign: Campaign) -> None:
    with runtime.database.writing() as session:
        note = Words.one("en", "New.")
        version = KitVersion(campaign_id=campaign.id, number=2, note=note, toolkit_slug=campaign.toolkit_slug)
        version.published_at, version.embargoed = runtime.now(), HELD_BACK
        session.add(version)


def test_a_newer_version_is_said_and_asked_for_it_takes_the_place_of_the_older(server: Server, campaign: Campaign) -> None:
    runtime = server.runtime
    ask(runtime, campaign)
    publish_again(runtime, campaign)
    with server.signed_in(MANAGER) as browser:
        assert "Version 2 was published since" in browser.get(KITS).text
        browser.post(KITS)
        assert "was published since" not in browser.get(KITS).text
    work(runtime)
    with runtime.database.reading() as session:
        run = session.scalars(select(KitRun)).one()
        assert (run.number, run.ended_at, run.stopped_at) == (2, runtime.now(), None)
    assert jobs_done(runtime) == 2


def test_a_city_that_joins_meanwhile_has_its_kit_drawn_too(runtime: Runtime, campaign: Campaign) -> None:
    ask(runtime, campaign)
    worker(runtime, part_s=0).run_next()
    with runtime.database.writing() as session:
        network_id = campaign.network_id
        city = City(network_id=network_id, slug="turku", names=Words.one("en", "Turku"), country="FI", languages=["en"])
        city.time_zone, city.latitude, city.longitude = "Europe/Helsinki", 60.45, 22.27
        session.add(city)
        session.flush()
        factories.taking_part(session, campaign, city)
    work(runtime)
    assert len(drawn(runtime)) == FILES * (len(CITIES) + 1)


@pytest.mark.usefixtures("campaign")
def test_before_anything_is_published_there_is_nothing_to_draw(server: Server) -> None:
    with server.runtime.database.writing() as session:
        session.delete(session.scalars(select(KitVersion)).one())
    with server.signed_in(MANAGER) as browser:
        assert "There is nothing to draw yet" in browser.get(KITS).text
        assert browser.post(KITS).status_code == 409


def test_what_fails_again_and_again_is_given_up_and_the_page_says_so(server: Server, campaign: Campaign, clock: Clock) -> None:
    runtime = server.runtime
    ask(runtime, campaign)
    with runtime.database.writing() as session:
        session.execute(update(KitVersion).values(toolkit_slug="no-such-toolkit"))
    for _attempt in range(5):
        Worker(runtime, job_registry()).run_next()
        clock.advance(timedelta(hours=1))
    with server.signed_in(MANAGER) as browser:
        assert "Given up on" in browser.get(KITS).text


def test_a_worker_that_went_silent_is_not_called_drawing(server: Server, campaign: Campaign, clock: Clock) -> None:
    ask(server.runtime, campaign)
    with server.runtime.database.writing() as session:
        lease_until = clock.now + timedelta(seconds=30)
        session.execute(update(Job).where(Job.kind == JOB).values(state=JobState.RUNNING, lease_until=lease_until))
    with server.signed_in(MANAGER) as browser:
        assert "Nobody is drawing at the moment" not in browser.get(KITS).text
        clock.advance(timedelta(minutes=1))
        assert "Nobody is drawing at the moment" in browser.get(KITS).text


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize("email", [LYON, NORTH])
def test_only_whoever_runs_the_campaign_sees_it_starts_it_and_stops_it(server: Server, email: str) -> None:
    with server.signed_in(email) as browser:
        answers = [browser.get(KITS), browser.post(KITS), browser.post(f"{KITS}/stop")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    with server.runtime.database.reading() as session:
        assert session.scalars(select(KitRun)).all() == []


@pytest.mark.usefixtures("campaign")
def test_somebody_signed_out_is_sent_to_sign_in(server: Server) -> None:
    assert server.client().get(KITS).status_code in {303, 401}


def test_who_asked_and_who_stopped_is_kept(runtime: Runtime, campaign: Campaign) -> None:
    with runtime.database.writing() as session:
        person_id = session.scalars(select(Person.id).where(Person.email == MANAGER)).one()
        run = request_all_kits(session, campaign, actor_id=person_id, now=runtime.now())
        stop(session, campaign, actor_id=person_id, now=runtime.now())
        assert (run.asked_by_id, run.stopped_at) == (person_id, runtime.now())


def test_a_piece_that_nobody_used_for_thirty_days_is_cleared_away(runtime: Runtime, campaign: Campaign) -> None:
    ask(runtime, campaign)
    work(runtime)
    first, *others = sorted(runtime.settings.kits_dir.glob("*/*.png"))
    old, still_used = time.time() - DRAWN_PIECE_UNUSED_S - 60, time.time() - DRAWN_PIECE_UNUSED_S + 60
    os.utime(first, (old, old))
    for path in others:
        os.utime(path, (still_used, still_used))
    tidy(runtime)
    assert sorted(runtime.settings.kits_dir.glob("*/*.png")) == others
    ask(runtime, campaign)
    work(runtime)  # it is used by then, and what was cleared away is drawn again
    tidy(runtime)
    assert len(drawn(runtime)) == FILES * len(CITIES)


def test_without_a_version_nothing_can_be_asked_for(runtime: Runtime, campaign: Campaign) -> None:
    with runtime.database.writing() as session:
        session.delete(session.scalars(select(KitVersion)).one())
    with pytest.raises(Refused) as refused, runtime.database.writing() as session:
        request_all_kits(session, campaign, actor_id=None, now=runtime.now())
    assert refused.value.code == "kit.not_published"


# what is left, in words


INTERVALS = st.lists(
    st.tuples(st.floats(1, LONGEST_PAUSE_S), st.integers(1, 300)), min_size=1, max_size=60
)  # seconds, pieces drawn in them


def marked(intervals: Sequence[tuple[float, int]]) -> list[Mark]:
    marks: list[Mark] = []
    for seconds, done in intervals:
        marks = after(marks, seconds=seconds, done=done)
    return marks


def test_in_the_beginning_it_is_not_known() -> None:
    assert remaining_s([], 1000) is None
    assert remaining_s(marked([(30, KNOWN_AFTER_COUNT - 1)]), 1000) is None
    assert remaining_s(marked([(10, KNOWN_AFTER_COUNT)]), 1000) is None
    assert in_words(None, translator("en")) == "How long it takes is not known yet."


def test_with_nothing_left_it_is_over_whatever_was_done() -> None:
    assert remaining_s([], 0) == 0


@given(st.floats(1, 50), st.integers(1, 100), st.integers(20, 200), st.integers(1, 20_000))
def test_at_a_steady_pace_it_is_exact(seconds: float, done: int, turns: int, left: int) -> None:
    marks = marked([(seconds, done)] * turns)
    known = remaining_s(marks, left)
    if known is not None:
        assert known == pytest.approx(left * seconds / done, rel=1e-6)


@given(INTERVALS, st.integers(1, 20_000))
def test_it_is_never_faster_than_the_fastest_nor_slower_than_the_slowest_of_what_was_seen(
    intervals: list[tuple[float, int]], left: int
) -> None:
    known = remaining_s(marked(intervals), left)
    paces = [seconds / done for seconds, done in intervals]
    if known is not None:
        assert min(paces) * left * 0.999 <= known <= max(paces) * left * 1.001


@given(INTERVALS, st.floats(LONGEST_PAUSE_S, 1e6))
def test_a_night_in_which_nobody_drew_counts_as_a_short_pause(intervals: list[tuple[float, int]], night_s: float) -> None:
    marks = marked(intervals)
    assert after(marks, seconds=night_s, done=1) == after(marks, seconds=LONGEST_PAUSE_S, done=1)


@given(INTERVALS)
def test_what_was_long_ago_is_forgotten_and_enough_is_kept(intervals: list[tuple[float, int]]) -> None:
    marks = marked(intervals)
    spent_s = marks[-1].spent_s - marks[0].spent_s
    everything_s = sum(seconds for seconds, _done in intervals)
    assert spent_s < WINDOW_S + LONGEST_PAUSE_S
    assert spent_s == pytest.approx(min(everything_s, max(spent_s, WINDOW_S)), rel=1e-6)


@given(st.lists(st.floats(0.7, 1.3), min_size=80, max_size=200), st.integers(5_000, 9_000))
def test_while_the_pace_swings_by_a_third_what_is_said_does_not_jump(swings: list[float], pieces: int) -> None:
    marks: list[Mark] = []
    said: list[float] = []
    left = pieces
    for swing in swings:  # four seconds, in which about forty pieces are drawn
        done = round(40 * swing)
        marks, left = after(marks, seconds=4, done=done), left - done
        known = remaining_s(marks, max(left, 1))
        if known is not None and len(marks) > 20:
            said.append(known)
    for earlier, later in pairwise(said):
        assert abs(later - earlier) <= earlier * 0.04 + 10


@given(st.floats(0, 200_000), st.floats(0, 200_000))
def test_more_is_never_said_to_be_less(one: float, other: float) -> None:
    shorter, longer = sorted((one, other))
    assert about_minutes(shorter) <= about_minutes(longer)


@given(st.floats(60, 200_000))
def test_what_is_said_is_near_what_is_known(seconds: float) -> None:
    assert abs(about_minutes(seconds) * 60 - seconds) <= max(30, 0.26 * seconds)


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (20, "Less than a minute is left."),
        (65, "About 1 minute is left."),
        (12 * 60, "About 10 minutes are left."),
        (13 * 60, "About 15 minutes are left."),
        (3600, "About 1 hour is left."),
        (85 * 60, "About 1 h 30 min are left."),
        (7190, "About 2 hours are left."),
    ],
)
def test_it_is_said_as_somebody_would_say_it(seconds: float, sentence: str) -> None:
    assert in_words(seconds, translator("en")) == sentence
