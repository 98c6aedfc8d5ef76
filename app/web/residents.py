"""The languages that the pages of residents speak: those of all pages, and others that a speaker read or the desk released."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.web.i18n import RESIDENTS_DIR, page_languages

REVIEWS = RESIDENTS_DIR / "languages.toml"


@dataclass(frozen=True, slots=True)
class Review:
    """Who read the sentences of a language, and when."""

    reviewed_by: str
    reviewed_on: date


@lru_cache(maxsize=1)
def reviews() -> Mapping[str, Review | None]:
    """The languages that only the pages of residents speak, each with its review; None: it is a draft."""
    found = tomllib.loads(REVIEWS.read_text("utf-8"))
    return {tag: Review(**said) if said else None for tag, said in sorted(found.items())}


def draft_languages() -> list[str]:
    """Those that nobody who speaks them has read yet."""
    return [tag for tag, review in reviews().items() if review is None]


def resident_languages(released: Collection[str]) -> list[str]:
    """What a resident is offered: the languages of all pages, then those that are reviewed, and the drafts that are released."""
    drafts = draft_languages()
    return [*page_languages(), *(tag for tag in reviews() if tag not in drafts or tag in released)]
