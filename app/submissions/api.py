"""What an officer's own program does: send the city's files, see what became of them."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.accounts.deps import CurrentActor
from app.clock import rfc3339
from app.consent.wordings import ASKED
from app.enums import SubmissionKind, SubmissionState
from app.errors import ErrorKind, Refused
from app.models import Submission
from app.submissions import forms, queries
from app.submissions.officer_upload import FILES_FIELD, place_for, read_sending, take_files
from app.web.deps import FormDep, Now, ReadSession, RuntimeDep, Speech, WriteSession

router = APIRouter(prefix="/api/v1", tags=["contributions of a city"])
_TEXT, _FILE = {"type": "string"}, {"type": "string", "format": "binary"}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILES_FIELD, "language", "consent_note", "consent_campaign_pages"],
                    "properties": {
                        FILES_FIELD: {"type": "array", "items": _FILE, "maxItems": 20},
                        **dict.fromkeys(("text", "credit", "alt_text", "spoken_words", "language", "consent_note"), _TEXT),
                        **{f"{forms.CONSENT}{purpose.value}": {"type": "string", "enum": ["yes", "no"]} for purpose in ASKED},
                        "form_token": _TEXT
                        | {"description": "43 random URL-safe characters: the same sent twice is received once"},
                    },
                }
            }
        },
    }
}


class OwnContribution(BaseModel):
    """A contribution of the city, as its uploader sees it."""

    id: str
    kind: SubmissionKind
    state: SubmissionState
    language: str
    text: str
    received_at: str
    failure: str | None = None


class RefusedFile(BaseModel):
    """A file that was not taken, and why."""

    file_name: str
    code: str
    message: str


class OwnContributions(BaseModel):
    """A list of contributions."""

    items: list[OwnContribution]
    next: str | None = None


class Uploaded(BaseModel):
    """What was taken and what was not."""

    items: list[OwnContribution]
    refused: list[RefusedFile]
    next: str | None = None


@router.get("/campaigns/{campaign}/cities/{city}/contributions/mine")
def list_own(campaign: str, city: str, actor: CurrentActor, session: ReadSession) -> OwnContributions:
    """What the signed-in officer uploaded for the city, newest first."""
    place = place_for(session, actor, campaign, city)
    own = queries.uploaded_by(session, actor, campaign_id=place.campaign.id, city_id=place.city.id)
    return OwnContributions(items=[_own(each) for each in own])


@router.post("/campaigns/{campaign}/cities/{city}/contributions", status_code=201, openapi_extra=_FORM)
def upload(
    campaign: str,
    city: str,
    actor: CurrentActor,
    form: FormDep,
    session: WriteSession,
    runtime: RuntimeDep,
    now: Now,
    speech: Speech,
) -> Uploaded:
    """Send up to 20 files of the city; each becomes a contribution of its own."""
    place = place_for(session, actor, campaign, city)
    sending = read_sending(form, place)
    sending.fields.refuse_if_wrong()
    outcomes = take_files(session, runtime, sending, place=place, actor=actor, wording_language=speech.language, now=now)
    refused = [(each.file_name, each.refused) for each in outcomes if each.refused is not None]
    if len(refused) == len(outcomes):
        raise refused[0][1] if len(refused) == 1 else Refused("upload.none_taken", kind=ErrorKind.INVALID, count=len(refused))
    return Uploaded(
        items=[_own(each.submission) for each in outcomes if each.submission is not None],
        refused=[RefusedFile(file_name=name, code=each.code, message=speech.refusal(each)) for name, each in refused],
    )


def _own(submission: Submission) -> OwnContribution:
    return OwnContribution(
        id=submission.public_id,
        kind=submission.kind,
        state=submission.state,
        language=submission.language,
        text=submission.text,
        received_at=rfc3339(submission.received_at),
        failure=submission.failure_code,
    )
