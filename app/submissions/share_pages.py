"""The form on which somebody tells their story: without an account, without JavaScript, on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app import jobs
from app.campaigns import rules as campaign_rules
from app.consent.wordings import Voice, voice_of, wordings
from app.enums import CampaignStatus, Purpose, SubmissionKind, SubmissionOrigin
from app.errors import Refused
from app.kits.questions import question_in
from app.runtime import Runtime
from app.submissions import forms, holding, languages, queries, rules, service
from app.submissions.contexts import ConsentQuestion, Limits, NotOpenPage, SharePage, Under18Page
from app.submissions.holding import Held
from app.submissions.intake import recognise
from app.submissions.queries import Place
from app.submissions.service import IncomingFile
from app.submissions.tokens import is_form_token, new_form_token, receipt_token
from app.web.deps import FOR_RESIDENTS, Now, OneFileFormDep, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import FieldError
from app.web.forms import Fields
from app.web.i18n import SOURCE_LANGUAGE, Translator, _
from app.web.templating import render
from app.web.uploads import ReceivedFile, ReceivedForm
from app.words import Chosen

router = APIRouter(include_in_schema=False, dependencies=[FOR_RESIDENTS])
OTHER_LANGUAGES, ANOTHER_LANGUAGE = _("Other languages"), _("A language that is not in this list")
TYPED = ("text", "spoken_words", "alt_text", "name")
_ACCEPT = {"photo": "image/*,.heic,.heif,.avif", "clip": "video/*", "sound": "audio/*"}


@dataclass(frozen=True, slots=True)
class _Sent:
    """The file of a form, from this sending or from the one before, and whether its campaign takes it."""

    file: ReceivedFile | None = None
    incoming: IncomingFile | None = None
    refused: bool = False
    held_token: str = ""

    @property
    def kind(self) -> SubmissionKind | None:
        """None when it was refused: then nobody knows what the words belong to."""
        if self.refused:
            return None
        return self.incoming.kind if self.incoming else SubmissionKind.TEXT


@router.get("/c/{campaign}/{city}/share")
def ask(
    request: Request, campaign: str, city: str, session: ReadSession, runtime: RuntimeDep, now: Now, speech: Speech
) -> Response:
    """The empty form, or when it will be there."""
    place = queries.place_at(session, campaign, city)
    closed = why_closed(place, speech, now)
    if closed is not None:
        return render(request, "submissions/not_open.html", closed)
    return render(request, "submissions/share.html", _page(session, place, speech, runtime, form_token=new_form_token()))


@router.post("/c/{campaign}/{city}/share")
def take(
    request: Request,
    campaign: str,
    city: str,
    form: OneFileFormDep,
    session: WriteSession,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
) -> Response:
    """Receive a story and answer with its receipt; what cannot be taken comes back with everything that was typed."""
    place = queries.place_at(session, campaign, city)
    fields = forms.typed(form.fields)
    form_token = fields.raw("form_token") if is_form_token(fields.raw("form_token")) else new_form_token()
    if forms.answer(fields, "adult") is False:
        _drop_held(fields, place, runtime, now)
        kindly = Under18Page(
            brand_href(place), campaign_url(place), place.network.contact_email, from_elsewhere=place.city.is_elsewhere
        )
        return render(request, "submissions/under_18.html", kindly)
    where = {"campaign_id": place.campaign.id, "city_id": place.city.id}
    if queries.submission_by_form(session, form_token, **where) is not None:  # a double click, or the page sent again
        return _to_receipt(receipt_token(form_token, **where))
    closed = why_closed(place, speech, now)
    if closed is not None:
        return render(request, "submissions/not_open.html", closed, status=409)
    sent = _file(fields, form, place, runtime, now)
    limits = {"limit_chars": place.campaign.max_text_chars}
    filled = forms.read_share(fields, sent.kind, languages=_offered(place), **limits)
    if sent.kind is SubmissionKind.TEXT and filled.contribution.text:
        forms.note(fields, lambda: rules.check_kind(SubmissionKind.TEXT, place.campaign.kinds))
    if fields.refusals:
        held = _hold(session, sent, place, runtime, now)
        page = _page(session, place, speech, runtime, form_token=form_token, fields=fields, held=held)
        return render(request, "submissions/share.html", page, status=422)
    receipt = service.receive(
        session,
        runtime.storage,
        campaign=place.campaign,
        city=place.city,
        origin=SubmissionOrigin.RESIDENT,
        contribution=filled.contribution,
        file=sent.incoming,
        purposes=filled.purposes,
        wording_language=forms.wording_language(fields, speech.language),
        now=now,
        form_token=form_token,
    )
    return _to_receipt(receipt.token)


def why_closed(place: Place, speech: Translator, now: datetime) -> NotOpenPage | None:
    """Why nobody can send anything here now; None when they can."""
    reason, at = _reason(place, now)
    if not reason:
        return None
    is_draft = not place.campaign.status.is_public  # such a campaign says nothing of itself
    return NotOpenPage(
        reason=reason,
        city_name=speech.choose(place.city.names),
        campaign_title=None if is_draft else speech.choose(place.campaign.title),
        campaign_url="/" if is_draft else campaign_url(place),
        time_zone=place.city.time_zone,
        at=at,
        from_elsewhere=place.city.is_elsewhere,
    )


def _reason(place: Place, now: datetime) -> tuple[str, datetime | None]:
    campaign, zone = place.campaign, place.city.time_zone
    if not campaign.status.is_public:
        return "draft", None
    if place.part is None or place.part.joined_at is None:
        return "not_joined", None
    if campaign_rules.is_collecting(campaign, place.part):
        return "", None
    if campaign.status is CampaignStatus.OPEN and place.part.collection_closed_at is None:
        opens_at = place.opens_at or campaign_rules.collection_opens_at(campaign, zone)
        return "not_yet", opens_at if now < opens_at else None  # a step that is held has no moment to promise
    return "over", place.part.collection_closed_at or campaign.closed_at or campaign_rules.campaign_is_over_at(campaign, zone)


def limits_of(place: Place, runtime: Runtime) -> Limits:
    """What may be sent to this campaign."""
    kinds = place.campaign.kinds
    return Limits(
        photo=SubmissionKind.PHOTO.value in kinds,
        clip=SubmissionKind.CLIP.value in kinds,
        sound=SubmissionKind.SOUND.value in kinds,
        words_alone=SubmissionKind.TEXT.value in kinds,
        max_clip_s=place.campaign.max_clip_s,
        max_duration_s=runtime.settings.max_duration_s,
        max_upload_bytes=runtime.settings.max_upload_bytes,
        max_text_chars=place.campaign.max_text_chars,
        accept=",".join(_ACCEPT[kind] for kind in _ACCEPT if kind in kinds),
    )


def language_options(place: Place, speech: Translator) -> list[languages.Option]:
    """The languages to choose from, each by its own name."""
    return languages.options(
        place.city.languages,
        place.campaign.languages,
        others_label=speech.gettext(OTHER_LANGUAGES),
        none_label=speech.gettext(ANOTHER_LANGUAGE),
    )


def consent_questions(
    language: str, answers: Mapping[Purpose, bool | None], voice: Voice = Voice.RESIDENT
) -> list[ConsentQuestion]:
    """The sentences of a consent with what was answered."""
    return [
        ConsentQuestion(
            forms.CONSENT + each.purpose.value, each.purpose.value, each.language, each.text, answers.get(each.purpose)
        )
        for each in wordings(language, voice)
    ]


def campaign_url(place: Place) -> str:
    """The campaign's page."""
    return f"/c/{place.campaign.slug}"


