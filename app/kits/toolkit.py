"""Toolkits: folders of data, loaded whole, checked whole, refused with the file and the key that is wrong."""

import re
import string
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import NotFound, Refused, RefusedFields
from app.kits.lengths import length_on
from app.kits.toolkit_files import AllLabels, CollageLayout, Collages, Data, Labels, Manifest, Networks, Posts, Texts
from app.variants import BASE, TOOLKITS_DIR
from media_pipeline.typeset import Template, TemplateError, artwork_colours, load_template

__all__ = [
    "BASE",
    "NEEDED_CONTRAST",
    "TOOLKITS_DIR",
    "Manifest",
    "Networks",
    "Texts",
    "Toolkit",
    "contrast_ratio",
    "fill",
    "list_toolkits",
    "load_toolkit",
    "most_chars",
]

NEEDED_CONTRAST = 4.5  # WCAG 2.2 AA for text
COLLAGES = "collages.toml"
COLLAGE_SLOTS = frozenset({"message", "day", "hashtag"})  # the words of a collage

_CAMPAIGN = frozenset({"city", "day", "hashtag", "message", "link"})
# which placeholders the texts of a part may have; one text of a part can have more
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "posts": _CAMPAIGN,
    "plan": _CAMPAIGN,
    "plan.countdown": _CAMPAIGN | {"days_left"},
    "contribution": frozenset({"city", "hashtag", "link", "name", "words"}),
    "note": _CAMPAIGN,
    "press_release": _CAMPAIGN,
    "mayor_quote": frozenset({"city"}),
    "bulletin": _CAMPAIGN,
    "colleagues": _CAMPAIGN,
    "replies": frozenset({"city", "hashtag", "link", "contact"}),
    "prints": frozenset({"city", "day", "hashtag", "message"}),
    "alt": frozenset({"city", "hashtag", "message", "name", "words"}),
    "alt.picture": frozenset({"city", "hashtag", "message", "day"}),
    "alt.countdown": frozenset({"city", "hashtag", "message", "day", "days_left"}),
}
# How long a placeholder's words can be when a post is measured; a link is counted as the networks count it.
_LONGEST = {"city": 30, "day": 32, "hashtag": 30, "link": 23, "days_left": 16}


class Toolkit(Data):
    """One toolkit, loaded and checked."""

    manifest: Manifest
    folder: Path
    texts: dict[str, Texts]
    labels: dict[str, Labels]
    loaded: dict[str, Template]
    collages: tuple[CollageLayout, ...]  # how a collage can be laid out, the first unless somebody chooses

    @property
    def slug(self) -> str:
        """The name of its folder."""
        return self.manifest.slug

    @property
    def version(self) -> int:
        """Its number, counted up by the designer."""
        return self.manifest.version

    @property
    def palette(self) -> dict[str, str]:
        """Its colours by token."""
        return self.manifest.palette.model_dump()

    @property
    def names(self) -> dict[str, str]:
        """What the day is called, by language."""
        return dict(self.manifest.names)

    @property
    def messages(self) -> dict[str, str]:
        """The main message that a campaign starts from, by language."""
        return dict(self.manifest.messages)

    @property
    def artwork(self) -> Path:
        """The folder of its pictures."""
        return self.folder / "artwork"

    @property
    def music(self) -> Path | None:
        """The bed under films, where it has one."""
        return None if self.manifest.music is None else self.artwork / self.manifest.music

    def template(self, name: str) -> Template:
        """One of its templates; raises NotFound `toolkit.missing`."""
        if name not in self.loaded:
            raise NotFound("toolkit.missing", file=f"templates/{name}.toml")
        return self.loaded[name]

    def collage_layout(self, name: str | None) -> CollageLayout:
        """The layout of that name, or the first where nobody chose one that there still is."""
        return next((layout for layout in self.collages if layout.name == name), self.collages[0])


def list_toolkits(root: Path = TOOLKITS_DIR) -> list[str]:
    """The slugs of every folder that is a toolkit."""
    return sorted(path.parent.name for path in root.glob("*/toolkit.toml"))


