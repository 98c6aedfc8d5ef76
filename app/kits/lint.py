"""The gate: a toolkit is read, drawn in every language with the shortest and the longest city, and measured.

What was found clean is remembered by the content address of the piece, so that the next time only what changed is drawn.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from app.campaigns.template import read_template
from app.enums import Accent
from app.errors import Refused
from app.kits import dressing
from app.kits.drawing import Press
from app.kits.dressing import dressed
from app.kits.lint_checks import Drawn, Fault, check_bytes, check_places, check_template, picture_limit, safe_area_of
from app.kits.lint_contrast import Grounds, check_contrast
from app.kits.lint_findings import Finding
from app.kits.lint_samples import Sample, extreme_cities, languages_of, pieces_for_checking, sample_order, samples_of
from app.kits.lint_texts import check_licences, check_pieces, check_texts, read_networks
from app.kits.toolkit import TOOLKITS_DIR, Toolkit, load_toolkit
from app.kits.toolkit_files import Networks
from app.models import City
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.typeset import Rendered, Template, render
from media_pipeline.typeset.template import Layer, Logo, SlotPicture

__all__ = ["Finding", "Report", "check_toolkit", "findings_of"]

FEW = 60  # drawn here while another process would still be starting
_LOGO_PX, _PORTRAIT_PX = (600, 200), (600, 600)
_REFUSALS = {
    "typeset.missing_slot": "toolkit.text_missing",
    "typeset.missing_glyph": "toolkit.glyph_missing",
    "typeset.overflow": "toolkit.overflow",
}


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found, and how much of it had to be drawn."""

    findings: list[Finding]
    piece_count: int = 0
    drawn_count: int = 0


def findings_of(
    slug: str,
    root: Path = TOOLKITS_DIR,
    *,
    cities: Sequence[City],
    languages: Collection[str] = (),
    checked: Path | None = None,
) -> list[Finding]:
    """What is wrong in a toolkit, in these languages or in all of its own; an empty list means that it can be sent.

    `checked` is the folder that remembers what was clean: with it a second look costs a moment.
    """
    return check_toolkit(slug, root, cities=cities, languages=languages, checked=checked).findings


def check_toolkit(
    slug: str,
    root: Path = TOOLKITS_DIR,
    *,
    cities: Sequence[City],
    languages: Collection[str] = (),
    checked: Path | None = None,
    pool: Executor | None = None,
) -> Report:
    """The same with how much was drawn; with a pool on several processors."""
    try:
        toolkit, template = load_toolkit(slug, root), read_template(slug, root)
    except Refused as refused:
        return Report([_refusal(slug, refused)])
    networks = read_networks(root)
    place = Finding("", slug)
    findings = [*check_texts(toolkit, place), *check_licences(toolkit, place)]
    for name, each in toolkit.loaded.items():
        here = replace(place, file=_file(toolkit, name), template=name)
        findings += [_found(replace(here, format=shape), fault) for shape, fault in check_template(each)]
    samples: dict[str, list[Sample]] = {}
    for language in languages_of(toolkit):
        if languages and language not in languages:
            continue
        orders = [sample_order(toolkit, template, city, language) for city in extreme_cities(cities, language)]
        pieces = [pieces_for_checking(order) for order in orders]
        for order, own in zip(orders, pieces, strict=True):
            findings += check_pieces(toolkit, networks, order, own, replace(place, language=language))
        for sample in samples_of(orders, pieces):
            samples.setdefault(sample.drawing.template, []).append(sample)
    count = sum(map(len, samples.values()))
    waiting = _not_checked(toolkit, networks, samples, checked)
    tasks = [_Task(toolkit, networks, tuple(own), checked) for name, own in waiting.items()]
    findings += chain.from_iterable(_done(tasks, pool))
    drawn = sum(len(task.samples) for task in tasks)
    return Report(_in_order(findings), count, drawn)


@dataclass(frozen=True, slots=True)
class _Task:
    """The samples of one template, with the address under which each is remembered."""

    toolkit: Toolkit
    networks: Networks
    samples: tuple[tuple[Sample, str], ...]
    checked: Path | None


def _done(tasks: Sequence[_Task], pool: Executor | None) -> Iterator[list[Finding]]:
    if pool is None or sum(len(task.samples) for task in tasks) <= FEW:
        return map(_draw_all, tasks)
    return pool.map(_draw_all, sorted(tasks, key=lambda task: -len(task.samples)))


def _not_checked(
    toolkit: Toolkit, networks: Networks, samples: Mapping[str, Sequence[Sample]], checked: Path | None
) -> dict[str, list[tuple[Sample, str]]]:
    """The samples that have not been found clean as they are, each once."""
    press = Press(toolkit, Path())
    waiting: dict[str, list[tuple[Sample, str]]] = {}
    seen = set[str]()
    for name, own in samples.items():
        for sample in own:
            address = _address(press, networks, sample)
            if address in seen or (checked is not None and _was_clean(checked / address)):
                continue
            seen.add(address)
            waiting.setdefault(name, []).append((sample, address))
    return waiting


def _address(press: Press, networks: Networks, sample: Sample) -> str:
    """The hash of all that decides whether a sample is clean: how it is drawn, what is measured, and within which limits."""
    drawing = sample.drawing
    limits = (
        safe_area_of(drawing.format, press.toolkit.manifest.safe_areas),
        networks.banners.get(drawing.format),
        picture_limit(drawing.template, drawing.format, networks),
    )
    made_of = (press.address(replace(drawing, next_page=None), ".png"), sample.is_dressed, repr(limits), _rules())
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


