"""A Deep Zoom pyramid of contributions: each is exactly one tile of the deepest level, linked and never encoded again.

The folder holds `collage.dzi`, `collage_files/{level}/{x}_{y}.jpg` and `index.json`, which says who has which place. A place is
for good: one that is withdrawn shows the background until somebody new takes it. That rewrites the tiles above one place; filling
it with the last one would rewrite those above two and move somebody away from where their link leads.

Every tile above the deepest level is made of the files of its four children, so that changing one place and building anew give
the same bytes. The index is written last: a folder without one is half-built, and a change that was cut off leaves its mark.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from media_pipeline.colours import srgb_profile
from media_pipeline.pictures import TILE_PX

INDEX, DESCRIPTOR, LEVELS = "index.json", "collage.dzi", "collage_files"
_CHANGING, _BACKGROUND = "changing.json", "background.jpg"
# of the tiles that are seen on the way only: 57 kB each, and two thirds of the time that 93 takes to be read again
_QUALITY = 80
_TOLD_EVERY = 200


class HalfBuilt(Exception):  # noqa: N818 -- it reads as the sentence it is
    """The folder holds no whole pyramid: it must be built again."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A contribution: the id by which pages find it, and its square of 512 px, a JPEG of ours that is never changed in place."""

    id: str
    picture: Path


