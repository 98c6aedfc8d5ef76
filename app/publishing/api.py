"""What everybody may read as JSON: a campaign, and the contributions on its pages."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.assembly.queries import public_campaign
from app.clock import rfc3339
from app.publishing import queries
from app.publishing.queries import PublicVoice
from app.web.deps import ReadSession

router = APIRouter(prefix="/api/v1", tags=["campaigns"])
ON_A_PAGE = 100


class CampaignItem(BaseModel):
    """A campaign as everybody may know it."""

    slug: str
    title: dict[str, str]
    message: dict[str, str]
    question: dict[str, str]
    hashtag: dict[str, str]
    day_on: str
    status: str
    phase: str | None
    languages: list[str]
    kinds: list[str]
    cities: list[str]


class MediaItem(BaseModel):
    """One prepared file of a contribution."""

    role: str
    format: str
    media_type: str
    url: str
    width_px: int | None
    height_px: int | None
    duration_s: float | None


class ContributionItem(BaseModel):
    """A contribution that hangs on the campaign's pages."""

    id: str
    kind: str
    origin: str
    city: str
    language: str
    text: str
    spoken_words: str
    name: str | None
    credit: str | None
    alt_text: str
    media: list[MediaItem]
    received_at: str


class Contributions(BaseModel):
    """A page of contributions; `next` is the address of the following one."""

    items: list[ContributionItem]
    next: str | None


@router.get("/campaigns/{campaign}")
def campaign(campaign: str, session: ReadSession) -> CampaignItem:
    """A campaign that is open or closed."""
    found = public_campaign(session, campaign)
    members = queries.cities_of(session, [found.id]).get(found.id, [])
    return CampaignItem(
        slug=found.slug,
        title=dict(found.title.texts),
        message=dict(found.message.texts),
        question=dict(found.question.texts),
        hashtag=dict(found.hashtag.texts),
        day_on=found.day_on.isoformat(),
        status=found.status.value,
        phase=found.phase.value if found.phase else None,
        languages=found.languages,
        kinds=found.kinds,
        cities=[member.slug for member in members],
    )


@router.get("/campaigns/{campaign}/contributions")
def contributions(
    campaign: str,
    session: ReadSession,
    city: str | None = None,
    language: str | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Contributions:
    """What people agreed to show on the campaign's pages, newest first."""
    found = public_campaign(session, campaign)
    city_id = None
    if city is not None:
        city_id = queries.place_in(session, found, city).id
    voices = queries.voices(
        session, found.id, limit=ON_A_PAGE + 1, offset=(page - 1) * ON_A_PAGE, city_id=city_id, language=language
    )
    following = None
    if len(voices) > ON_A_PAGE:
        chosen = "".join(f"&{key}={value}" for key, value in (("city", city), ("language", language)) if value)
        following = f"/api/v1/campaigns/{found.slug}/contributions?page={page + 1}{chosen}"
    return Contributions(items=[_item(voice) for voice in voices[:ON_A_PAGE]], next=following)


def _item(voice: PublicVoice) -> ContributionItem:
    media = [
        MediaItem(
            role=file.role,
            format=file.format,
            media_type=file.media_type,
            url=f"/media/{voice.public_id}/{file.format}-{file.role}",
            width_px=file.width_px,
            height_px=file.height_px,
            duration_s=file.duration_s,
        )
        for file in voice.files
    ]
    return ContributionItem(
        id=voice.public_id,
        kind=voice.kind.value,
        origin=voice.origin.value,
        city=voice.city_slug,
        language=voice.language,
        text=voice.text,
        spoken_words=voice.spoken_words,
        name=voice.name,
        credit=voice.credit,
        alt_text=voice.alt_text,
        media=media,
        received_at=rfc3339(voice.received_at),
    )
