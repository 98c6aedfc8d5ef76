"""Drawings made once: kept by the content address of all that makes them, and made again only when some of it changed."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

from pypdf import PdfWriter

from app.enums import Accent
from app.kits.dressing import draw_dressed, dressed
from app.kits.pieces import Drawing, Flipbook
from app.kits.quotes import PORTRAIT_SLOT
from app.kits.thumbnails import shrunk
from app.kits.toolkit import Toolkit
from media_pipeline import flipbook as flipbooks
from media_pipeline import typeset
from media_pipeline.flipbook import film, gif
from media_pipeline.typeset import Template

ENGINE_PACKAGES = ("typst", "manimgx-fonts", "manimgx-fonts-cjk", "segno")


@dataclass(frozen=True, slots=True)
class Press:
    """Draws the pieces of one toolkit; `folder` keeps what was drawn, under names made of content.

    What shows a person is kept in `private` instead, which goes with the request: an erased portrait must not live on.
    """

    toolkit: Toolkit
    folder: Path
    accent: Accent = Accent.FIRST  # of the city's look
    pictures: Mapping[str, Path] = field(default_factory=dict)  # of the city's look, by slot
    portraits: Mapping[int, Path] = field(default_factory=dict)  # by quote
    private: Path | None = None

    def draw(self, drawing: Drawing, suffix: str) -> Path:
        """The file of a drawing, `.png` or `.pdf`; refuses `kit.words_do_not_fit` when the words cannot be set."""
        return self._once(self.place_of(drawing, suffix), lambda target: self._render(drawing, target))

    def bind(self, flipbook: Flipbook, suffix: str) -> Path:
        """The file of a flipbook, `.mp4` or `.gif`."""

        def make(target: Path) -> None:
            pictures = [self.draw(drawing, ".png") for drawing in flipbook.pictures]
            (film if suffix == ".mp4" else gif)(pictures, target)

        return self._once(self.place_of(flipbook, suffix), make)

    def thumbnail(self, drawing: Drawing) -> Path:
        """A small picture of a drawing, also of a page of print."""

        def make(target: Path) -> None:
            target.write_bytes(shrunk(self.draw(drawing, ".png").read_bytes()))

        return self._once(self._place(f"{self.address(drawing, '.png')}.webp", shows_person=drawing.quote_id is not None), make)

    def place_of(self, source: Drawing | Flipbook, suffix: str) -> Path:
        """Where its file is kept, whether it was drawn yet or not."""
        address = self._address_of_book(source) if isinstance(source, Flipbook) else self.address(source, suffix)
        return self._place(f"{address}{suffix}", shows_person=isinstance(source, Drawing) and source.quote_id is not None)

    def _place(self, name: str, *, shows_person: bool) -> Path:
        if not shows_person:
            return self.folder / name[:2] / name
        if self.private is None:
            raise ValueError(name)
        return self.private / name

    def _once(self, kept: Path, make: Callable[[Path], None]) -> Path:
        if kept.exists():
            os.utime(kept)  # used just now: what nobody asks for any more is cleared away
            return kept
        kept.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=kept.parent, suffix=kept.suffix, delete=False) as beside:
            target = Path(beside.name)
        try:
            make(target)
            target.replace(kept)  # whole or not at all
        finally:
            target.unlink(missing_ok=True)
        return kept

    def address(self, drawing: Drawing, suffix: str) -> str:
        """The hash of all that makes the drawing: template, words, colours, artwork, engine and fonts."""
        template, palette = dressed(self.toolkit.template(drawing.template), self.toolkit.palette, self.accent)
        slots = {name for layer in template.layers[drawing.format] for name in layer.slots()}
        made_of = [
            engine(),
            _described(template, drawing.format),
            drawing.language,
            suffix,
            sorted((name, drawing.slots.get(name, "")) for name in slots),
            sorted(palette.items()),
            self.address(drawing.next_page, suffix) if drawing.next_page and suffix == ".pdf" else None,
            [(name, _file_hash(self.toolkit.artwork / name)) for name in sorted(template.pictures)],
            sorted((slot, _file_hash(path)) for slot, path in self._pictures(drawing).items()),
        ]
        return hashlib.sha256(json.dumps(made_of, ensure_ascii=False).encode()).hexdigest()

    def _address_of_book(self, flipbook: Flipbook) -> str:
        shown = "".join(self.address(drawing, ".png") for drawing in flipbook.pictures)
        made_of = f"{shown} {version('imageio-ffmpeg')} {version('pillow')} {_file_hash(Path(flipbooks.__file__))}"
        return hashlib.sha256(made_of.encode()).hexdigest()

    def _render(self, drawing: Drawing, target: Path) -> None:
        if drawing.next_page is not None and target.suffix == ".pdf":
            pages = [self.draw(page, ".pdf") for page in (replace(drawing, next_page=None), drawing.next_page)]
            with PdfWriter() as book:
                for page in pages:
                    book.append(page)
                book.metadata = None  # nothing of the moment at which it was made
                book.write(target)
            return
        draw_dressed(
            *(self.toolkit, drawing.template),
            format=drawing.format,
            slots=drawing.slots,
            language=drawing.language,
            accent=self.accent,
            pictures=self._pictures(drawing),
            target=target,
        )

    def _pictures(self, drawing: Drawing) -> dict[str, Path]:
        """The pictures of a drawing's slots, of those that its template has."""
        slots = self.toolkit.template(drawing.template).slots
        found = {slot: path for slot, path in self.pictures.items() if slot in slots}
        portrait = self.portraits.get(drawing.quote_id) if drawing.quote_id is not None else None
        return found | ({PORTRAIT_SLOT: portrait} if portrait is not None and PORTRAIT_SLOT in slots else {})


@lru_cache(maxsize=1)
def engine() -> str:
    """The interpreter, the code round it and the packages that it draws with."""
    code = hashlib.sha256()
    for path in sorted(Path(typeset.__file__).parent.glob("*.*")):
        if path.suffix in {".py", ".typ"}:
            code.update(path.read_bytes())
    return " ".join([code.hexdigest(), *(f"{name} {version(name)}" for name in ENGINE_PACKAGES)])


def _described(template: Template, format: str) -> str:  # noqa: A002 - the word of the domain
    """What the template says of this format, and nothing of its others."""
    return repr((template.background, template.formats[format], template.layers[format]))


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
