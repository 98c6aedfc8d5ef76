"""What a new work replaced is kept while everybody in it agrees."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.service import Finished, request_what_changed, take_in
from app.derivation import Made
from app.enums import ArtefactKind, ProductionKind
from app.models import Campaign, ProductionVersion
from app.runtime import Runtime
from app.submissions.service import withdraw
from tests import factories
from tests.assembly.conftest import Scene


def numbers(session: Session) -> list[int]:
    return list(session.scalars(select(ProductionVersion.number).order_by(ProductionVersion.number)))


def test_every_version_is_kept_until_somebody_in_it_takes_their_yes_back(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        stays, leaves = (factories.submission(session, campaign, scene.bergen) for _ in range(2))
        for number in range(1, 31):
            path = tmp_path / f"{number}.mp4"
            path.write_text(f"version {number}")
            parts = [stays.id, leaves.id] if number % 2 else [stays.id]
            main = Made(path=path, kind=ArtefactKind.FILM, media_type="video/mp4", spec={"test": number}, parts=parts)
            finished = Finished(main, None, parts, 1080, 1080, 1.0)
            place = (campaign, scene.bergen.id, ProductionKind.CITY_FILM)
            take_in(session, runtime.storage, *place, finished, now=runtime.now())
        assert numbers(session) == list(range(1, 30))
        withdraw(session, leaves, actor_id=None, now=runtime.now())
        request_what_changed(session, runtime.storage, campaign.id, scene.bergen.id, now=runtime.now())
        assert numbers(session) == list(range(2, 30, 2))