def brand_href(place: Place) -> str:
    """The campaign's colours as they are in the city."""
    return f"/c/{place.campaign.slug}/{place.city.slug}/brand.css"


def keeper_of(place: Place, speech: Translator) -> Chosen | None:
    """Who looks at what is sent, where that is not somebody of the city."""
    return speech.choose(place.keeper, SOURCE_LANGUAGE) if place.keeper else None


def by_field(fields: Fields, speech: Translator) -> tuple[list[FieldError], dict[str, str]]:
    """What is wrong, for the summary and for each field; of one field the first refusal is said."""
    sentences: dict[str, str] = {}
    for refused in fields.refusals:
        sentences.setdefault(refused.field or "form", speech.refusal(refused))
    return [FieldError(field, sentence) for field, sentence in sentences.items()], sentences


def _page(
    session: Session,
    place: Place,
    speech: Translator,
    runtime: Runtime,
    *,
    form_token: str,
    fields: Fields | None = None,
    held: Held | None = None,
) -> SharePage:
    shown = fields or Fields({})
    errors, wrong = by_field(shown, speech)
    city = place.city.languages
    return SharePage(
        action=f"/c/{place.campaign.slug}/{place.city.slug}/share",
        brand_href=brand_href(place),
        campaign_url=campaign_url(place),
        campaign_title=speech.choose(place.campaign.title, *city),
        city_name=speech.choose(place.city.names, *city),
        question=question_in(session, runtime, place.campaign, (speech.language, *city), place.city),
        limits=limits_of(place, runtime),
        word_languages=language_options(place, speech),
        language=shown.raw("language") or languages.default(speech.language, city, place.campaign.languages),
        consents=consent_questions(
            speech.language,
            forms.answers(shown),
            voice_of(SubmissionOrigin.RESIDENT, from_elsewhere=place.city.is_elsewhere),
        ),
        keeper=keeper_of(place, speech),
        responsible=speech.choose(place.network.responsible, *city),
        contact_email=place.network.contact_email,
        form_token=form_token,
        typed={name: shown.raw(name) for name in TYPED},
        adult=forms.answer(shown, "adult"),
        held=held,
        errors=errors,
        wrong=wrong,
    )


