"""What the public may see: every SELECT here asks state and consent itself, so that a withdrawal hides at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.assembly.queries import is_whole
from app.campaigns.queries import planned_opening
from app.enums import (
    PUBLIC,
    PUBLIC_ARTEFACTS,
    Phase,
    ProductionKind,
    Purpose,
    SubmissionKind,
    SubmissionOrigin,
)
from app.errors import NotFound
from app.models import Artefact, Campaign, CampaignCity, City, Network, Production, Rendition, Submission
from app.submissions.queries import visible
from app.words import Words

PUBLIC_ROLES = ("main", "preview", "poster")  # never the original, never a tile


@dataclass(frozen=True, slots=True)
class MemberCity:
    """A city as the pages name it."""

    id: int
    slug: str
    names: Words
    country: str
    time_zone: str
    languages: tuple[str, ...]
    phase: Phase | None
    collection_opens_at: datetime | None = None  # planned
    collection_opened_at: datetime | None = None
    collection_closed_at: datetime | None = None
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One prepared file of a voice."""

    format: str
    role: str
    media_type: str
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    placeholder: str | None


@dataclass(frozen=True, slots=True)
class PublicVoice:
    """One contribution as everybody may see it."""

    public_id: str
    kind: SubmissionKind
    origin: SubmissionOrigin
    language: str
    text: str
    spoken_words: str
    name: str | None
    credit: str | None
    alt_text: str
    received_at: datetime
    city_slug: str
    city_names: Words
    city_languages: tuple[str, ...]
    is_from_elsewhere: bool
    files: tuple[File, ...]

    def file(self, role: str) -> File | None:
        """Its file in this role, in the format that was made first."""
        return next((file for file in self.files if file.role == role), None)


@dataclass(frozen=True, slots=True)
class VoiceCount:
    """How many voices one city has in one language."""

    city_id: int
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class Served:
    """A file that may be sent out now."""

    sha256: str
    storage_key: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A collage or a film; `whole` says whether it can be shown as it is or is being made anew."""

    public_id: str
    version: int
    is_final: bool
    whole: bool
    has_poster: bool
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    contributions: int
    built_at: datetime


@dataclass(frozen=True, slots=True)
class InCollage:
    """What one tile of the collage is, in words."""

    kind: SubmissionKind
    name: str | None
    alt_text: str
    text: str
    language: str
    city_names: Words
    city_languages: tuple[str, ...]


def the_network(session: Session) -> Network:
    """The network that this service is for; NotFound `network.unknown` before there is one."""
    network = session.scalars(select(Network).order_by(Network.id).limit(1)).one_or_none()
    if network is None:
        raise NotFound("network.unknown")
    return network


def network_reach(session: Session, network_id: int) -> tuple[int, int]:
    """How many cities in how many countries."""
    cities = (City.network_id == network_id, City.is_elsewhere.is_(False))
    row = session.execute(select(func.count(City.id), func.count(func.distinct(City.country))).where(*cities)).one()
    return row[0], row[1]


def public_campaigns(session: Session, network_id: int) -> list[Campaign]:
    """Open campaigns and closed ones, the latest day first; drafts are nobody's business yet."""
    where = (Campaign.network_id == network_id, Campaign.status.in_(PUBLIC))
    return list(session.scalars(select(Campaign).where(*where).order_by(Campaign.day_on.desc(), Campaign.id)))


def cities_of(session: Session, campaign_ids: Iterable[int]) -> dict[int, list[MemberCity]]:
    """The cities that joined, by campaign; another place is none."""
    found: dict[int, list[MemberCity]] = {}
    for campaign_id, member in _members(session, campaign_ids, City.is_elsewhere.is_(False)):
        found.setdefault(campaign_id, []).append(member)
    return found


def elsewhere_of(session: Session, campaigns: Iterable[Campaign]) -> dict[int, MemberCity]:
    """What stands for another place in those of the campaigns that collect there too."""
    collecting = [campaign.id for campaign in campaigns if campaign.collects_elsewhere]
    return dict(_members(session, collecting, City.is_elsewhere)) if collecting else {}


