"""Which contributions somebody may see, and what was made of one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app import derivation
from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.campaigns.elsewhere import keeper_of_elsewhere
from app.campaigns.queries import planned_opening
from app.consent.queries import covers
from app.enums import ArtefactKind, Permission, ProductionKind, Purpose, SubmissionState
from app.errors import NotFound
from app.models import (
    Artefact,
    Campaign,
    CampaignCity,
    City,
    CollagePlace,
    Decision,
    Derivation,
    Network,
    Production,
    Rendition,
    Submission,
)
from app.submissions.tokens import form_sha256, sha256_hex
from app.words import Words


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sent to: a city in a campaign; `part` is None when the city was never asked.

    What comes from another place has no city of its own: then `keeper` is who looks at it, the chapter or the network.
    """

    network: Network
    campaign: Campaign
    city: City
    part: CampaignCity | None
    opens_at: datetime | None  # planned, where the collection has not opened yet
    keeper: Words | None = None


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A rendition with the facts of its file."""

    rendition: Rendition
    artefact: Artefact


def visible(purpose: Purpose) -> ColumnElement[bool]:
    """The condition on `Submission` under which it may be used for this purpose at this moment."""
    return and_(Submission.state == SubmissionState.APPROVED, covers(purpose))


def place_at(session: Session, campaign_slug: str, city_slug: str) -> Place:
    """The city in the campaign, by their addresses; raises `campaign.unknown`, `city.unknown`."""
    network = session.scalars(select(Network).order_by(Network.id)).first()
    if network is None:
        raise NotFound("campaign.unknown", campaign=campaign_slug)
    campaign = session.scalar(select(Campaign).where(Campaign.network_id == network.id, Campaign.slug == campaign_slug))
    if campaign is None:
        raise NotFound("campaign.unknown", campaign=campaign_slug)
    city = session.scalar(select(City).where(City.network_id == network.id, City.slug == city_slug))
    if city is None:
        raise NotFound("city.unknown", city=city_slug)
    return _place(session, network, campaign, city)


def place_of(session: Session, submission: Submission) -> Place:
    """Where a submission was sent to."""
    campaign = session.get_one(Campaign, submission.campaign_id)
    network, city = session.get_one(Network, campaign.network_id), session.get_one(City, submission.city_id)
    return _place(session, network, campaign, city)


def _place(session: Session, network: Network, campaign: Campaign, city: City) -> Place:
    where = (CampaignCity.campaign_id == campaign.id, CampaignCity.city_id == city.id)
    keeper = keeper_of_elsewhere(session, campaign) if city.is_elsewhere else None
    part, opens_at = session.execute(select(CampaignCity, planned_opening()).where(*where)).one_or_none() or (None, None)
    return Place(network, campaign, city, part, opens_at, keeper)


def submission_for(session: Session, actor: Actor, permission: Permission, public_id: str) -> Submission:
    """A submission of a city where this person has this permission; outside and absent look the same."""
    submission = session.scalar(
        select(Submission)
        .join(City, City.id == Submission.city_id)
        .where(Submission.public_id == public_id, cities_where(actor, permission))
    )
    if submission is None:
        raise NotFound("submission.unknown")
    return submission


def submission_by_receipt(session: Session, token: str) -> Submission:
    """The submission whose receipt this is; raises `receipt.unknown`."""
    submission = session.scalar(select(Submission).where(Submission.receipt_token_sha256 == sha256_hex(token)))
    if submission is None:
        raise NotFound("receipt.unknown")
    return submission


def submission_by_form(session: Session, form_token: str, *, campaign_id: int, city_id: int) -> Submission | None:
    """The submission that came of this very form."""
    digest = form_sha256(form_token, campaign_id=campaign_id, city_id=city_id)
    return session.scalar(select(Submission).where(Submission.form_token_sha256 == digest))


def locked(session: Session, submission_id: int) -> Submission:
    """The submission as it is now, held until this transaction ends, so that its state cannot change underneath."""
    statement = select(Submission).where(Submission.id == submission_id).with_for_update()
    return session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def original_of(session: Session, submission_id: int) -> Artefact | None:
    """The file as it came; None for words alone."""
    return session.scalar(
        select(Artefact)
        .join(Derivation, Derivation.artefact_id == Artefact.id)
        .where(Derivation.source_submission_id == submission_id, Artefact.kind == ArtefactKind.ORIGINAL)
    )


def renditions_of(session: Session, submission_id: int) -> list[PreparedFile]:
    """Every prepared file, in the order in which it was made."""
    rows = session.execute(
        select(Rendition, Artefact)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .where(Rendition.submission_id == submission_id)
        .order_by(Rendition.id)
    )
    return [PreparedFile(rendition, artefact) for rendition, artefact in rows]


def rendition_at(session: Session, submission_id: int, format_name: str, role: str) -> PreparedFile | None:
    """One prepared file."""
    for file in renditions_of(session, submission_id):
        if (file.rendition.format, file.rendition.role) == (format_name, role):
            return file
    return None


def productions_with(session: Session, submission_id: int) -> list[Production]:
    """The collages and films that this submission is in now; in a zoomable collage is whoever has a place."""
    hangs_in = select(CollagePlace.campaign_id).where(CollagePlace.submission_id == submission_id)
    zoomable = and_(Production.kind == ProductionKind.ZOOMABLE_COLLAGE, Production.campaign_id.in_(hangs_in))
    is_in = or_(Production.artefact_id.in_(derivation.derived_from(session, submission_id)), zoomable)
    return list(session.scalars(select(Production).where(Production.artefact_id.is_not(None), is_in).order_by(Production.id)))


def last_decision(session: Session, submission_id: int) -> Decision | None:
    """The decision that stands."""
    decisions = select(Decision).where(Decision.submission_id == submission_id).order_by(Decision.id.desc())
    return session.scalars(decisions).first()


def uploaded_by(session: Session, actor: Actor, *, campaign_id: int, city_id: int) -> list[Submission]:
    """What this person uploaded for the city, newest first."""
    return list(
        session.scalars(
            select(Submission)
            .where(
                Submission.uploader_id == actor.person_id, Submission.campaign_id == campaign_id, Submission.city_id == city_id
            )
            .order_by(Submission.received_at.desc(), Submission.id.desc())
        )
    )
