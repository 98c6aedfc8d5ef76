"""Publishing through the gate: what is clean is published by itself, what is not stays with its findings."""

import re
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.enums import CheckState, JobState, RoleName
from app.errors import Refused
from app.jobs import JobKind, JobRegistry
from app.kits import check_tasks, publications
from app.kits.checks import JOB, as_rows, ask_for_check
from app.kits.lint import check_toolkit
from app.kits.lint_findings import Finding
from app.kits.toolkit import TOOLKITS_DIR
from app.kits.variant_service import correct_texts, keep_upload
from app.kits.version_parts import parts_to_publish
from app.kits.versions import publish
from app.models import (
    AuditRow,
    Campaign,
    Chapter,
    City,
    Job,
    KitPublication,
    KitRun,
    KitVersion,
    KitVersionChapter,
    Mail,
    Network,
    Role,
    TextRelease,
    ToolkitCheck,
)
from app.runtime import Runtime
from app.variants import Scope
from app.words import Words
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Server
from tests.toolkits import lay_own

SLUG = "our-river"
MANAGER, COORDINATOR, OTHER = "manager@network.example", "coordinator@north.example", "coordinator@south.example"
PAGE = "/desk/campaigns/our-home/toolkit"
NORTH_PAGE = f"{PAGE}/north"
PLACES = {"bergen": "north", "lyon": "south", "oslo": "north"}
NO_FONT_HAS_IT = "Bergen \U00012000"


@dataclass(frozen=True)
class World:
    """An open campaign with the cities of two chapters; the gate let its small toolkit through, and nothing is published."""

    runtime: Runtime
    manager: Actor
    coordinator: Actor
    network: Scope
    north: Scope

    def work(self, part_s: float = check_tasks.PART_S) -> int:
        """Do the gate's work that waits, in parts as long as given; how many parts there were."""
        registry = JobRegistry()
        registry.register(JobKind(JOB, partial(check_tasks.check, part_s=part_s)))
        worker, part_count = Worker(self.runtime, registry), 0
        while job_id := self.job_id():
            worker.run(job_id)
            part_count += 1
        return part_count

    def job_id(self) -> int | None:
        with self.runtime.database.reading() as session:
            waiting = select(Job.id).where(Job.kind == JOB, Job.state == JobState.QUEUED)
            return session.scalar(waiting.order_by(Job.id).limit(1))

    def ask(self, note: str = "", *, actor: Actor | None = None, chapter: str | None = None) -> KitPublication | KitVersion:
        with self.runtime.database.writing() as session:
            return publications.ask_to_publish(
                session,
                self.runtime,
                session.scalars(select(Campaign)).one(),
                note=Words.one("en", note),
                embargoed=["day"],
                actor=actor or self.manager,
                now=self.runtime.now(),
                chapter=session.scalar(select(Chapter).where(Chapter.slug == chapter)),
            )

    def correct(self, text: str, *, works: bool = True) -> None:
        """The coordinator writes another post for the cities of the north, and the gate lets it through."""
        with self.runtime.database.writing() as session:
            correct_texts(
                *(session, self.runtime, self.north, SLUG, "en", {"posts.facebook": text}),
                reviewed_by=None,
                reviewed_on=None,
                note="Ours",
                actor=self.coordinator,
                now=self.runtime.now(),
            )
        if works:
            self.work()

    def rename_bergen(self, name: str = "Bergen") -> None:
        """In another language: the gate has to look again, and with the same name in English it finds all that it knows."""
        with self.runtime.database.writing() as session:
            bergen = session.scalars(select(City).where(City.slug == "bergen")).one()
            bergen.names = Words("en", {"en": name, "nn": "Bjørgvin"})

    def versions(self) -> list[tuple[int, str]]:
        with self.runtime.database.reading() as session:
            rows = session.scalars(select(KitVersion).order_by(KitVersion.number))
            return [(row.number, row.note.texts["en"]) for row in rows]

    def wishes(self) -> list[KitPublication]:
        with self.runtime.database.reading() as session:
            return list(session.scalars(select(KitPublication)))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Path]:
    """The files of a toolkit with the least that a kit needs, and the gate's memory of it with the names of three cities."""
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(TOOLKITS_DIR / "base", root / "base")
    folder = shutil.copytree(TOOLKITS_DIR / "our-city-our-voices", root / SLUG)
    manifest = folder / "toolkit.toml"
    text = manifest.read_text("utf-8").replace("our-city-our-voices", SLUG, 1)
    text = re.sub(
        r"templates = \[.*?\]", 'templates = ["frame", "profile_frame", "card", "note", "sheet"]', text, flags=re.DOTALL
    )
    text = re.sub(r"^formats = .*$", 'formats = ["square", "profile"]', text, flags=re.MULTILINE)
    manifest.write_text(re.sub(r"^fr = .*\n", "", text, flags=re.MULTILINE), "utf-8")
    (folder / "texts" / "fr.toml").unlink()
    (folder / "campaign.toml").unlink()
    cities = [City(slug=slug, names=Words.one("en", slug.title()), languages=["en"], time_zone="UTC") for slug in PLACES]
    report = check_toolkit(SLUG, root, cities=cities, checked=root / "checked")
    assert report.findings == []
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return files, root / "checked"


