"""A campaign's pieces in a city's look: which of the two colours speaks first, and the pictures in their slots."""

from collections.abc import Mapping
from pathlib import Path

from app.enums import Accent
from app.errors import Refused
from app.kits.toolkit import NEEDED_CONTRAST, Toolkit, contrast_ratio
from media_pipeline.errors import MediaError
from media_pipeline.typeset import Rendered, Template, render
from media_pipeline.typeset.template import Layer, QrCode, Stack

_SWAPPED = {"accent": "second", "accent_ink": "second_ink", "second": "accent", "second_ink": "accent_ink"}


def dressed(template: Template, palette: Mapping[str, str], accent: Accent) -> tuple[Template, dict[str, str]]:
    """The template and the palette with the city's accent: the pair is swapped, where words stay readable.

    Words that could no longer be read on their ground keep the colour that they had; where even that is not enough, the piece
    stays as the campaign draws it.
    """
    if accent is Accent.FIRST:
        return template, dict(palette)
    swapped = {token: palette[_SWAPPED.get(token, token)] for token in palette}

    def readable(color: str, ground: str) -> str:
        fits = contrast_ratio(swapped[color], swapped[ground]) >= NEEDED_CONTRAST
        return color if fits else _SWAPPED.get(color, color)

    def rewritten(layer: Layer) -> Layer:
        if isinstance(layer, QrCode):  # a phone has to tell it from paper
            return layer.model_copy(update={"dark": readable(layer.dark, "paper")})
        if not isinstance(layer, Stack):
            return layer
        rows = tuple(row.model_copy(update={"color": readable(row.color, layer.ground)}) for row in layer.rows)
        return layer.model_copy(update={"rows": rows})

    layers = {name: tuple(map(rewritten, found)) for name, found in template.layers.items()}
    worn = Template.model_validate({**template.model_dump(exclude={"layers"}), "layers": layers})
    if all(contrast_ratio(swapped[words], swapped[ground]) >= NEEDED_CONTRAST for words, ground in worn.contrasts):
        return worn, swapped
    return template, dict(palette)


def draw_dressed(
    toolkit: Toolkit,
    template: str,
    *,
    format: str,  # noqa: A002 - the word of the domain
    slots: Mapping[str, str],
    language: str,
    accent: Accent,
    pictures: Mapping[str, Path],
    target: Path,
) -> Rendered:
    """One piece in a city's look; refuses `kit.words_do_not_fit {slot, characters}` when its words cannot be set."""
    worn, palette = dressed(toolkit.template(template), toolkit.palette, accent)
    try:
        return render(
            worn,
            format=format,
            slots=slots,
            palette=palette,
            language=language,
            target=target,
            artwork=toolkit.artwork,
            pictures=pictures,
        )
    except MediaError as error:
        if not error.code.startswith("typeset."):
            raise
        slot, characters = (str(error.params.get(name, "")) for name in ("slot", "characters"))
        raise Refused("kit.words_do_not_fit", slot=slot, characters=characters) from error
