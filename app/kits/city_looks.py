"""How a city shows itself in every campaign: its names, logo, accent and accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.accounts.actor import Actor
from app.audit import record
from app.derivation import Made
from app.enums import Accent, ArtefactKind
from app.models import Artefact, Campaign, CampaignCity, City, CityLook
from app.storage import Storage
from app.words import Words
from media_pipeline.logos import LogoFile

LOGO_SLOT = "logo"


@dataclass(frozen=True, slots=True)
class Look:
    """What of a city's look goes into its pieces."""

    accent: Accent = Accent.FIRST
    handles: Mapping[str, str] = field(default_factory=dict)  # by network, as people write them
    logo_key: str | None = None
    logo_sha256: str | None = None  # of its bytes: for addresses made of content
    logo_size_px: tuple[int, int] | None = None

    def pictures(self, storage: Storage, workspace: Path) -> dict[str, Path]:
        """The logo as a file in the workspace, under its slot; empty when there is none."""
        return {} if self.logo_key is None else {LOGO_SLOT: storage.fetched(self.logo_key, workspace)}


def look_of(session: Session, city: City) -> Look:
    """A city's look; that of a city which has given none is plain."""
    row = session.scalar(select(CityLook).where(CityLook.city_id == city.id))
    if row is None:
        return Look()
    logo = None if row.logo_artefact_id is None else session.get_one(Artefact, row.logo_artefact_id)
    size_px = (row.logo_width_px, row.logo_height_px) if row.logo_width_px and row.logo_height_px else None
    return Look(
        accent=row.accent or Accent.FIRST,
        handles=dict(row.handles),
        logo_key=logo.storage_key if logo else None,
        logo_sha256=logo.sha256 if logo else None,
        logo_size_px=size_px if logo else None,
    )


def campaigns_of(session: Session, city: City) -> Sequence[Campaign]:
    """The campaigns that the city takes part in, the newest first."""
    query = (
        select(Campaign)
        .join(CampaignCity, CampaignCity.campaign_id == Campaign.id)
        .where(CampaignCity.city_id == city.id, CampaignCity.joined_at.is_not(None))
        .order_by(Campaign.day_on.desc(), Campaign.id.desc())
    )
    return session.scalars(query).all()


def name_languages(city: City, campaigns: Sequence[Campaign]) -> list[str]:
    """In which languages a city can be named: its own, those it is named in, and those of its campaigns."""
    spoken = (tag for campaign in campaigns for tag in campaign.languages)
    return list(dict.fromkeys([*city.languages, *city.names.texts, *spoken]))


def keep_look(
    session: Session,
    storage: Storage,
    city: City,
    *,
    names: Words,
    accent: Accent,
    handles: Mapping[str, str],
    logo: LogoFile | None,
    without_logo: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Change the city's look; a new logo takes the place of the one before, whose file is erased."""
    session.refresh(city, with_for_update=True)  # two who keep it at once do so one after the other
    row = session.scalar(select(CityLook).where(CityLook.city_id == city.id))
    if row is None:
        row = CityLook(city_id=city.id, handles={}, updated_at=now)
        session.add(row)
    before = row.logo_artefact_id
    if logo is not None:
        spec = {"what": "logo", "city": city.id}
        made = Made(logo.path, ArtefactKind.LOGO, logo.media_type, spec)
        row.logo_artefact_id = derivation.keep(session, storage, made, now=now).id
        row.logo_width_px, row.logo_height_px = logo.width_px, logo.height_px
    elif without_logo:
        row.logo_artefact_id = row.logo_width_px = row.logo_height_px = None
    renamed = names != city.names
    city.names = names
    row.accent, row.handles = accent, dict(handles)
    row.updated_at, row.updated_by_id = now, actor.person_id
    session.flush()
    if before is not None and before != row.logo_artefact_id:
        derivation.erase(session, storage, [before])
    record(
        session,
        network_id=city.network_id,
        act="city_look_kept",
        subject_kind="city",
        subject_id=city.id,
        at=now,
        actor_id=actor.person_id,
        renamed=renamed,
        logo=row.logo_artefact_id is not None,
        accent=accent.value,
        handles=len(handles),
    )