@pytest.fixture
def world(runtime: Runtime, small: tuple[dict[str, bytes], Path]) -> World:
    files, memory = small
    shutil.copytree(memory, runtime.settings.kits_dir / "checked")
    with runtime.database.writing() as session:
        network = factories.network(session)
        manager = actor_of(session, factories.person(session, network, RoleName.MANAGER))
        cities = {slug: factories.city(session, network, slug) for slug in PLACES}
        chapters = {
            name: factories.chapter(session, network, name, [cities[slug] for slug in PLACES if PLACES[slug] == name])
            for name in ("north", "south")
        }
        people = {name: factories.person(session, network, RoleName.COORDINATOR, chapter=chapters[name]) for name in chapters}
        campaign = factories.campaign(session, network, toolkit_slug=SLUG, languages=["en"])
        session.execute(delete(KitVersion))
        for city in cities.values():
            factories.taking_part(session, campaign, city)
            factories.person(session, network, city=city)
        session.add(TextRelease(network_id=network.id, toolkit_slug=SLUG, language="en", released_at=factories.A_MOMENT))
        coordinator = actor_of(session, people["north"])
        assert manager is not None
        assert coordinator is not None
        keep_upload(session, runtime, Scope(network.id), files, note="New", actor=manager, now=runtime.now())
    found = World(runtime, manager, coordinator, Scope(network.id), Scope(network.id, chapters["north"].id))
    found.work()
    return found


def facebook_post(server: Server, city: str) -> str:
    with server.signed_in(f"officer@{city}.example") as browser:
        return browser.get(f"/desk/c/our-home/{city}/kit/texts/facebook.en.txt").text


def plain(page: str) -> str:
    return " ".join(page.split())


def test_what_is_clean_already_is_published_at_once_and_all_kits_are_drawn(world: World) -> None:
    assert isinstance(world.ask(), KitVersion)
    with world.runtime.database.reading() as session:
        run = session.scalars(select(KitRun)).one()
        assert (run.asked_by_id, run.ended_at) == (world.manager.person_id, None)


def test_two_clicks_are_one_wish_and_the_job_publishes_when_nothing_is_found(server: Server, world: World) -> None:
    world.rename_bergen()
    with server.signed_in(MANAGER) as browser:
        for _click in range(2):
            assert browser.post(PAGE, data={"note": "", "embargoed": ["day"]}).headers["location"] == PAGE
        page = browser.get(PAGE)
        assert "The toolkit is being checked, and published when nothing is found" in page.text
        assert page.headers["refresh"].startswith("10;")
        assert "refresh" not in browser.get(f"{PAGE}?wait=no").headers
        assert (len(world.wishes()), world.versions()) == (1, [])
        assert world.work() == 1
        assert (world.wishes(), world.versions()) == ([], [(1, "")])
        assert "Version 1" in browser.get(PAGE).text
    with world.runtime.database.reading() as session:
        acts = [row.act for row in session.scalars(select(AuditRow).order_by(AuditRow.id)) if row.act.startswith("kit.p")]
        assert acts == ["kit.publication_asked", "kit.publication_asked", "kit.published"]


