"""The rows of photos: everything in one warm process, in turns; the start of a child apart."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from PIL import Image

from media_pipeline import photo, photo_child, pictures, stills
from media_pipeline.colours import srgb_profile
from media_pipeline.formats import FORMATS, Format
from media_pipeline.geometry import place
from media_pipeline.types import Box, Kind, Overlay
from tests.bench import photos_by_vips, sources
from tests.bench.likeness import ssim
from tests.bench.measure import Row, in_turns, python, run

FORMATS_MADE = ("square", "portrait", "story", "link_card")
_OF_VIPS, _OF_FLOOR, _LEAST_SSIM = 0.8, 2.2, 0.97


def rows(folder: Path, *, repeats: int) -> list[Row]:
    """A 12 MP JPEG in four formats, as it lies and as a phone held upright sends it, then how true the pictures are."""
    shapes = [FORMATS[Kind.PHOTO][name] for name in FORMATS_MADE]
    frames = sources.frames(folder / "frame", {shape.name: (shape.width_px, shape.height_px) for shape in shapes})
    lying, upright = sources.photo(folder), sources.upright_photo(folder)
    found = []
    with TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        for held, source in (("held level", lying), ("held upright", upright)):
            found += _speed(held, source, shapes, frames, work, repeats)
        return [*found, _start(work, lying, repeats), *_truth(lying, shapes, work)]


def _speed(held: str, source: Path, shapes: Sequence[Format], frames: dict[str, Path], folder: Path, repeats: int) -> list[Row]:
    ours, theirs = folder / "ours", folder / "vips"
    ours.mkdir(exist_ok=True)
    theirs.mkdir(exist_ok=True)
    request = _request(source, ours, shapes, frames)
    photo_child._from_photo(_decoded(request), request)
    finished = [_loaded(ours / f"{shape.name}.jpg") for shape in shapes]
    needed = photo_child._enough(_loaded(source).size if held == "held level" else _loaded(source).size[::-1], request)
    # ready: decoded before, for us and for pyvips; then once more with reading them each time
    opened, opened_by_vips = {}, {}
    for name, path in frames.items():
        opened[str(path)], opened_by_vips[name] = _loaded(path), photos_by_vips.overlay(path)

    def with_ready(work: Callable[[], object]) -> None:
        with patch.object(photo_child, "_overlay", lambda asked: opened[asked["overlay"]]):
            work()

    def by_vips_with_reading() -> None:
        photos_by_vips.make(source, theirs, shapes, {name: photos_by_vips.overlay(path) for name, path in frames.items()})

    spent = in_turns(
        {
            "ours": lambda: with_ready(lambda: photo_child._mains(photo_child._sizes(_decoded(request), request), request)),
            "vips": lambda: photos_by_vips.make(source, theirs, shapes, opened_by_vips),
            "decode": lambda: _loaded(source),
            "draft": lambda: _drafted(source, needed),
            "encode": lambda: [_encoded(picture) for picture in finished],
            "everything": lambda: with_ready(lambda: photo_child._from_photo(_decoded(request), request)),
            "ours with reading": lambda: photo_child._mains(photo_child._sizes(_decoded(request), request), request),
            "vips with reading": by_vips_with_reading,
        },
        repeats=repeats,
    )
    ms = {name: cpu_s * 1000 for name, cpu_s in spent.items()}
    floor, lowest = ms["decode"] + ms["encode"], ms["draft"] + ms["encode"]
    by_vips, by_floor = ms["ours"] / ms["vips"], ms["ours"] / floor
    made = f"12 MP JPEG, {held}, 4 renditions"
    read, read_by_vips = ms["ours with reading"], ms["vips with reading"]
    return [
        Row(
            f"{made}, against pyvips",
            f"{ms['ours']:.0f} ms, pyvips {ms['vips']:.0f} ms",
            f"{by_vips:.2f}x",
            f"at most {_OF_VIPS}x",
            by_vips <= _OF_VIPS,
        ),
        Row(
            "the same with reading the four overlays each time",
            f"{read:.0f} ms, pyvips {read_by_vips:.0f} ms",
            f"{read / read_by_vips:.2f}x; {read / floor:.2f}x of decode + 4 encodes",
        ),
        Row(
            f"{made}, against decode + 4 encodes",
            f"{ms['decode']:.0f} + {ms['encode']:.0f} ms; were the floor a decode at half size ({ms['draft']:.0f} ms): "
            f"{ms['ours'] / lowest:.2f}x",
            f"{by_floor:.2f}x",
            f"at most {_OF_FLOOR}x",
            by_floor <= _OF_FLOOR,
        ),
        Row(
            f"{made}: preview, placeholder and tile besides",
            f"{ms['everything']:.0f} ms in all",
            f"{ms['everything'] - ms['ours']:+.0f} ms",
        ),
    ]


def _start(folder: Path, source: Path, repeats: int) -> Row:
    """What a photo costs before it is opened: a child that is asked for nothing but the facts of a tiny one."""
    tiny = folder / "tiny.jpg"
    with Image.open(source) as opened:
        opened.resize((8, 6)).save(tiny)
    asked = folder / "request.json"
    limits = '{"source": "%s", "media_type": "image/jpeg", "formats": null, "max_pixels": 1000, "memory_bytes": 0}'
    asked.write_text(limits % tiny, encoding="utf-8")
    spent = sorted(run(python("-P", "-m", "media_pipeline.photo_child", asked)).cpu_s for _ in range(repeats))
    return Row("start of a photo's child", "interpreter, Pillow, numpy", f"{spent[repeats // 2] * 1000:.0f} ms")


def _truth(source: Path, shapes: Sequence[Format], folder: Path) -> list[Row]:
    """How like they are to what full decoding and the best filter would have given, written with the same settings."""
    request = _request(source, folder / "ours", shapes, {})
    photo_child._from_photo(_decoded(request), request)
    with Image.open(source) as opened:
        whole = opened.convert("RGB")
    found = []
    for shape in shapes:
        placed = place(*whole.size, Box(0, 0, shape.width_px, shape.height_px), always_cover=shape.always_cover)
        naive = whole.resize((placed.width_px, placed.height_px), Image.Resampling.LANCZOS)
        made = _loaded(folder / "ours" / f"{shape.name}.jpg")
        box = (placed.left_px, placed.top_px, placed.left_px + placed.width_px, placed.top_px + placed.height_px)
        if placed.covers:
            naive = naive.crop((box[0], box[1], box[0] + shape.width_px, box[1] + shape.height_px))
        else:  # on the same backdrop, which is left out of the comparison: it would make the figure look better
            beside, naive = naive, made.copy()
            naive.paste(beside, box[:2])
        written = _loaded(io.BytesIO(_encoded(naive)))
        shown = (0, 0, *made.size) if placed.covers else box
        same = ssim(made.crop(shown), written.crop(shown))
        pixels = ssim(made.crop(shown), naive.crop(shown))
        size_kb = (folder / "ours" / f"{shape.name}.jpg").stat().st_size / 1000
        words = f"{size_kb:.0f} kB; against its pixels before they were written {pixels:.3f}"
        work = f"SSIM of {shape.name} against the naive way"
        found.append(Row(work, words, f"{same:.3f}", f"at least {_LEAST_SSIM}", same >= _LEAST_SSIM))
    return found


def _request(source: Path, out: Path, shapes: Sequence[Format], frames: dict[str, Path]) -> dict[str, Any]:
    overlays = {name: Overlay(path) for name, path in frames.items()}
    return {**photo._request(out, shapes, overlays, "#ffffff", None), "source": str(source), "media_type": "image/jpeg"}


def _decoded(request: dict[str, Any]) -> Image.Image:
    source = Path(request["source"])
    return photo_child._decode(stills.open_still(source, request["media_type"], 200_000_000), None, request)


def _loaded(path: Path | io.BytesIO) -> Image.Image:
    with Image.open(path) as opened:
        opened.load()
        return opened


def _drafted(source: Path, size: tuple[int, int]) -> None:
    with Image.open(source) as opened:
        opened.draft(None, (max(size), min(size)))  # as it lies in the file
        opened.load()


def _encoded(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=pictures.JPEG_QUALITY, icc_profile=srgb_profile())
    return written.getvalue()