def place_in(session: Session, campaign: Campaign, slug: str) -> MemberCity:
    """A city that joined, or what stands for another place; `campaign.city_not_in` for every other."""
    for _campaign_id, member in _members(session, [campaign.id], City.slug == slug):
        return member
    raise NotFound("campaign.city_not_in", city=slug)


def _members(
    session: Session, campaign_ids: Iterable[int], where: ColumnElement[bool] | InstrumentedAttribute[bool]
) -> list[tuple[int, MemberCity]]:
    query = (
        select(CampaignCity, City, planned_opening())
        .join(City, City.id == CampaignCity.city_id)
        .where(CampaignCity.campaign_id.in_(list(campaign_ids)), CampaignCity.joined_at.is_not(None), where)
        .order_by(City.slug)
    )
    return [(place.campaign_id, _member(place, city, opens_at)) for place, city, opens_at in session.execute(query)]


def _member(place: CampaignCity, city: City, opens_at: datetime | None) -> MemberCity:
    return MemberCity(
        id=city.id,
        slug=city.slug,
        names=city.names,
        country=city.country,
        time_zone=city.time_zone,
        languages=tuple(city.languages),
        phase=place.phase,
        collection_opens_at=opens_at,
        collection_opened_at=place.collection_opened_at,
        collection_closed_at=place.collection_closed_at,
        is_elsewhere=city.is_elsewhere,
    )


def voice_counts(session: Session, campaign_id: int) -> list[VoiceCount]:
    """How many voices hang on the pages, by city and language."""
    query = (
        select(Submission.city_id, Submission.language, func.count())
        .where(Submission.campaign_id == campaign_id, visible(Purpose.CAMPAIGN_PAGES))
        .group_by(Submission.city_id, Submission.language)
        .order_by(Submission.city_id, Submission.language)
    )
    return [VoiceCount(*row) for row in session.execute(query)]


def voices(
    session: Session,
    campaign_id: int,
    *,
    limit: int,
    offset: int = 0,
    city_id: int | None = None,
    language: str | None = None,
) -> list[PublicVoice]:
    """Contributions on the pages, newest first."""
    query = (
        select(Submission, City)
        .join(City, City.id == Submission.city_id)
        .where(Submission.campaign_id == campaign_id, visible(Purpose.CAMPAIGN_PAGES))
        .order_by(Submission.received_at.desc(), Submission.id.desc())
    )
    if city_id is not None:
        query = query.where(Submission.city_id == city_id)
    if language is not None:
        query = query.where(Submission.language == language)
    return read_voices(session, query.limit(limit).offset(offset))


def read_voices(session: Session, query: Select[Submission, City]) -> list[PublicVoice]:
    """What such a query finds, each with the files that may be served; it asks state and consent itself."""
    rows = session.execute(query).all()
    files = _files(session, [submission.id for submission, _ in rows])
    return [_voice(submission, city, files.get(submission.id, ())) for submission, city in rows]


def voices_by_id(session: Session, submission_ids: Sequence[int]) -> dict[int, PublicVoice]:
    """Those of these contributions that hang on the pages."""
    query = (
        select(Submission, City)
        .join(City, City.id == Submission.city_id)
        .where(Submission.id.in_(submission_ids), visible(Purpose.CAMPAIGN_PAGES))
        .order_by(Submission.id)
    )
    rows = session.execute(query).all()
    files = _files(session, [submission.id for submission, _ in rows])
    return {submission.id: _voice(submission, city, files.get(submission.id, ())) for submission, city in rows}


