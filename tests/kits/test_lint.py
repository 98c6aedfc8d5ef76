"""The gate: a clean toolkit passes, every planted fault is found by its code and by nothing else, and nothing is drawn twice."""

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import _parser
from app.kits.lint import Report, check_toolkit, findings_of
from app.kits.lint_findings import FINDINGS
from app.kits.lint_samples import extreme_cities
from app.kits.toolkit import TOOLKITS_DIR
from app.models import City
from app.settings import Settings
from app.toolkit_cli import demo_cities
from app.web.i18n import translator
from app.words import choose

FAULTS = Path(__file__).with_name("faults")
SLUG = "our-city-our-voices"
Run = Callable[..., int]


@pytest.fixture(scope="session")
def cities() -> list[City]:
    return demo_cities()


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory, cities: list[City]) -> tuple[Report, Path]:
    """One toolkit in one language, and the folder that remembers what was clean."""
    folder = tmp_path_factory.mktemp("checked")
    return check_toolkit(SLUG, cities=cities, languages=["fr"], checked=folder), folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("base", SLUG):
        shutil.copytree(TOOLKITS_DIR / name, tmp_path / "toolkits" / name)
    return tmp_path / "toolkits"


@pytest.fixture
def memory(checked: tuple[Report, Path], tmp_path: Path) -> Path:
    """A memory of one's own, so that no test leaves anything in another's."""
    return Path(shutil.copytree(checked[1], tmp_path / "memory"))


@pytest.fixture
def run(settings: Settings, checked: tuple[Report, Path]) -> Run:
    shutil.copytree(checked[1], settings.kits_dir / "checked")

    def act(*arguments: str) -> int:
        parsed = _parser().parse_args(["toolkit", *arguments])
        return int(parsed.act(parsed, settings))

    return act


def plant(fault: str, folder: Path) -> None:
    described = tomllib.loads((FAULTS / fault / "fault.toml").read_text("utf-8"))
    for change in described.get("change", ()):
        path = folder / change["file"]
        text = path.read_text("utf-8")
        assert change["old"] in text, change
        path.write_text(text.replace(change["old"], change["new"], 1), "utf-8")
    for appended in described.get("append", ()):
        path = folder / appended["file"]
        path.write_text(f"{path.read_text('utf-8')}\n{appended['text']}", "utf-8")
    for added in described.get("add", ()):
        (folder / added["file"]).write_text(added["text"], "utf-8")


def test_a_toolkit_that_ships_is_clean_in_its_two_languages(
    checked: tuple[Report, Path], cities: list[City], memory: Path
) -> None:
    whole = check_toolkit(SLUG, cities=cities, checked=memory)
    assert [*checked[0].findings, *whole.findings] == []
    assert checked[0].drawn_count + whole.drawn_count > 250


def test_six_partners_make_no_toolkit_worse(root: Path, cities: list[City], memory: Path) -> None:
    manifest = root / SLUG / "toolkit.toml"
    told = manifest.read_text("utf-8")
    for logo in sorted(Path(__file__).with_name("partners").glob("*.svg")):
        shutil.copy(logo, root / SLUG / "artwork")
        told += f'\n[[partners]]\nname = "{logo.stem}"\nlogo = "{logo.name}"\n'
        told += f'\n[[licences]]\nfiles = "artwork/{logo.name}"\nlicence = "LicenseRef-partner"\nauthor = "{logo.stem}"\n'
    manifest.write_text(told, "utf-8")
    report = check_toolkit(SLUG, root, cities=cities, languages=["fr"], checked=memory)
    assert (report.findings, report.drawn_count > 0) == ([], True)


@pytest.mark.parametrize("fault", sorted(path.name for path in FAULTS.iterdir() if path.is_dir()))
def test_a_planted_fault_is_found_by_its_code_and_by_nothing_else(
    fault: str, root: Path, cities: list[City], memory: Path
) -> None:
    plant(fault, root / SLUG)
    found = findings_of(SLUG, root, cities=cities, languages=["fr"], checked=memory)
    assert {finding.code for finding in found} == {f"toolkit.{fault.split('.', maxsplit=1)[0]}"}


def test_a_template_or_a_format_that_every_kit_needs_is_found_by_its_name(root: Path, cities: list[City]) -> None:
    def found() -> list[tuple[str, str]]:
        return [(each.code, each.file) for each in findings_of(SLUG, root, cities=cities, languages=["fr"])]

    manifest, badge = root / SLUG / "toolkit.toml", root / "base" / "templates" / "badge.toml"
    (root / SLUG / "templates").mkdir()
    own = root / SLUG / "templates" / "card.toml"
    own.write_text(badge.read_text("utf-8").replace('"badge"', '"card"'), "utf-8")
    assert found() == [("toolkit.missing", "templates/card.toml [formats.square]")]
    own.unlink()
    manifest.write_text(manifest.read_text("utf-8").replace('"note",', ""), "utf-8")
    assert found() == [("toolkit.missing", "templates/note.toml")]


