"""A city's spotlight at the desk: its pictures in the networks' shapes, with texts, to be posted by the city itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.errors import NotFound
from app.kits.order import NETWORK_NAMES
from app.kits.posts import alt_text, contribution_posts
from app.kits.queries import DeskPlace, joined_place
from app.moderation import wording
from app.moderation.handover import Handover, handover_of
from app.moderation.queries import Contribution
from app.publishing import spotlight_pictures as pictures
from app.publishing.spotlight_contexts import PictureView, SpotlightDeskPage
from app.publishing.spotlight_pictures import Subject
from app.publishing.spotlight_queries import planned_turn
from app.publishing.spotlight_views import turns_of
from app.runtime import Runtime
from app.web.deps import ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/c/{campaign}/{city}/spotlight", include_in_schema=False)
Shape = Literal["square", "portrait", "story", "landscape"]
SIZES_PX = {"square": (1080, 1080), "portrait": (1080, 1350), "story": (1080, 1920), "landscape": (1200, 675)}
WAS = _("Its turn came on %(moment)s. The page stays.")
COMES = _("By the time-line its turn comes on %(moment)s; then its officers get a mail. Until then the choice may still change.")
NO_TURN = _("The time-line has no turn for this city.")


@router.get("")
def page(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
) -> Response:
    """Pictures and texts, and when its turn is."""
    place = _place(session, actor, campaign, city)
    subject = _subject(session, runtime, place)
    return render(request, "publishing/spotlight_desk.html", _page(session, runtime, actor, place, subject, speech))


@router.get("/{shape}.png")
def picture(
    campaign: str,
    city: str,
    shape: Shape,
    actor: CurrentActor,
    runtime: RuntimeDep,
    download: Annotated[str, Query()] = "",
) -> Response:
    """A picture, drawn now; whether its person still agrees is asked each time."""
    with runtime.database.reading() as session:
        subject = _subject(session, runtime, _place(session, actor, campaign, city))
    if subject is None:
        raise NotFound("media.missing")
    drawn = pictures.draw(runtime, subject, shape)
    headers = {"Cache-Control": "no-store"}
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{campaign}-{city}-spotlight-{shape}.{drawn.suffix}"'
    return Response(drawn.content, media_type=drawn.media_type, headers=headers)


def _place(session: Session, actor: Actor, campaign: str, city: str) -> DeskPlace:
    place = joined_place(session, actor, campaign, city)
    if place.city.is_elsewhere:  # no city, so it has no turn
        raise NotFound("campaign.city_not_in", city=city)
    return place


def _subject(session: Session, runtime: Runtime, place: DeskPlace) -> Subject | None:
    return pictures.subject_of(session, runtime, place.campaign, place.city.id, turn_at=place.part.spotlit_at)


def _page(
    session: Session, runtime: Runtime, actor: Actor, place: DeskPlace, subject: Subject | None, speech: Translator
) -> SpotlightDeskPage:
    campaign, city = place.campaign, place.city
    address = f"/c/{campaign.slug}/{city.slug}/spotlight"
    handover = _handover(session, runtime, place, subject, address, speech) if subject else None
    is_public = city.id in {turn.city_id for turn in turns_of(session, campaign)} and campaign.status.is_public
    return SpotlightDeskPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        city=speech.place(city.names, *city.languages),
        campaign=speech.choose(campaign.title, *city.languages),
        back_href=f"/desk/c/{campaign.slug}/{city.slug}",
        when=_when(place, planned_turn(session, place.part.id), speech),
        public_href=address if is_public else None,
        contribution_href=f"/desk/contributions/{subject.submission.public_id}" if subject else None,
        pictures=_pictures(f"/desk{address}", subject, speech) if subject else [],
        alt=_alt(handover, subject) if handover and subject else "",
        posts=_posts(handover, subject) if handover and subject else [],
        language=handover.spoken if handover else "",
        posts_language=_posts_language(handover, subject) if handover and subject else "",
    )


def _handover(
    session: Session, runtime: Runtime, place: DeskPlace, subject: Subject, address: str, speech: Translator
) -> Handover:
    """The kit's texts for a contribution, with the spotlight's own link."""
    contribution = Contribution(subject.submission, place.campaign, place.city)
    found = handover_of(session, runtime, contribution, language=speech.language)
    return replace(found, order=replace(found.order, link=f"{runtime.settings.resolved_base_url}{address}"))


def _when(place: DeskPlace, planned_at: datetime | None, speech: Translator) -> str:
    at, zone = place.part.spotlit_at, place.city.time_zone
    if at is not None:
        return speech.gettext(WAS) % {"moment": speech.at_time(at, zone)}
    return speech.gettext(COMES) % {"moment": speech.at_time(planned_at, zone)} if planned_at else speech.gettext(NO_TURN)


def _pictures(url: str, subject: Subject, speech: Translator) -> list[PictureView]:
    return [
        PictureView(
            label=speech.gettext(wording.FORMATS[shape]),
            src=f"{url}/{shape}.png?v={subject.tag[:12]}",
            download_href=f"{url}/{shape}.png?download=1",
            size=f"{width_px} × {height_px}",  # noqa: RUF001 - the sign of dimensions
            width_px=width_px,
            height_px=height_px,
        )
        for shape, (width_px, height_px) in SIZES_PX.items()
        if subject.slots["quote"] or shape in subject.framed
    ]


def _alt(handover: Handover, subject: Subject) -> str:
    """A card of words alone is described by them; beside a picture they follow what its author, or the kit, says of that."""
    words = subject.slots["quote"]
    if not words or handover.language is None:
        return handover.alt
    if subject.small_picture is not None:
        return f"{handover.alt} “{words}”"
    values = {**handover.order.slots(handover.spoken), "name": subject.slots["name"], "words": words}
    return alt_text(handover.order.toolkit, handover.language, values, kind="text")


def _posts(handover: Handover, subject: Subject) -> list[tuple[Sequence[str], str]]:
    """The post is somebody's words, so the city beneath them is called as in their language; else it speaks as its texts do."""
    words, by_text = subject.slots["quote"], dict[str, list[str]]()
    for network, text in (_quoting(handover, subject) if words and handover.language else handover.posts).items():
        by_text.setdefault(text, []).append(NETWORK_NAMES[network])
    return [(networks, text) for text, networks in by_text.items()]


def _posts_language(handover: Handover, subject: Subject) -> str:
    return subject.language if subject.slots["quote"] else handover.spoken


def _quoting(handover: Handover, subject: Subject) -> dict[str, str]:
    order, row = handover.order, subject.submission
    signed = {"name": row.name or "", "words": subject.slots["quote"], "city": subject.slots["city"]}
    values = {**order.slots(handover.spoken), **signed}
    return contribution_posts(order.toolkit, handover.spoken, values, kind=row.kind.value)
