"""From a template's TOML file to its layers, with what each says on a format, with a slot and with partners."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from media_pipeline.errors import MediaError
from media_pipeline.typeset.template import HORIZONTAL, VERTICAL, Layer, Partners, Template

PARTNERS = "partners"
_LAYER: TypeAdapter[Layer] = TypeAdapter(Annotated[Layer, Field(discriminator="kind")])


class _Told(BaseModel):
    """What a layer says beside its own keys, as tables; the keys themselves are checked when it is known for whom they are."""

    model_config = ConfigDict(extra="allow")

    beside: Annotated[dict[str, "_Told"], Field(alias="with")] = {}


class _Written(_Told):
    """A layer as it stands in the file."""

    on: dict[str, _Told] = {}
    formats: tuple[str, ...] = ()


class TemplateError(MediaError):
    """A template file cannot be used; codes `toolkit.unknown_key`, `toolkit.bad_value`, `toolkit.missing`."""


def load_template(path: Path, partners: Sequence[str] = ()) -> Template:
    """The template in a TOML file, for a campaign with these partners: their logos, as files of the artwork.

    Without partners nothing in it speaks of them any more. Raises TemplateError with the file's name and the offending key.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise TemplateError("toolkit.missing", {"file": path.name}) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise TemplateError("toolkit.bad_value", {"file": path.name, "key": "", "reason": str(broken)}) from broken
    try:
        return Template.model_validate({**raw, "layers": _layers_of(path.name, raw, tuple(partners))})
    except ValidationError as invalid:
        raise _refusal(path.name, invalid) from invalid


def _layers_of(file: str, raw: dict[str, Any], partners: tuple[str, ...]) -> dict[str, tuple[Layer, ...]]:
    """The layers of each format, as they are with these partners; what is there only without them is checked all the same."""
    formats = raw.get("formats", {})
    written = raw.get("layers", [])
    if not isinstance(formats, dict) or not isinstance(written, list):
        raise TemplateError("toolkit.bad_value", {"file": file, "key": "layers", "reason": "a list of layers is needed"})
    layers: dict[str, list[Layer]] = {name: [] for name in formats}
    for number, given in enumerate(written):
        _check_tables(file, given, number)
        for name in [*given.get("on", {}), *given.get("formats", [])]:
            if name not in formats:
                raise TemplateError("toolkit.unknown_key", {"file": file, "key": f"layers.{number}.on.{name}"})
        try:
            for name in formats:
                found = [(among, _LAYER.validate_python(told)) for among, told in _told(given, name, file, number)]
                layers[name] += [
                    layer.model_copy(update={"logos": partners}) if isinstance(layer, Partners) else layer
                    for among, layer in found
                    if among in {None, bool(partners)} and (not layer.formats or name in layer.formats)
                ]
        except ValidationError as invalid:
            raise _refusal(file, invalid, f"layers.{number}") from invalid
    return {name: tuple(found) for name, found in layers.items()}


def _check_tables(file: str, given: object, number: int) -> None:
    """A layer is a table, and what it says on a format or beside a slot is one, too."""
    try:
        _Written.model_validate(given)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in ("layers", number, *first["loc"]))
        reason = "a table is needed" if first["type"] in {"model_type", "dict_type"} else first["msg"]
        raise TemplateError("toolkit.bad_value", {"file": file, "key": key, "reason": reason}) from invalid


def _told(given: Mapping[str, Any], shape: str, file: str, number: int) -> Iterator[tuple[bool | None, dict[str, Any]]]:
    """What a layer says on a format, each with whether that is for a campaign with partners, for one without, or for any."""
    only = True if given.get("kind") == PARTNERS else given.get(PARTNERS)
    if not (only is None or isinstance(only, bool)):
        raise TemplateError("toolkit.bad_value", {"file": file, "key": f"layers.{number}.partners", "reason": "true or false"})
    here = dict(given.get("on", {}).get(shape, {}))
    beside = dict(here.pop("with", given.get("with", {})))
    among = beside.pop(PARTNERS, None)
    if among is not None and only is not None:
        reason = "a layer that is there only with partners, or only without, has nothing that differs"
        raise TemplateError("toolkit.bad_value", {"file": file, "key": f"layers.{number}.with.partners", "reason": reason})
    alone = _put_over({key: value for key, value in given.items() if key not in {"on", "with", PARTNERS}}, here)
    for told in _with_and_without(alone, beside, file, number):
        yield (False if among is not None else only), told
    if among is not None:
        own = dict(among)
        beside = own.pop("with", beside)
        for told in _with_and_without(_put_over(alone, own), beside, file, number):
            yield True, told


def _with_and_without(
    plain: dict[str, Any], beside: dict[str, dict[str, Any]], file: str, number: int
) -> tuple[dict[str, Any], ...]:
    """A layer that makes room for what stands in a slot is two: one for when the slot is empty, one for when it is filled."""
    if not beside:
        return (plain,)
    if len(beside) > 1 or "when" in plain or "unless" in plain:
        reason = "with is for one slot, in a layer without when and unless"
        raise TemplateError("toolkit.bad_value", {"file": file, "key": f"layers.{number}.with", "reason": reason})
    slot, own = next(iter(beside.items()))
    return ({**plain, "unless": slot}, {**_put_over(plain, own), "when": slot})


def _put_over(plain: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A format that says anything about an axis says everything about it."""
    kept = dict(plain)
    for axis in (HORIZONTAL, VERTICAL):
        if any(key in own for key in axis):
            kept = {key: value for key, value in kept.items() if key not in axis}
    return {**kept, **own}


# pydantic names the branch of a union in the path to a key; a designer's file does not
_BRANCHES = {
    "rect",
    "ellipse",
    "line",
    "picture",
    "qr",
    "logo",
    "partners",
    "portrait",
    "stack",
    "constrained-float",
    "constrained-str",
}


def _refusal(file: str, invalid: ValidationError, prefix: str = "") -> TemplateError:
    errors = invalid.errors(include_url=False, include_context=False)
    first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    parts = [str(part) for part in first["loc"] if part not in _BRANCHES]
    key = ".".join([prefix, *parts] if prefix else parts)
    if first["type"] == "extra_forbidden":
        return TemplateError("toolkit.unknown_key", {"file": file, "key": key})
    return TemplateError("toolkit.bad_value", {"file": file, "key": key, "reason": first["msg"]})
