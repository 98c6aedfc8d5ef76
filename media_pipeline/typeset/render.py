"""Template and slots in, picture or print out; words are checked, measured while they are set, refused if they do not fit."""

import io
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from PIL import Image, ImageOps

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.types import Box
from media_pipeline.typeset.glyphs import FONT_FOLDERS, check_glyphs
from media_pipeline.typeset.layout import POINTS_PER_MM, bleed_of, lay_out, page_size
from media_pipeline.typeset.pictures import prepare_artwork, prepare_qr, prepare_slot_picture
from media_pipeline.typeset.scripts import font_families, is_right_to_left
from media_pipeline.typeset.template import Partners, QrCode, SlotPicture, Stack, Template
from media_pipeline.typeset.words import clean

INTERPRETER = Path(__file__).with_name("interpreter.typ")
PRINT_PREVIEW_PPI = 150
CROP_MARKS_MM = 5  # the room round the bleed in which the marks stand
# A PDF says when it was made; ours say the same of equal content, so that equal content is equal bytes.
_PDF_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_REGIONS = {"zh-hant": "TW", "zh-tw": "TW", "zh-hk": "HK", "zh": "CN"}


@dataclass(frozen=True, slots=True)
class SetWords:
    """Where and how large one slot's words were set, in pixels (points in print) from the top left corner."""

    slot: str
    x: float
    y: float
    width: float
    height: float
    size: float
    lines: int


@dataclass(frozen=True, slots=True)
class SetPicture:
    """Where one slot's picture was set, in pixels (points in print), and how much room round it stays empty.

    Each logo of a row of partners, and the mark before them, stands under the slot `partners`.
    """

    slot: str
    x: float
    y: float
    width: float
    height: float
    clear: float


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file that was made; `window` is where a frame shows what is beneath it."""

    path: Path
    width_px: int
    height_px: int
    window: Box | None
    words: tuple[SetWords, ...]
    pictures: tuple[SetPicture, ...] = ()


class _Press:
    """One compiler with a private folder; Typst keeps what it parsed and read between two pieces."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="typeset-")
        self.root = Path(self._folder.name)
        main = self.root / "main.typ"
        main.write_bytes(INTERPRETER.read_bytes())
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONT_FOLDERS))
        self.families = frozenset(fonts.families())
        self.compiler = typst.Compiler(input=main, root=self.root, font_paths=fonts)

    def place(self, name: str, content: bytes) -> str:
        """Put a picture beside the interpreter under its content's name."""
        path = self.root / name
        if not path.exists():
            path.write_bytes(content)
        return name

    def forget(self, name: str) -> None:
        """Take a picture away again: what stands in a slot is a person's or a city's, and is not kept here."""
        (self.root / name).unlink(missing_ok=True)

    def placed(self) -> tuple[SetPicture, ...]:
        """Where the pictures of slots stand on the page that was printed last."""
        return tuple(SetPicture(**entry) for entry in json.loads(self.compiler.query("<placed>", field="value")))

    def print(self, job: dict[str, Any], *, kind: str, ppi: float) -> tuple[bytes, list[dict[str, Any]]]:
        """The bytes of one page and what was measured on it."""
        try:
            made = self.compiler.compile(
                format="pdf" if kind == "pdf" else "png",
                ppi=ppi,
                sys_inputs={"job": json.dumps(job, ensure_ascii=False, sort_keys=True)},
                timestamp=_PDF_DATE,
            )
        except typst.TypstError as failed:  # a picture it cannot draw; words cannot make it fail
            raise ToolFailed("tool.failed", {"tool": "typst", "said": failed.message}) from failed
        if not isinstance(made, bytes):  # a list means more than one page
            raise MediaError("typeset.overflow", {"slot": ""})
        return made, json.loads(self.compiler.query("<fit>", field="value"))


_MAKING = threading.Lock()  # of two threads that come first, one makes the press and the other has the same


def _press() -> _Press:
    """The press of this process."""
    with _MAKING:
        return _press_of(os.getpid())


@lru_cache(maxsize=1)
def _press_of(process_id: int) -> _Press:  # noqa: ARG001 - a forked child must not share its parent's lock and folder
    return _Press()