def test_what_the_gate_finds_stands_on_the_page_with_the_note_and_nothing_is_published(server: Server, world: World) -> None:
    world.ask()
    world.rename_bergen(NO_FONT_HAS_IT)
    with server.signed_in(MANAGER) as browser:
        browser.post(PAGE, data={"note": "A longer name.", "embargoed": ["texts"]})
        assert world.work(part_s=0) > 1  # what a part found, the next knows
        page = plain(browser.get(PAGE).text)
        assert "Not published: the gate found" in page
        assert "card, square" in page
        assert "A longer name.</textarea>" in page
        assert [number for number, _note in world.versions()] == [1]
        with world.runtime.database.reading() as session:
            checks = session.scalars(select(ToolkitCheck).order_by(ToolkitCheck.id)).all()
            codes = {each["code"] for each in checks[-1].findings}
        assert codes == {"toolkit.glyph_missing"}
        assert browser.post(f"{PAGE}/wish/take-back").headers["location"] == PAGE
        assert "What waits to be published" not in browser.get(PAGE).text
    assert world.wishes() == []


def test_a_chapters_faulty_part_is_named_and_keeps_nobody_elses_kit_back(server: Server, world: World) -> None:
    world.correct("NORTH says it its own way. {link}")
    world.ask()
    with world.runtime.database.writing() as session:  # beneath the chapter's own, for everybody
        correct_texts(
            *(
                session,
                world.runtime,
                world.network,
                SLUG,
                "en",
                {"posts.x": "NEW for all {link}", "posts.facebook": "NEW {link}"},
            ),
            reviewed_by=None,
            reviewed_on=None,
            note="For all",
            actor=world.manager,
            now=world.runtime.now(),
        )
    world.work()
    assert isinstance(world.ask("Warmer."), KitPublication)
    with world.runtime.database.writing() as session:  # as if the chapter's own had a fault that the network's has not
        check = session.scalars(select(ToolkitCheck).where(ToolkitCheck.state == CheckState.WAITING)).one()
        fault = Finding("toolkit.glyph_missing", SLUG, "texts/en.toml", language="en", params={"slot": "x", "characters": "x"})
        check.state, check.findings = CheckState.FAULTY, as_rows([fault])
    with server.signed_in(MANAGER) as browser:
        page = plain(browser.get(PAGE).text)
        assert '<td role="cell" data-label="Whose">North</td>' in page
        assert "Publish without the variant of North: its cities keep what they have</button>" in page
        answer = browser.post(PAGE, data={"note": "Warmer.", "embargoed": ["day"], "without": "north"})
        assert answer.headers["location"] == f"{PAGE}?published=yes"
    assert (world.wishes(), world.versions()) == ([], [(1, ""), (2, "Warmer.")])
    assert {city: facebook_post(server, city).partition(" ")[0] for city in PLACES} == {
        "bergen": "NORTH",
        "lyon": "NEW",
        "oslo": "NORTH",
    }


def test_a_chapters_part_that_cannot_be_loaded_leaves_the_others_their_kit(server: Server, world: World) -> None:
    with world.runtime.database.writing() as session:
        lay_own(session, world.runtime, world.north, {"toolkit.toml": '[palette]\nmuted = "#ffffff"\n'}, SLUG)
    with server.signed_in(MANAGER) as browser:
        page = plain(browser.get(PAGE).text)
        assert "The toolkit cannot be published as it is" in page
        assert "Publish version 1</button>" not in page
        assert "Publish without the variant of North: its cities get the network&#39;s</button>" in page
        answer = browser.post(PAGE, data={"note": "", "embargoed": ["day"], "without": "north"})
        assert answer.headers["location"] == f"{PAGE}?published=yes"
    assert world.versions() == [(1, "")]
    assert facebook_post(server, "bergen") == facebook_post(server, "lyon").replace("Lyon", "Bergen").replace("lyon", "bergen")


def test_nobody_publishes_past_the_gate(world: World) -> None:
    world.rename_bergen()
    with world.runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        parts = parts_to_publish(session, world.runtime, campaign)
        with pytest.raises(Refused) as refused:
            publish(
                *(session, world.runtime, campaign),
                parts=parts,
                note=Words.one("en", ""),
                embargoed=[],
                actor=world.manager,
                now=world.runtime.now(),
            )
    assert refused.value.code == "kit.not_checked"


