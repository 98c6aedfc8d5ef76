"""Jobs that assemble; what they make is written in the transaction that ends them."""

from app.assembly.collage import build_collage
from app.assembly.film import build_city_film
from app.assembly.service import CITY_FILM_JOB, COLLAGE_JOB, request_what_changed
from app.jobs import JobKind, JobRun
from app.submissions.service import REBUILD


def _rebuild(run: JobRun) -> None:
    """Something was approved or taken back in a city: ask for what that changes."""
    with run.finishing() as session:
        request_what_changed(session, run.payload["campaign_id"], run.payload["city_id"], now=run.runtime.now())


def _collage(run: JobRun) -> None:
    build_collage(run.runtime, run.payload["campaign_id"], finishing=run.finishing)


def _city_film(run: JobRun) -> None:
    build_city_film(run.runtime, run.payload["campaign_id"], run.payload["city_id"], finishing=run.finishing)


KINDS = [JobKind(REBUILD, _rebuild), JobKind(COLLAGE_JOB, _collage), JobKind(CITY_FILM_JOB, _city_film)]
