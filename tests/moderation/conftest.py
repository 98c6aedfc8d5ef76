"""Two cities of two chapters with everything that could leak from one to the other."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app import derivation
from app.enums import ArtefactKind, Purpose, RoleName, SubmissionKind, SubmissionState
from app.models import Rendition, Submission
from app.runtime import Runtime
from tests import factories


@dataclass(frozen=True)
class World:
    """What the tests name."""

    campaign_slug: str
    ids: dict[str, str]  # public ids by what they are


OFFICER_OF_BERGEN = "officer@bergen.example"
OFFICER_OF_LYON = "officer@lyon.example"
COORDINATOR_OF_NORTH = "coordinator@north.example"
MANAGER = "manager@network.example"


def give_file(
    session: Session,
    runtime: Runtime,
    submission: Submission,
    *,
    format_name: str = "square",
    role: str = "main",
    colour: str = "teal",
    kind: ArtefactKind = ArtefactKind.RENDITION,
) -> None:
    """A real picture as a prepared file of this submission (or as its original, which is no rendition)."""
    path = runtime.settings.incoming_dir / f"{submission.public_id}-{format_name}-{role}.jpg"
    Image.new("RGB", (64, 64), colour).save(path)
    spec = {"for": submission.public_id, "format": format_name, "role": role}
    made = derivation.Made(path=Path(path), kind=kind, media_type="image/jpeg", spec=spec, owners=[submission.id])
    artefact = derivation.keep(session, runtime.storage, made, now=runtime.now())
    if kind is ArtefactKind.RENDITION:
        session.add(
            Rendition(
                submission_id=submission.id, artefact_id=artefact.id, format=format_name, role=role, width_px=64, height_px=64
            )
        )
    session.flush()


@pytest.fixture
def world(runtime: Runtime) -> World:
    """Bergen (chapter North) and Lyon (chapter South) in one campaign, each with what waits and what is approved."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        bergen = factories.city(session, network, "bergen")
        lyon = factories.city(session, network, "lyon", time_zone="Europe/Paris", country="FR", languages=("fr",))
        north = factories.chapter(session, network, "north", [bergen])
        factories.chapter(session, network, "south", [lyon])
        factories.person(session, network, RoleName.OFFICER, city=bergen)
        factories.person(session, network, RoleName.OFFICER, city=lyon)
        factories.person(session, network, RoleName.COORDINATOR, chapter=north)
        factories.person(session, network, RoleName.MANAGER)
        campaign = factories.campaign(session, network)
        factories.taking_part(session, campaign, bergen)
        factories.taking_part(session, campaign, lyon)
        ids = {}
        for city in (bergen, lyon):
            rows = {
                "waiting": factories.submission(
                    session,
                    campaign,
                    city,
                    state=SubmissionState.PENDING,
                    kind=SubmissionKind.PHOTO,
                    text=f"A quay in {city.slug}",
                    name="Ida",
                ),
                "clip": factories.submission(
                    session, campaign, city, state=SubmissionState.PENDING, kind=SubmissionKind.CLIP, text="", name="Odd"
                ),
                "approved": factories.submission(
                    session, campaign, city, kind=SubmissionKind.PHOTO, text=f"Home in {city.slug}", name="Amal"
                ),
                "pages_only": factories.submission(
                    session,
                    campaign,
                    city,
                    kind=SubmissionKind.PHOTO,
                    text="Only here",
                    name="Kim",
                    consents=[Purpose.CAMPAIGN_PAGES],
                ),
            }
            for name, row in rows.items():
                ids[f"{name} of {city.slug}"] = row.public_id
                give_file(session, runtime, row)
                give_file(session, runtime, row, format_name="story", colour="olive")
                give_file(session, runtime, row, role="preview", colour="navy")
                give_file(session, runtime, row, format_name="original", kind=ArtefactKind.ORIGINAL, colour="red")
    return World("our-home", ids)
