"""A final work is closed: to what is approved later, and to whoever agrees to it later."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.assembly.film import plan_of
from app.assembly.joint_material import read_joint
from app.assembly.queries import PURPOSES_OF, pieces
from app.assembly.service import request
from app.assembly.zoom_places import hangable
from app.enums import ProductionKind, SubmissionKind
from app.models import Submission
from app.runtime import Runtime
from app.submissions.service import switch_purpose
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import with_picture
from tests.conftest import Clock


@pytest.mark.parametrize("kind", list(ProductionKind))
def test_a_final_work_takes_nobody_in_who_agreed_to_it_later_and_keeps_who_agreed_before(
    runtime: Runtime, clock: Clock, scene: Scene, tmp_path: Path, kind: ProductionKind
) -> None:
    with runtime.database.writing() as session:
        sent = [factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO) for _ in range(3)]
        for each in sent:
            with_picture(session, runtime, each, tmp_path, "red")
        before, later, undecided = (each.id for each in sent)
    final_at = clock.now
    clock.advance(timedelta(days=1))
    with runtime.database.writing() as session:
        session.get_one(Submission, undecided).decided_at = clock.now
        for agreed in (False, True):  # off and on again
            switch_purpose(
                session, session.get_one(Submission, later), PURPOSES_OF[kind][-1], agreed=agreed, language="en", now=clock.now
            )
        open_to = {
            until: [each.submission_id for each in pieces(session, scene.campaign.id, kind, decided_until=until)]
            for until in (None, final_at)
        }
        assert open_to == {None: [before, later, undecided], final_at: [before]}
        if kind is ProductionKind.ZOOMABLE_COLLAGE:
            assert [each.submission_id for each in hangable(session, scene.campaign.id, decided_until=final_at)] == [before]


def test_the_desk_shows_what_a_film_gets_when_somebody_has_it_made_anew_after_it_was_closed(
    runtime: Runtime, clock: Clock, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        for kind, city_id in ((ProductionKind.CITY_FILM, scene.bergen.id), (ProductionKind.JOINT_FILM, None)):
            request(session, scene.campaign, kind, city_id=city_id, now=clock.now, final=True)
        clock.advance(timedelta(days=1))
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO)
        photo.decided_at = clock.now
        with_picture(session, runtime, photo, tmp_path, "red")
    for by_hand, seen in ((False, 0), (True, 1)):
        film = plan_of(runtime, scene.campaign.id, scene.bergen.id, by_hand=by_hand).film
        with runtime.database.reading() as session:
            joint = read_joint(session, runtime, scene.campaign.id, ProductionKind.JOINT_FILM, by_hand=by_hand)
        assert (len(film.shots), joint.has_voices) == (seen, bool(seen))
