"""What makes segments a film: transitions, grids, chapters, and facts that are known without decoding."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from media_pipeline import commands, sound
from media_pipeline.chapters import Chapter, ffmetadata
from media_pipeline.compilation import clip_segment, join, photo_segment
from media_pipeline.errors import ToolFailed
from media_pipeline.formats import FORMATS
from media_pipeline.grids import MOST_CELLS, Cell, Name, cell_boxes, grid_segment, picture_box
from media_pipeline.levels import Levels, together, unpacked
from media_pipeline.movie_index import read_index
from media_pipeline.segments import LIMITS
from media_pipeline.transitions import transition
from media_pipeline.types import Kind

Pixels = NDArray[np.uint8]

_SHAPES = FORMATS[Kind.VIDEO]
_TITLES = ("مدينة القدس", "a = b; #c \\d \\", "two\nlines", "東京")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Path:
    """A green clip with a tone, a photo of the same size, and segments of both with a transition between them."""
    folder = tmp_path_factory.mktemp("films")
    picture = "color=c=0x208040:s=1080x1080:r=30:d=1.6,scale=out_color_matrix=bt709:out_range=limited"
    encode = (*commands.MASTER_PICTURE, *commands.MASTER_SOUND, *commands.MOVIE_FILE)
    tone = "sine=f=440:r=48000:d=1.6,volume=0dB"
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, *encode, str(folder / "master.mp4"))
    Image.new("RGB", (1080, 1080), "#c0a020").save(folder / "photo.png")
    clip_segment(folder / "master.mp4", folder / "clip.mp4", format="square", duration_s=1.6)
    photo_segment(folder / "photo.png", folder / "photo.mp4", format="square", duration_s=0.5)
    transition(folder / "clip.mp4", folder / "photo.mp4", folder / "transition.mp4", format="square")
    return folder


def test_a_transition_goes_in_even_steps_from_one_picture_to_the_next(made: Path) -> None:
    before, between, after = (_lumas(made / f"{name}.mp4") for name in ("clip", "transition", "photo"))
    assert len(between) == 16
    steps = np.diff([before[-1], *between, after[0]])
    assert steps == pytest.approx([(after[0] - before[-1]) / 17] * 17, abs=1)


def test_between_words_a_transition_goes_through_their_ground(made: Path, tmp_path: Path) -> None:
    white, between = 235, tmp_path / "through.mp4"
    transition(made / "clip.mp4", made / "photo.mp4", between, format="square", through="#ffffff")
    before, shown, after = (_lumas(path) for path in (made / "clip.mp4", between, made / "photo.mp4"))
    assert len(shown) == 16
    assert shown[7] == pytest.approx(white, abs=1)
    assert np.diff([before[-1], *shown[:8]]) == pytest.approx([(white - before[-1]) / 8] * 8, abs=2)
    assert np.diff([*shown[7:], after[0]]) == pytest.approx([(after[0] - white) / 9] * 9, abs=2)


def test_a_transition_is_made_of_its_neighbours_and_nothing_else(made: Path, tmp_path: Path) -> None:
    transition(made / "clip.mp4", made / "photo.mp4", tmp_path / "again.mp4", format="square")
    assert (tmp_path / "again.mp4").read_bytes() == (made / "transition.mp4").read_bytes()
    with pytest.raises(ToolFailed):
        transition(made / "clip.mp4", made / "photo.mp4", tmp_path / "story.mp4", format="story")


def test_segments_of_every_kind_become_one_film_with_chapters(made: Path, tmp_path: Path) -> None:
    pictures = [made / "master.mp4", made / "photo.png", None]
    cells = [Cell(picture, Name("القدس", "ar"), ground="#102080") for picture in pictures]
    grid_segment(cells, tmp_path / "grid.mp4", format="square", duration_s=0.5, background="#b3124d")
    parts = [made / "clip.mp4", made / "transition.mp4", made / "photo.mp4", tmp_path / "grid.mp4"]
    indexes = [read_index(part) for part in parts]
    assert len({(index.picture.parameters, index.sound.parameters) for index in indexes}) == 1
    assert [index.picture.packets for index in indexes] == [48, 16, 16, 16]
    assert [index.sound.packets for index in indexes] == [75, 25, 25, 25]
    chapters = [Chapter(title, at / 30) for title, at in zip(_TITLES, (0, 48, 64, 80), strict=True)]
    film = join(parts, tmp_path / "film.mp4", chapters=chapters)
    assert film.duration_s == 3.2
    assert join(parts, tmp_path / "again.mp4", chapters=chapters).sha256 == film.sha256
    with av.open(str(tmp_path / "film.mp4")) as opened:
        told = [
            (one["metadata"]["title"].rstrip(" "), round(float(one["start"] * (one["time_base"] or 0)) * 30))
            for one in opened.chapters()
        ]
        stamps = sorted(packet.pts for packet in opened.demux(video=0) if packet.pts is not None)
    assert told == list(zip(_TITLES, (0, 48, 64, 80), strict=True))
    assert stamps == list(range(0, 96 * 512, 512))
    heard = sound.measure(tmp_path / "film.mp4", limits=LIMITS, duration_s=3.2)
    assert film.loudness_lufs == pytest.approx(heard.integrated_lufs, abs=0.3)
    assert film.true_peak_dbtp == pytest.approx(heard.peak_dbtp, abs=0.2)
    shown = _frames(tmp_path / "film.mp4")[90]
    first, second, alone = cell_boxes(3, _SHAPES["square"])
    assert _near(shown[5, 5], (0xB3, 0x12, 0x4D))
    assert _near(shown[first.y_px + 60, first.x_px + 60], (0x20, 0x80, 0x40))
    assert _near(shown[second.y_px + 60, second.x_px + 60], (0xC0, 0xA0, 0x20))
    assert _near(shown[alone.y_px + 5, alone.x_px + 5], (0x10, 0x20, 0x80))
    picture = picture_box(second, _SHAPES["square"])
    assert _near(shown[picture.y_px + picture.height_px - 5, second.x_px + 60], (0xC0, 0xA0, 0x20))
    beneath = shown[
        picture.y_px + picture.height_px + 4 : second.y_px + second.height_px, second.x_px : second.x_px + second.width_px
    ]
    assert _near(beneath[2, 2], (0xB3, 0x12, 0x4D))
    for named in (beneath, shown[alone.y_px : alone.y_px + alone.height_px, alone.x_px : alone.x_px + alone.width_px]):
        assert named.min(axis=2).max() > 200


def test_a_page_of_names_alone_is_one_too(tmp_path: Path) -> None:
    cells = [Cell(None, Name("神戸", "ja"), ground="#102080")]
    grid_segment(cells, tmp_path / "grid.mp4", format="square", duration_s=0.5, of=4, background="#b3124d")
    shown = _frames(tmp_path / "grid.mp4")
    assert len(shown) == 16
    assert _near(shown[-1][5, 5], (0xB3, 0x12, 0x4D))
    assert _near(shown[-1][540, 540 - 200], (0x10, 0x20, 0x80))


@pytest.mark.parametrize(("name", "columns", "rows"), [("wide", 5, 4), ("story", 4, 5), ("square", 4, 5)])
def test_cells_of_a_grid_are_equal_even_and_within_the_picture(name: str, columns: int, rows: int) -> None:
    shape = _SHAPES[name]
    for count in range(1, MOST_CELLS + 1):
        boxes = cell_boxes(count, shape)
        assert len({(box.width_px, box.height_px) for box in boxes}) == 1
        assert all(number % 2 == 0 for box in boxes for number in (box.x_px, box.y_px, box.width_px, box.height_px))
        assert min(min(box.x_px, box.y_px) for box in boxes) >= 0
        assert max(box.x_px + box.width_px for box in boxes) <= shape.width_px
        assert max(box.y_px + box.height_px for box in boxes) <= shape.height_px
        taken = np.zeros((shape.height_px, shape.width_px), dtype=np.uint8)
        for box in boxes:
            taken[box.y_px : box.y_px + box.height_px, box.x_px : box.x_px + box.width_px] += 1
        assert taken.max() == 1
    most = cell_boxes(MOST_CELLS, shape)
    assert (len({box.x_px for box in most}), len({box.y_px for box in most})) == (columns, rows)
    with pytest.raises(ValueError, match="21"):
        cell_boxes(MOST_CELLS + 1, shape)


@pytest.mark.parametrize(("count", "lengths"), [(20, [4, 4, 4, 4, 4]), (18, [4, 4, 4, 3, 3]), (16, [4, 4, 4, 4]), (2, [2])])
def test_where_there_are_fewer_cells_they_stay_as_large_and_stand_in_the_middle(count: int, lengths: list[int]) -> None:
    full, shape = cell_boxes(MOST_CELLS, _SHAPES["square"])[0], _SHAPES["square"]
    boxes = cell_boxes(count, shape, of=MOST_CELLS)
    assert {(box.width_px, box.height_px) for box in boxes} == {(full.width_px, full.height_px)}
    rows = {y_px: [box for box in boxes if box.y_px == y_px] for y_px in dict.fromkeys(box.y_px for box in boxes)}
    assert [len(row) for row in rows.values()] == lengths
    for row in rows.values():
        assert row[0].x_px == pytest.approx(shape.width_px - row[-1].x_px - full.width_px, abs=2)
    assert boxes[0].y_px == pytest.approx(shape.height_px - boxes[-1].y_px - full.height_px, abs=2)


def test_titles_of_chapters_can_write_nothing_else_into_their_list() -> None:
    listed = ffmetadata([Chapter("x\r\n[CHAPTER]\0\nSTART=9", 0), Chapter("é" * 200, 1)], frames=60)
    head, first, second = listed.split("\n[CHAPTER]\n")
    assert head == ";FFMETADATA1"
    assert first == "TIMEBASE=1/30\nSTART=0\nEND=30\ntitle=x\\\n[CHAPTER]\\\nSTART\\=9"
    assert second == "TIMEBASE=1/30\nSTART=30\nEND=60\ntitle=" + "é" * 127 + "\n"


@pytest.mark.parametrize("starts", [(1.0,), (0.0, 0.0), (0.0, 2.0)])
def test_chapters_begin_with_the_film_and_follow_one_another(starts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="chapters"):
        ffmetadata([Chapter("", at) for at in starts], frames=60)


def test_the_loudness_of_a_film_leaves_pauses_out() -> None:
    voice, murmur = Levels((-140,) * 50, -12), Levels((-400,) * 500, -300)
    assert together([voice, murmur, Levels()]).integrated_lufs == -14.0
    assert together([voice, murmur]).peak_dbtp == -1.2
    assert together([Levels()]).integrated_lufs is None
    assert [unpacked(levels.packed()) for levels in (voice, Levels())] == [voice, Levels()]


def _frames(film: Path) -> list[Pixels]:
    with av.open(str(film)) as opened:
        return [frame.to_ndarray(format="rgb24").astype(np.uint8) for frame in opened.decode(video=0)]


def _lumas(film: Path) -> list[int]:
    with av.open(str(film)) as opened:
        return [int(frame.to_ndarray()[540, 540]) for frame in opened.decode(video=0)]


def _near(pixel: Pixels, wanted: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - wanted).max() <= 12)
