"""What is said in a clip or sound, timed for players; made from the row each time, so that a correction shows at once."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Rendition, Submission
from media_pipeline.captions import spread, webvtt

CAPTIONS_FILE = "captions.vtt"


def webvtt_of(session: Session, *where: ColumnElement[bool]) -> str | None:
    """The words of the one submission that these conditions leave, spread over its speech; None where none were written down."""
    row = session.execute(
        select(Submission.spoken_words, Submission.language, Submission.speech_s, Rendition.duration_s)
        .join(Rendition, Rendition.submission_id == Submission.id)
        .where(Submission.spoken_words != "", Rendition.role == "main", Rendition.duration_s.is_not(None), *where)
        .order_by(Rendition.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    speech_s = [(begin_s, end_s) for begin_s, end_s in row.speech_s]
    return webvtt(spread(row.spoken_words, speech_s, row.duration_s or 0.0), language=row.language)
