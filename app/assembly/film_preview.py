"""A city's film to look at before it is made: small, cut hard, for the desk alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.film import KIND, Plan, plan_of
from app.assembly.reel import Reel, Segment
from app.assembly.service import FinishedFile, put_beside, stand
from app.assembly.workshop import Finishing, Progress, part_of, private_folder, until_unchanged
from app.derivation import Made
from app.enums import ArtefactKind, JobState
from app.errors import ErrorKind, Refused
from app.jobs import enqueue
from app.models import Campaign, Job, Production
from app.runtime import Runtime
from media_pipeline.previews import SHRINK, Shown, preview
from media_pipeline.segments import shape_of

NAME = "preview"  # of the file beside the work
JOB = "assembly.city_film_preview"
RECIPE = 2
PREPARING = 0.3  # of the whole: words are set, files are fetched, photos with a translation are prepared anew
SIDE_BY_SIDE = 2


def request_preview(session: Session, campaign: Campaign, city_id: int, *, now: datetime) -> Production:
    """Have a preview made of the film as it would be now; the work itself is left alone."""
    production = stand(session, campaign, city_id, KIND, now=now, final=False)
    production.failed_at = production.failure_code = production.failure_params = None
    session.flush()
    enqueue(session, JOB, _payload(campaign.id, city_id), unique_key=_unique_key(campaign.id, city_id), now=now)
    return production


def is_awaited(session: Session, campaign_id: int, city_id: int) -> bool:
    """Whether a preview waits to be made, or is being made."""
    under_way = Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    where = (Job.unique_key == _unique_key(campaign_id, city_id), under_way)
    return session.scalar(select(Job.id).where(*where).limit(1)) is not None


def build_preview(
    runtime: Runtime,
    campaign_id: int,
    city_id: int,
    *,
    finishing: Finishing | None = None,
    progress: Progress | None = None,
) -> None:
    """Make a preview of what the film would be now and put it beside the work; refuses `film.nothing_to_preview`."""
    finish, told = finishing or runtime.database.writing, progress or (lambda _share: None)
    until_unchanged(lambda: _build(runtime, campaign_id, city_id, finish, told))


def _build(runtime: Runtime, campaign_id: int, city_id: int, finishing: Finishing, progress: Progress) -> None:
    plan = plan_of(runtime, campaign_id, city_id, by_hand=True)
    if plan.is_empty:
        raise Refused("film.nothing_to_preview", kind=ErrorKind.CONFLICT)
    with private_folder(runtime) as folder:
        file = _made(plan, folder, progress)
        with finishing() as session:
            production = stand(session, plan.campaign, city_id, KIND, now=runtime.now(), final=False)
            put_beside(session, runtime.storage, production, file, plan.reel.submission_ids, now=runtime.now())


def _made(plan: Plan, folder: Path, progress: Progress) -> FinishedFile:
    reel, path, shape = plan.reel, folder / "preview.mp4", shape_of(plan.reel.format_name)
    shown = []
    with TemporaryDirectory(dir=folder) as prepared:
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for each in pool.map(lambda segment: _seen(segment, prepared), reel.segments):
                shown.append(each)
                progress(PREPARING * len(shown) / len(reel.segments))
        duration_s = preview(shown, path, format=reel.format_name, on_progress=part_of(progress, PREPARING, 1.0))
    made = Made(
        path=path,
        kind=ArtefactKind.SEGMENT,  # never public
        media_type="video/mp4",
        spec=_recipe(reel),
        parts=reel.submission_ids,
    )
    return FinishedFile(NAME, made, width_px=shape.width_px // SHRINK, height_px=shape.height_px // SHRINK, duration_s=duration_s)


def _seen(segment: Segment, folder: str) -> Shown:
    """In a folder of its own: two segments may have the same file."""
    assert segment.seen is not None  # noqa: S101 - all of a city's film can be looked at
    return segment.seen(Path(mkdtemp(dir=folder)))


def _recipe(reel: Reel) -> dict[str, object]:
    return {"preview": RECIPE, **reel.recipe}


def _payload(campaign_id: int, city_id: int) -> dict[str, int]:
    return {"campaign_id": campaign_id, "city_id": city_id}


def _unique_key(campaign_id: int, city_id: int) -> str:
    return f"{JOB}:{campaign_id}:{city_id}"
