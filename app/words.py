"""Words by language: what a network or a city writes, with the language it was written in first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Chosen:
    """One text with the BCP 47 tag of the language it is in, so that a page can say so in `lang`."""

    language: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Words:
    """A text in one or more languages; `source` is the language it was written in and is always there."""

    source: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.source not in self.texts:
            raise ValueError(self.source)

    @classmethod
    def one(cls, language: str, text: str) -> "Words":
        """Words that exist in one language only."""
        return cls(language, {language: text})

    def as_json(self) -> dict[str, Any]:
        """The form that stands in the database."""
        return {"source": self.source, "texts": dict(self.texts)}


def completed(words: Words, known: Mapping[str, str]) -> Words:
    """A campaign's words; while they are still its toolkit's, also in those languages that only the toolkit knows."""
    if known.get(words.source) != words.texts.get(words.source):
        return words
    return Words(words.source, {**known, **{tag: text for tag, text in words.texts.items() if text}})


def choose(words: Words, languages: Iterable[str]) -> Chosen:
    """The text in the first of `languages` that exists, by tag or by its primary language; else the source text."""
    for wanted in languages:
        if wanted in words.texts:
            return Chosen(wanted, words.texts[wanted])
        primary = wanted.split("-")[0]
        for tag, text in words.texts.items():
            if tag.split("-")[0] == primary:
                return Chosen(tag, text)
    return Chosen(words.source, words.texts[words.source])
