"""The cells of a grid: each city once, a clip small and kept, a picture, or its name alone."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from app.assembly.film_frames import FRAME
from app.assembly.film_rules import STEP_FRAMES, STEP_S
from app.assembly.joint_material import Part
from app.assembly.queries import Piece
from app.assembly.reel import Segment, kept_or_made
from app.assembly.rules import SET_IN_WORDS
from app.assembly.shots import Look
from app.enums import ProductionKind, SubmissionKind
from media_pipeline.formats import FORMATS
from media_pipeline.grids import Cell, Name, cell_boxes, grid_cell, picture_box
from media_pipeline.pictures import TILE_PX, save_jpeg
from media_pipeline.types import Box, Kind

RECIPE = 2  # counted up when the same cell would look another way


@dataclass(frozen=True, slots=True)
class Drawn:
    """A city's cell as it is drawn."""

    look: Look
    box: Box  # of its picture
    of: int  # cells of the grid
    steps: int
    part: Part
    piece: Piece | None = None

    @property
    def moves(self) -> bool:
        """Whether it is a clip."""
        return self.piece is not None and self.piece.kind is SubmissionKind.CLIP

    @property
    def name(self) -> Name:
        """The city's name in its own script."""
        return Name(self.part.name, self.part.language)

    @property
    def ground(self) -> str:
        """The colour behind it: of a city without a picture the campaign's own."""
        return self.look.toolkit.palette["accent" if self.piece is None else "paper"]

    @property
    def window(self) -> Box | None:
        """What the frame of its master leaves to be seen: the frame's words would stand right above the city's name."""
        if self.piece is None or self.piece.kind in SET_IN_WORDS or FRAME not in self.part.toolkit.loaded:
            return None
        shape = self.part.toolkit.template(FRAME).formats.get(self.piece.format_name)
        return Box(*shape.window) if shape and shape.window else None

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
            "window": None if self.window is None else astuple(self.window),
            **clip,
        }

    def made(self, folder: Path, target: Path) -> tuple[Cell, int | None]:
        """What is in it, and the artefact that it falls with; a clip comes from the store when it was kept."""
        if self.piece is None:
            return Cell(None, self.name, self.ground), None
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
            return Cell(path, self.name), artefact_id
        picture = self.look.runtime.storage.fetched(self.piece.storage_key, folder)
        if self.piece.kind in SET_IN_WORDS:  # nothing may be cut from words
            picture = _whole(picture, self.ground, self.box, target.with_suffix(".jpg"))
        elif self.window is not None:
            picture = _part(picture, self.window, target.with_suffix(".jpg"))
        return Cell(picture, self.name), self.piece.artefact_id


def box_of(look: Look, of: int) -> Box:
    """How large every picture of a grid of so many is."""
    shape = FORMATS[Kind.VIDEO][look.format_name]
    return picture_box(cell_boxes(of, shape)[0], shape)


def background(look: Look) -> str:
    """The ground between cells."""
    return look.toolkit.palette["paper"]


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
    grid_cell(master, target, format=cell.look.format_name, of=cell.of, duration_s=cell.steps * STEP_S, window=cell.window)


def _part(photo: Path, window: Box, target: Path) -> Path:
    with Image.open(photo) as opened:
        corners = (window.x_px, window.y_px, window.x_px + window.width_px, window.y_px + window.height_px)
        save_jpeg(opened.convert("RGB").crop(corners), target)
    return target


def _whole(card: Path, colour: str, box: Box, target: Path) -> Path:
    """A card in a place that is not square, with more paper at its sides."""
    with Image.open(card) as drawn:
        save_jpeg(ImageOps.pad(drawn.convert("RGB"), (box.width_px, box.height_px), color=colour), target)
    return target