def test_every_finding_has_a_planted_fault_and_a_line_in_the_designers_document() -> None:
    planted = {f"toolkit.{path.name.split('.')[0]}" for path in FAULTS.iterdir() if path.is_dir()}
    document = (TOOLKITS_DIR / "README.md").read_text("utf-8").split("## The gate")[1]
    lines = dict(re.findall(r"^\| `(toolkit\.[a-z_]+)` \| (.+) \|$", document, re.MULTILINE))
    assert planted == set(FINDINGS)
    assert lines == FINDINGS


def test_the_second_time_only_what_changed_is_drawn(root: Path, cities: list[City], memory: Path) -> None:
    def drawn() -> tuple[int, int]:
        report = check_toolkit(SLUG, root, cities=cities, languages=["fr"], checked=memory)
        return report.drawn_count, len(report.findings)

    again = drawn()
    badge = root / "base" / "templates" / "badge.toml"
    badge.write_text(badge.read_text("utf-8").replace("size = 11.5", "size = 11.4"), "utf-8")
    changed, once_more = drawn(), drawn()
    assert [again, changed, once_more] == [(0, 0), (2, 0), (0, 0)]  # the badge of the shortest and that of the longest city


def test_what_is_not_clean_is_looked_at_again(root: Path, cities: list[City], memory: Path) -> None:
    plant("unsafe_zone.banner", root / SLUG)
    first = check_toolkit(SLUG, root, cities=cities, languages=["fr"], checked=memory)
    second = check_toolkit(SLUG, root, cities=cities, languages=["fr"], checked=memory)
    assert second == Report(first.findings, first.piece_count, second.drawn_count)
    assert 0 < second.drawn_count <= first.drawn_count


def test_the_cities_are_those_with_the_shortest_and_the_longest_name_in_the_language(cities: list[City]) -> None:
    def named(language: str) -> list[str]:
        return [choose(city.names, (language, *city.languages)).text for city in extreme_cities(cities, language)]

    names = [choose(city.names, ("fr", *city.languages)).text for city in cities]
    shortest, longest = named("fr")
    assert (len(shortest), len(longest)) == (min(map(len, names)), max(map(len, names)))


def test_the_command_ends_with_0_when_nothing_is_found(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lint", SLUG, "--lang", "fr") == 0
    assert re.fullmatch(r"1 toolkit, \d+ pieces, 0 of them drawn anew, \d+ s of CPU: 0 findings\.\n", capsys.readouterr().out)


def test_the_command_says_file_format_language_what_was_found_and_what_is_allowed(
    run: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant("text_too_small", root / SLUG)
    plant("unsafe_zone.banner", root / SLUG)
    assert run("lint", SLUG, "--lang", "fr", "--toolkits", str(root)) == 1
    lines = capsys.readouterr().out.splitlines()
    speech = translator("en")
    too_small = speech.sentence("toolkit.text_too_small", {"slot": "hashtag", "found": "9.7 px", "allowed": "12 px"})
    assert lines[0] == f"{SLUG}/base/templates/badge.toml, badge, badge: {too_small} [toolkit.text_too_small]"
    places = [f"{SLUG}/base/templates/banner.toml, banner, facebook, fr: "] * (len(lines) - 2)
    assert [line[: len(place)] for line, place in zip(lines[1:-1], places, strict=True)] == places


def test_the_findings_are_there_for_programs(run: Run, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant("licence_untested", root / SLUG)
    assert run("lint", SLUG, "--lang", "fr", "--toolkits", str(root), "--json") == 1
    (finding,) = json.loads(capsys.readouterr().out)
    named = {key: finding[key] for key in ("code", "toolkit", "file", "template", "format", "language")}
    assert named == {
        "code": "toolkit.licence_untested",
        "toolkit": SLUG,
        "file": "toolkit.toml",
        "template": "",
        "format": "",
        "language": "",
    }
    assert finding["params"]["licence"] == "CC-BY-NC-ND-4.0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lint", "atlantis-day"], "There is no toolkit atlantis-day. There is: "),
        (["render", "atlantis-day", "--city", "lyon", "--lang", "fr"], "There is no toolkit atlantis-day. There is: "),
        (["render", SLUG, "--city", "atlantis", "--lang", "fr"], "There is no city atlantis. There is: tunis, nantes, "),
        (["render", SLUG, "--city", "lyon", "--lang", "xx"], "There is no language of this toolkit xx. There is: en, fr."),
        (
            ["render", SLUG, "--city", "lyon", "--lang", "fr", "--only", "balloon"],
            "There is no template of this toolkit balloon. There is: banner, badge, ",
        ),
    ],
)
def test_a_name_that_stands_for_nothing_ends_with_2_and_says_what_there_is(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    out = ["--out", str(tmp_path / "out")] if arguments[0] == "render" else []
    assert run(*arguments, *out) == 2
    assert capsys.readouterr().err.startswith(said)
    assert not (tmp_path / "out").exists()


def test_one_template_is_drawn_for_a_city_in_all_its_formats(run: Run, tmp_path: Path) -> None:
    assert run("render", SLUG, "--city", "lyon", "--lang", "fr", "--out", str(tmp_path / "out"), "--only", "lower_third") == 0
    files = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    shapes = ("audiogram_square", "audiogram_story", "square", "story", "wide")
    assert files == [f"beyond/lower_third-{shape}.fr.png" for shape in shapes]
