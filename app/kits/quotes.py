"""What a city's mayor, its guests and its residents say in a campaign: one format and one length for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.accounts.actor import Actor
from app.audit import record
from app.derivation import Made
from app.enums import ArtefactKind, QuoteRole
from app.errors import NotFound
from app.jobs import enqueue
from app.kits.queries import DeskPlace
from app.models import Artefact, CampaignCity, CityQuote
from app.storage import Storage
from app.words import Words

PORTRAIT_SLOT = "portrait"
QUOTE_CHANGED = "assembly.quote_changed"  # its handler lives above, known here by name only
CARD, POSTER = "quote_card", "quote_poster"


@dataclass(frozen=True, slots=True)
class Quote:
    """What one person says, as pieces show it."""

    id: int
    role: QuoteRole
    name: str
    office: Words  # may be empty
    text: Words
    portrait_key: str | None
    portrait_sha256: str | None  # of its bytes: for addresses made of content
    portrait_alt_text: str

    def pictures(self, storage: Storage, workspace: Path) -> dict[str, Path]:
        """The portrait as a file in the workspace, under its slot; empty when there is none."""
        return {} if self.portrait_key is None else {PORTRAIT_SLOT: storage.fetched(self.portrait_key, workspace)}


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """What an officer says of a quote."""

    role: QuoteRole
    name: str
    office: Words
    text: Words
    portrait: Path | None  # re-encoded; None: as it was
    without_portrait: bool
    portrait_alt_text: str


def quotes_of(session: Session, campaign_id: int, city_id: int) -> list[Quote]:
    """The quotes of a city in a campaign, mayors first, then guests, then residents, each in the order they were given."""
    query = (
        select(CityQuote, Artefact)
        .join(CampaignCity, CampaignCity.id == CityQuote.campaign_city_id)
        .outerjoin(Artefact, Artefact.id == CityQuote.portrait_artefact_id)
        .where(CampaignCity.campaign_id == campaign_id, CampaignCity.city_id == city_id, CityQuote.removed_at.is_(None))
        .order_by(CityQuote.id)
    )
    found = [_quote(row, portrait) for row, portrait in session.execute(query)]
    return sorted(found, key=lambda quote: list(QuoteRole).index(quote.role))


def quote_at(session: Session, place: DeskPlace, quote_id: int) -> Quote:
    """One of them; one that was removed, or is another city's, is not found."""
    row = _row(session, place, quote_id, to_change=False)
    portrait = None if row.portrait_artefact_id is None else session.get_one(Artefact, row.portrait_artefact_id)
    return _quote(row, portrait)


def _quote(row: CityQuote, portrait: Artefact | None) -> Quote:
    return Quote(
        id=row.id,
        role=row.role,
        name=row.name,
        office=row.office,
        text=row.text,
        portrait_key=portrait.storage_key if portrait else None,
        portrait_sha256=portrait.sha256 if portrait else None,
        portrait_alt_text=row.portrait_alt_text,
    )


def _row(session: Session, place: DeskPlace, quote_id: int, *, to_change: bool) -> CityQuote:
    where = (CityQuote.id == quote_id, CityQuote.campaign_city_id == place.part.id, CityQuote.removed_at.is_(None))
    query = select(CityQuote).where(*where)
    row = session.scalar(query.with_for_update() if to_change else query)
    if row is None:
        raise NotFound("quote.unknown")
    return row


def add_quote(
    session: Session,
    storage: Storage,
    place: DeskPlace,
    draft: QuoteDraft,
    *,
    actor: Actor,
    form_sha256: str | None,
    now: datetime,
) -> int:
    """Take a quote in; a form that was sent twice makes one."""
    session.refresh(place.part, with_for_update=True)
    if form_sha256 is not None:
        known = session.scalar(select(CityQuote.id).where(CityQuote.form_sha256 == form_sha256))
        if known is not None:
            return known
    row = CityQuote(
        campaign_city_id=place.part.id,
        agreed_at=now,
        created_at=now,
        created_by_id=actor.person_id,
        form_sha256=form_sha256,
    )
    _write(session, storage, row, draft, now=now)
    session.add(row)
    session.flush()
    _note(session, place, row, "quote_added", actor=actor, now=now)
    return row.id


def change_quote(
    session: Session, storage: Storage, place: DeskPlace, quote_id: int, draft: QuoteDraft, *, actor: Actor, now: datetime
) -> None:
    """Change a quote; a new portrait takes the place of the one before, whose file is erased."""
    row = _row(session, place, quote_id, to_change=True)
    before = row.portrait_artefact_id
    _write(session, storage, row, draft, now=now)
    session.flush()
    if before is not None and before != row.portrait_artefact_id:
        _erase_portrait(session, storage, before)
    _tell_works(session, place, row.id, now=now)
    _note(session, place, row, "quote_changed", actor=actor, now=now)


def remove_quote(session: Session, storage: Storage, place: DeskPlace, quote_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a quote back: its words and its portrait are erased, that there was one stays."""
    row = _row(session, place, quote_id, to_change=True)
    portrait, empty = row.portrait_artefact_id, Words.one(row.text.source, "")
    row.name, row.office, row.text, row.portrait_alt_text = "", empty, empty, ""
    row.portrait_artefact_id, row.removed_at, row.changed_at = None, now, now
    session.flush()
    if portrait is not None:
        _erase_portrait(session, storage, portrait)
    _tell_works(session, place, row.id, now=now)
    _note(session, place, row, "quote_removed", actor=actor, now=now)


def _tell_works(session: Session, place: DeskPlace, quote_id: int, *, now: datetime) -> None:
    """Works that show the quote are taken down and made anew."""
    payload = {"campaign_id": place.campaign.id, "quote_id": quote_id}
    enqueue(session, QUOTE_CHANGED, payload, unique_key=f"{QUOTE_CHANGED}:{place.campaign.id}:{quote_id}", now=now)


def _write(session: Session, storage: Storage, row: CityQuote, draft: QuoteDraft, *, now: datetime) -> None:
    row.role, row.name, row.office, row.text = draft.role, draft.name, draft.office, draft.text
    row.portrait_alt_text, row.changed_at = draft.portrait_alt_text, now
    if draft.portrait is not None:
        spec = {"what": "portrait", "campaign_city": row.campaign_city_id}
        made = Made(draft.portrait, ArtefactKind.PORTRAIT, "image/jpeg", spec)
        row.portrait_artefact_id = derivation.keep(session, storage, made, now=now).id
    elif draft.without_portrait:
        row.portrait_artefact_id = None


def _erase_portrait(session: Session, storage: Storage, artefact_id: int) -> None:
    """Remove the file, unless another quote of the city shows the same picture."""
    if session.scalar(select(CityQuote.id).where(CityQuote.portrait_artefact_id == artefact_id).limit(1)) is None:
        derivation.erase(session, storage, [artefact_id])


def _note(session: Session, place: DeskPlace, row: CityQuote, act: str, *, actor: Actor, now: datetime) -> None:
    record(
        session,
        network_id=place.network.id,
        act=act,
        subject_kind="city_quote",
        subject_id=row.id,
        at=now,
        actor_id=actor.person_id,
        role=row.role.value,
        city_id=place.city.id,
        portrait=row.portrait_artefact_id is not None,
    )


def offered_languages(place: DeskPlace) -> Sequence[str]:
    """In which languages somebody can be quoted: those of the city, then those of the campaign."""
    return list(dict.fromkeys([*place.city.languages, *place.campaign.languages]))
