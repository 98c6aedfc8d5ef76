"""The sentences that people agree to: data, loaded whole and checked whole."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from app.enums import Purpose, SubmissionOrigin

SENTENCES_DIR = Path(__file__).with_name("sentences")  # a file for each language
SOURCE_LANGUAGE = "en"
# Asked today: what the service does today. Press has its sentence and is asked when it exists, since nobody can agree to what
# nobody can show them.
ASKED = (
    Purpose.CAMPAIGN_PAGES,
    Purpose.CITY_FILM,
    Purpose.JOINT_FILM,
    Purpose.COLLAGE,
    Purpose.PRINT,
    Purpose.NETWORK_ACCOUNTS,
)


class Voice(StrEnum):
    """Who says yes: a person for themselves, one from another place, or an officer for the people in a city's own file."""

    RESIDENT = "resident"
    ELSEWHERE = "elsewhere"
    CITY = "city"


def voice_of(origin: SubmissionOrigin, *, from_elsewhere: bool) -> Voice:
    """In whose words a contribution's consents are said."""
    if origin is SubmissionOrigin.CITY:
        return Voice.CITY
    return Voice.ELSEWHERE if from_elsewhere else Voice.RESIDENT


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence for one purpose in one language."""

    purpose: Purpose
    language: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash of purpose, language and text; the first two hold no line end, so no part runs into the next."""
        return hashlib.sha256(f"{self.purpose.value}\n{self.language}\n{self.text}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[Voice, Mapping[str, Mapping[Purpose, Wording]]]:
    raw = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(SENTENCES_DIR.glob("*.toml"))}
    return {
        voice: {
            language: {purpose: Wording(purpose, language, said[voice.value][purpose.value]) for purpose in Purpose}
            for language, said in raw.items()
        }
        for voice in Voice
    }


def wording_languages() -> set[str]:
    """The languages that consents are written in."""
    return set(_catalogue()[Voice.RESIDENT])


def wordings(language: str, voice: Voice = Voice.RESIDENT) -> list[Wording]:
    """The sentence of every purpose that is asked, in this language, or in English where nobody has written it yet."""
    by_language = _catalogue()[voice]
    chosen = by_language.get(language) or by_language.get(language.partition("-")[0]) or by_language[SOURCE_LANGUAGE]
    return [chosen[purpose] for purpose in ASKED]
