"""One contribution: looked at, decided, corrected, taken back, taken away."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns.elsewhere import keeper_of_elsewhere
from app.consent.queries import purposes_of
from app.enums import Permission, RejectionReason, SubmissionState, Verdict
from app.errors import ErrorKind, NotFound, Refused
from app.kits.downloads import archive_answer
from app.models import Campaign, City
from app.moderation import presenting, queries, rules, service, wording
from app.moderation.contexts import ContributionPage, QueuePosition, Undo, WithdrawOnRequestPage
from app.moderation.handover import Handover, handover_archive, handover_of
from app.moderation.queries import Contribution
from app.moderation.today import city_url
from app.runtime import Runtime
from app.submissions.captions import CAPTIONS_FILE
from app.submissions.queries import rendition_at, renditions_of, submission_for
from app.submissions.rules import MAX_SPOKEN_CHARS
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import SOURCE_LANGUAGE, Translator
from app.web.media import serve_captions, serve_file
from app.web.templating import render

DECIDABLE = frozenset({SubmissionState.PENDING, SubmissionState.APPROVED, SubmissionState.REJECTED})

router = APIRouter(prefix="/desk/contributions/{public_id}", include_in_schema=False)


@router.get("")
def look(
    request: Request,
    public_id: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    runtime: RuntimeDep,
    after: str | None = None,
) -> Response:
    """The contribution beside its facts and its words, with what can be done."""
    contribution = contribution_for(session, actor, public_id, Permission.MODERATE)
    page = _page(session, actor, contribution, speech, runtime, undo=undo_of(session, actor, after))
    return render(request, "moderation/contribution.html", page)


@router.post("")
def decide(
    request: Request,
    public_id: str,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    runtime: RuntimeDep,
    now: Now,
) -> Response:
    """Approve or reject, then on to the next; a change of an earlier decision comes back here."""
    contribution = contribution_for(session, actor, public_id, Permission.MODERATE)
    was_waiting = contribution.submission.state is SubmissionState.PENDING
    try:
        _decide(session, actor, contribution, fields, now)
    except Refused as refused:
        if refused.kind is not ErrorKind.INVALID:
            raise
        page = _page(session, actor, contribution, speech, runtime, typed=fields, refused=refused)
        return render(request, "moderation/contribution.html", page, status=422)
    onward = f"/desk/queue?after={public_id}" if was_waiting else f"/desk/contributions/{public_id}"
    return RedirectResponse(onward, status_code=303)


def _decide(session: Session, actor: Actor, contribution: Contribution, fields: Fields, now: Now) -> None:
    verdict = fields.one_of("act", Verdict)
    reason = fields.one_of("reason", RejectionReason) if verdict is Verdict.REJECT and fields.raw("reason") else None
    note = fields.text("note", required=False, max_chars=rules.MAX_NOTE_CHARS)
    words = fields.text("spoken_words", required=False, max_chars=MAX_SPOKEN_CHARS)
    fields.refuse_if_wrong()
    asked_for_words = contribution.submission.kind in rules.SPOKEN_KINDS and "spoken_words" in fields.values
    service.decide(
        session,
        actor=actor,
        submission=contribution.submission,
        verdict=verdict,
        reason=reason,
        note=note,
        spoken_words=words if asked_for_words else None,
        no_speech=fields.ticked("no_speech") if asked_for_words else None,
        now=now,
    )


@router.post("/words")
def correct(
    request: Request,
    public_id: str,
    actor: CurrentActor,
    session: WriteSession,
    fields: FieldsDep,
    speech: Speech,
    runtime: RuntimeDep,
    now: Now,
) -> Response:
    """Write down better what is said."""
    contribution = contribution_for(session, actor, public_id, Permission.MODERATE)
    words = fields.text("spoken_words", required=False, max_chars=MAX_SPOKEN_CHARS)
    try:
        fields.refuse_if_wrong()
        service.correct_words(
            session,
            actor=actor,
            submission=contribution.submission,
            spoken_words=words,
            no_speech=fields.ticked("no_speech"),
            now=now,
        )
    except Refused as refused:
        if refused.kind is not ErrorKind.INVALID:
            raise
        page = _page(session, actor, contribution, speech, runtime, typed=fields, refused=refused)
        return render(request, "moderation/contribution.html", page, status=422)
    return RedirectResponse(f"/desk/contributions/{public_id}", status_code=303)


@router.get("/withdraw")
def ask_to_withdraw(request: Request, public_id: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """Say what will happen, then one button."""
    contribution = contribution_for(session, actor, public_id, Permission.MODERATE)
    page = WithdrawOnRequestPage(
        desk_nav=desk_nav(actor, speech, "queue"),
        url=f"/desk/contributions/{public_id}",
        name=contribution.submission.name,
        city=presenting.city_name(contribution.city, speech),
    )
    return render(request, "moderation/withdraw.html", page)


@router.post("/withdraw")
def withdraw(public_id: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Take it back because its person asked."""
    contribution = contribution_for(session, actor, public_id, Permission.MODERATE)
    service.withdraw_on_request(session, actor=actor, submission=contribution.submission, now=now)
    return RedirectResponse(f"/desk/contributions/{public_id}", status_code=303)


