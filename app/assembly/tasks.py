"""Jobs that assemble; what they make is written in the transaction that ends them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.assembly.booklet import build_booklet
from app.assembly.collage import build_collage
from app.assembly.film import build_city_film
from app.assembly.film_preview import JOB as PREVIEW
from app.assembly.film_preview import build_preview
from app.assembly.highlights_film import build_highlights
from app.assembly.joint import build_joint_film
from app.assembly.joint_short import build_joint_film_short
from app.assembly.poster import build_poster
from app.assembly.queries import production_at
from app.assembly.service import asked_again_at, hold, job_name, request, request_what_changed, take_down
from app.assembly.workshop import CancelledError, Place, Telling, unless_stopped
from app.assembly.zoom import build_zoomable_collage
from app.enums import ProductionKind
from app.errors import ErrorKind, Refused
from app.jobs import JobKind, JobRun
from app.kits.quotes import QUOTE_CHANGED
from app.models import Campaign, CityQuote, JointFilmPlan
from app.submissions.service import REBUILD
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.process import asking_meanwhile

GAVE_UP = "assembly.gave_up"
BUILDERS: Mapping[ProductionKind, Callable[..., object]] = {  # each takes runtime, campaign_id[, city_id], finishing, progress
    ProductionKind.COLLAGE: build_collage,
    ProductionKind.ZOOMABLE_COLLAGE: build_zoomable_collage,
    ProductionKind.POSTER: build_poster,
    ProductionKind.CITY_FILM: build_city_film,
    ProductionKind.JOINT_FILM: build_joint_film,
    ProductionKind.JOINT_FILM_SHORT: build_joint_film_short,
    ProductionKind.HIGHLIGHTS: build_highlights,
    ProductionKind.BOOKLET: build_booklet,
}


def _rebuild(run: JobRun) -> None:
    """Something was approved or taken back in a city: ask for what that changes."""
    with run.finishing() as session:
        where = (run.payload["campaign_id"], run.payload["city_id"])
        request_what_changed(session, run.runtime.storage, *where, now=run.runtime.now())


def _quote_changed(run: JobRun) -> None:
    """What somebody said was changed or taken back: works that show it are not shown until they are made anew."""
    with run.finishing() as session:
        campaign = session.get_one(Campaign, run.payload["campaign_id"])
        quote = session.get_one(CityQuote, run.payload["quote_id"])
        plan = session.get(JointFilmPlan, campaign.id)
        is_chosen = plan is not None and quote.id in plan.quotes
        shows = {  # one that is not chosen any more may stand in the film that was made before
            ProductionKind.JOINT_FILM: is_chosen or quote.removed_at is not None,
            ProductionKind.BOOKLET: True,
        }
        there = [production_at(session, campaign.id, None, kind) for kind, may_be_shown in shows.items() if may_be_shown]
        standing = [each for each in there if each is not None]
        for production in standing:
            hold(session, production)  # who takes a first one in at this moment is waited for
        for production in standing:
            if production.version:
                take_down(session, run.runtime.storage, production)
                request(session, campaign, production.kind, now=run.runtime.now())


def _work(kind: ProductionKind) -> JobKind:
    build = BUILDERS[kind]

    def handler(run: JobRun) -> None:
        place = _place(kind, run.payload)
        progress = Telling(run.runtime, place)
        with _said_in_words(run, place), asking_meanwhile(progress.ask):
            progress(0.0)
            build(run.runtime, **run.payload, finishing=unless_stopped(run.finishing, place), progress=progress)

    def give_up(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        _fail(session, _place(kind, payload), GAVE_UP, {}, now=now)

    return JobKind(job_name(kind), handler, on_give_up=give_up)


def _preview(run: JobRun) -> None:
    """A small film to look at, which is nobody's but the desk's."""
    with _said_in_words(run, _place(ProductionKind.CITY_FILM, run.payload), is_beside=True):
        build_preview(run.runtime, **run.payload, finishing=run.finishing)


def _give_up_preview(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    _fail(session, _place(ProductionKind.CITY_FILM, payload), GAVE_UP, {}, now=now, is_beside=True)


@contextmanager
def _said_in_words(run: JobRun, place: Place, *, is_beside: bool = False) -> Iterator[None]:
    """What another try would not change ends the job, and stands beside the work as a sentence."""
    try:
        yield
    except CancelledError:
        with run.finishing():
            return
    except ToolFailed:
        raise
    except (Refused, MediaError) as refused:
        if isinstance(refused, Refused) and refused.kind is ErrorKind.UNAVAILABLE:
            raise
        with run.finishing() as session:
            _fail(session, place, refused.code, refused.params, now=run.runtime.now(), is_beside=is_beside)


def _place(kind: ProductionKind, payload: Mapping[str, Any]) -> Place:
    return Place(kind, payload["campaign_id"], payload.get("city_id"))


def _fail(
    session: Session, place: Place, code: str, params: Mapping[str, Any], *, now: datetime, is_beside: bool = False
) -> None:
    """Say in its row why it could not be made; what is only beside the work leaves the making of it alone."""
    row = production_at(session, place.campaign_id, place.city_id, place.kind)
    if row is None:
        return
    hold(session, row)
    if not is_beside:
        if row.cancelled_at is not None:  # what was stopped has not failed
            return
        row.asked_at, row.begun_at = asked_again_at(session, row), None
    row.failed_at, row.failure_code, row.failure_params = now, code, dict(params)


KINDS = [
    JobKind(REBUILD, _rebuild),
    JobKind(QUOTE_CHANGED, _quote_changed),
    JobKind(PREVIEW, _preview, on_give_up=_give_up_preview),
    *(_work(kind) for kind in BUILDERS),
]
