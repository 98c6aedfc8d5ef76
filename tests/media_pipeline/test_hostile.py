"""Hostile and broken files, made by tests.media_samples: each ends as its table says, costs only itself, reads no other file."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from media_pipeline import Kind, Limits, MediaError, normalise, probe
from media_pipeline.sniff import sniff
from tests.media_samples import hostile
from tests.media_samples.expected import CLEAN, ENDS, OTHER_HALF, WHOLE

pytestmark = pytest.mark.media


@pytest.fixture(scope="session")
def listening() -> Iterator[socket.socket]:
    """Where the addresses of the hostile files point: whoever tries to reach one is seen."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()
        opened.setblocking(False)  # noqa: FBT003 -- the name says what it is
        yield opened


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, listening: socket.socket) -> Path:
    """The folder of hostile files, with a neighbour's upload in it."""
    made = tmp_path_factory.mktemp("hostile")
    hostile.make(made, listening.getsockname()[1])
    return made


def test_the_table_names_every_file(folder: Path) -> None:
    ours = {"neighbour.mp4", *(f"whole.{kind}" for kind in ("webm", "mp3", "ogg", "flac"))}
    assert {path.name for path in folder.iterdir()} - ours == set(ENDS)


@pytest.mark.parametrize("name", ENDS)
def test_a_hostile_file_ends_as_the_table_says(name: str, folder: Path, listening: socket.socket, tmp_path: Path) -> None:
    assert (_end_of(folder / name, tmp_path), _asked_for(listening)) == (ENDS[name], False)
    assert [path.name for path in tmp_path.iterdir() if ENDS[name] != CLEAN or path.name.startswith(".")] == []
    assert [path.name for path in tmp_path.iterdir() if OTHER_HALF in path.read_bytes()] == []


def _end_of(source: Path, outdir: Path) -> str:
    try:
        if ENDS.get(source.name) == WHOLE:
            probe(source)
        else:
            normalise(source, outdir, formats=_smallest(source))
    except MediaError as refused:
        return refused.code
    return WHOLE if ENDS.get(source.name) == WHOLE else CLEAN


def _smallest(source: Path) -> list[str]:
    with source.open("rb") as opened:
        return ["audio" if sniff(opened.read(4096)).kind is Kind.AUDIO else "square"]


def _asked_for(listening: socket.socket) -> bool:
    try:
        listening.accept()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("name", ["header_says_ten_hours.mp4", "header_says_nothing.mp4", "track_says_ten_hours.mp4"])
def test_a_film_is_as_long_as_its_frames_whatever_its_header_says(name: str, folder: Path) -> None:
    assert probe(folder / name).duration_s == 0.4


@pytest.mark.parametrize(("name", "code"), [("truncated_jpeg.jpg", "media.corrupt"), ("ultrahdr.jpg", "media.corrupt")])
def test_real_broken_photos_are_refused(name: str, code: str, real: Callable[[str], Path], tmp_path: Path) -> None:
    assert _end_of(real(name), tmp_path) == code


def test_a_real_bomb_is_refused_with_both_numbers(real: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        normalise(real("decompression_bomb.gif"), tmp_path, formats=["square"])
    assert refused.value.code == "media.too_many_pixels"
    assert refused.value.params == {"found": 4_364_696_535, "allowed": 200_000_000}


def test_a_lying_extension_changes_nothing(clip: Path, tmp_path: Path) -> None:
    lying = tmp_path / "portrait.jpg"
    lying.write_bytes(clip.read_bytes())
    assert (probe(lying).kind, probe(lying).media_type) == (Kind.VIDEO, "video/mp4")


@pytest.mark.parametrize("name", ["-vf.jpg", "%02d.jpg", "concat:a|b.jpg", "http:__127.0.0.1_a.jpg", "a\nb.jpg", "..jpg"])
def test_a_name_is_only_a_name(name: str, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / name
    source.write_bytes((folder / "archive_behind.jpg").read_bytes())
    assert (probe(source).media_type, probe(source).width_px) == ("image/jpeg", 200)


def test_what_lasts_too_long_is_refused_with_both_numbers(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        normalise(clip, tmp_path, formats=["square"], limits=Limits(max_duration_s=1.5))
    assert (refused.value.code, refused.value.params) == ("media.too_long", {"found_s": 2.0, "allowed_s": 1.5})


def test_a_clip_with_too_large_a_picture_is_refused_before_it_is_decoded(clip: Path) -> None:
    with pytest.raises(MediaError) as refused:
        probe(clip, limits=Limits(max_pixels=320 * 240 - 1))
    assert (refused.value.code, refused.value.params) == ("media.too_many_pixels", {"found": 76_800, "allowed": 76_799})


def test_a_tool_that_does_not_finish_is_our_failure(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as failed:
        normalise(clip, tmp_path, formats=["square"], limits=Limits(wall_s=0.01))
    assert (failed.value.code, list(tmp_path.iterdir())) == ("tool.timeout", [])


def test_a_photo_that_needs_too_much_memory_costs_only_itself(tmp_path: Path) -> None:
    source = tmp_path / "large.png"
    Image.new("RGB", (9000, 9000)).save(source)
    with pytest.raises(MediaError) as refused:
        normalise(source, tmp_path / "out", formats=["square"], limits=Limits(memory_bytes=120 * 1024 * 1024))
    assert refused.value.code == "media.too_heavy"
