"""The pictures of a city's spotlight, drawn when they are asked for from one of its contributions, and kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from app.derivation import spec_sha256
from app.enums import SubmissionKind
from app.errors import NotFound, Refused
from app.kits.city_looks import Look, look_of
from app.kits.dressing import draw_dressed
from app.kits.frames import address_of
from app.kits.slots import slots_of
from app.kits.sources import Source, campaign_root
from app.models import Artefact, Campaign, City, Submission
from app.publishing import spotlight_queries as queries
from app.runtime import Runtime
from app.submissions.languages import UNDETERMINED
from app.web.i18n import Translator, _, page_languages, translator

TEMPLATE = "quote_card"  # the same shape and the same length for all, with or without a picture
LINKED = "landscape"  # that networks show of a link
LINKED_SIZE_PX = (1200, 675)
SHAPES = ("square", "portrait", "story", LINKED)
PNG = "image/png"
IN_THE_SPOTLIGHT = _("%(city)s in the spotlight")
UNNAMED = _("A voice from %(city)s")


@dataclass(frozen=True, slots=True)
class Subject:
    """A contribution that may go out now, with all that its pictures are drawn from."""

    submission: Submission
    source: Source
    look: Look
    slots: Mapping[str, str]
    language: str
    small_picture: Artefact | None
    framed: Mapping[str, Artefact]  # by shape: as it was prepared, for what has no words or too many

    @property
    def tag(self) -> str:
        """Names these very pictures: another one where anything that is drawn is another."""
        files = [self.small_picture, *self.framed.values()]
        drawn_with = address_of(self.source.toolkit, TEMPLATE) if TEMPLATE in self.source.toolkit.loaded else ""
        look = [self.look.accent.value, self.look.logo_sha256]
        spec = {"slots": dict(self.slots), "language": self.language, "files": [each.sha256 for each in files if each]}
        return spec_sha256({**spec, "drawn_with": drawn_with, "look": look})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in one shape."""

    content: bytes
    media_type: str

    @property
    def suffix(self) -> str:
        """Of its file's name."""
        return "png" if self.media_type == PNG else "jpg"


def subject_of(
    session: Session, runtime: Runtime, campaign: Campaign, city_id: int, *, turn_at: datetime | None
) -> Subject | None:
    """Of the city, who is put forward first of those who wish to be on social networks; None: nobody does."""
    for each in queries.candidates(session, campaign.id, city_id, turn_at=turn_at):
        submission = queries.postable(session, each.submission_id) if each.may_be_posted else None
        if submission is None:
            continue
        subject = _subject(session, runtime, campaign, submission)
        if subject.slots["quote"] or subject.framed:
            return subject
    return None


def _subject(session: Session, runtime: Runtime, campaign: Campaign, submission: Submission) -> Subject:
    city = session.get_one(City, submission.city_id)
    source = campaign_root(session, runtime, campaign, city)
    language = city.languages[0] if submission.language == UNDETERMINED else submission.language
    files = queries.postable_files(session, submission.id)
    pictured = submission.kind in {SubmissionKind.PHOTO, SubmissionKind.CLIP}
    return Subject(
        submission=submission,
        source=source,
        look=look_of(session, city),
        slots=_slots(campaign, city, submission, language, source),
        language=language,
        small_picture=files.get(("tile", "tile")) if pictured else None,
        framed={
            shape: found
            for shape in SHAPES
            if (found := files.get(("main", shape)) or files.get(("poster", shape))) and found.media_type.startswith("image/")
        },
    )


def _slots(campaign: Campaign, city: City, submission: Submission, language: str, source: Source) -> dict[str, str]:
    slots = slots_of(campaign, city, language, source.toolkit)
    speech = speaking_for(language)
    named = submission.name or (speech.gettext(UNNAMED) % slots if speech else slots["city"])
    label = {"office": speech.gettext(IN_THE_SPOTLIGHT) % slots} if speech else {}
    return {**slots, **label, "quote": submission.text or submission.spoken_words, "name": named}


def speaking_for(language: str) -> Translator | None:
    """Whoever speaks this language among the languages of pages."""
    return translator(language) if language.split("-", maxsplit=1)[0].lower() in page_languages() else None


def draw(runtime: Runtime, subject: Subject, shape: str) -> Picture:
    """The picture in a shape; NotFound `media.missing` when there is none, or its files were erased a moment ago."""
    try:
        with TemporaryDirectory(dir=runtime.settings.incoming_dir) as workspace:
            return _drawn(runtime, subject, shape, Path(workspace)) or _framed(runtime, subject, shape)
    except FileNotFoundError as gone:
        raise NotFound("media.missing") from gone


def _drawn(runtime: Runtime, subject: Subject, shape: str, folder: Path) -> Picture | None:
    """The card with the words; None where there are none, they do not fit, or the toolkit is older than its cards."""
    toolkit = subject.source.toolkit
    if not subject.slots["quote"] or TEMPLATE not in toolkit.loaded:
        return None
    pictures = subject.look.pictures(runtime.storage, folder)
    if subject.small_picture is not None:
        pictures["portrait"] = runtime.storage.fetched(subject.small_picture.storage_key, folder)
    try:
        drawn = draw_dressed(
            *(toolkit, TEMPLATE),
            format=shape,
            slots=subject.slots,
            language=subject.language,
            accent=subject.look.accent,
            pictures=pictures,
            target=folder / "spotlight.png",
        )
    except Refused:
        return None
    return Picture(drawn.path.read_bytes(), PNG)


def _framed(runtime: Runtime, subject: Subject, shape: str) -> Picture:
    found = subject.framed.get(shape)
    if found is None:
        raise NotFound("media.missing")
    return Picture(b"".join(runtime.storage.open_range(found.storage_key)), found.media_type)
