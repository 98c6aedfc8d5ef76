"""A campaign in which very many people agreed to a collage, each with a tile; every tile is one of a few files, linked."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.enums import (
    ArtefactKind,
    EdgeRole,
    Phase,
    Purpose,
    SubmissionKind,
    SubmissionOrigin,
    SubmissionState,
)
from app.models import Artefact, Consent, ConsentWording, Derivation, Rendition, Submission
from app.runtime import Runtime
from tests import factories
from tests.bench.many_steps import NOW

_CITIES = 145
_PURPOSES = (Purpose.CAMPAIGN_PAGES, Purpose.COLLAGE, Purpose.CITY_FILM)


def plant(runtime: Runtime, tiles: Sequence[Path], contributions: int) -> int:
    """The campaign's id; cities differ in how much they sent, as they do."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, phase=Phase.DAY)
        cities = [factories.city(session, network, f"city-{number}") for number in range(_CITIES)]
        for city in cities:
            factories.taking_part(session, campaign, city, phase=Phase.DAY)
        for purpose in _PURPOSES:
            session.add(ConsentWording(sha256=purpose.value.zfill(64), purpose=purpose, language="en", text="Yes."))
        session.flush()
        numbers = range(contributions)
        of_city = [cities[min(number % _CITIES, number * 7919 % _CITIES)].id for number in numbers]
        session.execute(insert(Submission), [_submission(number, campaign.id, of_city[number]) for number in numbers])
        ids = list(session.scalars(select(Submission.id).order_by(Submission.id)))
        session.execute(insert(Consent), [_consent(each, purpose) for each in ids for purpose in _PURPOSES])
        _add_tiles(session, ids, tiles, runtime.settings.files_dir)
        return campaign.id


def _submission(number: int, campaign_id: int, city_id: int) -> dict[str, Any]:
    return {
        "public_id": f"person-{number}",
        "campaign_id": campaign_id,
        "city_id": city_id,
        "kind": SubmissionKind.PHOTO,
        "origin": SubmissionOrigin.RESIDENT,
        "state": SubmissionState.APPROVED,
        "language": "en",
        "text": "Safety is a door that I can close and open myself.",
        "spoken_words": "",
        "no_speech": False,
        "name": f"Person {number}",
        "alt_text": "",
        "receipt_token_sha256": str(number).zfill(64),
        "page_language": "en",
        "received_at": NOW - timedelta(minutes=number),
        "trimmed": False,
        "speech_s": [],
    }


def _consent(submission_id: int, purpose: Purpose) -> dict[str, Any]:
    given = {"wording_sha256": purpose.value.zfill(64), "given_at": NOW}
    return {"submission_id": submission_id, "purpose": purpose, **given}


def _add_tiles(session: Session, submission_ids: Sequence[int], tiles: Sequence[Path], files: Path) -> None:
    artefacts = []
    for number, _id in enumerate(submission_ids):
        sha256 = f"{number:08x}".ljust(64, "0")
        key = f"{ArtefactKind.TILE.value}/{sha256[6:8]}/{sha256}.jpg"
        (files / key).parent.mkdir(parents=True, exist_ok=True)
        os.link(tiles[number % len(tiles)], files / key)
        facts = {"kind": ArtefactKind.TILE, "media_type": "image/jpeg", "size_bytes": 90_000, "created_at": NOW}
        artefacts.append({"sha256": sha256, "spec_sha256": "0" * 64, "storage_key": key, **facts})
    session.execute(insert(Artefact), artefacts)
    kept = list(session.scalars(select(Artefact.id).where(Artefact.kind == ArtefactKind.TILE).order_by(Artefact.id)))
    both = list(zip(submission_ids, kept, strict=True))
    owned = [{"artefact_id": file, "source_submission_id": person, "role": EdgeRole.OWNER} for person, file in both]
    session.execute(insert(Derivation), owned)
    shown = {"format": "tile", "role": "tile", "width_px": 512, "height_px": 512}
    session.execute(insert(Rendition), [{"submission_id": person, "artefact_id": file, **shown} for person, file in both])
