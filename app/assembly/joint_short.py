"""Makes the short cut of a joint film: pages of a grid in which every city is seen once, equally long, with its name."""

from pathlib import Path

from app.assembly.film_rules import STEP_S
from app.assembly.joint import build_cut, closing, opening
from app.assembly.joint_cells import RECIPE, Drawn, background, box_of, seen_in
from app.assembly.joint_material import Joint, Part
from app.assembly.joint_rules import Cell, ShortCut
from app.assembly.reel import Segment
from app.assembly.shots import Look
from app.assembly.workshop import Built, Finishing, Progress
from app.derivation import spec_sha256
from app.enums import ProductionKind
from app.runtime import Runtime
from media_pipeline.grids import grid_segment

KIND = ProductionKind.JOINT_FILM_SHORT


def build_joint_film_short(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Make the cut for the networks of what may be in it now, and put it where the old one stood."""
    return build_cut(runtime, KIND, campaign_id, _segments, finishing=finishing, progress=progress)


def _segments(joint: Joint) -> list[Segment]:
    cut = joint.short()
    parts = {part.city.id: part for part in joint.parts}
    pages = [page(joint.look, cut, [drawn(joint, cut, parts[cell.city_id], cell) for cell in cells]) for cells in cut.pages]
    return [opening(joint, has_chapter=False), *pages, closing(joint, has_chapter=False)]


def drawn(joint: Joint, cut: ShortCut, part: Part, cell: Cell) -> Drawn:
    """A city in its place."""
    box = box_of(joint.look, cut.cells)
    piece = None if cell.submission_id is None else seen_in(box, part.pieces[cell.submission_id], joint.tiles)
    return Drawn(joint.look, box, cut.cells, cut.page_steps, part, piece)


def page(look: Look, cut: ShortCut, cells: list[Drawn]) -> Segment:
    """A page of the grid; the cells of all pages have one size.

    Whoever is in it is a part of it: it falls with each of them, and is made again of cells that are kept.
    """
    sources: list[int] = []  # known when the page has been made
    recipe = {
        **look.common(),
        "grid": [RECIPE, cut.cells, cut.page_steps, background(look)],
        "cells": [[spec_sha256(cell.recipe), cell.name.text, cell.name.language] for cell in cells],
    }

    def make(folder: Path, target: Path) -> None:
        made = [cell.made(folder, folder / f"{target.stem}-cell-{number:02d}") for number, cell in enumerate(cells)]
        sources.extend(sorted({artefact_id for _, artefact_id in made if artefact_id is not None}))
        grid_segment(
            [cell for cell, _ in made],
            target,
            format=look.format_name,
            duration_s=cut.page_steps * STEP_S,
            of=cut.cells,
            background=background(look),
        )

    people = [cell.piece.submission_id for cell in cells if cell.piece is not None]
    return Segment(cut.page_steps, recipe, make, submission_ids=people, sources=sources)
