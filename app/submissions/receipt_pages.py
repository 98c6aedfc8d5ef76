"""The private page of one contribution: what became of it, where it is shown, what it may be used for, how to take it back."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.consent.queries import purposes_of
from app.consent.wordings import voice_of
from app.enums import Purpose, SubmissionKind, SubmissionOrigin, SubmissionState
from app.errors import NotFound
from app.models import Submission
from app.runtime import Runtime
from app.submissions import forms, queries, service
from app.submissions.captions import webvtt_of
from app.submissions.contexts import Card, ReceiptPage, Voice, WithdrawnPage, WithdrawPage
from app.submissions.queries import Place, PreparedFile
from app.submissions.share_pages import brand_href, campaign_url, consent_questions, keeper_of
from app.submissions.thanks import thanks_of
from app.submissions.timeline import timeline
from app.submissions.works_shown import SHOWN_FOR, works_shown
from app.web.deps import FOR_RESIDENTS, FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.headers import look_again
from app.web.i18n import Translator, _
from app.web.media import serve_captions, serve_file
from app.web.templating import render

router = APIRouter(include_in_schema=False, dependencies=[FOR_RESIDENTS])
S = SubmissionState
RELOAD_S = 5
MAIL_SUBJECT = _("The link to my story")
MAIL_BODY = _("With this link I can see what becomes of my story, and take it back:")
ON_CAMPAIGN, ON_CITY, ON_ELSEWHERE = _("The campaign's page"), _("The city's page"), _("The page of other places")
SHAPES = {
    "square": _("Square"),
    "portrait": _("Portrait"),
    "story": _("Story, upright"),
    "landscape": _("Landscape"),
    "wide": _("Wide"),
    "link_card": _("Link picture"),
    "profile": _("Profile picture"),
    "audio": _("Sound"),
    "audiogram_square": _("Sound as a film, square"),
    "audiogram_story": _("Sound as a film, upright"),
}


@router.get("/r/{token}")
def show(
    request: Request,
    token: str,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    wait: Annotated[str, Query()] = "yes",
    saved: Annotated[str, Query()] = "no",
) -> Response:
    """The receipt; it looks again by itself while the file is being prepared, unless the reader stopped that (`?wait=no`)."""
    submission = queries.submission_by_receipt(session, token)
    place = queries.place_of(session, submission)
    if submission.state is S.WITHDRAWN:
        return _private(render(request, "submissions/withdrawn.html", _withdrawn(submission, place, speech)))
    reloads = submission.state is S.RECEIVED and wait != "no"
    page = _page(session, submission, place, speech, runtime, token, reloads=reloads, saved=saved == "yes")
    response = _private(render(request, "submissions/receipt.html", page))
    return look_again(request, response, after_s=RELOAD_S) if reloads else response


@router.api_route("/r/{token}/media/{name}", methods=["GET", "HEAD"])
def media(request: Request, token: str, name: str, session: ReadSession, runtime: RuntimeDep) -> Response:
    """One prepared file, `{format}-{role}`, for its own person; never the original."""
    submission = queries.submission_by_receipt(session, token)
    format_name, _dash, role = name.rpartition("-")
    file = queries.rendition_at(session, submission.id, format_name, role)
    if file is None or submission.state is S.WITHDRAWN:
        raise NotFound("media.missing")
    response = serve_file(
        request,
        runtime.storage,
        key=file.artefact.storage_key,
        media_type=file.artefact.media_type,
        size_bytes=file.artefact.size_bytes,
        tag=file.artefact.sha256[:32],
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.api_route("/r/{token}/captions.vtt", methods=["GET", "HEAD"])
def spoken_words(token: str, session: ReadSession) -> Response:
    """What is said in it, for the player on this page."""
    submission = queries.submission_by_receipt(session, token)
    text = webvtt_of(session, Submission.id == submission.id, Submission.state != S.WITHDRAWN)
    return _private(serve_captions(text))


@router.post("/r/{token}/purposes")
def choose_purposes(token: str, fields: FieldsDep, session: WriteSession, now: Now, speech: Speech) -> Response:
    """Switch purposes off and on; what was not answered stays as it is."""
    submission = queries.submission_by_receipt(session, token)
    language = forms.wording_language(fields, speech.language)
    for purpose, agreed in forms.answers(fields).items():
        if agreed is not None:
            service.switch_purpose(session, submission, purpose, agreed=agreed, language=language, now=now)
    return RedirectResponse(f"/r/{token}?saved=yes#purposes", status_code=303)


@router.get("/r/{token}/withdraw")
def ask_to_withdraw(request: Request, token: str, session: ReadSession, speech: Speech) -> Response:
    """Say what will happen, then one button."""
    submission = queries.submission_by_receipt(session, token)
    if submission.state is S.WITHDRAWN:
        return RedirectResponse(f"/r/{token}", status_code=303)
    place = queries.place_of(session, submission)
    page = WithdrawPage(f"/r/{token}", speech.choose(place.city.names), submission.state is S.APPROVED)
    return _private(render(request, "submissions/withdraw.html", page))


@router.post("/r/{token}/withdraw")
def take_back(token: str, session: WriteSession, now: Now) -> Response:
    """Take it back; a second time changes nothing."""
    service.withdraw(session, queries.submission_by_receipt(session, token), actor_id=None, now=now)
    return RedirectResponse(f"/r/{token}", status_code=303)


def _private(response: Response) -> Response:
    """A page for one person: kept by nobody, found by no search; other sites never learn its address."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # not "no-referrer": with it, browsers send "Origin: null" with this page's own forms, which would be refused as cross-site
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _page(
    session: Session,
    submission: Submission,
    place: Place,
    speech: Translator,
    runtime: Runtime,
    token: str,
    *,
    reloads: bool,
    saved: bool,
) -> ReceiptPage:
    url, decision = f"/r/{token}", queries.last_decision(session, submission.id)
    link = f"{runtime.settings.resolved_base_url}{url}"
    files = queries.renditions_of(session, submission.id)
    agreed = purposes_of(session, submission.id)
    rejected = submission.state is S.REJECTED
    voice, keeper = voice_of(submission.origin, from_elsewhere=place.city.is_elsewhere), keeper_of(place, speech)
    return ReceiptPage(
        url=url,
        link=link,
        mail_link=_mail_link(link, speech),
        state=submission.state,
        kind=submission.kind,
        campaign_title=speech.choose(place.campaign.title),
        city_name=speech.choose(place.city.names),
        keeper=keeper,
        timeline=timeline(submission, place, speech, keeper=keeper, is_shown=Purpose.CAMPAIGN_PAGES in agreed),
        voice=_voice(submission, place, speech, url, files),
        trimmed_to_s=place.campaign.max_clip_s if submission.trimmed else None,
        lost_s=submission.lost_s,
        duration_s=submission.duration_s,
        failure=speech.sentence(submission.failure_code, submission.failure_params or {}) if submission.failure_code else None,
        rejection=speech.sentence(f"rejection.{decision.reason}", {}) if rejected and decision and decision.reason else None,
        note=decision.note if rejected and decision else None,
        places=_places(session, submission, place, speech, agreed),
        downloads=[
            (speech.gettext(SHAPES.get(file.rendition.format, file.rendition.format)), _media_url(url, file))
            for file in files
            if file.rendition.role == "main"
        ],
        consents=consent_questions(speech.language, {purpose: purpose in agreed for purpose in Purpose}, voice),
        share_url=f"/c/{place.campaign.slug}/{place.city.slug}/share",
        brand_href=brand_href(place),
        campaign_url=campaign_url(place),
        contact_email=place.network.contact_email,
        reloads=reloads,
        card=_card(submission, url, files),
        saved=saved,
        thanks=thanks_of(session, submission, place, speech),
    )