def load_toolkit(slug: str, root: Path = TOOLKITS_DIR) -> Toolkit:
    """A toolkit with its templates and texts, all of it checked.

    Raises Refused with `toolkit.missing {file}`, `toolkit.unknown_key {file, key}`, `toolkit.bad_value {file, key, reason}`,
    `toolkit.unknown_placeholder {file, key, placeholder}`, `toolkit.contrast {pair, ratio, needed}`,
    `toolkit.unknown_colour {file, colour}`, `toolkit.post_too_long {file, key, found, allowed}`; several
    pairs of too little contrast at once, as RefusedFields.
    """
    if slug not in list_toolkits(root):
        raise NotFound("toolkit.missing", file=f"{slug}/toolkit.toml")
    folder = root / slug
    manifest = _read(folder / "toolkit.toml", Manifest)
    if manifest.slug != slug:
        raise Refused("toolkit.bad_value", file="toolkit.toml", key="slug", reason=f"the folder is called {slug}")
    if not (folder / "LICENCES.md").is_file():
        raise Refused("toolkit.missing", file="LICENCES.md")
    networks = _read(root / BASE / "networks.toml", Networks)
    _check_partners(manifest, folder / "artwork")
    if manifest.music is not None and not (folder / "artwork" / manifest.music).is_file():
        raise Refused("toolkit.missing", file=f"artwork/{manifest.music}")
    logos = tuple(partner.logo for partner in manifest.partners)
    templates = {name: _template(folder, root / BASE, name, logos) for name in manifest.templates}
    _check_colours(manifest, templates, folder / "artwork")
    texts = _texts(folder / "texts", manifest, networks)
    labels = _read(root / BASE / "labels.toml", AllLabels).root
    for language in sorted(texts.keys() - labels.keys()):
        raise Refused("toolkit.missing", file=f"{BASE}/labels.toml [{language}]")
    for language in sorted(texts) if manifest.partners else ():
        if labels[language].partners is None:
            raise Refused("toolkit.missing", file=f"{BASE}/labels.toml [{language}] partners")
    collages = _collages(manifest, root / BASE / COLLAGES, templates)
    return Toolkit(manifest=manifest, folder=folder, texts=texts, labels=labels, loaded=templates, collages=collages)


def patterns_of(text: Texts) -> Iterator[tuple[str, str]]:
    """Every text of a language with its key, such as `replies.rumours.0.answer`."""
    yield from _leaves("", text.model_dump(exclude={"meta"}))


def _leaves(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{key}.{name}" if key else name, inner)
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            yield from _leaves(f"{key}.{number}", inner)


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders replaced; what is put in is never read as a placeholder again."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: values[found.group(1)], pattern)


def contrast_ratio(one: str, other: str) -> float:
    """WCAG's contrast of two `#rrggbb` colours, from 1 to 21."""

    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


_Part = TypeVar("_Part", bound=BaseModel)


def _read(path: Path, shape: type[_Part]) -> _Part:
    file = _shown(path)
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return shape.model_validate(raw)
    except FileNotFoundError as missing:
        raise Refused("toolkit.missing", file=file) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Refused("toolkit.bad_value", file=file, key="", reason=str(broken)) from broken
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False)
        first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise Refused("toolkit.unknown_key", file=file, key=key) from invalid
        raise Refused("toolkit.bad_value", file=file, key=key, reason=first["msg"]) from invalid


def _shown(path: Path) -> str:
    """A file's name as a designer sees it inside the folder."""
    return f"{path.parent.name}/{path.name}" if path.parent.name in {"texts", "templates", BASE} else path.name


def _template(folder: Path, base: Path, name: str, partners: tuple[str, ...]) -> Template:
    """A toolkit's own template of that name, else the one every toolkit shares."""
    own = folder / "templates" / f"{name}.toml"
    try:
        return load_template(own if own.is_file() else base / "templates" / f"{name}.toml", partners)
    except TemplateError as wrong:
        params: dict[str, Any] = {**wrong.params, "file": f"templates/{wrong.params['file']}"}
        raise Refused(wrong.code, **params) from wrong


def _collages(manifest: Manifest, shared: Path, templates: Mapping[str, Template]) -> tuple[CollageLayout, ...]:
    """A toolkit's own layouts, then those that all share; of kits that were frozen before there were any, those that ship."""
    own = {layout.name: layout for layout in manifest.collages}
    for layout in own.values():
        _check_layout(layout, manifest, templates)
    others = _read(shared if shared.is_file() else TOOLKITS_DIR / BASE / COLLAGES, Collages).collages
    return (*own.values(), *(layout for layout in others if layout.name not in own))


def _check_layout(layout: CollageLayout, manifest: Manifest, templates: Mapping[str, Template]) -> None:
    """Its fields can be drawn, by templates that the toolkit has, of what every campaign has words for."""
    key = f"collages.{layout.name}"
    _know_all({layout.background}, manifest.palette.model_dump(), "toolkit.toml")
    for field in layout.fields:
        template = templates.get(field.template)
        if template is None or field.format not in template.formats:
            raise Refused("toolkit.missing", file=f"templates/{field.template}.toml [formats.{field.format}]")
        slots = {slot for layer in template.layers[field.format] for slot, needed in layer.slots().items() if needed}
        for slot in sorted(slots - COLLAGE_SLOTS):
            raise Refused("toolkit.bad_value", file="toolkit.toml", key=key, reason=f"a collage has no words for {slot}")