@lru_cache(maxsize=1)
def _rules() -> str:
    """What is measured is part of what was found clean."""
    code = hashlib.sha256()
    for path in sorted([*Path(__file__).parent.glob("lint*.py"), Path(dressing.__file__)]):
        code.update(path.read_bytes())
    return code.hexdigest()


def _was_clean(mark: Path) -> bool:
    if not mark.exists():
        return False
    os.utime(mark)  # asked for just now: what nobody asks for any more is cleared away
    return True


def _draw_all(task: _Task) -> list[Finding]:
    """Draw and measure the samples of one template; the clean ones are remembered."""
    toolkit, networks = task.toolkit, task.networks
    findings: list[Finding] = []
    with TemporaryDirectory(prefix="lint-") as folder:
        easel = _Easel(toolkit, Path(folder))
        grounds = Grounds(easel.draw_ground)
        for sample, address in task.samples:
            drawing = sample.drawing
            file = _file(toolkit, drawing.template)
            place = Finding("", toolkit.slug, file, drawing.template, drawing.format, drawing.language)
            faults = list(_measured(easel, grounds, networks, sample))
            findings += [_found(place, fault) for fault in faults]
            if not faults and task.checked is not None:
                task.checked.mkdir(parents=True, exist_ok=True)
                (task.checked / address).touch()
    return findings


def _measured(easel: "_Easel", grounds: Grounds, networks: Networks, sample: Sample) -> Iterator[Fault]:
    try:
        drawn = easel.draw(sample)
        yield from check_places(drawn, networks)
        yield from check_bytes(drawn, networks)
        yield from check_contrast(drawn, grounds.of(drawn))
    except ToolFailed as failed:
        yield "toolkit.cannot_be_drawn", {"reason": str(failed.params.get("said", ""))}
    except MediaError as refused:
        slot = str(refused.params.get("slot", ""))
        words = sample.drawing.slots.get(slot, "")
        if refused.code in _REFUSALS:
            params = {**refused.params, "key": slot, "found": len(words), "language": sample.drawing.language}
            yield _REFUSALS[refused.code], params
        else:
            yield "toolkit.cannot_be_drawn", {"reason": " ".join(map(str, refused.params.values()))}


@dataclass(frozen=True)
class _Easel:
    """Draws samples and their grounds into a folder, one over the other."""

    toolkit: Toolkit
    folder: Path

    def draw(self, sample: Sample) -> Drawn:
        """A sample, a dressed one also with the city's other accent; raises MediaError `typeset.*`."""
        accent = Accent.SECOND if sample.is_dressed else Accent.FIRST
        template, palette = dressed(self.toolkit.template(sample.drawing.template), self.toolkit.palette, accent)
        made = self._render(template, palette, sample, sample.drawing.language, "drawn.png")
        return Drawn(self.toolkit, sample, template, palette, made)

    def draw_ground(self, bare: Template, drawn: Drawn, language: str) -> Rendered:
        """What stays of a sample when its words are taken away."""
        return self._render(bare, drawn.palette, drawn.sample, language, "ground.png")

    def _render(self, template: Template, palette: Mapping[str, str], sample: Sample, language: str, name: str) -> Rendered:
        return render(
            template,
            format=sample.drawing.format,
            slots=sample.drawing.slots,
            palette=palette,
            language=language,
            target=self.folder / name,
            artwork=self.toolkit.artwork,
            pictures=self._pictures(template.layers[sample.drawing.format]) if sample.is_dressed else None,
        )

    def _pictures(self, layers: Sequence[Layer]) -> dict[str, Path]:
        """A plain logo and a plain portrait, as large as any."""
        found = {}
        for layer in layers:
            if isinstance(layer, SlotPicture):
                is_logo = isinstance(layer, Logo)
                path = self.folder / ("logo.png" if is_logo else "portrait.png")
                if not path.exists():
                    Image.new("RGB", _LOGO_PX if is_logo else _PORTRAIT_PX, "#888888").save(path)
                found[layer.slot] = path
        return found


def _file(toolkit: Toolkit, template: str) -> str:
    """Where a template stands: a toolkit's own, or the one that all share."""
    own = f"templates/{template}.toml"
    return own if (toolkit.folder / own).is_file() else f"base/{own}"


def _found(place: Finding, fault: Fault) -> Finding:
    code, params = fault
    return replace(place, code=code, params=params)


def _refusal(slug: str, refused: Refused) -> Finding:
    """What loading refuses, and a text that is not there by the name that it has when a picture misses it."""
    file, key = str(refused.params.get("file", "toolkit.toml")), str(refused.params.get("key", ""))
    language = Path(file).stem if file.startswith("texts/") else ""
    code = refused.code
    if language and refused.params.get("reason") == "Field required":
        code = "toolkit.alt_missing" if key.startswith("alt.") else "toolkit.text_missing"
    params: dict[str, Any] = {**refused.params, "key": key, "language": language}
    return Finding(code, slug, file, language=language, params=params if code != refused.code else refused.params)


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Each fault once, by place; the same words in two cities are one fault."""
    once = {(each.code, each.place, repr(sorted(each.params.items()))): each for each in findings}
    return [once[key] for key in sorted(once, key=lambda key: (key[1], key[0], key[2]))]
