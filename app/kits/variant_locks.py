"""What of a campaign's brand no chapter changes: its mark, and that every piece which shows it goes on showing it."""

from collections.abc import Mapping

from app.errors import Refused
from app.kits.toolkit import Toolkit
from app.kits.variant_overlays import overlay_of
from media_pipeline.typeset import Template
from media_pipeline.typeset.template import Layer, Partners, Picture

MARK = "mark.svg"
_MARK_FILE = f"artwork/{MARK}"


def refuse_other_mark(beneath: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
    """Refuses `variant.locked_mark {file}` where the mark is another drawing than the one beneath."""
    if _MARK_FILE in beneath and overlay_of(beneath, {_MARK_FILE: files.get(_MARK_FILE, b"")}):
        raise Refused("variant.locked_mark", file=_MARK_FILE)


def refuse_without_mark(beneath: Toolkit, above: Toolkit) -> None:
    """Refuses `variant.locked {file, format}` where a piece shows the mark beneath, in a locked layer, and no longer above."""
    for name, template in sorted(above.loaded.items()):
        under = beneath.loaded.get(name)
        for form in sorted(_with_mark(under, locked_alone=True) if under else ()):
            if form in template.formats and form not in _with_mark(template, locked_alone=False):
                raise Refused("variant.locked", file=f"templates/{name}.toml", format=form.replace("_", " "))


def _with_mark(template: Template, *, locked_alone: bool) -> set[str]:
    """The formats in which a template shows the mark."""
    return {
        form
        for form, layers in template.layers.items()
        if any(_shows_mark(layer) and (layer.locked or not locked_alone) for layer in layers)
    }


def _shows_mark(layer: Layer) -> bool:
    return (isinstance(layer, Picture) and layer.source == MARK) or (isinstance(layer, Partners) and layer.mark == MARK)