@router.get("/files/{format_name}-{role}")
def download(
    request: Request,
    public_id: str,
    format_name: str,
    role: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
) -> Response:
    """One file to take away, once it is approved and its person agrees to social media."""
    contribution = _leaving(session, actor, public_id)
    file = rendition_at(session, contribution.submission.id, format_name, role) if role in queries.DOWNLOAD_ROLES else None
    if file is None:
        raise NotFound("media.missing")
    handover = handover_of(session, runtime, contribution)
    return serve_file(
        request,
        runtime.storage,
        key=file.artefact.storage_key,
        media_type=file.artefact.media_type,
        size_bytes=file.artefact.size_bytes,
        tag=file.artefact.sha256,
        file_name=f"{handover.folder}-{handover.file_name(file)}",
    )


@router.get("/files/captions.vtt")
def download_captions(public_id: str, actor: CurrentActor, session: ReadSession, runtime: RuntimeDep) -> Response:
    """What is said, for networks that take captions beside a film."""
    contribution = _leaving(session, actor, public_id)
    handover = handover_of(session, runtime, contribution)
    return serve_captions(handover.captions, file_name=f"{handover.folder}-{CAPTIONS_FILE}")


@router.get("/all.zip")
def download_all(public_id: str, actor: CurrentActor, runtime: RuntimeDep, speech: Speech) -> Response:
    """Every file of one contribution with its texts; the transaction is over before the ZIP is written."""
    with runtime.database.reading() as session:
        contribution = _leaving(session, actor, public_id)
        handover = _handover(session, contribution, runtime, speech)
    archive = handover_archive([handover], runtime.storage, folder=runtime.settings.incoming_dir)
    return archive_answer(archive, f"{handover.folder}.zip")


def contribution_for(session: Session, actor: Actor, public_id: str, permission: Permission) -> Contribution:
    """The contribution, for somebody with this permission in its city; for everybody else it is not there."""
    submission = submission_for(session, actor, permission, public_id)
    campaign, city = session.get_one(Campaign, submission.campaign_id), session.get_one(City, submission.city_id)
    return Contribution(submission, campaign, city)


def undo_of(session: Session, actor: Actor, public_id: str | None) -> Undo | None:
    """What was just decided about this contribution; None when it is nobody's business here or no longer decided."""
    if public_id is None:
        return None
    try:
        submission = submission_for(session, actor, Permission.MODERATE, public_id)
    except NotFound:
        return None
    if submission.state not in {SubmissionState.APPROVED, SubmissionState.REJECTED}:
        return None
    return Undo(submission.state is SubmissionState.APPROVED, f"/desk/contributions/{public_id}#decide")


