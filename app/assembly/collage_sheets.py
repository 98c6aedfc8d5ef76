"""What hangs where on the sheets of a collage, and the drawing of one: for screens and for print alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from app.assembly.collage_layout import Words, rooms_on, size_px, tile_boxes, touching
from app.assembly.collage_rules import chosen_for_collage, hung
from app.assembly.collage_words import alt_of
from app.assembly.queries import Piece, pieces, production_at
from app.assembly.workshop import Progress, part_of
from app.derivation import Made
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.kits.frames import address_of, render_card
from app.kits.slots import day_in_words
from app.kits.sources import campaign_root
from app.kits.toolkit import Toolkit
from app.kits.toolkit_files import CollageLayout
from app.models import Campaign, CollagePlan
from app.runtime import Runtime
from app.web.i18n import translator
from app.words import choose
from media_pipeline.pictures import TILE_PX
from media_pipeline.poster import Placed, Poster, Screen, Sheet, make_poster, make_screens
from media_pipeline.types import Box, Rendition
from media_pipeline.typeset import is_right_to_left

RECIPE = 5  # counted up when the same tiles would give another picture
PREVIEW_WIDTH_PX = 1200  # sharp on a phone, at a fifth of the bytes
SQUARE = 1.05  # a larger file of another shape would be cut, frame and words and all
_SHARE_FETCHED, _SHARE_DRAWN = 0.2, 0.97


@dataclass(frozen=True, slots=True)
class Hanging:
    """A contribution in its place; `large` is a file of it for a place that is larger than its tile."""

    piece: Piece
    box: Box
    large: Piece | None


@dataclass(frozen=True, slots=True)
class HungSheet:
    """A sheet with everybody in their places."""

    sheet: Sheet
    tiles: Sequence[Hanging]
    words: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a collage is made of."""

    kind: ProductionKind
    campaign: Campaign
    toolkit: Toolkit
    layout: CollageLayout
    language: str
    slots: Mapping[str, str]
    chosen: Sequence[Piece]
    sheets: Mapping[str, HungSheet]

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the collage is the same."""
        return {
            "collage": [RECIPE, self.campaign.id, self.kind.value],
            "layout": self.layout.model_dump(mode="json"),
            "drawn_with": address_of(self.toolkit, *sorted({field.template for field in self.layout.fields})),
            "language": self.language,
            "slots": dict(self.slots),
            "sheets": {name: [(each.large or each.piece).sha256 for each in sheet.tiles] for name, sheet in self.sheets.items()},
        }

    @property
    def is_empty(self) -> bool:
        """Nothing was approved for it."""
        return not self.chosen

    @property
    def submission_ids(self) -> list[int]:
        """Everybody in it."""
        return [piece.submission_id for piece in self.chosen]

    @property
    def artefact_ids(self) -> list[int]:
        """The files that it shows."""
        hangings = [each for sheet in self.sheets.values() for each in sheet.tiles]
        return sorted({(each.large or each.piece).artefact_id for each in hangings} | {each.artefact_id for each in self.chosen})


def plan_of(runtime: Runtime, campaign_id: int, kind: ProductionKind, sheets: Mapping[str, Sheet], *, at_most: int) -> Plan:
    """What the collage would be made of now."""
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        chosen = chosen_for_collage(candidates(session, campaign_id, kind), at_most=at_most)
        large = _large_files(session, campaign_id, kind)
        source = campaign_root(session, runtime, campaign)
        plan = session.get(CollagePlan, campaign_id)
    toolkit = source.toolkit
    layout = toolkit.collage_layout(plan.layout if plan else None)
    language, slots = words_of(campaign)
    mirrored = is_right_to_left(language)
    hung_sheets = {name: _hung(chosen, large, toolkit, layout, sheet, mirrored=mirrored) for name, sheet in sheets.items()}
    return Plan(kind, campaign, toolkit, layout, language, slots, chosen, hung_sheets)


def words_of(campaign: Campaign) -> tuple[str, dict[str, str]]:
    """The language that a collage speaks, and what stands on it."""
    message = choose(campaign.message, campaign.languages)
    slots = {
        "message": message.text,
        "hashtag": choose(campaign.hashtag, (message.language, *campaign.languages)).text,
        "day": day_in_words(campaign.day_on, message.language),
    }
    return message.language, slots


def candidates(session: Session, campaign_id: int, kind: ProductionKind) -> list[Piece]:
    """Every contribution that may be in a collage of this kind now, with its tile; in a final one none that was decided later."""
    production = production_at(session, campaign_id, None, kind)
    until = production.final_at if production else None
    return pieces(session, campaign_id, kind, role="tile", decided_until=until)


def draw_sheet(runtime: Runtime, plan: Plan, sheet: HungSheet, folder: Path, progress: Progress) -> Mapping[str, Rendition]:
    """Draw it for print into the folder, as `poster_pdf` and the like, and as `screen`.

    Files that went meanwhile, because somebody withdrew, are a FileNotFoundError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = _fetched(runtime, [sheet], folder, progress)
    poster = _poster(plan, sheet, pictures, folder)
    made = make_poster(poster, folder, on_progress=part_of(progress, _SHARE_FETCHED, _SHARE_DRAWN))
    return {rendition.format: rendition for rendition in made}


