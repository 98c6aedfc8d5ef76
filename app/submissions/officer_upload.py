"""A city's own files: each becomes a submission of its own, a bad one among them does not stop the others."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import city_for
from app.enums import CampaignStatus, Permission, SubmissionOrigin
from app.errors import ErrorKind, NotFound, Refused
from app.models import Submission
from app.runtime import Runtime
from app.submissions import languages, queries, service
from app.submissions.forms import Filled, read_upload, typed
from app.submissions.intake import recognise
from app.submissions.queries import Place
from app.submissions.tokens import is_form_token, new_form_token, nth_form_token
from app.web.forms import Fields
from app.web.uploads import ReceivedFile, ReceivedForm

FILES_FIELD = "files"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: received with its receipt, or refused."""

    file_name: str
    size_bytes: int
    submission: Submission | None = None
    token: str | None = None
    refused: Refused | None = None


def place_for(session: Session, actor: Actor, campaign_slug: str, city_slug: str) -> Place:
    """Where this officer uploads, as far as the city has joined and the campaign is open; outside and absent look the same."""
    city_for(session, actor, Permission.UPLOAD_FOR_CITY, city_slug)
    place = queries.place_at(session, campaign_slug, city_slug)
    if place.part is None or place.part.joined_at is None or place.city.is_elsewhere:  # no city, so nothing of a city's own
        raise NotFound("campaign.city_not_in", city=city_slug)
    if place.campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.takes_nothing_now", kind=ErrorKind.CONFLICT)
    return place


@dataclass(frozen=True, slots=True)
class Sending:
    """An officer's form as it arrived; what is wrong with it is noted in `fields`."""

    fields: Fields
    files: list[ReceivedFile]
    filled: Filled
    form_token: str


def read_sending(form: ReceivedForm, place: Place) -> Sending:
    """Read the form for this place, the same for the page and the API."""
    fields = typed(form.fields)
    files = [file for file in form.files if file.field_name == FILES_FIELD]
    offered = languages.offered(place.city.languages, place.campaign.languages)
    filled = read_upload(fields, limit_chars=place.campaign.max_text_chars, languages=offered)
    if not files:
        fields.refuse(FILES_FIELD, "upload.no_file")
    token = fields.raw("form_token")
    return Sending(fields, files, filled, token if is_form_token(token) else new_form_token())


def take_files(
    session: Session,
    runtime: Runtime,
    sending: Sending,
    *,
    place: Place,
    actor: Actor,
    wording_language: str,
    now: datetime,
) -> list[Outcome]:
    """Receive every file that can be taken and say of each what became of it."""
    outcomes = []
    for number, file in enumerate(sending.files):
        try:
            receipt = service.receive(
                session,
                runtime.storage,
                campaign=place.campaign,
                city=place.city,
                origin=SubmissionOrigin.CITY,
                contribution=sending.filled.contribution,
                file=recognise(file, place.campaign.kinds),
                purposes=sending.filled.purposes,
                wording_language=wording_language,
                now=now,
                form_token=nth_form_token(sending.form_token, number),
                uploader_id=actor.person_id,
            )
        except Refused as refused:
            outcomes.append(Outcome(file.file_name, file.size_bytes, refused=refused))
        else:
            outcomes.append(Outcome(file.file_name, file.size_bytes, receipt.submission, receipt.token))
    return outcomes
