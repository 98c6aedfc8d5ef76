"""From rows to what the desk's templates show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.enums import Purpose, SubmissionKind, SubmissionOrigin, SubmissionState, Verdict
from app.kits.order import NETWORK_NAMES
from app.models import City, Rendition, Submission
from app.moderation import wording
from app.moderation.contexts import (
    DownloadFile,
    HandoverTexts,
    ListedContribution,
    PastDecision,
    StripItem,
)
from app.moderation.handover import Handover
from app.moderation.queries import Contribution, Decided
from app.submissions.captions import CAPTIONS_FILE
from app.submissions.contexts import Voice
from app.submissions.queries import PreparedFile
from app.web.i18n import Translator
from app.words import Chosen

SHOWN_WORDS_CHARS = 160
_SHAPES_FIRST = ("square", "portrait", "landscape", "wide", "story")  # what is easiest to look at on a desk comes first


def city_name(city: City, speech: Translator) -> Chosen:
    """The city as its page names it to this reader."""
    return speech.place(city.names, *city.languages)


def contribution_url(submission: Submission) -> str:
    """Its page at the desk."""
    return f"/desk/contributions/{submission.public_id}"


def media_url(submission: Submission, rendition: Rendition) -> str:
    """A prepared file at the desk."""
    return f"/desk/media/{submission.public_id}/{rendition.format}-{rendition.role}"


def words_of(submission: Submission) -> str:
    """What was written, else what is said."""
    return submission.text or submission.spoken_words


def sender(submission: Submission, speech: Translator) -> str | None:
    """Who sent it: the name that was given, or the city for what it uploaded itself."""
    if submission.name or submission.origin is not SubmissionOrigin.CITY:
        return submission.name
    return speech.gettext("The city itself")


def voice_of(contribution: Contribution, files: Sequence[PreparedFile], speech: Translator) -> Voice:
    """The contribution as `parts/voices.html` shows it."""
    submission = contribution.submission
    preview, poster, main = _first(files, "preview"), _first(files, "poster"), _first(files, "main")
    sized = main if submission.kind is SubmissionKind.CLIP else preview or main
    picture = preview or poster or (main if submission.kind in {SubmissionKind.PHOTO, SubmissionKind.TEXT} else None)
    return Voice(
        kind=submission.kind.value,
        words=submission.text or None,
        spoken_words=submission.spoken_words or None,
        name=sender(submission, speech),
        city_name=city_name(contribution.city, speech).text,
        city_url=None,
        language=submission.language,
        alt=submission.alt_text or None,
        preview_url=media_url(submission, picture) if picture else None,
        width_px=sized.width_px if sized else None,
        height_px=sized.height_px if sized else None,
        media_url=media_url(submission, main) if main else None,
        poster_url=media_url(submission, poster) if poster else None,
        placeholder=preview.placeholder if preview else None,
        captions=f"/desk/media/{submission.public_id}/captions.vtt" if _has_captions(submission) else None,
        is_sample=submission.origin is SubmissionOrigin.SAMPLE,
    )


def _has_captions(submission: Submission) -> bool:
    return submission.kind is SubmissionKind.CLIP and bool(submission.spoken_words)


def framed_url(contribution: Contribution, files: Sequence[PreparedFile]) -> str | None:
    """The photo in the campaign's frame, as the networks will show it; other kinds are shown framed anyway."""
    submission = contribution.submission
    main = _first(files, "main") if submission.kind is SubmissionKind.PHOTO else None
    return media_url(submission, main) if main else None


def _first(files: Sequence[PreparedFile], role: str) -> Rendition | None:
    """The file in this role in the format that is easiest to look at."""
    found = [file.rendition for file in files if file.rendition.role == role]
    order = {name: place for place, name in enumerate(_SHAPES_FIRST)}
    return min(found, key=lambda each: order.get(each.format, len(order)), default=None)


def strip_items(contributions: Sequence[Contribution], previews: Mapping[int, Rendition], speech: Translator) -> list[StripItem]:
    """What waits, as small pictures or first words."""
    items = []
    for each in contributions:
        row = each.submission
        preview = previews.get(row.id)
        kind = speech.gettext(wording.KINDS[row.kind])
        items.append(
            StripItem(
                href=contribution_url(row),
                preview_url=media_url(row, preview) if preview else None,
                words=shortened(words_of(row)) or kind,
                language=row.language if words_of(row) else speech.language,
                label=f"{city_name(each.city, speech).text}, {speech.on_date(local_day(row.received_at, each.city))}",
                alt=row.alt_text or kind,
            )
        )
    return items


