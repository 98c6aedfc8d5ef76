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
from typing import Any, Protocol

from PIL import Image

from app.campaigns.template import Template as CampaignTemplate
from app.campaigns.template import read_template
from app.enums import Accent
from app.errors import NotFound, Refused, RefusedFields
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

__all__ = ["Finding", "Report", "Watch", "check_toolkit", "findings_of", "rules_sha256"]

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


class Watch(Protocol):
    """Looks on while a toolkit is drawn, in the process that draws; what it raises ends the check there."""

    def known(self, address: str) -> Sequence[Finding]:
        """What an earlier look found at this address, so that it is not drawn again; nothing where there was none."""

    def counted(self, done_count: int, drawing_count: int) -> None:
        """How many drawings need no look any more, and how many there are; called once, before the first is drawn."""

    def looked_at(self, address: str, findings: Sequence[Finding]) -> None:
        """One more was drawn and measured; what is clean is remembered by then."""


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
    watch: Watch | None = None,
) -> Report:
    """The same with how much was drawn; with a pool on several processors, or with somebody who looks on."""
    try:
        toolkit, template = load_toolkit(slug, root), read_template(slug, root)
    except Refused as refused:
        return Report([_refusal(slug, each) for each in _each(refused)])
    networks = read_networks(root)
    place = Finding("", slug)
    findings = [*check_texts(toolkit, place), *check_licences(toolkit, place)]
    for name, each in toolkit.loaded.items():
        here = replace(place, file=_file(toolkit, name), template=name)
        findings += [_found(replace(here, format=shape), fault) for shape, fault in check_template(each)]
    try:
        samples, found = _samples(toolkit, template, networks, cities, languages)
        waiting, done_count = _not_checked(toolkit, networks, samples, checked)
    except Refused as refused:  # a template, or a format of it, that every kit needs
        return Report(_in_order([*findings, _refusal(slug, refused)]))
    findings += found
    tasks = []
    for not_clean in waiting.values():
        known = {address: watch.known(address) for _sample, address in not_clean} if watch else {}
        findings += chain.from_iterable(known.values())
        left = tuple((sample, address) for sample, address in not_clean if not known.get(address))
        done_count += len(not_clean) - len(left)
        tasks.append(_Task(toolkit, networks, left, checked))
    drawn = sum(len(task.samples) for task in tasks)
    if watch is not None:
        watch.counted(done_count, done_count + drawn)
    findings += chain.from_iterable(_done(tasks, pool, watch))
    return Report(_in_order(findings), sum(map(len, samples.values())), drawn)


def _samples(
    toolkit: Toolkit, template: CampaignTemplate, networks: Networks, cities: Sequence[City], languages: Collection[str]
) -> tuple[dict[str, list[Sample]], list[Finding]]:
    """What is to be drawn, by template, and what is wrong before anything is; refuses what a kit cannot be without."""
    findings: list[Finding] = []
    samples: dict[str, list[Sample]] = {}
    place = Finding("", toolkit.slug)
    for language in languages_of(toolkit):
        if languages and language not in languages:
            continue
        orders = [sample_order(toolkit, template, city, language) for city in extreme_cities(cities, language)]
        pieces = [pieces_for_checking(order) for order in orders]
        for order, own in zip(orders, pieces, strict=True):
            findings += check_pieces(toolkit, networks, order, own, replace(place, language=language))
        for sample in samples_of(orders, pieces):
            name, shape = sample.drawing.template, sample.drawing.format
            if shape not in toolkit.template(name).formats:
                raise NotFound("toolkit.missing", file=f"templates/{name}.toml [formats.{shape}]")
            samples.setdefault(name, []).append(sample)
    return samples, findings


@dataclass(frozen=True, slots=True)
class _Task:
    """The samples of one template, with the address under which each is remembered."""

    toolkit: Toolkit
    networks: Networks
    samples: tuple[tuple[Sample, str], ...]
    checked: Path | None


def _done(tasks: Sequence[_Task], pool: Executor | None, watch: Watch | None) -> Iterator[list[Finding]]:
    if pool is None or sum(len(task.samples) for task in tasks) <= FEW:
        return (_draw_all(task, watch) for task in tasks)
    return pool.map(_draw_all, sorted(tasks, key=lambda task: -len(task.samples)))


def _not_checked(
    toolkit: Toolkit, networks: Networks, samples: Mapping[str, Sequence[Sample]], checked: Path | None
) -> tuple[dict[str, list[tuple[Sample, str]]], int]:
    """The samples that have not been found clean as they are, each once, and how many others have."""
    press = Press(toolkit, Path())
    waiting: dict[str, list[tuple[Sample, str]]] = {}
    seen = set[str]()
    clean_count = 0
    for name, own in samples.items():
        for sample in own:
            address = _address(press, networks, sample)
            if address in seen:
                continue
            seen.add(address)
            if checked is not None and _was_clean(checked / address):
                clean_count += 1
            else:
                waiting.setdefault(name, []).append((sample, address))
    return waiting, clean_count


def _address(press: Press, networks: Networks, sample: Sample) -> str:
    """The hash of all that decides whether a sample is clean: how it is drawn, what is measured, and within which limits."""
    drawing = sample.drawing
    limits = (
        safe_area_of(drawing.format, press.toolkit.manifest.safe_areas),
        networks.banners.get(drawing.format),
        picture_limit(drawing.template, drawing.format, networks),
    )
    made_of = (press.address(replace(drawing, next_page=None), ".png"), sample.is_dressed, repr(limits), rules_sha256())
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


@lru_cache(maxsize=1)
def rules_sha256() -> str:
    """The hash of what is measured, which is part of what was found clean."""
    code = hashlib.sha256()
    for path in sorted([*Path(__file__).parent.glob("lint*.py"), Path(dressing.__file__)]):
        code.update(path.read_bytes())
    return code.hexdigest()


def _was_clean(mark: Path) -> bool:
    if not mark.exists():
        return False
    os.utime(mark)  # asked for just now: what nobody asks for any more is cleared away
    return True


def _draw_all(task: _Task, watch: Watch | None = None) -> list[Finding]:
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
            found = [_found(place, fault) for fault in _measured(easel, grounds, networks, sample)]
            findings += found
            if not found and task.checked is not None:
                task.checked.mkdir(parents=True, exist_ok=True)
                (task.checked / address).touch()
            if watch is not None:
                watch.looked_at(address, found)
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


def _each(refused: Refused) -> Sequence[Refused]:
    return refused.refusals if isinstance(refused, RefusedFields) else [refused]


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
