"""The thanks on a receipt."""

import re

import pytest
from sqlalchemy import select

from app import derivation
from app.enums import ArtefactKind, ProductionKind, SubmissionState
from app.models import CampaignCity, Production
from app.runtime import Runtime
from tests import factories
from tests.conftest import Server
from tests.submissions.conftest import Scene


def receipt(server: Server, runtime: Runtime, scene: Scene, state: SubmissionState) -> str:
    """The receipt of a contribution in this state."""
    with runtime.database.writing() as session:
        factories.submission(session, scene.campaign, scene.city, state=state, token="amal")
    return server.client().get("/r/amal").text


def thank(runtime: Runtime) -> None:
    """The city was thanked."""
    with runtime.database.writing() as session:
        session.scalars(select(CampaignCity)).one().thanked_at = runtime.now()


def give_production(runtime: Runtime, scene: Scene, kind: ProductionKind, *, of_city: bool) -> None:
    """A film or a collage stands there."""
    with runtime.database.writing() as session:
        path = runtime.settings.incoming_dir / kind.value
        path.write_bytes(kind.value.encode())
        made = derivation.Made(path=path, kind=ArtefactKind.FILM, media_type="video/mp4", spec={"kind": kind.value})
        artefact = derivation.keep(session, runtime.storage, made, now=runtime.now())
        row = Production(
            public_id=kind.value,
            campaign_id=scene.campaign.id,
            city_id=scene.city.id if of_city else None,
            kind=kind,
            version=1,
            artefact_id=artefact.id,
            contributions=1,
            built_at=runtime.now(),
        )
        session.add(row)


def links_in(page: str) -> list[str]:
    """Where the thanks lead."""
    section = re.search(r'<section class="stack" aria-labelledby="thanks">.*?</section>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', section[0]) if section else []


def test_before_the_city_is_thanked_there_is_none(server: Server, runtime: Runtime, scene: Scene) -> None:
    assert "Thank you for being part of it" not in receipt(server, runtime, scene, SubmissionState.APPROVED)


@pytest.mark.parametrize("state", [SubmissionState.APPROVED, SubmissionState.PENDING])
def test_then_it_stands_on_the_receipt_with_the_way_to_the_citys_page(
    state: SubmissionState, server: Server, runtime: Runtime, scene: Scene
) -> None:
    thank(runtime)
    page = receipt(server, runtime, scene, state)
    assert ("Thank you for being part of it" in page, links_in(page)) == (True, ["/c/our-home/bergen"])


def test_film_and_collage_are_named_when_they_exist(server: Server, runtime: Runtime, scene: Scene) -> None:
    thank(runtime)
    give_production(runtime, scene, ProductionKind.CITY_FILM, of_city=True)
    give_production(runtime, scene, ProductionKind.COLLAGE, of_city=False)
    page = receipt(server, runtime, scene, SubmissionState.APPROVED)
    assert links_in(page) == ["/c/our-home/bergen", "/c/our-home/bergen#film", "/c/our-home#collage"]


@pytest.mark.parametrize("state", [SubmissionState.REJECTED, SubmissionState.FAILED, SubmissionState.WITHDRAWN])
def test_nobody_is_thanked_for_what_was_turned_down_or_taken_back(
    state: SubmissionState, server: Server, runtime: Runtime, scene: Scene
) -> None:
    thank(runtime)
    assert "Thank you for being part of it" not in receipt(server, runtime, scene, state)
