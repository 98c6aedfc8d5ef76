"""The end of what phones sent: some time after a campaign has closed its originals are erased, what was made of them stays."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app import audit, derivation
from app.enums import ArtefactKind, CampaignStatus, EdgeRole
from app.models import Artefact, Campaign, Derivation, Network, Submission
from app.runtime import Runtime
from app.storage import Storage

ORIGINALS_AT_ONCE = 50  # in one transaction: others write meanwhile
ERASED = "campaign.originals_erased"
logger = logging.getLogger(__name__)


def erase_originals(runtime: Runtime) -> int:
    """Erase the originals of every closed campaign whose date has passed; how many files went.

    It can be asked as often as one likes, and killed at any moment: what is due is what is still there.
    """
    with runtime.database.writing() as session:
        _give_dates(session, keep_days=runtime.settings.keep_originals_days)
    with runtime.database.reading() as session:
        due = [campaign.id for campaign in due_campaigns(session, now=runtime.now())]
    return sum(_erase_all(runtime, campaign_id) for campaign_id in due)


def due_campaigns(session: Session, *, now: datetime) -> list[Campaign]:
    """Closed campaigns whose date has passed at the network's office and which still have originals."""
    query = (
        select(Campaign, Network.time_zone)
        .join(Network, Network.id == Campaign.network_id)
        .where(
            Campaign.status == CampaignStatus.CLOSED,
            Campaign.originals_until_on <= now.date(),  # in no zone are the others due yet
            _originals_of(Campaign.id).exists(),
        )
        .order_by(Campaign.id)
    )
    rows = session.execute(query).all()
    return [
        campaign
        for campaign, zone in rows
        if campaign.originals_until_on is not None and now.astimezone(ZoneInfo(zone)).date() > campaign.originals_until_on
    ]


def _give_dates(session: Session, *, keep_days: int) -> None:
    """Campaigns that closed before originals had an end get theirs."""
    query = select(Campaign, Network.time_zone).join(Network, Network.id == Campaign.network_id)
    where = (Campaign.status == CampaignStatus.CLOSED, Campaign.originals_until_on.is_(None), Campaign.closed_at.is_not(None))
    for campaign, zone in session.execute(query.where(*where)).all():
        if campaign.closed_at is not None:
            closed_on = campaign.closed_at.astimezone(ZoneInfo(zone)).date()
            campaign.originals_until_on = closed_on + timedelta(days=keep_days)


def _erase_all(runtime: Runtime, campaign_id: int) -> int:
    erased, more = 0, True
    while more:
        with runtime.database.writing() as session:
            artefact_ids = _some_originals(session, campaign_id)
            more, some = len(artefact_ids) > ORIGINALS_AT_ONCE, artefact_ids[:ORIGINALS_AT_ONCE]
            erased += _erase_some(session, runtime.storage, campaign_id, some)
            if some and not more:  # in the transaction of the last of them, so that it is said once
                campaign = session.get_one(Campaign, campaign_id)
                audit.record(
                    session,
                    network_id=campaign.network_id,
                    act=ERASED,
                    subject_kind="campaign",
                    subject_id=campaign_id,
                    at=runtime.now(),
                    files=erased,
                )
                logger.info("erased %s originals of campaign %s", erased, campaign_id)
    return erased


def _erase_some(session: Session, storage: Storage, campaign_id: int, artefact_ids: Sequence[int]) -> int:
    """A file that somebody in another campaign sent too stays for them; how many went."""
    unowned = []
    for artefact_id in artefact_ids:
        owners = (
            select(Derivation.source_submission_id)
            .join(Submission, Submission.id == Derivation.source_submission_id)
            .where(Derivation.artefact_id == artefact_id, Submission.campaign_id == campaign_id)
        )
        theirs = [each for each in session.scalars(owners) if each is not None]
        if derivation.let_go(session, artefact_id, theirs):
            unowned.append(artefact_id)
    derivation.erase(session, storage, unowned)
    return len(unowned)


def _some_originals(session: Session, campaign_id: int) -> list[int]:
    """Originals that contributions to this campaign own; one more than are erased at once. In the order of their bytes."""
    query = (
        select(Artefact.id, Artefact.sha256)
        .where(Artefact.id.in_(_originals_of(campaign_id)))
        .order_by(Artefact.sha256)  # in which everybody holds bytes, so that two who do it wait for each other once
    )
    return [artefact_id for artefact_id, _sha256 in session.execute(query.limit(ORIGINALS_AT_ONCE + 1))]


def _originals_of(campaign_id: int | InstrumentedAttribute[int]) -> Select[int]:
    """Ids of the originals that contributions to a campaign own."""
    return (
        select(Derivation.artefact_id)
        .join(Artefact, Artefact.id == Derivation.artefact_id)
        .join(Submission, Submission.id == Derivation.source_submission_id)
        .where(Submission.campaign_id == campaign_id, Artefact.kind == ArtefactKind.ORIGINAL, Derivation.role == EdgeRole.OWNER)
    )
