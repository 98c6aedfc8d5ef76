"""Asks for collages and films, and takes finished ones in: each in the transaction of its caller."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.assembly.queries import PURPOSE_OF, all_agree, production_at, stands_whole, unused_segments
from app.assembly.rules import rebuild_is_due
from app.derivation import Made, erase, keep
from app.enums import ProductionKind, Purpose
from app.jobs import enqueue
from app.models import Campaign, CampaignCity, Derivation, Production
from app.storage import Storage

COLLAGE_JOB = "assembly.collage"
CITY_FILM_JOB = "assembly.city_film"
KEEP_UNUSED_SEGMENTS = timedelta(days=1)  # a film that is being made now has kept some that are in no film yet


class ChangedMeanwhileError(Exception):
    """Somebody withdrew while it was being made; what was made is thrown away."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A collage or film as it came out of the workshop; nothing of it is known yet."""

    main: Made
    poster: Made | None
    parts: Sequence[int]
    width_px: int
    height_px: int
    duration_s: float | None


def request_collage(session: Session, campaign: Campaign, *, now: datetime, final: bool = False) -> None:
    """Have the campaign's collage made, whatever its phase; `final` closes it to what is decided later."""
    _stand(session, campaign, None, ProductionKind.COLLAGE, now=now, final=final)
    _enqueue_collage(session, campaign.id, now)


def request_city_film(session: Session, campaign: Campaign, city_id: int, *, now: datetime, final: bool = False) -> None:
    """Have the city's film made, whatever its phase; `final` closes it to what is decided later."""
    _stand(session, campaign, city_id, ProductionKind.CITY_FILM, now=now, final=final)
    _enqueue_city_film(session, campaign.id, city_id, now)


def let_in_what_came_later(
    session: Session, campaign_id: int, city_id: int | None, kind: ProductionKind, *, now: datetime
) -> None:
    """A final work is closed anew at this moment, because somebody who runs the service has it made again by hand."""
    production = production_at(session, campaign_id, city_id, kind)
    if production is not None and production.final_at is not None:
        production.final_at = now


def request_what_changed(session: Session, campaign_id: int, city_id: int, *, now: datetime) -> None:
    """After an approval or a withdrawal in a city: have anew what the rules say."""
    campaign = session.get_one(Campaign, campaign_id)
    city_phase = session.scalar(
        select(CampaignCity.phase).where(CampaignCity.campaign_id == campaign_id, CampaignCity.city_id == city_id)
    )
    for kind, place, phase in (
        (ProductionKind.COLLAGE, None, campaign.phase),
        (ProductionKind.CITY_FILM, city_id, city_phase),
    ):
        standing = production_at(session, campaign_id, place, kind)
        if not rebuild_is_due(
            phase=phase,
            exists=standing is not None,
            is_final=standing is not None and standing.final_at is not None,
            is_whole=standing is not None and stands_whole(session, standing.id),
        ):
            continue
        _stand(session, campaign, place, kind, now=now, final=False)
        if place is None:
            _enqueue_collage(session, campaign_id, now)
        else:
            _enqueue_city_film(session, campaign_id, place, now)


def take_in(
    session: Session,
    storage: Storage,
    campaign: Campaign,
    city_id: int | None,
    kind: ProductionKind,
    finished: Finished | None,
    *,
    now: datetime,
) -> Production:
    """Put the finished work where the old one stood, and erase the old one; None: there is nothing left to show.

    Raises ChangedMeanwhileError when not everybody in it agrees any more.
    """
    if finished is not None and not all_agree(session, finished.parts, PURPOSE_OF[kind]):
        raise ChangedMeanwhileError
    production = _stand(session, campaign, city_id, kind, now=now, final=False)
    old = [each for each in (production.artefact_id, production.poster_artefact_id) if each is not None]
    made = keep(session, storage, finished.main, now=now) if finished else None
    poster = keep(session, storage, finished.poster, now=now) if finished and finished.poster else None
    production.artefact_id = made.id if made else None
    production.poster_artefact_id = poster.id if poster else None
    production.width_px = finished.width_px if finished else None
    production.height_px = finished.height_px if finished else None
    production.duration_s = finished.duration_s if finished else None
    production.contributions = len(set(finished.parts)) if finished else 0
    production.version += 1
    production.built_at = now
    session.flush()
    replaced = [each for each in old if each not in {production.artefact_id, production.poster_artefact_id}]
    _clear_away(session, storage, replaced, now=now)
    audit.record(
        session,
        network_id=campaign.network_id,
        act="production.built",
        subject_kind="production",
        subject_id=production.id,
        at=now,
        version=production.version,
        contributions=production.contributions,
    )
    return production


def keep_segment(session: Session, storage: Storage, made: Made, *, now: datetime) -> int:
    """Make a segment known as soon as it is there, so that it is never made twice; ChangedMeanwhileError as in `take_in`."""
    if not all_agree(session, made.owners, Purpose.CITY_FILM):
        raise ChangedMeanwhileError
    return keep(session, storage, made, now=now).id


def _clear_away(session: Session, storage: Storage, artefact_ids: Sequence[int], *, now: datetime) -> None:
    """Erase files that were replaced, and the segments that are in no film any more."""
    segments = session.scalars(
        select(Derivation.source_artefact_id).where(
            Derivation.artefact_id.in_(artefact_ids), Derivation.source_artefact_id.is_not(None)
        )
    ).all()
    erase(session, storage, artefact_ids)
    candidates = [each for each in segments if each is not None]
    erase(session, storage, unused_segments(session, candidates, older_than=now - KEEP_UNUSED_SEGMENTS))


def _stand(
    session: Session, campaign: Campaign, city_id: int | None, kind: ProductionKind, *, now: datetime, final: bool
) -> Production:
    """The row at this place; from then on it is kept up to date."""
    production = production_at(session, campaign.id, city_id, kind)
    if production is None:
        production = Production(
            public_id=secrets.token_urlsafe(12),
            campaign_id=campaign.id,
            city_id=city_id,
            kind=kind,
            version=0,
            contributions=0,
            built_at=now,
        )
        session.add(production)
    if final and production.final_at is None:
        production.final_at = now
    session.flush()
    return production


def _enqueue_collage(session: Session, campaign_id: int, now: datetime) -> None:
    enqueue(session, COLLAGE_JOB, {"campaign_id": campaign_id}, unique_key=f"{COLLAGE_JOB}:{campaign_id}", now=now)


def _enqueue_city_film(session: Session, campaign_id: int, city_id: int, now: datetime) -> None:
    payload = {"campaign_id": campaign_id, "city_id": city_id}
    enqueue(session, CITY_FILM_JOB, payload, unique_key=f"{CITY_FILM_JOB}:{campaign_id}:{city_id}", now=now)
