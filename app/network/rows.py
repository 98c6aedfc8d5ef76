"""What a line of a table must hold to be a city, a chapter or an officer; everything that is wrong is noted with its place."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from app.enums import RoleName
from app.errors import Refused
from app.network.table import Line
from app.web.i18n import babel_locale
from app.words import Words

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\".]+(?:\.[^@\s<>,;\".]+)+")
ELSEWHERE = "elsewhere"  # another place; with a hyphen and the slug of a chapter behind it, that of a chapter
# stand where a city's slug stands in addresses of a campaign: /c/{campaign}/frame
RESERVED_SLUGS = frozenset(
    {"calendar", "collage", "contest", "countdown", "embed", ELSEWHERE, "feed", "film", "frame", "share", "statement"}
)
MAX_SLUG_CHARS = 80
MAX_NAME_CHARS = 120

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter as its line says."""

    line: int
    slug: str
    names: Words


@dataclass(frozen=True, slots=True)
class CityRow:
    """A city as its line says; `chapters` is None where the table has no such column."""

    line: int
    slug: str
    names: Words
    country: str
    time_zone: str
    languages: tuple[str, ...]
    latitude: float
    longitude: float
    chapters: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """A person and one role as their line says."""

    line: int
    email: str
    name: str
    language: str
    role: RoleName
    city: str
    chapter: str


class Cells:
    """The cells of one line; reading one notes what is wrong with it."""

    def __init__(self, line: Line, refusals: list[Refused]) -> None:
        self._line = line
        self._refusals = refusals
        self.number = line.number

    def has(self, column: str) -> bool:
        """Whether the table has this column."""
        return column in self._line.cells

    def raw(self, column: str) -> str:
        """The cell; empty where the line ends before it."""
        return self._line.cells.get(column, "")

    def refuse(self, column: str, code: str, **params: Any) -> None:
        """Note what is wrong."""
        self._refusals.append(Refused(code, field="table", line=self.number, column=column, **params))

    def text(self, column: str, max_chars: int) -> str:
        """Something that is there and not too long."""
        value = self.raw(column)
        if not value:
            self.refuse(column, "import.missing")
        elif len(value) > max_chars:
            self.refuse(column, "import.too_long", limit_chars=max_chars, actual_chars=len(value))
        return value

    def checked(self, column: str, max_chars: int, is_good: Callable[[str], object], code: str) -> str:
        """Something that passes a check."""
        value = self.text(column, max_chars)
        if value and not is_good(value):
            self.refuse(column, code, found=value[:80])
        return value

    def slug(self) -> str:
        """A name for addresses."""
        value = self.checked("slug", MAX_SLUG_CHARS, SLUG.fullmatch, "import.not_a_slug")
        if value in RESERVED_SLUGS or value.startswith(f"{ELSEWHERE}-"):
            self.refuse("slug", "import.reserved_slug", found=value)
        return value

    def names(self) -> Words:
        """Names by language, as in it=Torino;en=Turin, of which the source language is one."""
        texts: dict[str, str] = {}
        noted = len(self._refusals)
        for pair in filter(None, (part.strip() for part in self.text("names", 4000).split(";"))):
            tag, equals, name = (part.strip() for part in pair.partition("="))
            if not equals or not LANGUAGE_TAG.fullmatch(tag) or not name or len(name) > MAX_NAME_CHARS:
                self.refuse("names", "import.not_a_name", found=pair[:80])
            elif tag in texts:
                self.refuse("names", "import.name_twice", found=tag)
            texts[tag] = name
        source = self.language("source_language")
        if source and texts and source not in texts and len(self._refusals) == noted:
            self.refuse("source_language", "import.source_without_name", found=source)
        return Words(source, texts | {source: texts.get(source, "")})

    def language(self, column: str) -> str:
        """One language tag."""
        return self.checked(column, 35, LANGUAGE_TAG.fullmatch, "import.not_a_language")

    def listed(self, column: str) -> tuple[str, ...]:
        """The parts of a list such as it;en."""
        return tuple(dict.fromkeys(part.strip() for part in self.raw(column).split(";") if part.strip()))

    def languages(self) -> tuple[str, ...]:
        """Language tags, at least one."""
        tags = self.listed("languages")
        if not tags:
            self.refuse("languages", "import.missing")
        for tag in tags:
            if not LANGUAGE_TAG.fullmatch(tag):
                self.refuse("languages", "import.not_a_language", found=tag[:80])
        return tags

    def degrees(self, column: str, limit: int) -> float:
        """Degrees on the globe; a decimal comma is read as a point."""
        value = self.text(column, 40)
        try:
            degrees = float(value.replace(",", "."))
        except ValueError:
            degrees = float("nan")
        if value and not -limit <= degrees <= limit:
            self.refuse(column, "import.not_degrees", found=value[:40], at_least=-limit, at_most=limit)
        return degrees


def chapter_row(cells: Cells) -> ChapterRow:
    """A chapter."""
    return ChapterRow(cells.number, cells.slug(), cells.names())


def city_row(cells: Cells) -> CityRow:
    """A city."""
    return CityRow(
        line=cells.number,
        slug=cells.slug(),
        names=cells.names(),
        country=cells.checked("country", 40, lambda code: code.upper() in _countries(), "import.not_a_country").upper(),
        time_zone=cells.checked("time_zone", 64, lambda name: name in zones(), "import.not_a_zone"),
        languages=cells.languages(),
        latitude=cells.degrees("latitude", 90),
        longitude=cells.degrees("longitude", 180),
        chapters=cells.listed("chapters") if cells.has("chapters") else None,
    )


def officer_row(cells: Cells) -> OfficerRow:
    """A person and a role, with the place that the role needs and no other."""
    role_name = cells.checked("role", 40, lambda value: value.lower() in set(RoleName), "import.not_a_role").lower()
    role = RoleName(role_name) if role_name in set(RoleName) else RoleName.OFFICER
    needs = {RoleName.OFFICER: "city", RoleName.COORDINATOR: "chapter"}.get(role)
    if role_name in set(RoleName):
        for column in ("city", "chapter"):
            if column == needs and not cells.raw(column):
                cells.refuse(column, "import.role_without_place", role=role.value)
            elif column != needs and cells.raw(column):
                cells.refuse(column, "import.role_with_place", role=role.value, found=cells.raw(column)[:80])
    return OfficerRow(
        line=cells.number,
        email=cells.checked("email", 254, EMAIL.fullmatch, "import.not_an_address").lower(),
        name=cells.text("name", 200),
        language=cells.language("language"),
        role=role,
        city=cells.raw("city") if needs == "city" else "",
        chapter=cells.raw("chapter") if needs == "chapter" else "",
    )


def read_rows(
    lines: list[Line], read: Callable[[Cells], R], key: Callable[[R], object], column: str
) -> tuple[list[R], list[Refused]]:
    """Every line as a row, and everything that is wrong with them; no two may have the same key, which stands in `column`."""
    refusals: list[Refused] = []
    rows: list[R] = []
    first_at: dict[object, int] = {}
    for line in lines:
        row = read(Cells(line, refusals))
        first = first_at.setdefault(key(row), line.number)
        if first != line.number and line.cells.get(column):
            refusals.append(Refused("import.twice", field="table", line=line.number, column=column, first_line=first))
        rows.append(row)
    return rows, refusals


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes, by the Unicode locale data."""
    codes = [str(code) for code in babel_locale("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code not in {"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB"})


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Zones of places; abbreviations such as EST name an offset, not a place whose clocks people live by."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
