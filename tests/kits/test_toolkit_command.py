"""`polyphony toolkit kit`: what an officer takes at the desk, on the command line."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select

from app.cli import _parser
from app.errors import NotFound
from app.models import KitVersion
from app.runtime import Runtime
from tests import factories

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
    parsed = _parser().parse_args(["toolkit", "kit", *arguments])
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
