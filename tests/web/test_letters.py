"""Every mail is written from one pair of templates, in its reader's language and direction."""

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.web import i18n
from app.web.letters import Letter, LetterPoint, LetterSubject, write_letter
from app.words import Chosen, Words

NAMES = Words("en", {"en": "Cities of Voices", "fr": "Villes des voix", "ar": "مدن الأصوات"})
LINK = "https://voices.example/desk?a=1&b=2"
ABOUT = LetterSubject(
    title=Chosen("en", "Our Home"),
    message=Chosen("ar", "بيتنا حيث نغني"),
    when="Sunday 20 June 2027",
    objective=Chosen("en", "To hear each other's <voices> & songs."),
)
NONE_OF_THESE = {"img", "link", "script", "style", "iframe", "svg", "video", "object", "form"}


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def letter(about: LetterSubject | None = ABOUT) -> Letter:
    return Letter(
        name="Zoë <b>", opening="you are asked.", about=about, act="Read the brief", link=LINK, closing="There is no password."
    )


def read(language: str, about: LetterSubject | None = ABOUT) -> Tags:
    return Tags(write_letter(letter(about), subject="Hello", network_names=NAMES, language=language).html)


@pytest.fixture
def arabic_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages that speak Arabic as well."""
    for path in i18n.LOCALE_DIR.glob("*.po"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    greeting = '#, python-format\nmsgid "Hello %(name)s,"\nmsgstr "مرحبا %(name)s،"\n'
    (tmp_path / "ar.po").write_text(header + greeting, encoding="utf-8")
    known = (i18n.page_languages, i18n.translator, i18n._catalogue)
    with monkeypatch.context() as patched:
        patched.setattr(i18n, "LOCALE_DIR", tmp_path)
        for each in known:
            each.cache_clear()
        yield
    for each in known:
        each.cache_clear()


def test_the_text_is_plain_and_its_link_stands_alone_on_a_line() -> None:
    text = write_letter(letter(), subject="Hello", network_names=NAMES, language="en").text
    assert text.splitlines() == [
        "Hello Zoë <b>,",
        "",
        "you are asked.",
        "",
        "    Our Home",
        "    بيتنا حيث نغني",
        "    Sunday 20 June 2027",
        "",
        "To hear each other's <voices> & songs.",
        "",
        "Read the brief",
        LINK,
        "",
        "There is no password.",
        "",
        "-- ",
        "Cities of Voices",
    ]


@pytest.mark.parametrize("about", [ABOUT, None])
def test_the_html_is_whole_and_fetches_nothing(about: LetterSubject | None) -> None:
    page = read("en", about)
    assert page.open == []
    assert NONE_OF_THESE.isdisjoint(tag for tag, _ in page.tags)
    assert [attributes["href"] for tag, attributes in page.tags if tag == "a"] == [LINK]
    assert not any("src" in attributes or "url(" in (attributes.get("style") or "") for _, attributes in page.tags)
    assert "Hello Zoë <b>," in page.words
    assert LINK in page.words


def test_the_html_says_its_language_and_that_of_what_others_wrote() -> None:
    page = read("fr")
    said = [
        (attributes["lang"], attributes["dir"])
        for tag, attributes in page.tags
        if tag in {"html", "span"} and "lang" in attributes
    ]
    assert said == [("fr", "ltr"), ("fr", "ltr"), ("en", "ltr"), ("ar", "rtl"), ("en", "ltr")]
    assert "Villes des voix" in page.words


@pytest.mark.usefixtures("arabic_pages")
def test_a_language_that_runs_from_the_right_does_so_in_a_mail() -> None:
    page = read("ar")
    assert next((each["lang"], each["dir"]) for tag, each in page.tags if tag == "html") == ("ar", "rtl")
    assert next((each["lang"], each["dir"]) for tag, each in page.tags if tag == "table") == ("ar", "rtl")
    assert "مرحبا" in page.words
    assert any("text-align: right" in (each.get("style") or "") for tag, each in page.tags if tag == "td")


def test_words_of_the_network_come_in_a_language_that_the_pages_do_not_speak() -> None:
    page = read("ar")
    assert next((each["lang"], each["dir"]) for tag, each in page.tags if tag == "html") == ("en", "ltr")
    assert "مدن الأصوات" in page.words


def test_points_stand_one_by_one_each_with_its_own_page_where_it_has_one() -> None:
    points = [LetterPoint("The brief is <not> read."), LetterPoint("Two wait.", f"{LINK}&c=3")]
    sheet = replace(letter(None), points=points)
    written = write_letter(sheet, subject="Hello", network_names=NAMES, language="en")
    assert written.text.splitlines()[2:13] == [
        "you are asked.",
        "",
        "- The brief is <not> read.",
        "",
        "- Two wait.",
        f"  {LINK}&c=3",
        "",
        "Read the brief",
        LINK,
        "",
        "There is no password.",
    ]
    page = Tags(written.html)
    assert page.open == []
    assert [tag for tag, _ in page.tags].count("li") == 2
    assert [attributes["href"] for tag, attributes in page.tags if tag == "a"] == [f"{LINK}&c=3", LINK]
    assert "The brief is <not> read." in page.words
