"""The cells of a grid: each city once, a clip small and kept, a picture, or its name alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from app.assembly.film_rules import STEP_FRAMES, STEP_S
from app.assembly.joint_material import Part
from app.assembly.queries import Piece
from app.assembly.reel import Segment, kept_or_made
from app.assembly.rules import SET_IN_WORDS
from app.assembly.shots import Look
from app.enums import ProductionKind, SubmissionKind
from media_pipeline.formats import FORMATS
from media_pipeline.grids import Name, cell_boxes, grid_cell
from media_pipeline.pictures import TILE_PX, save_jpeg
from media_pipeline.types import Box, Kind

RECIPE = 1  # counted up when the same cell would look another way


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell of a page as it is drawn: of a city, or an empty place at the end of the page."""

    look: Look
    box: Box
    of: int  # cells of the grid
    steps: int
    part: Part | None = None
    piece: Piece | None = None

    @property
    def moves(self) -> bool:
        """Whether it is a clip."""
        return self.piece is not None and self.piece.kind is SubmissionKind.CLIP

    @property
    def name(self) -> Name:
        """The city's name in its own script."""
        return Name(self.part.name, self.part.language) if self.part else Name("", self.look.language)

    @property
    def ground(self) -> str:
        """The colour behind it: of a city without a picture the campaign's own."""
        palette = self.look.toolkit.palette
        if self.piece is not None and self.piece.kind in SET_IN_WORDS:
            return palette["paper"]
        return palette["accent"] if self.part is not None else background(self.look)

    @property
    def recipe(self) -> dict[str, Any]:
        """All that makes it, apart from the name."""
        if self.piece is None:
            return {"ground": self.ground}
        clip: dict[str, Any] = {"frames": self.steps * STEP_FRAMES} if self.moves else {"ground": self.ground}
        return {
            "cell": [RECIPE, self.look.format_name],
            "of": self.of,
            "submission": self.piece.submission_id,
            "master": self.piece.sha256,
            **clip,
        }

    def made(self, folder: Path, target: Path) -> tuple[Path, int | None]:
        """Its picture or its small clip, and the artefact that falls with it; a clip comes from the store when it was kept."""
        if self.piece is None:
            return _plain(self.ground, self.box, target.with_suffix(".jpg")), None
        if self.moves:
            segment = Segment(
                self.steps,
                self.recipe,
                lambda at, to: _shrunk(self, at, to),
                submission_ids=[self.piece.submission_id],
                sources=[self.piece.artefact_id],
            )
            runtime, kind = self.look.runtime, ProductionKind.JOINT_FILM_SHORT
            artefact_id, path = kept_or_made(runtime, kind, segment, target.with_suffix(".mp4"))
            return path, artefact_id
        picture = self.look.runtime.storage.fetched(self.piece.storage_key, folder)
        if self.piece.kind in SET_IN_WORDS:  # nothing may be cut from words
            picture = _whole(picture, self.ground, self.box, target.with_suffix(".jpg"))
        return picture, self.piece.artefact_id


def box_of(look: Look, of: int) -> Box:
    """The place of every cell of a grid of so many."""
    return cell_boxes(of, FORMATS[Kind.VIDEO][look.format_name])[0]


def background(look: Look) -> str:
    """The ground between cells."""
    return look.toolkit.palette["ink"]


def seen_in(box: Box, piece: Piece, tiles: Mapping[int, Piece]) -> Piece:
    """What of a contribution is shown in a cell: its tile, which has no frame around it, where that is large enough."""
    tile = tiles.get(piece.submission_id)
    small = max(box.width_px, box.height_px) <= TILE_PX
    if piece.kind is SubmissionKind.CLIP or tile is None:
        return piece
    return tile if small or piece.kind is SubmissionKind.SOUND else piece


def _shrunk(cell: Drawn, folder: Path, target: Path) -> None:
    assert cell.piece is not None  # noqa: S101 - only clips are made small
    master = cell.look.runtime.storage.fetched(cell.piece.storage_key, folder)
    grid_cell(master, target, format=cell.look.format_name, of=cell.of, duration_s=cell.steps * STEP_S)


def _plain(colour: str, box: Box, target: Path) -> Path:
    with Image.new("RGB", (box.width_px, box.height_px), colour) as drawn:
        save_jpeg(drawn, target)
    return target


def _whole(card: Path, colour: str, box: Box, target: Path) -> Path:
    """A card in a place that is not quite square, with more paper at its sides; the name stands on the lowest part."""
    with Image.open(card) as drawn:
        save_jpeg(ImageOps.pad(drawn.convert("RGB"), (box.width_px, box.height_px), color=colour), target)
    return target
