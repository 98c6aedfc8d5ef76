"""Makes the zoomable collage of a campaign, and from then on changes only what lies above the places that changed.

The tiles lie in a folder of this machine, a new one whenever the collage is built anew; web and worker share it. What is in it
is known by its own index: each place says whose picture it shows, and which. So whatever was cut off is seen and mended.
"""

import fcntl
import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly import zoom_places
from app.assembly.collage_rules import chosen_for_collage, hung
from app.assembly.queries import production_at, stands_whole
from app.assembly.rules import SET_IN_WORDS
from app.assembly.service import ChangedMeanwhileError, Finished, FinishedFile, settle, take_in
from app.assembly.workshop import Built, Finishing, Progress, part_of, private_folder, until_unchanged
from app.assembly.zoom_places import KIND, PYRAMID, TILE_PX, Hangable
from app.assembly.zoom_rules import MOST_PLACES, Field, field_for, neighbours, places_kept
from app.derivation import Made, erase, spec_sha256
from app.enums import ArtefactKind
from app.kits.sources import campaign_root
from app.models import Artefact, Campaign, Production
from app.runtime import Runtime
from media_pipeline import deepzoom, pictures
from media_pipeline.deepzoom import HalfBuilt, Pyramid, Tile

TILE_SIZE = (TILE_PX, TILE_PX)
RECIPE = 2  # counted up when the same tiles would give another picture
LOOKS_EVERY_S = 0.2  # whether another making of the same collage has ended
TOGETHER = 200  # places that are changed at once, so that what lies above several is drawn once


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is where, and in which folder. The rows say so in the database, and the folder's index which picture is there."""

    campaign: Campaign
    background: str
    generation: str
    stands_in: str | None  # the generation that is seen now
    field: Field
    standing: Pyramid | None  # None: it is built anew
    places: Mapping[int, Hangable]
    before: Mapping[int, int]  # who had or was to have which place: contribution to place

    @property
    def rows(self) -> dict[int, int]:
        """Who then has which place: contribution to place."""
        return {piece.submission_id: place for place, piece in self.places.items()}

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: it is the same folder, with as many places."""
        return {
            "zoomable_collage": [RECIPE, self.campaign.id, self.generation],
            "background": self.background,
            "columns": self.field.columns,
            "rows": self.field.rows,
        }

    @property
    def leaving(self) -> list[int]:
        """The places of those who go: a row alone is enough that their pixels may be there."""
        staying = {each.submission_id for each in self.places.values()}
        return sorted(place for submission_id, place in self.before.items() if submission_id not in staying)

    def differing(self, pyramid: Pyramid) -> dict[int, Hangable | None]:
        """What is to be shown at each place that shows another picture."""
        wanted = {place: _shown_as(each) for place, each in self.places.items()}
        return {at: self.places.get(at) for at, shown in enumerate(pyramid.ids) if shown != wanted.get(at)}


def folder_of(runtime: Runtime, campaign_id: int, generation: str) -> Path:
    """Where the tiles of a collage are."""
    return runtime.settings.pyramids_dir / str(campaign_id) / generation


def build_zoomable_collage(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Bring the campaign's zoomable collage to what may be in it now: a place at a time, or anew where much has changed."""
    finish, told = finishing or runtime.database.writing, progress or (lambda _share: None)
    with _alone(runtime.settings.pyramids_dir, campaign_id, waiting=told):
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
    _sweep(runtime, campaign_id, plan.generation if finished else None)
    with runtime.database.writing() as session:  # who left while the rows were being committed was not seen, nor saw them
        zoom_places.request_unfinished_leaving(session, campaign_id, now=runtime.now())
    return Built(made.public_id, made.contributions, None, anew=True)


def _plan(runtime: Runtime, campaign_id: int) -> Plan:
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        production = production_at(session, campaign_id, None, KIND)
        until = production.final_at if production else None
        may_be_in_it = zoom_places.hangable(session, campaign_id, decided_until=until)
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
    if plan.standing is None or plan.rows != plan.before or plan.differing(plan.standing):
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
    for done, (place, each) in enumerate(plan.places.items()):
        tiles[place] = _tile(runtime, each, plan, folder)
        fetching(done / len(plan.places))
    target = folder_of(runtime, plan.campaign.id, plan.generation)
    deepzoom.build(tiles, target, columns=plan.field.columns, background=plan.background, on_progress=building)