def test_whoever_has_lost_the_right_meanwhile_publishes_nothing_and_the_page_says_why(server: Server, world: World) -> None:
    world.rename_bergen()
    with world.runtime.database.writing() as session:
        network = session.scalars(select(Network)).one()
        gone = factories.person(session, network, RoleName.MANAGER, email="gone@network.example")
        actor = actor_of(session, gone)
    world.ask(actor=actor)
    with world.runtime.database.writing() as session:
        session.execute(delete(Role).where(Role.person_id == gone.id))
    world.work()
    assert [wish.refused_code for wish in world.wishes()] == ["forbidden"]
    with server.signed_in(MANAGER) as browser:
        assert "Your role does not include this." in browser.get(PAGE).text
        browser.post(PAGE, data={"note": "", "embargoed": ["day"]})  # it is clean by now
    assert (world.wishes(), world.versions()) == ([], [(1, "")])


def test_the_cities_of_a_chapter_draw_from_its_own_part_and_others_do_not(server: Server, world: World) -> None:
    world.correct("NORTH says it its own way. {link}")
    world.ask()
    with world.runtime.database.reading() as session:
        assert [part.chapter_id for part in session.scalars(select(KitVersionChapter))] == [world.north.chapter_id]
    said = {city: "NORTH" in facebook_post(server, city) for city in PLACES}
    assert said == {"bergen": True, "lyon": False, "oslo": True}


def test_a_coordinator_publishes_for_their_own_cities_and_only_they_hear_of_it(server: Server, world: World) -> None:
    world.ask()
    for city in ("bergen", "lyon"):
        facebook_post(server, city)
    world.correct("NORTH says it its own way. {link}")
    with server.signed_in(COORDINATOR) as browser:
        assert NORTH_PAGE in browser.get("/desk/campaigns/our-home").text
        assert "Texts in English: Posts: Facebook" in browser.get(NORTH_PAGE).text
        answer = browser.post(NORTH_PAGE, data={"note": "Our own post.", "embargoed": ["texts"]})
        assert answer.headers["location"] == f"{NORTH_PAGE}?published=yes"
        assert "Nothing: these cities have what the chapter has." in browser.get(NORTH_PAGE).text
        world.correct("A newer post {link}", works=False)
        assert "Number 2 is at the gate" in browser.get(NORTH_PAGE).text
    with world.runtime.database.reading() as session:
        version = session.scalars(select(KitVersion).order_by(KitVersion.number.desc())).first()
        assert version is not None
        assert (version.number, version.embargoed) == (2, ["day"])
        told = [mail.body for mail in session.scalars(select(Mail).where(Mail.reason == "kit_changed"))]
        assert ["Bergen took version 1. New in version 2: Our own post." in plain(body) for body in told] == [True]
    said = {city: "NORTH" in facebook_post(server, city) for city in PLACES}
    assert said == {"bergen": True, "lyon": False, "oslo": True}
    with server.signed_in("officer@lyon.example") as browser:
        assert "Our own post." not in browser.get("/desk/c/our-home/lyon/kit").text
    with server.signed_in(MANAGER) as browser:
        assert '<span class="tag">older</span>' not in browser.get(PAGE).text
        assert NORTH_PAGE in browser.get(PAGE).text


def test_a_coordinator_publishes_for_nobody_else(server: Server, world: World) -> None:
    world.ask()
    world.correct("NORTH says it its own way. {link}")
    with server.signed_in(OTHER) as browser:
        assert [browser.get(url).status_code for url in (PAGE, NORTH_PAGE)] == [403, 404]
        assert browser.post(NORTH_PAGE, data={"note": "Mine."}).status_code == 404
    with server.signed_in(COORDINATOR) as browser:
        assert browser.post(PAGE, data={"note": "For all."}).status_code == 403
    with pytest.raises(Refused) as refused:
        world.ask("For the south.", actor=world.coordinator, chapter="south")
    assert refused.value.code == "forbidden"
    assert [number for number, _note in world.versions()] == [1]


def test_the_same_toolkit_is_checked_once_and_one_that_could_not_be_checked_again(world: World) -> None:
    runtime = world.runtime
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        root = parts_to_publish(session, runtime, campaign).root
        ask = partial(ask_for_check, session, runtime, network_id=campaign.network_id, slug=SLUG, root=root, now=runtime.now())
        check = ask()
        assert (check.state, check.done_count) == (CheckState.CLEAN, check.drawing_count)
        check.state = CheckState.FAILED
        assert (ask().id, ask().state) == (check.id, CheckState.WAITING)
    assert world.work() == 1