def _file(fields: Fields, form: ReceivedForm, place: Place, runtime: Runtime, now: datetime) -> _Sent:
    """The file that came now, else the one that came before; what cannot be taken is noted."""
    file = next((each for each in form.files if each.field_name == "file"), None)
    token = ""
    if file is not None or fields.ticked("drop_held"):
        _drop_held(fields, place, runtime, now)
    elif fields.raw("held_file"):
        token = fields.raw("held_file")
        file = _held(fields, place, runtime, now)
        if file is None:
            fields.refuse("file", "upload.held_too_long")
            return _Sent(refused=True)
    if file is None:
        return _Sent()
    try:
        return _Sent(file, recognise(file, place.campaign.kinds), held_token=token)
    except Refused as refused:
        fields.refusals.append(refused)
        return _Sent(file, refused=True)


def _hold(session: Session, sent: _Sent, place: Place, runtime: Runtime, now: datetime) -> Held | None:
    """Keep a good file for the next sending, and have it removed if that never comes."""
    if sent.file is None or sent.incoming is None:
        return None
    if sent.held_token:
        return Held(sent.held_token, sent.file.file_name, sent.file.size_bytes)
    held = holding.hold(sent.file, incoming_dir=runtime.settings.incoming_dir, place=_place_key(place), now=now)
    # one sweep for all that is held within a minute, when that minute's last hour is over
    sweep_at = (now + holding.HELD_FOR + timedelta(minutes=1)).replace(second=0, microsecond=0)
    unique_key = f"{holding.SWEEP}:{sweep_at:%Y-%m-%dT%H:%M}"
    jobs.enqueue(session, holding.SWEEP, {}, unique_key=unique_key, now=now, run_after=sweep_at)
    return held


def _held(fields: Fields, place: Place, runtime: Runtime, now: datetime) -> ReceivedFile | None:
    return holding.held_file(
        fields.raw("held_file"),
        fields.raw("held_name"),
        incoming_dir=runtime.settings.incoming_dir,
        place=_place_key(place),
        max_bytes=runtime.settings.max_upload_bytes,
        now=now,
    )


def _drop_held(fields: Fields, place: Place, runtime: Runtime, now: datetime) -> None:
    held = _held(fields, place, runtime, now)
    if held is not None:
        held.discard()


def _place_key(place: Place) -> str:
    return f"{place.campaign.id}:{place.city.id}"


def _offered(place: Place) -> set[str]:
    return languages.offered(place.city.languages, place.campaign.languages)


def _to_receipt(token: str) -> Response:
    return RedirectResponse(f"/r/{token}", status_code=303)