def render(
    template: Template,
    *,
    format: str,  # noqa: A002 - the word of the domain
    slots: Mapping[str, str],
    palette: Mapping[str, str],
    language: str,
    target: Path,
    artwork: Path | None = None,
    pictures: Mapping[str, Path] | None = None,
    alts: Mapping[str, str] | None = None,
    scale: float = 1,
) -> Rendered:
    """Draw one format of a template with these words into `target` (.png or .pdf), replacing it.

    A PDF of a format with bleed has it and crop marks round its trim box; a PNG shows the page as it will be cut, `scale` times
    as large as its format says: everything stands where it stood, drawn finer.
    `pictures` are the files (PNG, SVG or JPEG) of the slots that are drawn, such as a logo: they must have been checked before;
    `alts` says to a PDF's readers what they show.
    Slots the template does not know are left aside. Raises MediaError `typeset.unknown_format {format}`,
    `typeset.missing_slot {slot}`, `typeset.missing_glyph {characters, slot}`, `typeset.overflow {slot}`,
    `typeset.missing_artwork {file}`, `typeset.bad_artwork {file, reason}`; ToolFailed `tool.failed {tool, said}` for a picture
    that cannot be drawn.
    """
    if format not in template.formats or target.suffix not in {".png", ".pdf"}:
        raise MediaError("typeset.unknown_format", {"format": format if format not in template.formats else target.suffix})
    shown = pictures or {}
    words = _checked(template, format, slots, shown)
    shape = template.formats[format]
    width, height = page_size(shape)
    bleed = bleed_of(shape) if target.suffix == ".pdf" else 0.0
    ppi = scale * (72.0 if shape.width_px is not None else PRINT_PREVIEW_PPI)
    press = _press()
    with press.lock:
        files = _pictures(press, template, format, words, palette, artwork, shown)
        job = {
            "title": words.get("title") or words.get("message") or template.name,
            "width": width,
            "height": height,
            "bleed": bleed,
            "marks": CROP_MARKS_MM * POINTS_PER_MM if bleed else 0.0,
            "background": palette[template.background] if template.background else None,
            "lang": language.lower().split("-")[0],
            "region": next((region for tag, region in _REGIONS.items() if language.lower().startswith(tag)), None),
            "rtl": is_right_to_left(language),
            "fonts": font_families(language, press.families),
            "hyphenate": True,
            "layers": [
                {**layer, "alt": (alts or {}).get(layer["slot"])} if layer["kind"] in {"logo", "portrait"} else layer
                for layer in lay_out(
                    template, format=format, slots=words, palette=palette, language=language, files=files, bleed=bleed
                )
            ],
        }
        try:
            made, measured = press.print(job, kind=target.suffix[1:], ppi=ppi)
            placed = press.placed() if shown or template.partners else ()
            if any(entry["hyphenated"] for entry in measured) and not _holds(press, job, measured):
                made, measured = press.print({**job, "hyphenate": False}, kind=target.suffix[1:], ppi=ppi)
        finally:
            for key, name in files.items():
                if key.startswith("slot:"):
                    press.forget(name)
    _refuse_overflow(measured)
    target.write_bytes(made)
    return Rendered(
        path=target,
        width_px=round(width * ppi / 72),
        height_px=round(height * ppi / 72),
        window=Box(*shape.window) if shape.window else None,
        words=tuple(SetWords(**{name: entry[name] for name in SetWords.__slots__}) for entry in measured),
        pictures=placed,
    )


def _checked(
    template: Template,
    format: str,  # noqa: A002
    slots: Mapping[str, str],
    pictures: Mapping[str, Path],
) -> dict[str, str]:
    """The clean words of the slots that this format sets, none missing and each character drawable; of a picture its name."""
    drawn = {layer.slot for layer in template.layers[format] if isinstance(layer, SlotPicture)}
    slots = {**slots, **{slot: pictures[slot].name if slot in pictures else "" for slot in drawn}}
    words: dict[str, str] = {}
    for layer in template.layers[format]:
        set_here = {row.slot for row in layer.rows} if isinstance(layer, Stack) else set()
        for slot, required in layer.slots().items():
            text = clean(slots.get(slot) or "")
            if required and not text:
                raise MediaError("typeset.missing_slot", {"slot": slot})
            missing = check_glyphs(text) if slot in set_here else set()
            if missing:
                raise MediaError("typeset.missing_glyph", {"characters": "".join(sorted(missing)), "slot": slot})
            words[slot] = text
    return words


def _pictures(
    press: _Press,
    template: Template,
    format: str,  # noqa: A002
    words: Mapping[str, str],
    palette: Mapping[str, str],
    artwork: Path | None,
    pictures: Mapping[str, Path],
) -> dict[str, str]:
    files: dict[str, str] = {}

    def take(key: str, name: str, colours: Mapping[str, str]) -> None:
        if artwork is None:
            raise MediaError("typeset.missing_artwork", {"file": name})
        if key not in files:
            files[key] = press.place(*prepare_artwork(artwork / name, colours))

    for layer in template.layers[format]:
        for source in layer.sources():
            take(source, source, palette)
        if isinstance(layer, Partners):
            for logo in layer.logos:
                take(layer.logo_key(logo), logo, {})  # as it is: nothing of it takes the palette's colours
        if isinstance(layer, QrCode) and words.get(layer.slot):
            files[layer.file_key] = press.place(*prepare_qr(words[layer.slot], palette[layer.dark]))
        if isinstance(layer, SlotPicture) and layer.slot in pictures:
            files[layer.file_key] = press.place(*prepare_slot_picture(pictures[layer.slot]))
    return files


def _holds(press: _Press, job: dict[str, Any], measured: list[dict[str, Any]]) -> bool:
    """Whether no line of a hyphenated text runs out of its box.

    Typst does not say so: the measured width of a line that is too long is the width of the box. So the words alone are
    drawn and looked at; only where a word was hyphenated, which is rare.
    """
    hyphenated = {entry["slot"] for entry in measured if entry["hyphenated"]}
    for layer in job["layers"]:
        if layer["kind"] != "stack" or not any(row["slot"] in hyphenated for row in layer["rows"]):
            continue
        rows = [{**row, "color": "#000000"} for row in layer["rows"]]
        alone = {**job, "bleed": 0.0, "marks": 0.0, "background": "#ffffff", "layers": [{**layer, "rows": rows, "fill": None}]}
        page, _ = press.print(alone, kind="png", ppi=72)
        with Image.open(io.BytesIO(page)) as picture:
            ink = ImageOps.invert(picture.convert("L")).getbbox()
        if ink is not None and (ink[0] < layer["x"] - 2 or ink[2] > layer["x"] + layer["w"] + 2):
            return False
    return True


def _refuse_overflow(measured: list[dict[str, Any]]) -> None:
    """Name the slot that is to blame: the one with a word too wide or too many lines, else the longest of its stack."""
    too_much = [entry for entry in measured if not entry["fits"]]
    if too_much:
        guilty = [entry for entry in too_much if entry["guilty"]] or too_much
        raise MediaError("typeset.overflow", {"slot": max(guilty, key=lambda entry: entry["lines"])["slot"]})
