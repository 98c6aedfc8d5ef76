"""What the gate finds wrong in a toolkit: a code, the place, and the figures, said in a sentence like every refusal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.errors import Refused
from app.web.i18n import Translator


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is, as far as that can be told, what was found and what is allowed."""

    code: str
    toolkit: str
    file: str = ""
    template: str = ""
    format: str = ""
    language: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """File, template, format and language in one line, without what is not known of it."""
        template = self.template if self.file != f"templates/{self.template}.toml" else ""
        return ", ".join(part for part in (f"{self.toolkit}/{self.file}", template, self.format, self.language) if part)

    def said(self, speech: Translator) -> str:
        """The sentence; a refusal of a file is said as it is said everywhere."""
        return speech.refusal(Refused(self.code, **self.params))

    def as_json(self, speech: Translator) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "params": dict(self.params), "said": self.said(speech)}


# Every code with what a designer can do about it; toolkits/README.md has the same table, a test holds them together.
FINDINGS: dict[str, str] = {
    "toolkit.missing": "a file that the toolkit needs is not there",
    "toolkit.unknown_key": "a key that nobody reads",
    "toolkit.bad_value": "a value that cannot be meant",
    "toolkit.unknown_placeholder": "a placeholder that its text does not know",
    "toolkit.unknown_colour": "a colour that the palette does not have",
    "toolkit.contrast": "a pair of the palette below 4.5 : 1",
    "toolkit.text_missing": "a name, message or text that a language lacks, or that is empty",
    "toolkit.glyph_missing": "a character that no font of ours can draw",
    "toolkit.overflow": "words that do not fit even at the smallest size of their template",
    "toolkit.text_too_small": "a template lets words become smaller than 12 px in a picture 1080 px wide, or 6 pt in print",
    "toolkit.low_contrast": "words whose ground, measured in the drawn pixels behind them, is below 4.5 : 1",
    "toolkit.unsafe_zone": "words in a safe area of their format, outside the safe box of a banner or the circle of a profile",
    "toolkit.logo_crowded": "something stands in the room round the logo of the city or of a partner that must stay empty",
    "toolkit.post_too_long": "a post that is longer than a network takes",
    "toolkit.alt_missing": "a picture about which nothing is said to those who do not see it",
    "toolkit.alt_too_long": "an alternative text over 1000 characters, the least that a network takes",
    "toolkit.picture_too_heavy": "a picture with more bytes than a network takes",
    "toolkit.licence_missing": "a file that no entry of the licences covers; a partner's logo needs one of its own",
    "toolkit.licence_untested": "a licence that nobody has checked for use in a city's kit",
    "toolkit.cannot_be_drawn": "artwork that the engine cannot draw",
}
