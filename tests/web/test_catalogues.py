"""Every sentence is in every catalogue, with the same places for its numbers and names."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.web.i18n import LOCALE_DIR, page_languages

ROOT = Path(__file__).resolve().parents[2]
PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
REFUSING = {"Refused", "NotFound", "refuse"}
MEDIA_CODES = re.compile(r"^(media|typeset)\.[a-z_]+$")


def catalogue(language: str) -> Catalog:
    with (LOCALE_DIR / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """Every sentence in code and templates; the codes of refusals are asked for by themselves."""
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "--mapping-file", "pyproject.toml"]
    subprocess.run([*command, "--omit-header", "--output-file", str(target), "."], cwd=ROOT, check=True)
    with target.open("rb") as file:
        return [message for message in read_po(file) if message.id and message.context is None]


def codes_in_use() -> set[str]:
    """The codes that the code raises: the first argument of a refusal, and the codes of the media library."""
    found: set[str] = set()
    for path in (*ROOT.glob("app/**/*.py"), *ROOT.glob("media_pipeline/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                given = node.args[1:] if name == "refuse" else node.args
                if name in REFUSING and given and isinstance(given[0], ast.Constant):
                    found.add(str(given[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and MEDIA_CODES.match(node.value):
                found.add(node.value)
    return found


@pytest.mark.parametrize("language", [tag for tag in page_languages() if tag != "en"])
def test_every_sentence_of_the_pages_is_in_the_catalogue(language: str, messages: list[Message]) -> None:
    known = catalogue(language)
    missing = []
    for message in messages:
        translated = known.get(message.id)
        if translated is None or not all(translated.string if isinstance(translated.string, tuple) else [translated.string]):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("language", page_languages())
def test_every_refusal_has_its_sentence(language: str) -> None:
    known = {str(message.id) for message in catalogue(language) if message.context == "error" and message.string}
    assert codes_in_use() - known == set()


@pytest.mark.parametrize("language", [tag for tag in page_languages() if tag != "en"])
def test_a_translation_has_the_places_of_its_source(language: str, messages: list[Message]) -> None:
    known = catalogue(language)
    wrong = []
    for message in messages:
        translated = known.get(message.id)
        if translated is None:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]
        target = translated.string if isinstance(translated.string, str) else list(translated.string or [""])[-1]
        if set(PLACES.findall(source)) != set(PLACES.findall(target)):
            wrong.append((source, target))
    assert wrong == []


def test_a_refusal_has_the_same_places_in_every_language() -> None:
    english = {m.id: set(PLACES.findall(str(m.string))) for m in catalogue("en") if m.context == "error"}
    for language in page_languages():
        other = {m.id: set(PLACES.findall(str(m.string))) for m in catalogue(language) if m.context == "error"}
        assert other == english
