"""Kits in versions: what is published stays as it is, and a city hears what changed since it took its kit."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.enums import CampaignStatus, RoleName
from app.errors import Refused
from app.kits import versions
from app.kits.changes import compare
from app.kits.snapshots import files_sha256, unpacked
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit
from app.models import Artefact, AuditRow, Campaign, KitTaking, KitVersion, Mail
from app.runtime import Runtime
from app.words import Words
from tests import factories
from tests.conftest import Server

MANAGER, LYON, BERGEN = "manager@network.example", "officer@lyon.example", "officer@bergen.example"
VERSIONS = "/desk/campaigns/our-home/toolkit"
SLUG = "world-refugee-day"
SMALL = (
    "frames",
    "pictures",
    "banners",
    "countdown",
    "day",
    "print",
    "note",
    "letters",
    "plan",
)  # drawing them is for other tests


@dataclass(frozen=True)
class World:
    """An open campaign with three cities, one of which has nobody at the desk; nothing is published."""

    manager: Actor


@pytest.fixture
def world(runtime: Runtime) -> World:
    with runtime.database.writing() as session:
        network = factories.network(session)
        manager = actor_of(session, factories.person(session, network, RoleName.MANAGER))
        campaign = factories.campaign(session, network)
        session.execute(delete(KitVersion))
        for slug, zone in (("lyon", "Europe/Paris"), ("bergen", "Europe/Oslo"), ("silent", "Europe/Oslo")):
            city = factories.city(session, network, slug, time_zone=zone)
            factories.taking_part(session, campaign, city)
            if slug != "silent":
                factories.person(session, network, city=city)
    assert manager is not None
    return World(manager)


@pytest.fixture
def toolkits(tmp_path: Path) -> Path:
    """A copy of the toolkit that a designer can change."""
    root = tmp_path / "toolkits"
    for folder in ("base", SLUG):
        shutil.copytree(TOOLKITS_DIR / folder, root / folder)
    return root


def change_text(root: Path, before: str, after: str) -> None:
    path = root / SLUG / "texts" / "en.toml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def publish(
    runtime: Runtime, world: World, note: str = "", *, root: Path = TOOLKITS_DIR, embargoed: tuple[str, ...] = SMALL
) -> int:
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        factories.checked(session, runtime, campaign, root)
        version = versions.publish(
            session,
            runtime,
            campaign,
            parts=versions.Parts(SLUG, root),
            note=Words.one("en", note),
            embargoed=embargoed,
            actor=world.manager,
            now=runtime.now(),
        )
        return version.number


def kit_of(server: Server, email: str, city: str) -> ZipFile:
    with server.signed_in(email) as browser:
        return ZipFile(BytesIO(browser.get(f"/desk/c/our-home/{city}/kit.zip").content))


def facebook_post(server: Server, email: str = LYON, city: str = "lyon") -> str:
    with server.signed_in(email) as browser:
        answer = browser.get(f"/desk/c/our-home/{city}/kit/texts/facebook.en.txt")
    assert answer.status_code == 200
    return answer.text


def mails_of(runtime: Runtime) -> dict[str, str]:
    """The words of each mail about a change, by subject and place."""
    with runtime.database.reading() as session:
        return {row.idempotency_key: row.body for row in session.scalars(select(Mail).where(Mail.reason == "kit_changed"))}


@pytest.mark.usefixtures("world")
def test_before_anything_is_published_there_is_no_kit_and_the_page_says_so(server: Server) -> None:
    with server.signed_in(LYON) as browser:
        page = browser.get("/desk/c/our-home/lyon/kit")
        assert (page.status_code, "It is not ready yet" in page.text) == (200, True)
        taken = [browser.get(f"/desk/c/our-home/lyon/{path}").status_code for path in ("kit.zip", "kit/frames/square.en.png")]
        assert taken == [404, 404]
        assert "It is not ready yet." in browser.get("/desk/c/our-home/lyon").text
        assert browser.get("/desk/c/our-home/lyon/qr.svg").status_code == 200


def test_the_manager_publishes_the_first_version_and_cities_find_their_kit(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        factories.checked(session, server.runtime, session.scalars(select(Campaign)).one(), TOOLKITS_DIR)
    with server.signed_in(MANAGER) as browser:
        before = browser.get(VERSIONS).text
        assert "Nothing is published yet: no city has a kit." in before
        assert "Every city that takes part finds its kit from then on." in before
        answer = browser.post(VERSIONS, data={"note": "", "embargoed": ["day"]})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{VERSIONS}?published=yes")
        assert "Version 1 is published." in browser.get(f"{VERSIONS}?published=yes").text
    assert "safe" in facebook_post(server)
    with server.runtime.database.reading() as session:
        [version] = session.scalars(select(KitVersion))
        assert (version.number, version.toolkit_slug, version.embargoed) == (1, SLUG, ["day"])
        assert version.published_by_id == world.manager.person_id
        acts = [row.act for row in session.scalars(select(AuditRow))]
        assert acts.count("kit.published") == 1


def test_what_was_published_stays_as_it_is_until_it_is_published_again(server: Server, world: World, toolkits: Path) -> None:
    change_text(toolkits, "What makes you feel safe? A key of your own", "FIRST. A key of your own")
    publish(server.runtime, world, root=toolkits)
    change_text(toolkits, "FIRST. A key of your own", "SECOND. A key of your own")
    assert "FIRST" in facebook_post(server)
    publish(server.runtime, world, "The Facebook post says SECOND.", root=toolkits)
    assert "SECOND" in facebook_post(server)


def test_a_frozen_toolkit_is_found_again_on_a_machine_that_never_unpacked_it(
    server: Server, world: World, toolkits: Path
) -> None:
    change_text(toolkits, "What makes you feel safe? A key of your own", "FIRST. A key of your own")
    publish(server.runtime, world, root=toolkits)
    facebook_post(server)
    shutil.rmtree(server.runtime.settings.frozen_toolkits_dir)
    assert "FIRST" in facebook_post(server)


def test_equal_folders_freeze_to_one_file_with_equal_bytes(runtime: Runtime, world: World, toolkits: Path) -> None:
    assert files_sha256(SLUG, toolkits) == files_sha256(SLUG, TOOLKITS_DIR)
    publish(runtime, world)
    publish(runtime, world, "Nothing but the embargo.", root=toolkits, embargoed=())
    with runtime.database.reading() as session:
        kept = session.scalars(select(Artefact.storage_key)).all()
        assert len(kept) == 1
        version = versions.current_version(session, 1)
        assert version is not None
        assert version.files_sha256 is not None
        root = unpacked(runtime.storage, kept[0], version.files_sha256, folder=runtime.settings.frozen_toolkits_dir)
    assert files_sha256(SLUG, root) == version.files_sha256


def test_a_city_that_took_an_older_version_hears_what_changed_and_one_that_took_none_does_not(
    server: Server, world: World, toolkits: Path
) -> None:
    runtime = server.runtime
    publish(runtime, world, root=toolkits)
    facebook_post(server)
    change_text(toolkits, "What makes you feel safe? A key of your own", "SECOND. A key of your own")
    with server.signed_in(MANAGER) as browser:
        assert "Nobody who could be told" not in browser.get(VERSIONS).text
    publish(runtime, world, "The Facebook post is warmer.", root=toolkits)
    [(key, body)] = mails_of(runtime).items()
    assert key.startswith("kit_changed:")
    assert "Lyon took version 1. New in version 2: The Facebook post is warmer." in " ".join(body.split())
    with server.signed_in(LYON) as browser:
        page = browser.get("/desk/c/our-home/lyon/kit").text
        assert ["The Facebook post is warmer." in page, "Texts in English: Posts: Facebook" in page] == [True, True]
    readme = kit_of(server, LYON, "lyon").read("README.txt").decode()
    assert "This is version 2." in readme
    assert "New in version 2: The Facebook post is warmer." in readme
    with server.signed_in(LYON) as browser:  # it has it now
        assert "The Facebook post is warmer." not in browser.get("/desk/c/our-home/lyon/kit").text
    with server.signed_in(BERGEN) as browser:
        assert "The Facebook post is warmer." not in browser.get("/desk/c/our-home/bergen/kit").text


def test_a_city_that_missed_a_version_is_told_of_both(server: Server, world: World, toolkits: Path) -> None:
    publish(server.runtime, world, root=toolkits)
    facebook_post(server)
    publish(server.runtime, world, "No code.", root=toolkits, embargoed=(*SMALL, "qr"))
    publish(server.runtime, world, "The code again.", root=toolkits)
    readme = kit_of(server, LYON, "lyon").read("README.txt").decode()
    assert readme.index("New in version 2: No code.") < readme.index("New in version 3: The code again.")


def test_the_desk_shows_who_took_what_and_when(server: Server, world: World) -> None:
    publish(server.runtime, world)
    with server.signed_in(LYON) as browser:
        for path in ("kit/qr/form.svg?download=true", "kit/texts/x.en.txt", "kit/qr/form.png?small=true"):
            assert browser.get(f"/desk/c/our-home/lyon/{path}").status_code == 200
    with server.runtime.database.reading() as session:
        assert [row.path for row in session.scalars(select(KitTaking).order_by(KitTaking.id))] == [
            "qr/form.svg",
            "texts/x.en.txt",
        ]
    with server.signed_in(MANAGER) as browser:
        page = " ".join(browser.get(VERSIONS).text.split())
        assert ">2 pieces<" in page
        assert 'a piece (English) <bdi class="finding-file" dir="ltr">texts/x.en.txt</bdi>, <bdi>Officer of lyon</bdi>' in page
        assert 'a piece <bdi class="finding-file" dir="ltr">qr/form.svg</bdi>' in page  # in no language
        assert "Officer of lyon" in page
        assert page.count("nothing yet") == 2
    kit_of(server, LYON, "lyon")
    with server.signed_in(MANAGER) as browser:
        assert "since then" not in browser.get(VERSIONS).text
    facebook_post(server)  # hides nothing
    with server.signed_in(MANAGER) as browser:
        page = " ".join(browser.get(VERSIONS).text.split())
    assert "<div>all of it (English)<br>and 1 piece alone since then, on " in page
    taken = page.partition("<details")[2].partition("</details>")[0]
    assert [taken.count(f": {what}") for what in ("all of it", "a piece")] == [1, 3]


def test_a_download_begun_twice_within_the_hour_is_one_taking(server: Server, world: World) -> None:
    publish(server.runtime, world)
    for _again in range(2):
        facebook_post(server)
    server.runtime.now.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    facebook_post(server)
    with server.runtime.database.reading() as session:
        assert len(session.scalars(select(KitTaking)).all()) == 2


def test_from_the_second_version_on_a_note_says_what_changed(server: Server, world: World) -> None:
    publish(server.runtime, world)
    with server.signed_in(MANAGER) as browser:
        answer = browser.post(VERSIONS, data={"note": " ", "embargoed": ["texts"]})
    assert (answer.status_code, 'id="field-note-wrong"' in answer.text) == (422, True)


def test_the_same_again_is_no_new_version(server: Server, world: World) -> None:
    publish(server.runtime, world, embargoed=("day",))
    with server.signed_in(MANAGER) as browser:
        answer = browser.post(VERSIONS, data={"note": "Nothing.", "embargoed": ["day"]})
    assert answer.status_code == 409


def test_a_closed_campaign_publishes_nothing(runtime: Runtime, world: World) -> None:
    with runtime.database.writing() as session:
        session.scalars(select(Campaign)).one().status = CampaignStatus.CLOSED
    with pytest.raises(Refused) as refused:
        publish(runtime, world)
    assert refused.value.code == "campaign.is_closed"


def test_only_whoever_runs_the_campaign_sees_and_publishes_versions(server: Server, world: World) -> None:
    publish(server.runtime, world)
    with server.signed_in(LYON) as browser:
        assert browser.get(VERSIONS).status_code == 403
        assert browser.post(VERSIONS, data={"note": "Mine."}).status_code == 403


def test_what_changed_is_named_by_piece_language_and_key(toolkits: Path) -> None:
    before = load_toolkit(SLUG)
    change_text(toolkits, "What makes you feel safe? A key of your own", "Safe?")
    (toolkits / SLUG / "texts" / "it.toml").unlink()
    own = toolkits / "base" / "templates" / "post.toml"
    own.write_text(own.read_text("utf-8").replace('name = "', 'name = "A ', 1), "utf-8")
    picture = next((toolkits / SLUG / "artwork").glob("*.svg"))
    picture.write_text(picture.read_text("utf-8") + "\n", "utf-8")
    changes = compare(before, load_toolkit(SLUG, toolkits))
    assert (changes.redrawn, changes.look, changes.added, changes.removed) == (["post"], True, [], [])
    assert (changes.languages_removed, changes.texts) == (["it"], {"en": ["posts.facebook"]})
    assert changes.within(["fr"]).texts == {}
    assert not compare(before, load_toolkit(SLUG))


@pytest.mark.usefixtures("world")
def test_a_campaign_that_ran_before_versions_is_frozen_once_as_a_worker_starts(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        note = Words.one("en", "")
        first = KitVersion(campaign_id=campaign.id, number=1, note=note, toolkit_slug=SLUG, embargoed=[])
        first.published_at = runtime.now()
        session.add(first)
    assert [versions.freeze_pending(runtime), versions.freeze_pending(runtime)] == [1, 0]
    with runtime.database.reading() as session:
        version = session.scalars(select(KitVersion)).one()
        assert version.files_sha256 == files_sha256(SLUG, TOOLKITS_DIR)
