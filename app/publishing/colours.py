"""A campaign's colours on the pages: the toolkit's pair, made darker or lighter until everybody can read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.kits.toolkit import NEEDED_CONTRAST, contrast_ratio

# the grounds of app/web/static/polyphony.css: --paper, --field, --wash by day and by night
LIGHT_GROUNDS = ("#f9f8f5", "#ffffff", "#efeee8")
DARK_GROUNDS = ("#15161b", "#0e0f13", "#202128")
WHITE, BLACK = "#ffffff", "#000000"
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Brand:
    """What /c/{campaign}/brand.css may set."""

    poster: str
    poster_ink: str
    accent_light: str
    accent_light_ink: str
    accent_dark: str
    accent_dark_ink: str


def brand_of(palette: Mapping[str, str]) -> Brand:
    """The page colours of a toolkit's palette; each pair reads at 4.5:1."""
    accent, second = palette["accent"], palette["second"]
    darker, lighter = sorted((accent, second), key=lambda colour: contrast_ratio(colour, BLACK))
    accent_light = _readable_on(darker, LIGHT_GROUNDS, towards=BLACK)
    accent_dark = _readable_on(lighter, DARK_GROUNDS, towards=WHITE)
    return Brand(
        poster=accent,
        poster_ink=_ink_on(accent, (palette["accent_ink"], second)),
        accent_light=accent_light,
        accent_light_ink=_ink_on(accent_light, (palette["accent_ink"], accent_dark)),
        accent_dark=accent_dark,
        accent_dark_ink=_ink_on(accent_dark, (palette["second_ink"], accent_light)),
    )


def _readable_on(colour: str, grounds: Sequence[str], *, towards: str) -> str:
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, towards, step / _STEPS)
        if all(contrast_ratio(mixed, ground) >= NEEDED_CONTRAST for ground in grounds):
            return mixed
    raise ValueError(colour)


def _ink_on(ground: str, wanted: Sequence[str]) -> str:
    """The first of the wanted inks that reads on it; white or black always does."""
    return next(ink for ink in (*wanted, WHITE, BLACK) if contrast_ratio(ink, ground) >= NEEDED_CONTRAST)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)
