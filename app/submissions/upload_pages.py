"""The page on which an officer sends the city's own photos, films and sounds."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.consent.wordings import Voice
from app.enums import Purpose
from app.errors import Refused
from app.runtime import Runtime
from app.submissions import forms
from app.submissions.contexts import Taken, UploadPage
from app.submissions.officer_upload import FILES_FIELD, Outcome, place_for, read_sending, take_files
from app.submissions.queries import Place
from app.submissions.share_pages import by_field, consent_questions, language_options, limits_of
from app.submissions.tokens import new_form_token
from app.web.deps import MAX_FILES, FormDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(include_in_schema=False)
TYPED = ("text", "credit", "alt_text", "spoken_words", "consent_note")


@router.get("/desk/c/{campaign}/{city}/upload")
def ask(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    taken: Annotated[int, Query(ge=0, le=MAX_FILES)] = 0,
) -> Response:
    """The empty form, after a sending with the number of files that were taken."""
    place = place_for(session, actor, campaign, city)
    page = _page(place, actor, speech, runtime, Fields({}), taken_before=taken)
    return render(request, "submissions/upload.html", page)


@router.post("/desk/c/{campaign}/{city}/upload")
def take(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    form: FormDep,
    session: WriteSession,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
) -> Response:
    """Take every file that can be taken; the others are named with the reason."""
    place = place_for(session, actor, campaign, city)
    sending = read_sending(form, place)
    fields = sending.fields
    if fields.refusals:
        if sending.files:
            fields.refuse(FILES_FIELD, "upload.choose_again")
        page = _page(place, actor, speech, runtime, fields)
        return render(request, "submissions/upload.html", page, status=422)
    outcomes = take_files(session, runtime, sending, place=place, actor=actor, wording_language=speech.language, now=now)
    refused = [each for each in outcomes if each.refused is not None]
    if not refused:
        return RedirectResponse(f"{request.url.path}?taken={len(outcomes)}", status_code=303)
    fields.refusals.extend(Refused("upload.file_refused", field=FILES_FIELD, name=each.file_name) for each in refused[:1])
    page = _page(place, actor, speech, runtime, fields, outcomes=outcomes)
    return render(request, "submissions/upload.html", page, status=422 if len(refused) == len(outcomes) else 200)


def _page(
    place: Place,
    actor: Actor,
    speech: Translator,
    runtime: Runtime,
    fields: Fields,
    *,
    outcomes: Sequence[Outcome] = (),
    taken_before: int = 0,
) -> UploadPage:
    errors, wrong = by_field(fields, speech)
    ticked = {purpose: fields.ticked(forms.CONSENT + purpose.value) for purpose in Purpose}
    city = place.city.languages
    return UploadPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        action=f"/desk/c/{place.campaign.slug}/{place.city.slug}/upload",
        city_name=speech.choose(place.city.names),
        campaign_title=speech.choose(place.campaign.title),
        limits=limits_of(place, runtime),
        max_files=MAX_FILES,
        word_languages=language_options(place, speech),
        language=fields.raw("language") or city[0],
        consents=consent_questions(speech.language, ticked, Voice.CITY),
        form_token=new_form_token(),
        typed={name: fields.raw(name) for name in TYPED},
        taken=[
            Taken(
                each.file_name,
                each.size_bytes,
                refusal=speech.refusal(each.refused) if each.refused else None,
                receipt_url=f"/r/{each.token}" if each.token else None,
            )
            for each in outcomes
        ],
        taken_before=taken_before,
        errors=errors,
        wrong=wrong,
    )
