"""Makes the collage of a campaign: read, lay out without a transaction, write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from app.assembly.collage_rules import CollageSize, chosen_for_collage, collage_size, hung
from app.assembly.queries import Piece, pieces, production_at, stands_whole
from app.assembly.service import Finished, take_in
from app.assembly.workshop import Built, Finishing, Progress, private_folder, until_unchanged
from app.derivation import Made, spec_sha256
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.kits.frames import address_of, render_card
from app.kits.slots import day_in_words
from app.kits.sources import campaign_root
from app.kits.toolkit import Toolkit
from app.models import Artefact, Campaign
from app.runtime import Runtime
from app.words import choose
from media_pipeline.collage import compose_collage, layout_grid
from media_pipeline.types import Box

RECIPE = 3  # counted up when the same tiles would give another picture
GAP_PX = 8
HEADER = "collage_header"  # its template
PREVIEW_WIDTH_PX = 1200  # sharp on a phone, at a fifth of the bytes
SET_IN_WORDS = frozenset({SubmissionKind.TEXT, SubmissionKind.SOUND})  # their tile is a card


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the picture is made of."""

    campaign: Campaign
    toolkit: Toolkit
    language: str
    slots: Mapping[str, str]
    size: CollageSize
    tiles: Sequence[Piece]  # in the order in which they hang
    recipe: dict[str, Any]
    standing: Built | None  # when it already is exactly this


def build_collage(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Make the campaign's collage of what may be in it now, and put it where the old one stood."""
    finish = finishing or runtime.database.writing
    return until_unchanged(lambda: _build(runtime, campaign_id, finish, progress or (lambda _share: None)))


def _build(runtime: Runtime, campaign_id: int, finishing: Finishing, progress: Progress) -> Built:
    plan = _plan(runtime, campaign_id)
    if plan.standing is not None:
        with finishing():
            return plan.standing
    with private_folder(runtime) as folder:
        finished = _compose(runtime, plan, folder, progress) if plan.tiles else None
        with finishing() as session:
            kind, now = ProductionKind.COLLAGE, runtime.now()
            made = take_in(session, runtime.storage, plan.campaign, None, kind, finished, now=now)
    progress(1.0)
    return Built(made.public_id, made.contributions, None, anew=True)


def _plan(runtime: Runtime, campaign_id: int) -> Plan:
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        production = production_at(session, campaign_id, None, ProductionKind.COLLAGE)
        until = production.final_at if production else None
        chosen = chosen_for_collage(pieces(session, campaign_id, ProductionKind.COLLAGE, decided_until=until))
        whole = production is not None and stands_whole(session, production.id)
        artefact = session.get(Artefact, production.artefact_id) if production and production.artefact_id else None
        source = campaign_root(session, runtime, campaign)
    toolkit = source.toolkit
    message = choose(campaign.message, campaign.languages)
    slots = {
        "message": message.text,
        "hashtag": choose(campaign.hashtag, (message.language, *campaign.languages)).text,
        "day": day_in_words(campaign.day_on, message.language),
    }
    size = collage_size(len(chosen))
    tiles = hung(chosen, touching(_boxes(len(chosen), size)))
    recipe = {
        "collage": [RECIPE, campaign.id],
        "drawn_with": address_of(toolkit, HEADER),
        "language": message.language,
        "slots": slots,
        "tiles": [tile.sha256 for tile in tiles],
    }
    same = production is not None and whole and artefact is not None and artefact.spec_sha256 == spec_sha256(recipe)
    standing = Built(production.public_id, production.contributions, None, anew=False) if same and production else None
    return Plan(campaign, toolkit, message.language, slots, size, tiles, recipe, standing)


def _compose(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    header = render_card(
        plan.toolkit,
        template=HEADER,
        format="collage",
        slots=plan.slots,
        language=plan.language,
        target=folder / "header.png",
    )
    files: list[Path] = []
    for tile, box in zip(plan.tiles, _boxes(len(plan.tiles), plan.size), strict=True):
        file = runtime.storage.fetched(tile.storage_key, folder)
        files.append(_whole_card(file, box, plan.toolkit, folder) if tile.kind in SET_IN_WORDS else file)
        progress(0.6 * len(files) / len(plan.tiles))
    picture = compose_collage(
        files,
        folder / "collage.jpg",
        width_px=plan.size.width_px,
        height_px=plan.size.height_px,
        header=header,
        header_height_px=plan.size.header_height_px,
        background=plan.toolkit.palette["paper"],
        gap_px=GAP_PX,
    )
    parts = [tile.submission_id for tile in plan.tiles]
    main = Made(
        path=folder / picture.path,
        kind=ArtefactKind.COLLAGE,
        media_type=picture.media_type,
        spec=plan.recipe,
        parts=parts,
        sources=sorted({tile.artefact_id for tile in plan.tiles}),
        sha256=picture.sha256,
    )
    preview = Made(
        path=_preview(folder / picture.path, folder),
        kind=ArtefactKind.COLLAGE,
        media_type="image/webp",
        spec={"preview": plan.recipe, "width_px": PREVIEW_WIDTH_PX},
        parts=parts,
        sources=main.sources,
    )
    return Finished(main, preview, parts, plan.size.width_px, plan.size.height_px, None)


def _preview(picture: Path, folder: Path) -> Path:
    """The whole collage small enough for a phone on a bad line."""
    path = folder / "preview.webp"
    with Image.open(picture) as opened:
        width_px = min(PREVIEW_WIDTH_PX, opened.width)
        small = opened.resize((width_px, round(opened.height * width_px / opened.width)), Image.Resampling.LANCZOS)
    small.save(path, quality=80)
    return path


def _boxes(tiles: int, size: CollageSize) -> list[Box]:
    return layout_grid(tiles, size.width_px, size.height_px - size.header_height_px, GAP_PX)


def _whole_card(tile: Path, box: Box, toolkit: Toolkit, folder: Path) -> Path:
    """A card in a place that is not quite square: given more paper at its sides, since nothing may be cut from words."""
    path = folder / f"{tile.stem}-{box.width_px}x{box.height_px}.png"
    with Image.open(tile) as card:
        ImageOps.pad(card, (box.width_px, box.height_px), color=toolkit.palette["paper"]).save(path)
    return path


def touching(boxes: Sequence[Box]) -> list[list[int]]:
    """For each box the earlier ones beside and above it."""
    rows: dict[int, list[int]] = {}
    for at, box in enumerate(boxes):
        rows.setdefault(box.y_px, []).append(at)
    tops = sorted(rows)
    found: list[list[int]] = []
    for at, box in enumerate(boxes):
        row = tops.index(box.y_px)
        above = rows[tops[row - 1]] if row else []
        beside = [at - 1] if at - 1 in rows[box.y_px] else []
        found.append(beside + [each for each in above if _overlap(boxes[each], box)])
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one.x_px < other.x_px + other.width_px and other.x_px < one.x_px + one.width_px