def _voice(submission: Submission, place: Place, speech: Translator, url: str, files: Sequence[PreparedFile]) -> Voice | None:
    """The contribution as it looks on the wall; None while there is nothing to look at."""
    main, preview, poster = (_first(files, role) for role in ("main", "preview", "poster"))
    if submission.kind is not SubmissionKind.TEXT and main is None:
        return None
    sized = main if submission.kind is SubmissionKind.CLIP else preview
    return Voice(
        kind=submission.kind.value,
        words=submission.text or None,
        spoken_words=submission.spoken_words or None,
        name=submission.name or submission.credit,
        city_name=speech.choose(place.city.names).text,
        city_url=None,
        language=submission.language,
        alt=submission.alt_text or None,
        preview_url=_media_url(url, preview) if preview else None,
        width_px=sized.rendition.width_px if sized else None,
        height_px=sized.rendition.height_px if sized else None,
        media_url=_media_url(url, main) if main else None,
        poster_url=_media_url(url, poster) if poster else None,
        placeholder=preview.rendition.placeholder if preview else None,
        captions=f"{url}/captions.vtt" if submission.kind is SubmissionKind.CLIP and submission.spoken_words else None,
        is_sample=submission.origin is SubmissionOrigin.SAMPLE,
    )


def _card(submission: Submission, url: str, files: Sequence[PreparedFile]) -> Card | None:
    """The picture that travels for words and sounds."""
    preview = _first(files, "preview")
    if preview is None or submission.kind not in {SubmissionKind.TEXT, SubmissionKind.SOUND}:
        return None
    return Card(_media_url(url, preview), preview.rendition.width_px or 0, preview.rendition.height_px or 0)


def _places(
    session: Session, submission: Submission, place: Place, speech: Translator, agreed: set[Purpose]
) -> list[tuple[str, str]]:
    """Where everybody can see it now."""
    if submission.state is not S.APPROVED:
        return []
    page, elsewhere = campaign_url(place), place.city.is_elsewhere
    city_page = f"{page}/{place.city.slug}"
    places = []
    if Purpose.CAMPAIGN_PAGES in agreed:
        places = [(ON_ELSEWHERE if elsewhere else ON_CITY, city_page), (ON_CAMPAIGN, page)]
    kinds = {production.kind for production in queries.productions_with(session, submission.id)}
    places += works_shown({kind for kind in kinds if SHOWN_FOR[kind] <= agreed}, place)
    own_tile = {f"{page}/collage": f"{page}/collage?voice={submission.public_id}#found"}
    places = [(label, own_tile.get(address, address)) for label, address in places]
    return [(speech.gettext(label), address) for label, address in places]


def _withdrawn(submission: Submission, place: Place, speech: Translator) -> WithdrawnPage:
    at = submission.withdrawn_at or submission.received_at
    return WithdrawnPage(
        withdrawn_at=speech.at_time(at, place.city.time_zone),
        erased=submission.erased_at is not None,
        share_url=f"/c/{place.campaign.slug}/{place.city.slug}/share",
        campaign_url=campaign_url(place),
        contact_email=place.network.contact_email,
    )


def _first(files: Sequence[PreparedFile], role: str) -> PreparedFile | None:
    return next((file for file in files if file.rendition.role == role), None)


def _media_url(url: str, file: PreparedFile) -> str:
    return f"{url}/media/{file.rendition.format}-{file.rendition.role}"


def _mail_link(link: str, speech: Translator) -> str:
    body = f"{speech.gettext(MAIL_BODY)}\r\n\r\n{link}"
    return f"mailto:?subject={quote(speech.gettext(MAIL_SUBJECT))}&body={quote(body)}"