def _change(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> None:
    """Empty the places of those who go, then let in who comes: nobody's picture is there without a row."""
    target = folder_of(runtime, plan.campaign.id, plan.generation)
    if plan.leaving:
        deepzoom.change(target, dict.fromkeys(plan.leaving))
    if plan.rows != plan.before:
        with runtime.database.writing() as session:
            zoom_places.set_places(session, plan.campaign.id, plan.before, plan.rows)
            _unless_left(session, plan)
    while changes := plan.differing(deepzoom.opened(target)):  # one that was cut off before may have emptied another place
        waiting = list(changes.items())
        for done in range(0, len(waiting), TOGETHER):
            together = waiting[done : done + TOGETHER]
            tiles = {place: None if each is None else _tile(runtime, each, plan, folder) for place, each in together}
            deepzoom.change(target, tiles)
            progress(0.95 * done / len(waiting))


def _finished(plan: Plan, folder: Path) -> Finished:
    """What stands in the database beside the rows of the places: how large it is, and where; nobody is in these files."""
    size, descriptor = folder / "size.json", folder / "collage.json"
    told = json.dumps({"columns": plan.field.columns, "rows": plan.field.rows, "tile_px": TILE_PX})
    for path in (size, descriptor):
        path.write_text(told, encoding="utf-8")
    kind, media_type = ArtefactKind.COLLAGE, "application/json"
    main = Made(path=size, kind=kind, media_type=media_type, spec=plan.recipe)
    where = Made(path=descriptor, kind=kind, media_type=media_type, spec={"pyramid": plan.generation})
    width_px, height_px = plan.field.columns * TILE_PX, plan.field.rows * TILE_PX
    files = [FinishedFile(f"{PYRAMID}{plan.generation}", where, width_px=width_px, height_px=height_px)]
    return Finished(main, None, [], width_px, height_px, None, files, contributions=len(plan.places))


def _write(runtime: Runtime, session: Session, plan: Plan, finished: Finished | None) -> Production:
    """The rows of what is in the folder. What is replaced is no version: the tiles it told of are gone."""
    production = production_at(session, plan.campaign.id, None, KIND)
    replaced = production.artefact_id if production else None
    if production is not None:
        production.artefact_id = None
    made = take_in(session, runtime.storage, plan.campaign, None, KIND, finished, now=runtime.now())
    if plan.standing is None:
        zoom_places.set_places(session, plan.campaign.id, plan.before, plan.rows)
    _unless_left(session, plan)
    if replaced is not None and replaced != made.artefact_id:
        erase(session, runtime.storage, [replaced])
    return made


def _unless_left(session: Session, plan: Plan) -> None:
    if not zoom_places.nobody_left(session, plan.campaign.id):
        raise ChangedMeanwhileError


def _tile(runtime: Runtime, each: Hangable, plan: Plan, folder: Path) -> Tile:
    """The picture of a contribution as a tile, which it is already unless it was prepared long ago."""
    file = folder / f"{each.submission_id}-{each.sha256[:16]}.jpg"
    if not file.exists():
        runtime.storage.lent(each.storage_key, file)
    if each.is_tile:
        return Tile(_shown_as(each), file)
    with Image.open(file) as picture:
        drawn = picture.convert("RGB")
    if each.kind in SET_IN_WORDS:  # nothing may be cut from words
        square = ImageOps.pad(drawn, TILE_SIZE, color=plan.background)
    else:
        square = ImageOps.fit(drawn, TILE_SIZE)
    path = file.with_name(f"{file.stem}-tile.jpg")
    pictures.save_jpeg(square, path)
    return Tile(_shown_as(each), path)


def _shown_as(each: Hangable) -> str:
    """Whose picture, and which: one that was prepared anew is another."""
    return f"{each.public_id}:{each.sha256[:16]}"


def _sweep(runtime: Runtime, campaign_id: int, generation: str | None) -> None:
    """Remove all tiles but those of this generation: of an older one, or of a building that was cut off."""
    for path in (runtime.settings.pyramids_dir / str(campaign_id)).glob("*"):
        if path.name == generation:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def sweep_pyramids(runtime: Runtime) -> None:
    """Remove folders of tiles that no collage stands in: of a making that was cut off, or a collage that was taken down."""
    for folder in sorted(runtime.settings.pyramids_dir.glob("*")):
        if not folder.name.isdecimal():
            continue
        with _alone(runtime.settings.pyramids_dir, int(folder.name)) as is_alone:
            if is_alone:
                with runtime.database.reading() as session:
                    generation = zoom_places.generation_of(session, int(folder.name))
                _sweep(runtime, int(folder.name), generation)


def compare_rows_and_pyramids(session: Session, pyramids_dir: Path) -> tuple[list[str], list[str]]:
    """Campaigns whose collage has no whole folder of tiles on this machine, and folders that no collage stands in."""
    shown = select(Campaign.slug, Campaign.id).join(Production, Production.campaign_id == Campaign.id)
    rows = session.execute(shown.where(Production.kind == KIND, Production.artefact_id.is_not(None)).order_by(Campaign.slug))
    folders = {slug: f"{campaign_id}/{zoom_places.generation_of(session, campaign_id)}" for slug, campaign_id in rows}
    missing = [slug for slug, folder in folders.items() if not (pyramids_dir / folder / deepzoom.INDEX).is_file()]
    there = {path.relative_to(pyramids_dir).as_posix() for path in pyramids_dir.glob("*/*/") if path.is_dir()}
    return missing, sorted(there - set(folders.values()))


@contextmanager
def _alone(folder: Path, campaign_id: int, *, waiting: Progress | None = None) -> Iterator[bool]:
    """One making of a campaign's collage at a time, also where a command is run beside the worker.

    With `waiting`, which may have it stop, another making is waited for; without, it is False while there is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{campaign_id}.lock").open("w") as held:
        while not (is_alone := _is_locked(held)) and waiting is not None:
            waiting(0.0)
            time.sleep(LOOKS_EVERY_S)
        yield is_alone


def _is_locked(held: TextIO) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
