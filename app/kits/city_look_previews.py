"""Three pieces of a campaign in a look that is only typed so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.enums import Accent
from app.kits.city_looks import LOGO_SLOT
from app.kits.dressing import draw_dressed
from app.kits.slots import slots_of
from app.kits.sources import Source
from app.kits.thumbnails import shrunk
from app.models import Campaign, City
from app.words import Words, choose

PIECES = {  # by name in addresses: template, format, width and height of the small picture
    "post": ("post", "square", 480, 480),
    "frame": ("frame", "square", 480, 480),
    "banner": ("banner", "x", 480, 160),
}


@dataclass(frozen=True, slots=True)
class LogoAt:
    """Where a logo is; `address` changes with its bytes."""

    address: str
    fetched: Callable[[Path], Path] = field(compare=False)  # a copy in the folder


@dataclass(frozen=True, slots=True)
class Stage:
    """On what a look is shown: the words of a campaign in one language, without the city's name."""

    source: Source
    slots: tuple[tuple[str, str], ...]
    language: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A look that may not be kept yet."""

    name: str
    accent: Accent
    logo: LogoAt | None


def stage_for(source: Source, campaign: Campaign | None, city: City, language: str) -> Stage:
    """The campaign's words in this language; without a campaign those that the toolkit brings."""
    toolkit = source.toolkit
    if campaign is not None:
        return Stage(source, tuple(sorted(slots_of(campaign, city, language, toolkit).items())), language)
    written_in = toolkit.manifest.source_language
    day, message = (choose(Words(written_in, words), [language]).text for words in (toolkit.names, toolkit.messages))
    return Stage(source, (("day", day), ("hashtag", toolkit.manifest.hashtag), ("message", message)), language)


@lru_cache(maxsize=192)
def preview(stage: Stage, typed: Typed, piece: str) -> bytes:
    """A small picture of one piece, as WebP; refuses `kit.words_do_not_fit` when the name cannot be set."""
    template, name, _width, _height = PIECES[piece]
    with TemporaryDirectory() as workspace:
        folder = Path(workspace)
        pictures = {LOGO_SLOT: typed.logo.fetched(folder)} if typed.logo else {}
        drawn = draw_dressed(
            stage.source.toolkit,
            template,
            format=name,
            slots={**dict(stage.slots), "city": typed.name},
            language=stage.language,
            accent=typed.accent,
            pictures=pictures,
            target=folder / "piece.png",
        )
        return shrunk(drawn.path.read_bytes())


def check_all(stage: Stage, typed: Typed) -> None:
    """Draw every piece; refuses with the first that cannot be drawn."""
    for piece in PIECES:
        preview(stage, typed, piece)