def draw_screens(
    runtime: Runtime, plan: Plan, jpeg_bytes: Mapping[str, int], folder: Path, progress: Progress
) -> Mapping[str, Rendition]:
    """Draw all sheets for screens into the folder, by their names; each has at most so many bytes."""
    pictures = _fetched(runtime, list(plan.sheets.values()), folder, progress)
    screens = []
    for name, sheet in plan.sheets.items():
        (folder / f"words-{name}").mkdir(parents=True, exist_ok=True)
        screens.append(Screen(name, _poster(plan, sheet, pictures, folder / f"words-{name}"), jpeg_bytes[name]))
    made = make_screens(screens, folder, on_progress=part_of(progress, _SHARE_FETCHED, _SHARE_DRAWN))
    return {rendition.format: rendition for rendition in made}


def made_of(plan: Plan, folder: Path, rendition: Rendition, spec: Mapping[str, Any]) -> Made:
    """A drawn file as the graph knows it: everybody is in it."""
    return Made(
        path=folder / rendition.path,
        kind=ArtefactKind.COLLAGE,
        media_type=rendition.media_type,
        spec=dict(spec),
        parts=plan.submission_ids,
        sources=plan.artefact_ids,
        sha256=rendition.sha256,
    )


def preview_of(plan: Plan, folder: Path, screen: Rendition) -> Made:
    """The whole collage small enough for a phone on a bad line."""
    path = folder / "preview.webp"
    with Image.open(folder / screen.path) as opened:
        width_px = min(PREVIEW_WIDTH_PX, opened.width)
        small = opened.resize((width_px, round(opened.height * width_px / opened.width)), Image.Resampling.LANCZOS)
    small.save(path, quality=80)
    return Made(
        path=path,
        kind=ArtefactKind.COLLAGE,
        media_type="image/webp",
        spec={"preview": plan.recipe, "width_px": PREVIEW_WIDTH_PX},
        parts=plan.submission_ids,
        sources=plan.artefact_ids,
    )


def _hung(
    chosen: Sequence[Piece],
    large: Mapping[int, Piece],
    toolkit: Toolkit,
    layout: CollageLayout,
    sheet: Sheet,
    *,
    mirrored: bool,
) -> HungSheet:
    rooms = rooms_on(layout, sheet, lambda name: toolkit.template(name).formats, mirrored=mirrored)
    boxes = tile_boxes(layout, rooms, len(chosen), mirrored=mirrored)
    hangings = []
    for piece, box in zip(hung(chosen, touching(boxes)), boxes, strict=True):
        is_larger = max(box.width_px, box.height_px) > TILE_PX
        hangings.append(Hanging(piece, box, large.get(piece.submission_id) if is_larger else None))
    return HungSheet(sheet, hangings, rooms.words)


def _large_files(session: Session, campaign_id: int, kind: ProductionKind) -> dict[int, Piece]:
    """For each contribution the picture that is shown of it at its largest: a film's or a sound's still one."""
    found: dict[int, Piece] = {}
    for role, kinds in (
        ("main", {SubmissionKind.PHOTO, SubmissionKind.TEXT}),
        ("poster", {SubmissionKind.CLIP, SubmissionKind.SOUND}),
    ):
        shown = pieces(session, campaign_id, kind, role=role, format_name="square")
        found |= {piece.submission_id: piece for piece in shown if piece.kind in kinds}
    return found


def _picture(runtime: Runtime, hanging: Hanging, folder: Path) -> Path:
    if hanging.large is not None:
        large = runtime.storage.fetched(hanging.large.storage_key, folder)
        with Image.open(large) as opened:
            if max(opened.size) <= SQUARE * min(opened.size):
                return large
    return runtime.storage.fetched(hanging.piece.storage_key, folder)


def _fetched(runtime: Runtime, sheets: Sequence[HungSheet], folder: Path, progress: Progress) -> dict[tuple[int, bool], Path]:
    """The files that are shown, each fetched once: by whose they are and whether it is the large one."""
    wanted = {_shown(each): each for sheet in sheets for each in sheet.tiles}
    found: dict[tuple[int, bool], Path] = {}
    for shown, hanging in wanted.items():
        found[shown] = _picture(runtime, hanging, folder)
        progress(_SHARE_FETCHED * len(found) / len(wanted))
    return found


def _shown(hanging: Hanging) -> tuple[int, bool]:
    return hanging.piece.submission_id, hanging.large is not None


def _poster(plan: Plan, sheet: HungSheet, pictures: Mapping[tuple[int, bool], Path], folder: Path) -> Poster:
    return Poster(
        sheet.sheet,
        [Placed(pictures[_shown(each)], each.box) for each in sheet.tiles],
        _fields(plan, sheet, folder),
        background=plan.toolkit.palette[plan.layout.background],
        title=plan.slots["message"],
        alt=alt_of(translator(plan.language), plan.chosen, plan.slots),
        words=[plan.slots[slot] for slot in ("message", "day", "hashtag")],
        language=plan.language,
        alt_language=translator(plan.language).language,
    )


def _fields(plan: Plan, sheet: HungSheet, folder: Path) -> list[Placed]:
    placed = []
    for number, words in enumerate(sheet.words):
        template = plan.toolkit.template(words.template)
        picture = render_card(
            plan.toolkit,
            template=words.template,
            format=words.format,
            slots=plan.slots,
            language=plan.language,
            target=folder / f"field-{number}.png",
            scale=words.box.width_px / size_px(template.formats[words.format])[0],
        )
        placed.append(Placed(picture, words.box))
    return placed
