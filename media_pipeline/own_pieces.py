"""Pieces drawn from templates of our own, where a campaign brings none: captions, the words of a film, the card of a voice."""

from functools import cache
from pathlib import Path

from media_pipeline import typeset
from media_pipeline.types import Box, Overlay
from media_pipeline.typeset.template import Format, Template

_FOLDER = Path(typeset.__file__).parent / "own"
# white on nearly opaque black: read on any picture, 12 to 1 even on white
ON_PICTURES = {"panel": "#101418d0", "words": "#ffffff"}
# four lines of any script
CUE_HEIGHT_PX = 300
_DARK, _LIGHT = "#14181d", "#ffffff"


def default_caption(format_name: str, caption: str, *, language: str, target: Path) -> Overlay:
    """A caption on a panel over a photo or clip; raises MediaError `typeset.*`."""
    template, slots = _template("caption"), {"caption": caption}
    typeset.render(template, format=format_name, slots=slots, palette=ON_PICTURES, language=language, target=target)
    return Overlay(target)


def default_card(format_name: str, caption: str, name: str, *, language: str, background: str, target: Path) -> Overlay:
    """The card of an audiogram with what is known of the voice, either may be empty; raises MediaError `typeset.*`."""
    ink = ink_on(background)
    palette = {"paper": background, "ink": ink, "muted": _mixed(ink, background)}
    slots = {"caption": caption, "name": name}
    made = typeset.render(
        _template("audiogram"), format=format_name, slots=slots, palette=palette, language=language, target=target
    )
    return Overlay(made.path, made.window, ink)


def cue_strip(text: str, place: Box, *, at_head: bool, palette: dict[str, str], language: str, target: Path) -> None:
    """Words of a film as a strip of the size of their place; raises MediaError `typeset.*`."""
    template, name = _template("cue"), "head" if at_head else "foot"
    # letters are of one size whatever room the strip has
    sized = _sized(template, name, place, scale=CUE_HEIGHT_PX / min(place.width_px, place.height_px))
    typeset.render(sized, format=name, slots={"cue": text}, palette=palette, language=language, target=target)


def name_strip(text: str, place: Box, *, letters_px: float, ground: str, language: str, target: Path) -> None:
    """A name in the middle of its place on this ground, in letters of at most this height; raises MediaError `typeset.*`."""
    palette = {"ground": ground, "words": ink_on(ground)}
    # its row is one unit high: a hundredth of the page's shorter side
    sized = _sized(_template("name"), "place", place, scale=letters_px * 100 / min(place.width_px, place.height_px))
    typeset.render(sized, format="place", slots={"name": text}, palette=palette, language=language, target=target)


def _sized(template: Template, name: str, place: Box, *, scale: float) -> Template:
    """One format of a template as large as a place, with letters so many times as large."""
    page = Format(width_px=place.width_px, height_px=place.height_px)
    layers = tuple(layer.model_copy(update={"scale": scale}) for layer in template.layers[name])
    return template.model_copy(update={"formats": {name: page}, "layers": {name: layers}})


def window_of(format_name: str) -> Box:
    """Where the wave moves on a card that does not say."""
    window = _template("audiogram").formats[format_name].window
    return Box(*(window or (0, 0, 0, 0)))


def ink_on(background: str) -> str:
    """Dark or light, whichever is easier to read on the colour."""
    # contrast as WCAG 2 reckons it: equal to both inks where the ground's luminance is this
    return _DARK if (_luminance(background) + 0.05) ** 2 > (_luminance(_DARK) + 0.05) * (_luminance(_LIGHT) + 0.05) else _LIGHT


@cache
def _template(name: str) -> Template:
    return typeset.load_template(_FOLDER / f"{name}.toml")


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [
        share / 12.92 if (share := value / 255) <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for value in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(ink: str, background: str) -> str:
    """A quieter ink: a quarter of the ground in it."""
    return "#" + "".join(f"{round(a * 0.78 + b * 0.22):02x}" for a, b in zip(_channels(ink), _channels(background), strict=True))
