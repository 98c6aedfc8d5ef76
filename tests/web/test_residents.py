"""What residents meet can be said in more languages: a catalogue for each, whole, and a draft until a speaker has read it."""

import ast
import re
import subprocess
import sys
from datetime import date
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.consent.wordings import Voice, wording_languages, wordings
from app.enums import RejectionReason
from app.web import residents
from app.web.i18n import LOCALE_DIR, RESIDENTS_DIR, negotiate, page_languages
from app.web.residents import Review, draft_languages, resident_languages, reviews

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = sorted(path.stem for path in RESIDENTS_DIR.glob("*.po"))
PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
# the modules in whose refusals a resident can run: the form, what reads it, the receipt, what is served there
MODULES = (
    "app/submissions/forms.py",
    "app/submissions/intake.py",
    "app/submissions/queries.py",
    "app/submissions/receipt_pages.py",
    "app/submissions/rules.py",
    "app/submissions/service.py",
    "app/submissions/share_pages.py",
    "app/submissions/tasks.py",
    "app/web/deps.py",
    "app/web/media.py",
    "app/web/uploads.py",
)
MEDIA_CODES = re.compile(r"^media\.[a-z_]+$")
AT_THE_DESK = {  # raised in these modules, never to a resident
    "submission.no_such_move",
    "submission.speech_or_none",
    "submission.unknown",
    "upload.consent_note_needed",
    "upload.pages_needed",
}


def catalogue(language: str) -> Catalog:
    folder = LOCALE_DIR if language in page_languages() else RESIDENTS_DIR
    with (folder / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def key(message: Message) -> tuple[str | None, object]:
    return message.context, message.id


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str | None, object], Message]:
    """Every sentence that a resident can meet, as `make messages` finds them."""
    target = tmp_path_factory.mktemp("messages") / "residents.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "--omit-header"]
    command += ["--mapping-file", str(RESIDENTS_DIR / "sentences.toml"), "--output-file", str(target), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    with target.open("rb") as file:
        return {key(message): message for message in read_po(file) if message.id}


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [str(message.string or "")]


def test_a_language_of_residents_has_its_catalogue_and_its_consents() -> None:
    assert list(reviews()) == LANGUAGES
    assert wording_languages() == {*page_languages(), *LANGUAGES}
    assert set(LANGUAGES) == {"ar", "de", "el", "es", "fa", "it", "pt", "ro", "ru", "ta", "tr", "uk", "zh"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_of_residents_holds_what_they_can_meet_and_nothing_else(
    language: str, needed: dict[tuple[str | None, object], Message]
) -> None:
    held = {key(message): message for message in catalogue(language) if message.id}
    assert set(held) == set(needed)
    assert [message.id for message in held.values() if not all(forms(message))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_for_residents_has_the_places_of_its_source_in_every_form(language: str) -> None:
    spoken = catalogue(language)
    refusals = {message.id: str(message.string) for message in catalogue("en") if message.context == "error"}
    form_of = c2py(spoken.plural_expr)  # as gettext itself reads the rule
    used = [int(form_of(count)) for count in range(1000)]
    assert set(used) == set(range(spoken.num_plurals))
    wrong = []
    for message in spoken:
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        source = message.id[-1] if plural else refusals[message.id] if message.context else message.id
        assert len(forms(message)) == (spoken.num_plurals if plural else 1)
        for number, form in enumerate(forms(message)):
            counts_one_thing = plural and used.count(number) == 1  # "one", "two": the form says the number by itself
            places = [] if counts_one_thing else sorted(PLACES.findall(str(source)))
            if sorted(PLACES.findall(form)) not in (places, sorted(PLACES.findall(str(source)))):
                wrong.append((source, form))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("voice", list(Voice))
def test_consents_are_asked_in_one_sentence_each(language: str, voice: Voice) -> None:
    found = wordings(language, voice)
    assert {each.language for each in found} == {language}
    assert len({each.text for each in found}) == len(found) == len({each.sha256 for each in found})
    assert [each.text for each in found if not each.text.endswith((".", "。"))] == []


def test_what_can_be_refused_to_a_resident_is_said_in_their_language(
    needed: dict[tuple[str | None, object], Message],
) -> None:
    listed = {str(code) for context, code in needed if context == "error"}
    raised = {f"rejection.{reason.value}" for reason in RejectionReason}
    for name in MODULES:
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in {"Refused", "NotFound"}:
                raised |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "refuse":
                raised |= {str(arg.value) for arg in node.args[1:2] if isinstance(arg, ast.Constant)}
    for path in ROOT.glob("media_pipeline/*.py"):
        constants = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
        raised |= {value for value in constants if isinstance(value, str) and MEDIA_CODES.match(value)}
    assert raised - listed == AT_THE_DESK
    english = {str(message.id) for message in catalogue("en") if message.context == "error"}
    assert listed <= english


def test_a_draft_is_offered_once_it_is_released_and_a_reviewed_language_always(monkeypatch: pytest.MonkeyPatch) -> None:
    assert draft_languages() == LANGUAGES  # nobody has read any of them yet
    assert resident_languages(()) == list(page_languages())
    assert resident_languages({"ta", "ar", "xx"}) == [*page_languages(), "ar", "ta"]
    read = {tag: Review("A speaker", date(2027, 5, 1)) if tag == "uk" else None for tag in LANGUAGES}
    monkeypatch.setattr(residents, "reviews", lambda: read)
    assert resident_languages(()) == [*page_languages(), "uk"]
    assert resident_languages(["ta"]) == [*page_languages(), "ta", "uk"]


def test_a_reader_gets_the_first_wanted_language_that_is_spoken_there() -> None:
    assert negotiate(["ar-SY", "fr"]) == "fr"
    assert negotiate(["ar-SY", "fr"], ["en", "fr", "ar"]) == "ar"
    assert negotiate(["zh-Hant", "fr"], ["en", "fr", "zh"]) == "zh"
    assert negotiate(["xx"], ["en", "fr", "ar"]) == "en"