def _check_partners(manifest: Manifest, artwork: Path) -> None:
    """Each logo is there and keeps its own colours, whether a template shows it or not."""
    for partner in manifest.partners:
        file = f"artwork/{partner.logo}"
        if not (artwork / partner.logo).is_file():
            raise Refused("toolkit.missing", file=file)
        if artwork_colours(artwork / partner.logo):
            raise Refused("toolkit.bad_value", file=file, key="var()", reason="a partner's logo keeps its own colours")


def _check_colours(manifest: Manifest, templates: Mapping[str, Template], artwork: Path) -> None:
    palette = manifest.palette.model_dump()
    pairs = set(manifest.contrast)
    for name, template in templates.items():
        file = f"templates/{name}.toml"
        _know_all(template.colours, palette, file)
        pairs |= template.contrasts
        for picture in sorted(template.pictures):
            if not (artwork / picture).is_file():
                raise Refused("toolkit.missing", file=f"artwork/{picture}")
            _know_all(artwork_colours(artwork / picture), palette, f"artwork/{picture}")
    _know_all({token for pair in pairs for token in pair}, palette, "toolkit.toml")
    ratios = {pair: contrast_ratio(palette[pair[0]], palette[pair[1]]) for pair in sorted(pairs)}
    refusals = [
        Refused("toolkit.contrast", pair=f"{words} on {ground}", ratio=round(ratio, 2), needed=NEEDED_CONTRAST)
        for (words, ground), ratio in ratios.items()
        if ratio < NEEDED_CONTRAST
    ]
    if refusals:  # one colour stands in many pairs: whoever mends it sees all of them
        raise refusals[0] if len(refusals) == 1 else RefusedFields(refusals)


def _know_all(tokens: set[str] | frozenset[str], palette: Mapping[str, str], file: str) -> None:
    for token in sorted(tokens - palette.keys()):
        raise Refused("toolkit.unknown_colour", file=file, colour=token)


def _texts(folder: Path, manifest: Manifest, networks: Networks) -> dict[str, Texts]:
    texts = {path.stem: _read(path, Texts) for path in sorted(folder.glob("*.toml"))}
    if manifest.source_language not in texts:
        raise Refused("toolkit.missing", file=f"texts/{manifest.source_language}.toml")
    for language, text in texts.items():
        file = f"texts/{language}.toml"
        if text.meta.language != language:
            raise Refused("toolkit.bad_value", file=file, key="meta.language", reason=f"the file is called {language}")
        for key, pattern in patterns_of(text):
            _check_placeholders(file, key, pattern, PLACEHOLDERS.get(key) or PLACEHOLDERS[key.split(".")[0]])
        _check_lengths(file, text, manifest, networks)
    return texts


def _check_lengths(file: str, text: Texts, manifest: Manifest, networks: Networks) -> None:
    """Posts for one network, and those of the plan, which go to all, with the longest words they can meet."""
    longest = _longest_words(manifest, text.meta.language)
    limits = {name: getattr(networks, name).post_characters for name in Posts.model_fields}
    posts = [(f"posts.{network}", pattern, network) for network, pattern in text.posts.model_dump().items()]
    posts += [(f"plan.{moment}", pattern, network) for moment, pattern in text.plan.model_dump().items() for network in limits]
    for key, pattern, network in posts:
        found = length_on(network, fill(pattern, longest), link=longest["link"])
        if found > limits[network]:
            raise Refused("toolkit.post_too_long", file=file, key=key, found=found, allowed=limits[network])


def most_chars(key: str, pattern: str, manifest: Manifest, networks: Networks, language: str) -> int | None:
    """How many characters a text may have as it is typed, as long as it has the placeholders of this one; None: any number.

    The words that are filled in are as long as they can be, so it is the network's limit less what they take.
    """
    part, _dot, name = key.partition(".")
    names = {"posts": [name], "plan": list(Posts.model_fields)}.get(part, [])
    longest = defaultdict(str, _longest_words(manifest, language))  # somebody may be typing a placeholder that nobody knows
    rooms = [
        getattr(networks, each).post_characters - length_on(each, fill(pattern, longest), link=longest["link"]) for each in names
    ]
    return max(1, len(pattern) + min(rooms)) if rooms else None


def _longest_words(manifest: Manifest, language: str) -> dict[str, str]:
    longest = {name: "x" * length for name, length in _LONGEST.items()}
    return longest | {"message": manifest.messages.get(language, manifest.messages[manifest.source_language])}


def _check_placeholders(file: str, key: str, pattern: str, known: frozenset[str]) -> None:
    try:
        names = [
            name + (f"!{conversion}" if conversion else "") + (f":{layout}" if layout else "")
            for _, name, layout, conversion in string.Formatter().parse(pattern)
            if name is not None
        ]
    except ValueError as broken:
        raise Refused("toolkit.unknown_placeholder", file=file, key=key, placeholder=str(broken)) from broken
    for name in names:
        if name not in known:
            raise Refused("toolkit.unknown_placeholder", file=file, key=key, placeholder=name)