def _leaving(session: Session, actor: Actor, public_id: str) -> Contribution:
    contribution = contribution_for(session, actor, public_id, Permission.DOWNLOAD)
    rules.check_may_leave(contribution.submission.state, purposes_of(session, contribution.submission.id))
    return contribution


def _handover(session: Session, contribution: Contribution, runtime: Runtime, speech: Translator) -> Handover:
    return handover_of(session, runtime, contribution, language=speech.language)


def _page(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    speech: Translator,
    runtime: Runtime,
    *,
    undo: Undo | None = None,
    typed: Fields | None = None,
    refused: Refused | None = None,
) -> ContributionPage:
    submission, city, campaign = contribution.submission, contribution.city, contribution.campaign
    gone = submission.state is SubmissionState.WITHDRAWN
    files = [] if gone else renditions_of(session, submission.id)
    agreed = purposes_of(session, submission.id)
    errors = field_errors(refused, speech) if refused else []
    handover, why_not = _takeaway(session, contribution, runtime, speech)
    return ContributionPage(
        desk_nav=desk_nav(actor, speech, "queue"),
        url=presenting.contribution_url(submission),
        voice=presenting.voice_of(contribution, files, speech),
        framed_url=presenting.framed_url(contribution, files),
        state=submission.state.value,
        state_label=speech.gettext(wording.STATES[submission.state]),
        campaign=speech.choose(campaign.title, *city.languages),
        campaign_href=city_url(campaign, city),
        city=presenting.city_name(city, speech),
        received_label=speech.on_date(presenting.local_day(submission.received_at, city)),
        facts=[] if gone else presenting.checked_facts(contribution, files, speech),
        agreed=presenting.agreed_purposes(agreed, speech),
        credit=submission.credit,
        consent_note=submission.consent_note,
        needs_words=submission.kind in rules.SPOKEN_KINDS,
        can_decide=submission.state in DECIDABLE,
        can_withdraw=not gone,
        place=_position(session, actor, contribution),
        keeper=speech.choose(keeper_of_elsewhere(session, campaign), SOURCE_LANGUAGE) if city.is_elsewhere else None,
        decisions=[presenting.past_decision(each, city, speech) for each in queries.decisions_about(session, submission.id)],
        handover=presenting.handover_texts(handover, speech) if handover else None,
        why_not=why_not,
        failure=speech.sentence(submission.failure_code, submission.failure_params or {}) if submission.failure_code else None,
        undo=undo,
        reasons=wording.reason_options(speech),
        typed={
            "reason": typed.raw("reason") if typed else "",
            "note": typed.raw("note") if typed else "",
            "spoken_words": typed.raw("spoken_words") if typed else submission.spoken_words,
        },
        no_speech=typed.ticked("no_speech") if typed else submission.no_speech,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
    )


def _takeaway(
    session: Session, contribution: Contribution, runtime: Runtime, speech: Translator
) -> tuple[Handover | None, str | None]:
    """What can be taken away, or the sentence that says why nothing can."""
    if contribution.submission.state is not SubmissionState.APPROVED:
        return None, None  # before a decision the question does not arise
    try:
        rules.check_may_leave(contribution.submission.state, purposes_of(session, contribution.submission.id))
    except Refused as refused:
        return None, speech.refusal(refused)
    return _handover(session, contribution, runtime, speech), None


def _position(session: Session, actor: Actor, contribution: Contribution) -> QueuePosition | None:
    waiting = queries.waiting_ids(session, actor)
    public_id = contribution.submission.public_id
    if public_id not in waiting:
        return None
    place = waiting.index(public_id)
    following = queries.next_waiting(session, actor, offset=place + 1)
    preview = queries.previews(session, [following.submission.id]).get(following.submission.id) if following else None
    return QueuePosition(
        position=place + 1,
        remaining=len(waiting),
        previous_href=f"/desk/contributions/{waiting[place - 1]}" if place else None,
        next_href=presenting.contribution_url(following.submission) if following else None,
        next_preview_url=presenting.media_url(following.submission, preview) if following and preview else None,
    )