@dataclass(frozen=True, slots=True)
class Pyramid:
    """What stands in the index; `ids` has one for every place, row by row, None where nobody is."""

    columns: int
    background: str
    ids: tuple[str | None, ...]

    @property
    def rows(self) -> int:
        """The last one is filled up with free places."""
        return len(self.ids) // self.columns

    @property
    def deepest(self) -> int:
        """The number of the level whose tiles are the contributions; level 0 is one pixel."""
        return (max(self.columns, self.rows) * TILE_PX - 1).bit_length()

    def size_px(self, level: int) -> tuple[int, int]:
        """Width and height of the whole picture at a level."""
        shrink = 1 << (self.deepest - level)
        return -(-self.columns * TILE_PX // shrink), -(-self.rows * TILE_PX // shrink)

    def places(self, level: int) -> Iterator[tuple[int, int]]:
        """Where a level has tiles."""
        width_px, height_px = self.size_px(level)
        return ((x, y) for y in range(-(-height_px // TILE_PX)) for x in range(-(-width_px // TILE_PX)))

    def free(self) -> list[int]:
        """Places that somebody new may take, the first one first."""
        return [at for at, taken in enumerate(self.ids) if taken is None]


def build(
    tiles: Sequence[Tile | None],
    folder: Path,
    *,
    columns: int,
    background: str,
    on_progress: Callable[[float], None] | None = None,
) -> Pyramid:
    """Build it anew in the place of whatever was there; None keeps a place free, for later or for good.

    The number of rows never changes afterwards: leave as many places free as are likely to be taken before it is built again.
    """
    if columns < 1 or not tiles:
        msg = f"{len(tiles)} tiles cannot stand in {columns} columns"
        raise ValueError(msg)
    filled = [*tiles, *[None] * (-len(tiles) % columns)]
    pyramid = Pyramid(columns, background, tuple(None if tile is None else tile.id for tile in filled))
    with _alone(folder):
        _drop_leftovers(folder)
        unfinished = _unfinished(folder)
        unfinished.mkdir()
        _fill(unfinished, pyramid, filled, on_progress)
        _write_index(unfinished, pyramid)
        _put_in_place(unfinished, folder)
    return pyramid


def opened(folder: Path) -> Pyramid:
    """What the index says; raises `HalfBuilt` where there is none."""
    try:
        told = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise HalfBuilt(str(folder)) from None
    return Pyramid(told["columns"], told["background"], tuple(told["ids"]))


def change(folder: Path, wanted: Mapping[int, Tile | None]) -> list[str]:
    """Give places to somebody else, or to nobody, and say which files were written, the index last.

    A place that an earlier change left half-way is emptied too, unless it is one of these: nobody vouches for what it shows, and
    whoever wanted the change asks for it again. Raises `IndexError` for a place that there is not.
    """
    with _alone(folder):
        pyramid = opened(folder)
        for at, tile in wanted.items():
            if not 0 <= at < len(pyramid.ids):
                msg = f"place {at} of {len(pyramid.ids)}"
                raise IndexError(msg)
            if tile is not None:
                _look_at(tile.picture)
        _drop_leftovers(folder)
        changing: dict[int, Tile | None] = {**dict.fromkeys(_cut_off(folder)), **wanted}
        _replace(folder / _CHANGING, json.dumps(sorted(changing)).encode())
        written = _redrawn(folder, pyramid, changing)
        ids = list(pyramid.ids)
        for place, taken in changing.items():
            ids[place] = None if taken is None else taken.id
        _write_index(folder, Pyramid(pyramid.columns, pyramid.background, tuple(ids)))
        (folder / _CHANGING).unlink()
        return [*written, INDEX]


def differing(folder: Path, other: Path) -> list[str]:
    """The names of files that only one of two pyramids has, or that are not equal byte for byte."""
    ours, theirs = _files(folder), _files(other)
    both = ours.keys() & theirs.keys()
    unequal = {name for name in both if ours[name].read_bytes() != theirs[name].read_bytes()}
    return sorted((ours.keys() ^ theirs.keys()) | unequal)


def _fill(folder: Path, pyramid: Pyramid, tiles: Sequence[Tile | None], on_progress: Callable[[float], None] | None) -> None:
    """Everything but the index."""
    _encode(np.asarray(Image.new("RGB", (TILE_PX, TILE_PX), pyramid.background)), folder / _BACKGROUND)
    for level in range(pyramid.deepest + 1):
        (folder / LEVELS / str(level)).mkdir(parents=True)
    for at, tile in enumerate(tiles):
        _link(folder / _BACKGROUND if tile is None else tile.picture, folder / _deepest_name(pyramid, at))
    steps = [(level, x, y) for level in reversed(range(pyramid.deepest)) for x, y in pyramid.places(level)]
    for done, (level, x, y) in enumerate(steps):
        _encode(_shrunk(folder, pyramid, level, x, y), folder / _name(level, x, y))
        if on_progress is not None and done % _TOLD_EVERY == 0:
            on_progress(done / len(steps))
    (folder / DESCRIPTOR).write_text(_descriptor(pyramid), encoding="utf-8")


def _unfinished(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.unfinished")


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _drop_leftovers(folder: Path) -> None:
    """What a build that was cut off has left: names of pictures whose people may have withdrawn since."""
    for left in (_unfinished(folder), _old(folder)):
        if left.exists():
            shutil.rmtree(left)


def _files(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One build or change at a time: two that read the same index would lose one, and a build would bring back who has gone."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _cut_off(folder: Path) -> list[int]:
    marked = folder / _CHANGING
    places: list[int] = json.loads(marked.read_text(encoding="utf-8")) if marked.is_file() else []
    return places


def _redrawn(folder: Path, pyramid: Pyramid, wanted: Mapping[int, Tile | None]) -> list[str]:
    """Link the places and draw what lies above them, level by level."""
    written = []
    for at, tile in wanted.items():
        written.append(_deepest_name(pyramid, at))
        _link(folder / _BACKGROUND if tile is None else tile.picture, folder / written[-1])
    above = {(at % pyramid.columns, at // pyramid.columns) for at in wanted}
    for level in reversed(range(pyramid.deepest)):
        above = {(x // 2, y // 2) for x, y in above}
        for x, y in sorted(above):
            written.append(_name(level, x, y))
            _encode(_shrunk(folder, pyramid, level, x, y), folder / written[-1])
    return written


def _look_at(picture: Path) -> None:
    """Know before anything is written that it fits its place."""
    with Image.open(picture) as seen:
        if seen.format != "JPEG" or seen.size != (TILE_PX, TILE_PX):
            raise ValueError(_no_tile(picture))


def _no_tile(picture: Path) -> str:
    return f"{picture} is no JPEG of {TILE_PX}x{TILE_PX} px"


def _shrunk(folder: Path, pyramid: Pyramid, level: int, x: int, y: int) -> NDArray[np.uint8]:
    """The four tiles below one, each read at half its size: the decoder leaves out what would be thrown away."""
    width_px, height_px = pyramid.size_px(level)
    drawn = np.empty((min(TILE_PX, height_px - y * TILE_PX), min(TILE_PX, width_px - x * TILE_PX), 3), dtype=np.uint8)
    half_px = TILE_PX // 2
    for down, across in ((0, 0), (0, 1), (1, 0), (1, 1)):
        # a single tile has become one of less than half: then it has no neighbours
        part = drawn[down * half_px : (down + 1) * half_px, across * half_px : (across + 1) * half_px]
        if not part.size:
            continue
        below = folder / _name(level + 1, 2 * x + across, 2 * y + down)
        pixels = simplejpeg.decode_jpeg(below.read_bytes(), "RGB", min_width=part.shape[1], min_height=part.shape[0])
        if pixels.shape != part.shape:
            raise ValueError(_no_tile(below))
        part[:] = pixels
    return drawn


def _encode(pixels: NDArray[np.uint8], path: Path) -> None:
    unfinished = path.with_name(f".{path.name}")
    Image.fromarray(pixels).save(unfinished, "JPEG", quality=_QUALITY, icc_profile=srgb_profile(), comment=b"")
    unfinished.replace(path)


def _link(source: Path, path: Path) -> None:
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    try:
        os.link(source, unfinished)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, one without links, or as many links as it takes
        shutil.copyfile(source, unfinished)
    unfinished.replace(path)
    unfinished.unlink(missing_ok=True)  # still there when both were names of one file


def _write_index(folder: Path, pyramid: Pyramid) -> None:
    told = {"columns": pyramid.columns, "background": pyramid.background, "tile_px": TILE_PX, "ids": pyramid.ids}
    _replace(folder / INDEX, json.dumps(told, separators=(",", ":")).encode())


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _put_in_place(unfinished: Path, folder: Path) -> None:
    """A folder cannot replace another that holds something: the old one is moved away first, and then removed."""
    if folder.exists():
        folder.rename(_old(folder))
    unfinished.rename(folder)
    _drop_leftovers(folder)


def _name(level: int, x: int, y: int) -> str:
    return f"{LEVELS}/{level}/{x}_{y}.jpg"


def _deepest_name(pyramid: Pyramid, at: int) -> str:
    return _name(pyramid.deepest, at % pyramid.columns, at // pyramid.columns)


def _descriptor(pyramid: Pyramid) -> str:
    width_px, height_px = pyramid.size_px(pyramid.deepest)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="{TILE_PX}" Overlap="0" Format="jpg">'
        f'<Size Width="{width_px}" Height="{height_px}"/></Image>\n'
    )
