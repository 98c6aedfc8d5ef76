"""Makes the zoomable collage of a campaign, and from then on changes only what lies above the places that changed.

The tiles lie in a folder of this machine, a new one whenever the collage is built anew; web and worker share it. What is in it
is known by its own index: each place says whose picture it shows, and which. So whatever was cut off is seen and mended.
"""

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from app.assembly import zoom_places
from app.assembly.collage_rules import chosen_for_collage, hung
from app.assembly.queries import Piece, all_agree, pieces, production_at, stands_whole
from app.assembly.rules import SET_IN_WORDS
from app.assembly.service import ChangedMeanwhileError, Finished, FinishedFile, settle, take_in
from app.assembly.workshop import Built, Finishing, Progress, part_of, private_folder, until_unchanged
from app.assembly.zoom_places import KIND, PYRAMID, TILE_PX
from app.assembly.zoom_rules import MOST_PLACES, Field, field_for, neighbours, places_kept
from app.derivation import Made, erase, spec_sha256
from app.enums import ArtefactKind
from app.kits.sources import campaign_root
from app.models import Artefact, Campaign, Production
from app.runtime import Runtime
from media_pipeline import deepzoom, pictures
from media_pipeline.deepzoom import HalfBuilt, Pyramid, Tile

TILE_SIZE = (TILE_PX, TILE_PX)
RECIPE = 1  # counted up when the same tiles would give another picture


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is where, and in which folder."""

    campaign: Campaign
    background: str
    generation: str
    stands_in: str | None  # the generation that is seen now
    field: Field
    standing: Pyramid | None  # None: it is built anew
    places: Mapping[int, Piece]
    before: Mapping[int, int]  # who had or was to have which place: contribution to place

    @property
    def rows(self) -> dict[int, int]:
        """Who then has which place: contribution to place."""
        return {piece.submission_id: place for place, piece in self.places.items()}

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the collage is the same."""
        return {
            "zoomable_collage": [RECIPE, self.campaign.id, self.generation],
            "background": self.background,
            "columns": self.field.columns,
            "tiles": [[place, piece.submission_id, piece.sha256] for place, piece in sorted(self.places.items())],
        }

    @property
    def leaving(self) -> dict[int, int]:
        """Who goes, with the place: a row alone is enough that their pixels may be there."""
        staying = {piece.submission_id for piece in self.places.values()}
        return {submission_id: place for submission_id, place in self.before.items() if submission_id not in staying}

    def differing(self, pyramid: Pyramid) -> dict[int, Piece | None]:
        """What is to be shown at each place that shows another picture."""
        wanted = {place: _shown_as(piece) for place, piece in self.places.items()}
        return {at: self.places.get(at) for at, shown in enumerate(pyramid.ids) if shown != wanted.get(at)}


def folder_of(runtime: Runtime, campaign_id: int, generation: str) -> Path:
    """Where the tiles of a collage are."""
    return runtime.settings.pyramids_dir / str(campaign_id) / generation


