"""Rows as tests need them, without surprises: what is not given is plain."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.queries import toolkit_slugs
from app.enums import (
    CampaignStatus,
    Phase,
    Purpose,
    RoleName,
    SubmissionKind,
    SubmissionOrigin,
    SubmissionState,
)
from app.kits.checks import vouch_for
from app.models import (
    Campaign,
    CampaignCity,
    Chapter,
    ChapterCity,
    City,
    Consent,
    ConsentWording,
    InternationalDay,
    KitVersion,
    Network,
    Person,
    Role,
    Submission,
    TextRelease,
    ToolkitCheck,
)
from app.runtime import Runtime
from app.words import Words

A_MOMENT = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


def network(session: Session, slug: str = "voices") -> Network:
    """A network."""
    row = Network(
        slug=slug,
        names=Words("en", {"en": "Cities of Voices", "fr": "Villes des voix"}),
        responsible=Words("en", {"en": "Cities of Voices, Example Street 1, Strasbourg"}),
        contact_email="privacy@voices.example",
    )
    session.add(row)
    session.flush()
    for toolkit in toolkit_slugs():  # so that kits have texts, although no speaker has read them yet
        session.add_all(
            TextRelease(network_id=row.id, toolkit_slug=toolkit, language=language, released_at=A_MOMENT)
            for language in ("en", "fr")
        )
    session.flush()
    return row


def city(
    session: Session,
    network: Network,
    slug: str = "bergen",
    *,
    name: str | None = None,
    time_zone: str = "Europe/Oslo",
    country: str = "NO",
    languages: Iterable[str] = ("en",),
) -> City:
    """A city; its name is its slug with a capital unless given."""
    tags = list(languages)
    called = name or slug.replace("-", " ").title()
    row = City(
        network_id=network.id,
        slug=slug,
        names=Words(tags[0], {tags[0]: called, "en": slug.replace("-", " ").title()}),
        country=country,
        time_zone=time_zone,
        languages=tags,
        latitude=60.39,
        longitude=5.32,
    )
    session.add(row)
    session.flush()
    return row


def chapter(session: Session, network: Network, slug: str = "north", cities: Iterable[City] = ()) -> Chapter:
    """A chapter with its cities."""
    row = Chapter(network_id=network.id, slug=slug, names=Words("en", {"en": slug.title()}))
    session.add(row)
    session.flush()
    session.add_all(ChapterCity(chapter_id=row.id, city_id=each.id) for each in cities)
    session.flush()
    return row


def person(
    session: Session,
    network: Network,
    role: RoleName = RoleName.OFFICER,
    *,
    email: str | None = None,
    city: City | None = None,
    chapter: Chapter | None = None,
    language: str = "en",
) -> Person:
    """Somebody with one role; the address is `role@place.example` unless given."""
    place = city.slug if city else chapter.slug if chapter else "network"
    row = Person(email=email or f"{role.value}@{place}.example", name=f"{role.value.title()} of {place}", language=language)
    session.add(row)
    session.flush()
    session.add(
        Role(
            network_id=network.id,
            person_id=row.id,
            name=role,
            city_id=city.id if city else None,
            chapter_id=chapter.id if chapter else None,
        )
    )
    session.flush()
    return row


def campaign(
    session: Session,
    network: Network,
    *,
    slug: str = "our-home",
    status: CampaignStatus = CampaignStatus.OPEN,
    day_on: date = date(2027, 6, 20),
    languages: Iterable[str] = ("en", "fr"),
    kinds: Iterable[SubmissionKind] = tuple(SubmissionKind),
    toolkit_slug: str = "world-refugee-day",
    max_clip_s: int = 10,
    max_text_chars: int = 600,
    phase: Phase | None = Phase.PRE_DAY,
) -> Campaign:
    """An open campaign three weeks before its day."""
    day = session.scalar(select(InternationalDay).where(InternationalDay.network_id == network.id))
    if day is None:
        day = InternationalDay(
            network_id=network.id,
            slug="world-refugee-day",
            names=Words("en", {"en": "World Refugee Day", "fr": "Journée mondiale des réfugiés"}),
            month=6,
            day=20,
            proclaimed_by="United Nations",
            since_year=2001,
            toolkit_slug=toolkit_slug,
        )
        session.add(day)
        session.flush()
    row = Campaign(
        network_id=network.id,
        international_day_id=day.id,
        slug=slug,
        title=Words("en", {"en": "Our Home", "fr": "Notre maison"}),
        message=Words("en", {"en": "Home is where we sing", "fr": "Chez nous, c'est où l'on chante"}),
        objective=Words("en", {"en": "To hear one another."}),
        audience=Words("en", {"en": ""}),
        approach=Words("en", {"en": ""}),
        question=Words("en", {"en": "What does safety mean to you?", "fr": "Que veut dire la sécurité pour vous ?"}),
        hashtag=Words("en", {"en": "#OurHome", "fr": "#NotreMaison"}),
        languages=list(languages),
        day_on=day_on,
        pre_day_offset_days=-28,
        post_day_offset_days=21,
        status=status,
        phase=None if status is CampaignStatus.DRAFT else phase,
        toolkit_slug=toolkit_slug,
        kinds=[kind.value for kind in kinds],
        formats=["square", "story", "landscape", "profile"],
        max_clip_s=max_clip_s,
        max_text_chars=max_text_chars,
        created_at=A_MOMENT,
        opened_at=A_MOMENT if status is not CampaignStatus.DRAFT else None,
        closed_at=A_MOMENT if status is CampaignStatus.CLOSED else None,
    )
    session.add(row)
    session.flush()
    if status is not CampaignStatus.DRAFT:  # as a campaign that ran before there were versions
        note = Words("en", {"en": ""})
        version = KitVersion(campaign_id=row.id, number=1, note=note, toolkit_slug=toolkit_slug, embargoed=["day"])
        version.published_at = A_MOMENT
        session.add(version)
        session.flush()
    return row


def checked(session: Session, runtime: Runtime, campaign: Campaign, root: Path) -> ToolkitCheck:
    """The campaign's toolkit in this root as the gate would leave it, without the minute that it takes."""
    network_id, slug = campaign.network_id, campaign.toolkit_slug
    return vouch_for(session, runtime, network_id=network_id, slug=slug, root=root, now=A_MOMENT)


