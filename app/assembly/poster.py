"""Makes the same collage for print: A1 and A2 with bleed, as PDF, PNG and JPEG, of those who agreed to be printed."""

from pathlib import Path

from app.assembly.collage_rules import POSTER_TILES
from app.assembly.collage_sheets import Plan, draw_sheet, made_of, plan_of, preview_of
from app.assembly.service import Finished, FinishedFile
from app.assembly.workshop import Built, Finishing, Place, Progress, build, part_of
from app.enums import ProductionKind
from app.runtime import Runtime
from media_pipeline.poster import A1, A2

KIND = ProductionKind.POSTER
SHEETS = {"a1": A1, "a2": A2}
PRINTS = ("pdf", "png", "jpg")
MAIN_SHEET, MAIN_PRINT = "a1", "pdf"
_SHARE_OF_A1 = 0.65  # twice the pixels of A2


def build_poster(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Make the campaign's poster of what may be printed now, and put it where the old one stood."""
    return build(
        runtime,
        Place(KIND, campaign_id),
        lambda: plan_of(runtime, campaign_id, KIND, SHEETS, at_most=POSTER_TILES),
        lambda plan, folder, told: _printed(runtime, plan, folder, told),
        finishing=finishing,
        progress=progress,
    )


def _printed(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    parts = {"a1": part_of(progress, 0, _SHARE_OF_A1), "a2": part_of(progress, _SHARE_OF_A1, 1)}
    made = {name: draw_sheet(runtime, plan, sheet, folder / name, parts[name]) for name, sheet in plan.sheets.items()}
    files = [
        FinishedFile(
            f"{name}_{suffix}",
            made_of(plan, folder / name, drawn[f"poster_{suffix}"], {"print": [name, suffix], "poster": plan.recipe}),
            width_px=drawn[f"poster_{suffix}"].width_px,
            height_px=drawn[f"poster_{suffix}"].height_px,
        )
        for name, drawn in made.items()
        for suffix in PRINTS
        if (name, suffix) != (MAIN_SHEET, MAIN_PRINT)
    ]
    main = made[MAIN_SHEET][f"poster_{MAIN_PRINT}"]
    return Finished(
        made_of(plan, folder / MAIN_SHEET, main, plan.recipe),
        preview_of(plan, folder / MAIN_SHEET, made[MAIN_SHEET]["screen"]),
        plan.submission_ids,
        main.width_px or 0,
        main.height_px or 0,
        None,
        files,
    )
