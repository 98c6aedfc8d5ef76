"""`polyphony toolkit kit`: what an officer takes at the desk, on the command line."""

import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select

from app.cli import _parser
from app.errors import NotFound
from app.kits.toolkit import TOOLKITS_DIR, list_toolkits
from app.models import KitVersion, Network
from app.runtime import Runtime
from app.settings import Settings
from app.variants import Scope
from tests import factories
from tests.toolkits import copied, lay_own

TEXTS_ALONE = ["frames", "pictures", "banners", "countdown", "day", "print", "note", "plan"]  # what is drawn is for other tests


@pytest.fixture(autouse=True)
def world(runtime: Runtime) -> None:
    """A campaign in three languages with a published kit, and a city that speaks two of them."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, languages=("en", "fr", "it"))
        session.scalars(select(KitVersion)).one().embargoed = TEXTS_ALONE
        for slug, name in (("lyon", "Lyon"), ("bergen", "Bergen")):
            city = factories.city(session, network, slug, name=name, languages=("fr", "en"))
            factories.taking_part(session, campaign, city, joined=slug == "lyon")


def kit(runtime: Runtime, *arguments: str) -> int:
    return command(runtime, "kit", *arguments)


def command(runtime: Runtime, *arguments: str) -> int:
    parsed = _parser().parse_args(["toolkit", *arguments])
    return int(parsed.act(parsed, runtime.settings))


@pytest.mark.parametrize(("asked", "expected"), [((), ["en", "fr"]), (("--lang", "fr"), ["fr"])])
def test_a_kit_is_packed_in_the_languages_of_the_city_or_in_those_asked_for(
    runtime: Runtime, tmp_path: Path, asked: tuple[str, ...], expected: list[str]
) -> None:
    assert kit(runtime, "our-home", "lyon", *asked, "--out", str(tmp_path / "new" / "kit.zip")) == 0
    with ZipFile(tmp_path / "new" / "kit.zip") as archive:
        names = archive.namelist()
        readme = archive.read("README.txt").decode()
    assert "Lyon" in readme
    assert sorted({name.rsplit(".", 2)[1] for name in names if name.startswith("texts/")}) == expected
    assert {"qr/form.png", "qr/form.svg"} <= set(names)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["kit.zip"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("their-home", "lyon"), "There is no campaign their-home. There is: our-home.\n"),
        (("our-home", "bergen"), "There is no city in this campaign bergen. There is: lyon.\n"),
        (("our-home", "lyon", "--lang", "ta"), "There is no language of this campaign ta. There is: en, fr, it.\n"),
    ],
)
def test_a_name_that_stands_for_nothing_ends_with_2_and_says_what_there_is(
    runtime: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert kit(runtime, *arguments, "--out", str(tmp_path / "kit.zip")) == 2
    assert capsys.readouterr().err == said
    assert not (tmp_path / "kit.zip").exists()


def test_before_a_version_is_published_there_is_no_kit(runtime: Runtime, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        session.execute(delete(KitVersion))
    with pytest.raises(NotFound, match=r"kit\.not_published"):
        kit(runtime, "our-home", "lyon", "--out", str(tmp_path / "kit.zip"))


def test_a_toolkit_of_the_networks_or_of_a_chapters_own_is_drawn_as_it_stands(
    runtime: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with runtime.database.writing() as session:
        network = session.scalars(select(Network)).one()
        north = factories.chapter(session, network, "north")
        lay_own(session, runtime, Scope(network.id), copied("our-copy"), "our-copy")
        lay_own(session, runtime, Scope(network.id, north.id), {"toolkit.toml": '[messages]\nen = "North"\n'}, "our-copy")
    drawn = ("--city", "lyon", "--lang", "en", "--only", "badge")
    assert command(runtime, "render", "our-copy", *drawn, "--out", str(tmp_path / "network")) == 0
    assert command(runtime, "render", "our-copy", *drawn, "--chapter", "north", "--out", str(tmp_path / "north")) == 0
    network_s, north_s = ([path.read_bytes() for path in (tmp_path / of).rglob("*.png")] for of in ("network", "north"))
    assert (len(network_s), len(north_s), network_s == north_s) == (1, 1, False)
    capsys.readouterr()
    assert command(runtime, "render", "our-copy", *drawn, "--chapter", "south", "--out", str(tmp_path)) == 2
    assert command(runtime, "lint", "their-copy") == 2
    assert capsys.readouterr().err.splitlines() == [
        "There is no chapter south. There is: north.",
        f"There is no toolkit their-copy. There is: {', '.join(sorted([*list_toolkits(), 'our-copy']))}.",
    ]


def test_without_any_database_the_toolkits_that_ship_are_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parsed = _parser().parse_args(["toolkit", "lint", "our-copy"])
    assert parsed.act(parsed, Settings(data_dir=tmp_path, database_url="")) == 2
    assert capsys.readouterr().err == f"There is no toolkit our-copy. There is: {', '.join(list_toolkits())}.\n"


def test_the_readme_names_every_argument_of_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (TOOLKITS_DIR.parent / "README.md").read_text("utf-8")
    named = dict(re.findall(r"`toolkit (lint|render|kit) ([^`]+)`", readme))
    for name, told in named.items():
        with pytest.raises(SystemExit):
            _parser().parse_args(["toolkit", name, "--help"])
        helped = set(re.findall(r"--[a-z]+", capsys.readouterr().out.partition("\n\n")[0]))
        assert set(re.findall(r"--[a-z]+", told)) == helped, name
    assert sorted(named) == ["kit", "lint", "render"]