def taking_part(
    session: Session, campaign: Campaign, city: City, *, joined: bool = True, collects: bool = True, phase: Phase = Phase.PRE_DAY
) -> CampaignCity:
    """The city is invited, has joined and takes contributions unless said otherwise."""
    row = CampaignCity(
        campaign_id=campaign.id,
        city_id=city.id,
        invited_at=A_MOMENT,
        joined_at=A_MOMENT if joined else None,
        phase=phase,
        collection_opened_at=A_MOMENT if joined and collects else None,
    )
    session.add(row)
    session.flush()
    return row


def submission(
    session: Session,
    campaign: Campaign,
    city: City,
    *,
    state: SubmissionState = SubmissionState.APPROVED,
    kind: SubmissionKind = SubmissionKind.TEXT,
    origin: SubmissionOrigin = SubmissionOrigin.RESIDENT,
    text: str = "Safety is a door that I can close and open myself.",
    name: str | None = "Amal",
    language: str = "en",
    spoken_words: str = "",
    no_speech: bool = False,
    consents: Iterable[Purpose] = tuple(Purpose),
    token: str | None = None,
) -> Submission:
    """A contribution with consents; no files."""
    row = Submission(
        public_id=secrets.token_urlsafe(9),
        campaign_id=campaign.id,
        city_id=city.id,
        kind=kind,
        origin=origin,
        state=state,
        language=language,
        text=text,
        spoken_words=spoken_words,
        no_speech=no_speech,
        name=name,
        alt_text="",
        receipt_token_sha256=hashlib.sha256((token or secrets.token_urlsafe(16)).encode()).hexdigest(),
        page_language="en",
        received_at=A_MOMENT,
        prepared_at=A_MOMENT if state not in {SubmissionState.RECEIVED, SubmissionState.FAILED} else None,
        trimmed=False,
    )
    session.add(row)
    session.flush()
    for purpose in consents:
        wording = ConsentWording(
            sha256=hashlib.sha256(purpose.value.encode()).hexdigest(), purpose=purpose, language="en", text="Yes."
        )
        session.merge(wording)
        session.flush()
        session.add(Consent(submission_id=row.id, purpose=purpose, wording_sha256=wording.sha256, given_at=A_MOMENT))
    session.flush()
    return row