def newest_by_city(session: Session, campaign_id: int, city_ids: Sequence[int], *, each: int) -> dict[int, list[PublicVoice]]:
    """Up to so many of the newest contributions of each of these cities, by the city's id."""
    age = func.row_number().over(partition_by=Submission.city_id, order_by=(Submission.received_at.desc(), Submission.id.desc()))
    ages = (
        select(Submission.id.label("id"), age.label("age"))
        .where(Submission.campaign_id == campaign_id, Submission.city_id.in_(city_ids), visible(Purpose.CAMPAIGN_PAGES))
        .subquery()
    )
    query = (
        select(Submission, City)
        .join(City, City.id == Submission.city_id)
        .join(ages, ages.c.id == Submission.id)
        .where(ages.c.age <= each, visible(Purpose.CAMPAIGN_PAGES))
        .order_by(ages.c.age)
    )
    rows = session.execute(query).all() if city_ids else []
    files = _files(session, [submission.id for submission, _ in rows]) if rows else {}
    found: dict[int, list[PublicVoice]] = {}
    for submission, city in rows:
        found.setdefault(city.id, []).append(_voice(submission, city, files.get(submission.id, ())))
    return found


def _voice(submission: Submission, city: City, files: Sequence[File]) -> PublicVoice:
    return PublicVoice(
        public_id=submission.public_id,
        kind=submission.kind,
        origin=submission.origin,
        language=submission.language,
        text=submission.text,
        spoken_words=submission.spoken_words,
        name=submission.name,
        credit=submission.credit,
        alt_text=submission.alt_text,
        received_at=submission.received_at,
        city_slug=city.slug,
        city_names=city.names,
        city_languages=tuple(city.languages),
        is_from_elsewhere=city.is_elsewhere,
        files=tuple(files),
    )


def _files(session: Session, submission_ids: Sequence[int]) -> dict[int, list[File]]:
    query = (
        select(
            Submission.id,
            Rendition.format,
            Rendition.role,
            Artefact.media_type,
            Rendition.width_px,
            Rendition.height_px,
            Rendition.duration_s,
            Rendition.placeholder,
        )
        .join(Rendition, Rendition.submission_id == Submission.id)
        .join(Artefact, Artefact.id == Rendition.artefact_id)
        .where(Submission.id.in_(submission_ids), *_may_be_served())
        .order_by(Rendition.id)
    )
    found: dict[int, list[File]] = {}
    for row in session.execute(query):
        facts: Sequence[Any] = tuple(row)
        found.setdefault(facts[0], []).append(File(*facts[1:]))
    return found


def _may_be_served() -> tuple[ColumnElement[bool], ...]:
    return (
        visible(Purpose.CAMPAIGN_PAGES),
        Rendition.role.in_(PUBLIC_ROLES),
        Artefact.kind.in_(PUBLIC_ARTEFACTS),
    )


def media_of_voice(session: Session, public_id: str, format_name: str, role: str) -> Served | None:
    """A contribution's file, if everybody may see it at this moment."""
    query = (
        _served()
        .join(Rendition, Rendition.artefact_id == Artefact.id)
        .join(Submission, Submission.id == Rendition.submission_id)
        .where(Submission.public_id == public_id, Rendition.format == format_name, Rendition.role == role, *_may_be_served())
    )
    return _one(session, query)


def _served() -> Select[str, str, str, int]:
    return select(Artefact.sha256, Artefact.storage_key, Artefact.media_type, Artefact.size_bytes)


def _one(session: Session, query: Select[str, str, str, int]) -> Served | None:
    row = session.execute(query.limit(1)).one_or_none()
    return Served(row[0], row[1], row[2], row[3]) if row else None


def shown_productions(session: Session, campaign_id: int, kind: ProductionKind) -> dict[int | None, Shown]:
    """Collages or films of a campaign by city, with whether each can be shown now."""
    query = select(Production, is_whole()).where(Production.campaign_id == campaign_id, Production.kind == kind)
    return {production.city_id: shown_of(production, whole=bool(whole)) for production, whole in session.execute(query)}


def shown_of(production: Production, *, whole: bool) -> Shown:
    """What the pages know of a work; `whole` was asked in the SELECT that found it."""
    return Shown(
        public_id=production.public_id,
        version=production.version,
        is_final=production.final_at is not None,
        whole=whole,
        has_poster=production.poster_artefact_id is not None,
        width_px=production.width_px,
        height_px=production.height_px,
        duration_s=production.duration_s,
        contributions=production.contributions,
        built_at=production.built_at,
    )
