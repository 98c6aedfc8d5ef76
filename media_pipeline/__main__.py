"""The command: `python -m media_pipeline normalise SOURCE OUTDIR` and `python -m media_pipeline probe SOURCE`.

Exit codes: 0 done, 2 wrong usage, 3 the file is refused, 4 our own tool failed.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from media_pipeline.captions import read_captions
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.geometry import Focus
from media_pipeline.messages import sentence
from media_pipeline.normalise import normalise
from media_pipeline.probe import probe
from media_pipeline.types import Captions, Kind, Normalised, Overlay, SourceFacts

DONE, WRONG_USAGE, REFUSED, TOOL_FAILED = 0, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and say how it ended."""
    asked = _parser().parse_args(arguments)
    try:
        answer = _probe(asked) if asked.command == "probe" else _normalise(asked)
    except MediaError as error:
        told = {"code": error.code, "message": sentence(error), "params": error.params}
        return _fail(told, TOOL_FAILED if isinstance(error, ToolFailed) else REFUSED, as_json=asked.json)
    except (ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        return _fail({"code": "usage", "message": str(error), "params": {}}, WRONG_USAGE, as_json=asked.json)
    print(json.dumps(answer, ensure_ascii=False) if asked.json else _lines(answer))
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m media_pipeline", description="Photos, clips and sounds to the shared formats."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("normalise", help="make every rendition of one file")
    making.add_argument("source", type=Path, metavar="SOURCE")
    making.add_argument("outdir", type=Path, metavar="OUTDIR")
    making.add_argument(
        "--format",
        action="append",
        dest="formats",
        metavar="NAME",
        help="may be given several times; default: square, of a sound audio",
    )
    making.add_argument("--frame", type=Path, help="a folder with <format>.png, or a toolkit's template")
    making.add_argument(
        "--caption", default="", metavar="TEXT", help="words on the picture, in the frame's place for them or on a panel"
    )
    making.add_argument(
        "--slot",
        action="append",
        default=[],
        type=_slot,
        metavar="NAME=TEXT",
        help="other words for the template, such as name=Amina",
    )
    making.add_argument("--lang", default="en", metavar="TAG", help="language of the words")
    making.add_argument("--captions", type=Path, metavar="FILE", help="what is said: WebVTT, SRT or a plain transcript")
    making.add_argument("--burn-in", action="store_true", help="also draw what is said on the film")
    making.add_argument("--start", type=_moment, default=0.0, metavar="N", help="keep clips and sounds from this second")
    making.add_argument("--max-seconds", type=_seconds, metavar="N", help="keep so much of longer clips and sounds")
    making.add_argument("--focus", type=_focus, metavar="X,Y", help="what must stay in the picture, as shares from its top left")
    making.add_argument("--background", default="#ffffff", metavar="#RRGGBB", help="behind what is transparent")
    looking = commands.add_parser("probe", help="say what a file is")
    looking.add_argument("source", type=Path, metavar="SOURCE")
    for command in (making, looking):
        command.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser


def _slot(text: str) -> tuple[str, str]:
    name, _, words = text.partition("=")
    if not name or not words:
        raise ValueError
    return name, words


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def _moment(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value


def _focus(text: str) -> Focus:
    across, down = (float(part) for part in text.split(","))
    if not (0 <= across <= 1 and 0 <= down <= 1):
        raise ValueError
    return across, down


def _probe(asked: argparse.Namespace) -> dict[str, Any]:
    return {"kind": (facts := probe(asked.source)).kind, "source": _facts(facts)}


def _normalise(asked: argparse.Namespace) -> dict[str, Any]:
    if asked.burn_in and asked.captions is None:
        msg = "--burn-in needs --captions"
        raise ValueError(msg)
    slots = {"caption": asked.caption, **dict(asked.slot)}
    with TemporaryDirectory(prefix="frames-") as folder:

        def draw(kind: Kind, formats: Sequence[str]) -> Mapping[str, Overlay]:
            from media_pipeline.frames import overlays_for  # noqa: PLC0415 -- the typesetter takes half a second to load

            return overlays_for(
                asked.frame,
                Path(folder),
                kind=kind,
                formats=formats,
                slots=slots,
                language=asked.lang,
                background=asked.background,
            )

        made = normalise(
            asked.source,
            asked.outdir,
            formats=asked.formats,
            overlays=draw if asked.frame is not None or any(slots.values()) else None,
            captions=_captions(asked),
            start_s=asked.start,
            max_clip_s=asked.max_seconds,
            background=asked.background,
            focus=asked.focus,
            keep_record=True,
            on_progress=_progress(),
        )
    return _made(made)


def _captions(asked: argparse.Namespace) -> Captions | None:
    if asked.captions is None:
        return None
    return read_captions(asked.captions.read_text(encoding="utf-8-sig"), language=asked.lang, burned_in=asked.burn_in)


def _made(made: Normalised) -> dict[str, Any]:
    return {
        "kind": made.kind,
        "source": _facts(made.source),
        "trimmed": made.trimmed,
        "repaired": None if made.lost_s is None else {"lost_s": made.lost_s},
        "renditions": [asdict(one) for one in made.renditions],
    }


def _facts(facts: SourceFacts) -> dict[str, Any]:
    told = asdict(facts)
    del told["kind"]  # said beside it
    return told


def _progress() -> Callable[[float], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(share: float) -> None:
        print(f"\r{share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

    return show


def _lines(answer: dict[str, Any]) -> str:
    if "renditions" not in answer:
        facts = {key: value for key, value in answer["source"].items() if value is not None}
        return " ".join([str(answer["kind"]), *(f"{key}={value}" for key, value in facts.items())])
    return "\n".join(f"{one['path']} {one['format']} {one['role']} {one['size_bytes']} bytes" for one in answer["renditions"])


def _fail(told: dict[str, Any], code: int, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": told}, ensure_ascii=False))
    else:
        print(told["message"], file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