def build_zoomable_collage(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Bring the campaign's zoomable collage to what may be in it now: a place at a time, or anew where much has changed."""
    finish, told = finishing or runtime.database.writing, progress or (lambda _share: None)
    with _alone(runtime.settings.pyramids_dir, campaign_id):
        return until_unchanged(lambda: _build(runtime, campaign_id, finish, told))


def _build(runtime: Runtime, campaign_id: int, finishing: Finishing, progress: Progress) -> Built:
    plan = _plan(runtime, campaign_id)
    _sweep(runtime, campaign_id, plan.stands_in)
    if _is_there(runtime, plan):
        with finishing() as session:
            production = production_at(session, campaign_id, None, KIND)
            assert production is not None  # noqa: S101 - it stands
            settle(session, production)
        return Built(production.public_id, production.contributions, None, anew=False)
    with private_folder(runtime) as folder:
        if plan.standing is not None:
            _change(runtime, plan, folder, progress)
        elif plan.places:
            _anew(runtime, plan, folder, progress)
        finished = _finished(plan, folder) if plan.places else None
        with finishing() as session:
            made = _write(runtime, session, plan, finished)
    return Built(made.public_id, made.contributions, None, anew=True)


def _plan(runtime: Runtime, campaign_id: int) -> Plan:
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        production = production_at(session, campaign_id, None, KIND)
        until = production.final_at if production else None
        may_be_in_it = pieces(session, campaign_id, KIND, role="tile", decided_until=until)
        generation = zoom_places.generation_of(session, campaign_id)
        before = zoom_places.places_of(session, campaign_id)
        background = campaign_root(session, runtime, campaign).toolkit.palette["paper"]
    chosen = {each.submission_id: each for each in chosen_for_collage(may_be_in_it, at_most=MOST_PLACES)}
    standing = _opened(runtime, campaign_id, generation)
    if standing is not None and generation is not None and standing.background == background and chosen:
        kept = places_kept(chosen, before, len(standing.ids))
        if kept is not None:
            field = Field(standing.columns, standing.rows)
            at = {place: chosen[submission_id] for submission_id, place in kept.items()}
            return Plan(campaign, background, generation, generation, field, standing, at, before)
    field = field_for(len(chosen))
    order = hung(list(chosen.values()), neighbours(field, len(chosen)))
    return Plan(campaign, background, secrets.token_hex(6), generation, field, None, dict(enumerate(order)), before)


def _opened(runtime: Runtime, campaign_id: int, generation: str | None) -> Pyramid | None:
    if generation is None:
        return None
    try:
        return deepzoom.opened(folder_of(runtime, campaign_id, generation))
    except HalfBuilt:
        return None


def _is_there(runtime: Runtime, plan: Plan) -> bool:
    """Whether tiles and rows are as planned already, and everybody agrees."""
    if plan.standing is None or plan.leaving or plan.differing(plan.standing):
        return False
    with runtime.database.reading() as session:
        production = production_at(session, plan.campaign.id, None, KIND)
        if production is None or production.artefact_id is None or not stands_whole(session, production.id):
            return False
        return session.get_one(Artefact, production.artefact_id).spec_sha256 == spec_sha256(plan.recipe)


def _anew(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> None:
    """Build all of it beside the one that stands."""
    fetching, building = part_of(progress, 0.0, 0.4), part_of(progress, 0.4, 0.95)
    tiles: list[Tile | None] = [None] * plan.field.places
    for done, (place, piece) in enumerate(plan.places.items()):
        tiles[place] = _tile(runtime, piece, plan, folder)
        fetching(done / len(plan.places))
    target = folder_of(runtime, plan.campaign.id, plan.generation)
    deepzoom.build(tiles, target, columns=plan.field.columns, background=plan.background, on_progress=building)


def _change(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> None:
    """Empty the places of those who go, then let in who comes: nobody's picture is there without a row."""
    target = folder_of(runtime, plan.campaign.id, plan.generation)
    for place in sorted(plan.leaving.values()):
        deepzoom.change(target, place, None)
    with runtime.database.writing() as session:
        if not all_agree(session, [piece.submission_id for piece in plan.places.values()], KIND):
            raise ChangedMeanwhileError
        zoom_places.set_places(session, plan.campaign.id, plan.rows)
    while changes := plan.differing(deepzoom.opened(target)):  # one that was cut off before may have emptied another place
        for done, (place, piece) in enumerate(changes.items()):
            deepzoom.change(target, place, None if piece is None else _tile(runtime, piece, plan, folder))
            progress(0.95 * done / len(changes))


def _finished(plan: Plan, folder: Path) -> Finished:
    """What stands in the database: who is in it; its index holds places only, since it can be asked for by everybody."""
    index, descriptor = folder / "index.json", folder / "collage.json"
    size = {"columns": plan.field.columns, "rows": plan.field.rows, "tile_px": TILE_PX}
    index.write_text(json.dumps(size | {"taken": sorted(plan.places)}, separators=(",", ":")), encoding="utf-8")
    descriptor.write_text(json.dumps(size), encoding="utf-8")
    parts = sorted(piece.submission_id for piece in plan.places.values())
    kind, media_type = ArtefactKind.COLLAGE, "application/json"
    main = Made(path=index, kind=kind, media_type=media_type, spec=plan.recipe, parts=parts)
    where = Made(path=descriptor, kind=kind, media_type=media_type, spec={"pyramid": plan.generation})
    width_px, height_px = plan.field.columns * TILE_PX, plan.field.rows * TILE_PX
    files = [FinishedFile(f"{PYRAMID}{plan.generation}", where, width_px=width_px, height_px=height_px)]
    return Finished(main, None, parts, width_px, height_px, None, files)


def _write(runtime: Runtime, session: Session, plan: Plan, finished: Finished | None) -> Production:
    """The rows of what is in the folder. An index that is replaced is no version: the tiles it told of are gone."""
    production = production_at(session, plan.campaign.id, None, KIND)
    replaced = production.artefact_id if production else None
    if production is not None:
        production.artefact_id = None
    made = take_in(session, runtime.storage, plan.campaign, None, KIND, finished, now=runtime.now())
    zoom_places.set_places(session, plan.campaign.id, plan.rows)
    if replaced is not None and replaced != made.artefact_id:
        erase(session, runtime.storage, [replaced])
    # before the commit: should this be cut off, the tiles are missing and made again, and not left where nobody looks
    _sweep(runtime, plan.campaign.id, plan.generation if finished else None)
    return made


def _tile(runtime: Runtime, piece: Piece, plan: Plan, folder: Path) -> Tile:
    """The picture of a contribution as a tile, which it is already unless it was prepared long ago."""
    file = runtime.storage.fetched(piece.storage_key, folder)
    with Image.open(file) as picture:
        if picture.format == "JPEG" and picture.mode == "RGB" and picture.size == TILE_SIZE:
            return Tile(_shown_as(piece), file)
        drawn = picture.convert("RGB")
        if piece.kind in SET_IN_WORDS:  # nothing may be cut from words
            square = ImageOps.pad(drawn, TILE_SIZE, color=plan.background)
        else:
            square = ImageOps.fit(drawn, TILE_SIZE)
    path = folder / f"{file.stem}-tile.jpg"
    pictures.save_jpeg(square, path)
    return Tile(_shown_as(piece), path)


def _shown_as(piece: Piece) -> str:
    """Whose picture, and which: one that was prepared anew is another."""
    return f"{piece.public_id}:{piece.sha256[:16]}"


def _sweep(runtime: Runtime, campaign_id: int, generation: str | None) -> None:
    """Remove all tiles but those of this generation: of an older one, or of a building that was cut off."""
    for path in (runtime.settings.pyramids_dir / str(campaign_id)).glob("*"):
        if path.name == generation:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _alone(folder: Path, campaign_id: int) -> Iterator[None]:
    """One making of a campaign's collage at a time, also where a command is run beside the worker."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{campaign_id}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
