"""A city's own files: each becomes a submission of its own, a bad one among them does not stop the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import city_for
from app.enums import CampaignStatus, Permission, SubmissionOrigin
from app.errors import ErrorKind, NotFound, Refused
from app.models import Submission
from app.runtime import Runtime
from app.submissions import queries, service
from app.submissions.forms import Filled
from app.submissions.intake import recognise
from app.submissions.queries import Place
from app.submissions.tokens import nth_form_token
from app.web.uploads import ReceivedFile

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
    if place.part is None or place.part.joined_at is None:
        raise NotFound("campaign.city_not_in", city=city_slug)
    if place.campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.takes_nothing_now", kind=ErrorKind.CONFLICT)
    return place


def take_files(
    session: Session,
    runtime: Runtime,
    files: Sequence[ReceivedFile],
    filled: Filled,
    *,
    place: Place,
    actor: Actor,
    form_token: str,
    wording_language: str,
    now: datetime,
) -> list[Outcome]:
    """Receive every file that can be taken and say of each what became of it."""
    outcomes = []
    for number, file in enumerate(files):
        try:
            receipt = service.receive(
                session,
                runtime.storage,
                campaign=place.campaign,
                city=place.city,
                origin=SubmissionOrigin.CITY,
                contribution=filled.contribution,
                file=recognise(file, place.campaign.kinds),
                purposes=filled.purposes,
                wording_language=wording_language,
                now=now,
                form_token=nth_form_token(form_token, number),
                uploader_id=actor.person_id,
            )
        except Refused as refused:
            outcomes.append(Outcome(file.file_name, file.size_bytes, refused=refused))
        else:
            outcomes.append(Outcome(file.file_name, file.size_bytes, receipt.submission, receipt.token))
    return outcomes
