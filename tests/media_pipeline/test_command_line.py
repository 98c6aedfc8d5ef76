"""The command, as a person or another program runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "media_pipeline", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A plain picture."""
    path = tmp_path / "photo.png"
    Image.new("RGB", (400, 300), "#336699").save(path)
    return path


def test_normalise_answers_one_json_object(photo: Path, tmp_path: Path) -> None:
    done = _run("normalise", photo, tmp_path / "out", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(answer) == ["kind", "source", "trimmed", "repaired", "renditions"]
    assert (answer["kind"], answer["trimmed"], answer["repaired"], answer["source"]["duration_s"]) == ("photo", False, None, None)
    assert [list(one) for one in answer["renditions"]] == [
        [
            *("format", "role", "path", "media_type", "width_px", "height_px", "duration_s", "size_bytes", "sha256"),
            *("loudness_lufs", "true_peak_dbtp", "loudness_reason", "placeholder"),
        ]
    ] * 3
    made = {one["path"] for one in answer["renditions"]}
    assert {path.name for path in (tmp_path / "out").iterdir()} == made | {".renditions.json"}


def test_without_json_there_is_a_line_for_each_file(photo: Path, tmp_path: Path) -> None:
    done = _run("normalise", photo, tmp_path / "out", "--format", "square", "--format", "story")
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [
        ["square.jpg", "square", "main"],
        ["story.jpg", "story", "main"],
        ["preview.webp", "own", "preview"],
        ["tile.jpg", "tile", "tile"],
    ]


def test_a_refusal_is_a_code_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "list.mp4").write_text("#EXTM3U\n")
    done = _run("normalise", tmp_path / "list.mp4", tmp_path / "out", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"] == {
        "code": "media.unknown_type",
        "message": "This is not a photo, a clip or a sound that can be used (found: text).",
        "params": {"found": "text"},
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "cinema"),
        ("--focus", "2,0"),
        ("--max-seconds", "-1"),
        ("--start", "-1"),
        ("--captions", "MISSING"),
        ("--burn-in",),
        ("--frame", "EMPTY"),
        ("--unknown",),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...], photo: Path, tmp_path: Path) -> None:
    (tmp_path / "EMPTY").mkdir()
    given = [str(tmp_path / word) if word in {"EMPTY", "MISSING"} else word for word in arguments]
    assert _run("normalise", photo, tmp_path / "out", *given).returncode == 2


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    assert _run("probe", tmp_path / "nothing.jpg").returncode == 2


def test_a_folder_of_frames_is_laid_on_top(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    Image.new("RGBA", (1080, 1080), "#ff0000ff").save(tmp_path / "frames" / "square.png")
    assert _run("normalise", photo, tmp_path / "out", "--frame", tmp_path / "frames").returncode == 0
    with Image.open(tmp_path / "out" / "square.jpg") as made:
        assert made.getpixel((500, 500)) == (254, 0, 0)


def test_a_toolkits_frame_carries_the_caption_in_its_script(photo: Path, tmp_path: Path) -> None:
    frame = ROOT / "toolkits" / "world-refugee-day" / "templates" / "frame.toml"
    asked: list[str | Path] = ["--frame", frame, "--lang", "ar"]
    for name, caption in [("with", "بيتي هو المكان الذي يسمعني فيه أحد"), ("without", "")]:
        assert _run("normalise", photo, tmp_path / name, *asked, "--caption", caption).returncode == 0
    assert (tmp_path / "with" / "square.jpg").read_bytes() != (tmp_path / "without" / "square.jpg").read_bytes()


def test_a_caption_without_a_frame_stands_on_a_panel_of_our_own(photo: Path, tmp_path: Path) -> None:
    assert _run("normalise", photo, tmp_path / "out", "--caption", "நமது வீடு", "--lang", "ta").returncode == 0
    with Image.open(tmp_path / "out" / "square.jpg") as made:
        assert made.getpixel((540, 300)) == pytest.approx((51, 102, 153), abs=2)
        panel = made.convert("L").crop((0, 800, 1080, 1080)).tobytes()
    assert (min(panel) < 60, max(panel) > 240) == (True, True)


def test_letters_that_no_font_has_are_refused_by_name(photo: Path, tmp_path: Path) -> None:
    done = _run("normalise", photo, tmp_path / "out", "--caption", "\U00012000", "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"], error["params"]["characters"]) == (3, "typeset.missing_glyph", "\U00012000")


def test_a_caption_stays_above_what_a_folders_frame_covers(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    frame = Image.new("RGBA", (1080, 1080), "#00000000")
    frame.paste("#ff0000ff", (0, 880, 1080, 1080))
    frame.save(tmp_path / "frames" / "square.png")
    asked = ("--frame", tmp_path / "frames", "--caption", "Above the band")
    assert _run("normalise", photo, tmp_path / "out", *asked).returncode == 0
    with Image.open(tmp_path / "out" / "square.jpg") as made:
        red, green, blue = (channel.tobytes() for channel in made.crop((0, 888, 1080, 1080)).split())
        above = made.crop((0, 700, 1080, 870)).convert("L").tobytes()
    assert (min(red) > 245, max(green) < 10, max(blue) < 10, max(above) > 240) == (True, True, True, True)


def test_probe_tells_what_a_file_is(photo: Path) -> None:
    answer = json.loads(_run("probe", photo, "--json").stdout)
    assert answer == {
        "kind": "photo",
        "source": {
            "media_type": "image/png",
            "codec": None,
            "width_px": 400,
            "height_px": 300,
            "duration_s": None,
            "rotation_deg": 0,
            "has_audio": False,
            "is_hdr": False,
            "size_bytes": photo.stat().st_size,
        },
    }
