"""Decodes or draws a logo, inside a limited child: `python -m media_pipeline.logo_child REQUEST.json`; the answer is JSON."""

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from media_pipeline import colours, drawings, stills
from media_pipeline.errors import MediaError

_ALPHA_SEEN = 8  # of 255
_PAPER = 232  # the darkest light paper that toolkits use, as grey of 255; what is lighter does not show on it
_DARK_SHARE = 0.02
_ROOM = 0.004  # of a side: what is trimmed keeps its smoothed edge
_PAGE = """#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: none)
#image("logo.svg", width: 100%, height: 100%, fit: "stretch")
"""


def main() -> None:
    """Answer one request."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = request["max_pixels"]
    source = Path(sys.argv[1]).with_name(request["source"])
    try:
        answer = _from_png(source, request) if source.suffix == ".png" else _from_svg(source)
    except MediaError as refused:
        answer = {"error": [refused.code, refused.params]}
    except MemoryError:
        answer = {"error": ["logo.cannot_be_drawn", {"reason": "memory"}]}
    sys.stdout.write(json.dumps(answer))


def _from_png(source: Path, request: dict[str, Any]) -> dict[str, Any]:
    try:
        opened = stills.open_still(source, "image/png", request["max_pixels"])
        profile, points = stills.profile_of(opened), colours.code_points(source, "image/png")
        picture = stills.load(opened).convert("RGBA")
    except MediaError as refused:
        raise MediaError("logo.not_a_picture", {"found": refused.code.rpartition(".")[2]}) from refused
    alpha = picture.getchannel("A")
    plain = colours.to_srgb(picture.convert("RGB"), profile, points)
    plain.putalpha(alpha)
    box = _seen(plain)
    plain = plain.crop(box)
    plain.thumbnail((request["longest_side_px"], request["longest_side_px"]), Image.Resampling.LANCZOS)
    target = source.with_name("made.png")
    # a picture of its own: nothing that stood beside the pixels comes along
    Image.frombytes("RGBA", plain.size, plain.tobytes()).save(target, "PNG", optimize=True)
    return {"path": target.name, "width_px": plain.width, "height_px": plain.height}


def _from_svg(source: Path) -> dict[str, Any]:
    drawing, width, height = drawings.rewritten(source.read_bytes())
    box = _seen(picture := _drawn(drawing, width, height, source.parent))
    shares = (box[0] / picture.width, box[1] / picture.height, box[2] / picture.width, box[3] / picture.height)
    room = (max(shares[0] - _ROOM, 0.0), max(shares[1] - _ROOM, 0.0), min(shares[2] + _ROOM, 1.0), min(shares[3] + _ROOM, 1.0))
    trimmed, width, height = drawings.sized(drawing, room)
    _drawn(trimmed, width, height, source.parent)
    target = source.with_name("made.svg")
    target.write_bytes(trimmed)
    return {"path": target.name, "width_px": width, "height_px": height}


def _drawn(drawing: bytes, width: int, height: int, folder: Path) -> Image.Image:
    """As the typesetter draws it, which is the only one that ever will."""
    (folder / "logo.svg").write_bytes(drawing)
    page = folder / "main.typ"
    page.write_text(_PAGE.format(width=width, height=height), encoding="utf-8")
    try:
        made = typst.compile(str(page), root=str(folder), format="png", ppi=72, font_paths=[], ignore_system_fonts=True)
    except (typst.TypstError, RuntimeError) as failed:
        raise MediaError("logo.cannot_be_drawn", {"reason": str(failed)[:200]}) from failed
    return Image.open(io.BytesIO(made)).convert("RGBA")


def _seen(picture: Image.Image) -> tuple[int, int, int, int]:
    """The part that shows anything; refuses one that would not show on paper."""
    alpha = picture.getchannel("A").point(lambda value: 255 if value > _ALPHA_SEEN else 0)
    box = alpha.getbbox()
    if box is None:
        raise MediaError("logo.cannot_be_drawn", {"reason": "nothing is seen"})
    on_white = Image.new("RGBA", picture.size, "white")
    on_white.alpha_composite(picture)
    greys = on_white.convert("L").histogram(mask=alpha)
    if sum(greys[:_PAPER]) < _DARK_SHARE * sum(greys):
        raise MediaError("logo.too_light")
    return box


if __name__ == "__main__":
    main()
