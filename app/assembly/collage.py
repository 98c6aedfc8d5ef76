"""Makes the collage of a campaign for screens: read, lay out without a transaction, write."""

from pathlib import Path

from app.assembly.collage_rules import COLLAGE_TILES
from app.assembly.collage_sheets import Plan, draw_screens, made_of, plan_of, preview_of
from app.assembly.service import Finished, FinishedFile
from app.assembly.workshop import Built, Finishing, Place, Progress, build
from app.enums import ProductionKind
from app.runtime import Runtime
from media_pipeline.formats import FORMATS, POST_BYTES
from media_pipeline.poster import Sheet
from media_pipeline.types import Kind

KIND = ProductionKind.COLLAGE
# the proportions of A1 and A2, so that a layout looks the same on screens and on paper; 1697x2400 px, which networks take whole
SCREEN = Sheet(143.68, 203.2, bleed_mm=0)
MAIN = "screen"
OTHERS = {name: FORMATS[Kind.PHOTO][name] for name in ("square", "portrait", "story", "landscape", "link_card")}


def build_collage(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Make the campaign's collage of what may be in it now, and put it where the old one stood."""
    return build(
        runtime,
        Place(KIND, campaign_id),
        lambda: plan_of(runtime, campaign_id, KIND, _sheets(), at_most=COLLAGE_TILES),
        lambda plan, folder, told: _composed(runtime, plan, folder, told),
        finishing=finishing,
        progress=progress,
    )


def _sheets() -> dict[str, Sheet]:
    """The whole one, and each shape in which networks show pictures."""
    return {MAIN: SCREEN, **{name: Sheet.of_pixels(shape.width_px, shape.height_px) for name, shape in OTHERS.items()}}


def _composed(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    jpeg_bytes = {MAIN: POST_BYTES, **{name: shape.jpeg_bytes for name, shape in OTHERS.items()}}
    made = draw_screens(runtime, plan, jpeg_bytes, folder, progress)
    screen = made[MAIN]
    files = [
        FinishedFile(
            name,
            made_of(plan, folder, made[name], {"shown_as": name, "collage": plan.recipe}),
            width_px=made[name].width_px,
            height_px=made[name].height_px,
        )
        for name in OTHERS
    ]
    return Finished(
        made_of(plan, folder, screen, plan.recipe),
        preview_of(plan, folder, screen),
        plan.submission_ids,
        screen.width_px or 0,
        screen.height_px or 0,
        None,
        files,
    )
