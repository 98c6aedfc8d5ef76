"""The pages of a campaign's booklet, each a sheet of A5 with bleed, set by the kits' own posters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter

from app.assembly.rules import Contribution, in_turn
from app.kits.toolkit import Toolkit
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.pictures import save_jpeg
from media_pipeline.typeset import Template, render
from media_pipeline.typeset.template import Format, Logo, Shape

A5 = Format(width_mm=148, height_mm=210, bleed_mm=3)
A5_300_DPI_PX = (1748, 2480)
SHEET = "a5"
COVER, WORDS = "poster", "quote_poster"  # laid out in hundredths of a page, so they are as good at half their size
LARGE = "a3"  # in which they come
COLLAGE_SLOT = "collage"
SIGNATURE = 4  # a folded sheet of A4 has so many pages
MAX_PAGES = 64  # thicker ones are not stapled


@dataclass(frozen=True, slots=True)
class Words:
    """A page of somebody's words."""

    slots: Mapping[str, str]
    language: str
    portrait: Path | None


def stories_of(contributions: Iterable[Contribution], *, room: int) -> list[int]:
    """The submissions for so many pages: one of each city, then another of each, until the room is full; city by city."""
    by_city: dict[int, list[int]] = {}
    for each in in_turn(contributions):
        by_city.setdefault(each.city_id, []).append(each.submission_id)
    rounds = zip_longest(*(by_city[city_id] for city_id in sorted(by_city)))
    chosen = set([each for one in rounds for each in one if each is not None][:room])
    return [each for city_id in sorted(by_city) for each in by_city[city_id] if each in chosen]


def blank_pages(count: int) -> int:
    """How many pages stay empty so that the sheets come out."""
    return -count % SIGNATURE


def draw_cover(toolkit: Toolkit, slots: Mapping[str, str], language: str, target: Path) -> Path:
    """The campaign's message on the front; as .png to look at, as .pdf to print."""
    return _drawn(toolkit, _on_a5(toolkit.template(COVER)), slots, language, target, {})


def draw_words(toolkit: Toolkit, words: Words, target: Path) -> bool:
    """Somebody's words on a page of their own, in their script; whether they could be set."""
    pictures = {} if words.portrait is None else {"portrait": words.portrait}
    try:
        _drawn(toolkit, _on_a5(toolkit.template(WORDS)), words.slots, words.language, target, pictures)
    except ToolFailed:
        raise
    except MediaError:  # a letter that no font has, or words that run over
        return False
    return True


def draw_collage(toolkit: Toolkit, poster: Path, language: str, target: Path) -> None:
    """The poster of all as one page."""
    small = target.with_suffix(".jpg")
    with Image.open(poster, formats=("JPEG",)) as opened:
        opened.draft("RGB", A5_300_DPI_PX)
        picture = opened.convert("RGB")
    picture.thumbnail(A5_300_DPI_PX)
    save_jpeg(picture, small)
    layer = Logo(kind="logo", slot=COLLAGE_SLOT, start=3, end=3, top=3, bottom=3, plate="paper", clear=1)
    page = Template(name="collage", description="The collage.", background="paper", formats={SHEET: A5}, layers={SHEET: (layer,)})
    _drawn(toolkit, page, {}, language, target, {COLLAGE_SLOT: small})


def draw_blank(toolkit: Toolkit, language: str, target: Path) -> None:
    """An empty page, for notes."""
    layer = Shape(kind="rect", fill="paper", start=0, end=0, top=0, bottom=0)
    page = Template(name="blank", description="Empty.", background="paper", formats={SHEET: A5}, layers={SHEET: (layer,)})
    _drawn(toolkit, page, {}, language, target, {})


def bind(pages: Sequence[Path], target: Path) -> None:
    """All pages in one file, which says nothing of the moment at which it was made."""
    with PdfWriter() as book:
        for page in pages:
            book.append(page)
        book.metadata = None
        book.write(target)


def _on_a5(template: Template) -> Template:
    """A poster's layout on a smaller sheet."""
    return template.model_copy(update={"formats": {SHEET: A5}, "layers": {SHEET: template.layers[LARGE]}})


def _drawn(
    toolkit: Toolkit,
    template: Template,
    slots: Mapping[str, str],
    language: str,
    target: Path,
    pictures: Mapping[str, Path],
) -> Path:
    drawn = render(
        template,
        format=SHEET,
        slots=slots,
        palette=toolkit.palette,
        language=language,
        target=target,
        artwork=toolkit.artwork,
        pictures=pictures,
    )
    return drawn.path