def listed(contribution: Contribution, preview: Rendition | None, speech: Translator) -> ListedContribution:
    """One row of the list."""
    row = contribution.submission
    return ListedContribution(
        href=contribution_url(row),
        preview_url=media_url(row, preview) if preview and row.state is not SubmissionState.WITHDRAWN else None,
        kind=speech.gettext(wording.KINDS[row.kind]),
        name=sender(row, speech),
        words=shortened(words_of(row)),
        language=row.language,
        city=city_name(contribution.city, speech),
        campaign=speech.choose(contribution.campaign.title, *contribution.city.languages),
        received=speech.on_date(local_day(row.received_at, contribution.city)),
        state=speech.gettext(wording.STATES[row.state]),
        is_sample=row.origin is SubmissionOrigin.SAMPLE,
    )


def checked_facts(contribution: Contribution, files: Sequence[PreparedFile], speech: Translator) -> list[str]:
    """What the machine found and did, each in a few words."""
    row, max_clip_s = contribution.submission, contribution.campaign.max_clip_s
    facts = [speech.gettext(wording.KINDS[row.kind])]
    if row.duration_s is not None:
        facts.append(
            speech.gettext("%(length)s long, the first %(kept)s kept")
            % {"length": speech.duration(row.duration_s), "kept": speech.duration(max_clip_s)}
            if row.trimmed
            else speech.gettext("%(length)s long") % {"length": speech.duration(row.duration_s)}
        )
    if row.lost_s:
        facts.append(speech.gettext("%(seconds)s s of it could not be read") % {"seconds": speech.number(row.lost_s)})
    if row.text:
        length = len(row.text)
        facts.append(counted(speech.ngettext("%(num)s character", "%(num)s characters", length), length, speech))
    ready = len({file.rendition.format for file in files if file.rendition.role == "main"})
    if ready:
        facts.append(counted(speech.ngettext("%(num)s format ready", "%(num)s formats ready", ready), ready, speech))
    if row.original_size_bytes is not None:
        facts.append(speech.gettext("place and camera data removed"))
    if any(file.rendition.loudness_lufs is not None for file in files):
        facts.append(speech.gettext("loudness set"))
    if row.origin is SubmissionOrigin.CITY:
        facts.append(speech.gettext("uploaded by the city"))
    return facts


def agreed_purposes(agreed: set[Purpose], speech: Translator) -> list[str]:
    """What its person agrees to now, in the order in which it is asked."""
    return [speech.gettext(label) for purpose, label in wording.PURPOSES.items() if purpose in agreed]


def past_decision(decided: Decided, city: City, speech: Translator) -> PastDecision:
    """A decision as it is told."""
    decision = decided.decision
    return PastDecision(
        approved=decision.verdict is Verdict.APPROVE,
        person=decided.person_name,
        at=speech.at_time(decision.decided_at, city.time_zone),
        reason=wording.reason_sentence(decision.reason, speech) if decision.reason else None,
        note=decision.note,
    )


def handover_texts(handover: Handover, speech: Translator) -> HandoverTexts:
    """Files and texts to take away."""
    by_text: dict[str, list[str]] = {}
    for network, text in handover.posts.items():
        by_text.setdefault(text, []).append(NETWORK_NAMES[network])
    url = contribution_url(handover.submission)
    return HandoverTexts(
        files=[_download(file, url, speech) for file in handover.files] + _captions(handover, url, speech),
        posts=[(networks, text) for text, networks in by_text.items()],
        alt=handover.alt,
        language=handover.spoken,
        archive_href=f"{url}/all.zip",
    )


def _captions(handover: Handover, url: str, speech: Translator) -> list[DownloadFile]:
    if handover.captions is None:
        return []
    size_bytes = len(handover.captions.encode())
    return [DownloadFile(speech.gettext("Captions"), f"{url}/files/{CAPTIONS_FILE}", "WebVTT", size_bytes)]


def _download(file: PreparedFile, url: str, speech: Translator) -> DownloadFile:
    rendition = file.rendition
    label = speech.gettext(wording.FORMATS.get(rendition.format, rendition.format))
    if rendition.role == "poster":
        label = speech.gettext("Still picture")
    detail = [file.artefact.storage_key.rpartition(".")[2].upper()]
    if rendition.width_px and rendition.height_px:
        detail.append(f"{rendition.width_px} × {rendition.height_px}")  # noqa: RUF001 - the sign of dimensions
    if rendition.duration_s is not None:
        detail.append(speech.duration(rendition.duration_s))
    return DownloadFile(label, f"{url}/files/{rendition.format}-{rendition.role}", " · ".join(detail), file.artefact.size_bytes)


def counted(sentence: str, number: int, speech: Translator) -> str:
    """A sentence of this count with its number in it."""
    return sentence % {"num": speech.number(number)}


def shortened(words: str) -> str:
    """The first words, for a small place."""
    return words if len(words) <= SHOWN_WORDS_CHARS else words[: SHOWN_WORDS_CHARS - 1].rsplit(" ", 1)[0] + "…"


def local_day(instant: datetime, city: City) -> datetime:
    """The instant by the city's own clock."""
    return instant.astimezone(ZoneInfo(city.time_zone))
