"""The pages of a campaign's booklet, each a sheet of A5 with bleed, set by layouts that all toolkits share."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from PIL import Image

from app.assembly.rules import Contribution, in_turn
from app.kits.toolkit import BASE, TOOLKITS_DIR, Toolkit
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.pictures import save_jpeg
from media_pipeline.typeset import Template, load_template, render
from media_pipeline.typeset.template import Format, Logo, Shape

A5 = Format(width_mm=148, height_mm=210, bleed_mm=3)
A5_300_DPI_PX = (1748, 2480)
SHEET = "a5"
LAYOUTS = COVER, CITIES, VOICE = "booklet_cover", "booklet_cities", "booklet_voice"
PICTURE_SLOT, COLLAGE_SLOT = "portrait", "collage"
SIGNATURE = 4  # a folded sheet of A4 has so many pages
MAX_PAGES = 64  # thicker ones are not stapled


class Page(StrEnum):
    """How a voice stands on its page, by the name of the template's format."""

    MAYOR = "mayor"
    PICTURED = "pictured"  # a resident's picture and words
    PICTURE = "picture"  # nothing was said to it
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Voice:
    """What stands on a page of somebody's own."""

    page: Page
    slots: Mapping[str, str]
    language: str
    picture: Path | None
    alt: str = ""  # of the picture


def with_layouts(toolkit: Toolkit) -> Toolkit:
    """The toolkit with the layouts of a booklet, which all share; kits frozen before there were any have those that ship."""
    return toolkit.model_copy(update={"loaded": {**toolkit.loaded, **{name: _layout(toolkit, name) for name in LAYOUTS}}})


def _layout(toolkit: Toolkit, name: str) -> Template:
    """Without what shows artwork that the toolkit does not have."""
    shared = Path(BASE, "templates", f"{name}.toml")
    frozen = toolkit.folder.parent / shared
    template = load_template(frozen if frozen.is_file() else TOOLKITS_DIR / shared)
    layers = {
        shape: tuple(layer for layer in stacked if all((toolkit.artwork / file).is_file() for file in layer.sources()))
        for shape, stacked in template.layers.items()
    }
    return template.model_copy(update={"layers": layers})


def lot(campaign_id: int, city_id: int) -> str:
    """In which order cities come, so that no name is always first."""
    return sha256(f"{campaign_id}:{city_id}".encode()).hexdigest()


def stories_of(contributions: Iterable[Contribution], *, room: int, campaign_id: int, told: Container[int]) -> list[int]:
    """The submissions for so many pages: one of each city, then another of each, until the room is full; city by city.

    Who tells something in words (`told`) comes before pictures of the same city without any.
    """
    by_city: dict[int, list[int]] = {}
    for each in sorted(in_turn(contributions), key=lambda each: each.submission_id not in told):
        by_city.setdefault(each.city_id, []).append(each.submission_id)
    cities = sorted(by_city, key=lambda city_id: lot(campaign_id, city_id))
    rounds = zip_longest(*(by_city[city_id] for city_id in cities))
    chosen = set([each for one in rounds for each in one if each is not None][:room])
    return [each for city_id in cities for each in by_city[city_id] if each in chosen]


def blank_pages(count: int) -> int:
    """How many pages stay empty so that the sheets come out."""
    return -count % SIGNATURE


@dataclass(frozen=True, slots=True)
class _Setting:
    """A page before it is drawn."""

    template: Template
    slots: Mapping[str, str]
    language: str
    shape: str = SHEET
    pictures: Mapping[str, Path] = field(default_factory=dict)
    alts: Mapping[str, str] = field(default_factory=dict)  # of the pictures


def draw_cover(toolkit: Toolkit, slots: Mapping[str, str], language: str, target: Path) -> Path:
    """The campaign's message on the front; as .png to look at, as .pdf to print."""
    return _drawn(toolkit, _Setting(toolkit.template(COVER), slots, language), target)


def draw_cities(toolkit: Toolkit, slots: Mapping[str, str], language: str, target: Path) -> bool:
    """The names of all cities; whether they could be set."""
    return _could_be_set(toolkit, _Setting(toolkit.template(CITIES), slots, language), target)


def draw_voice(toolkit: Toolkit, voice: Voice, target: Path) -> bool:
    """What somebody says on a page of their own, in their script; whether it could be set."""
    pictures = {} if voice.picture is None else {PICTURE_SLOT: _as_jpeg(voice.picture)}
    alts = {PICTURE_SLOT: voice.alt} if voice.alt else {}
    template = toolkit.template(VOICE)
    return _could_be_set(toolkit, _Setting(template, voice.slots, voice.language, voice.page, pictures, alts), target)


def _as_jpeg(picture: Path) -> Path:
    """Small pictures for pages are WebP, which the typesetter does not read."""
    if picture.suffix != ".webp":
        return picture
    with Image.open(picture, formats=("WEBP",)) as opened:
        plain = opened.convert("RGB")
    save_jpeg(plain, picture.with_suffix(".jpg"))
    return picture.with_suffix(".jpg")


def _could_be_set(toolkit: Toolkit, setting: _Setting, target: Path) -> bool:
    try:
        _drawn(toolkit, setting, target)
    except ToolFailed:
        raise
    except MediaError:  # a letter that no font has, or words that run over
        return False
    return True


def draw_collage(toolkit: Toolkit, poster: Path, language: str, target: Path, *, alt: str) -> None:
    """The poster of all as one page."""
    small = target.with_suffix(".jpg")
    with Image.open(poster, formats=("JPEG",)) as opened:
        opened.draft("RGB", A5_300_DPI_PX)
        picture = opened.convert("RGB")
    picture.thumbnail(A5_300_DPI_PX)
    save_jpeg(picture, small)
    layer = Logo(kind="logo", slot=COLLAGE_SLOT, start=3, end=3, top=3, bottom=3, plate="paper", clear=1)
    page = Template(name="collage", description="The collage.", background="paper", formats={SHEET: A5}, layers={SHEET: (layer,)})
    pictures, alts = {COLLAGE_SLOT: small}, {COLLAGE_SLOT: alt}
    _drawn(toolkit, _Setting(page, {}, language, pictures=pictures, alts=alts), target)


def draw_blank(toolkit: Toolkit, language: str, target: Path) -> None:
    """An empty page, for notes."""
    layer = Shape(kind="rect", fill="paper", start=0, end=0, top=0, bottom=0)
    page = Template(name="blank", description="Empty.", background="paper", formats={SHEET: A5}, layers={SHEET: (layer,)})
    _drawn(toolkit, _Setting(page, {}, language), target)


def _drawn(toolkit: Toolkit, setting: _Setting, target: Path) -> Path:
    drawn = render(
        setting.template,
        format=setting.shape,
        slots=setting.slots,
        palette=toolkit.palette,
        language=setting.language,
        target=target,
        artwork=toolkit.artwork,
        pictures=setting.pictures,
        alts=setting.alts,
    )
    return drawn.path
