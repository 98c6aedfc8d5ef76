"""What a manager writes down about a campaign, and what of it cannot be taken."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from app.enums import CountsTo, SubmissionKind
from app.errors import Refused, RefusedFields
from app.words import Words

FORMATS = ("square", "portrait", "story", "landscape", "link_card", "profile")  # those of media_pipeline.formats for photos
MAX_CHARS = {"title": 120, "message": 140, "objective": 2000, "question": 200, "hashtag": 60}  # of the words it cannot be without
MORE_CHARS = {"audience": 600, "approach": 1000}  # of those it can
SDG_COUNT = 17  # Sustainable Development Goals
MAX_OFFSET_DAYS = 180
CLIP_S = (3, 600)
TEXT_CHARS = (40, 5000)
NO_WORDS = Words("en", {"en": ""})
_JOINERS = "\u200c\u200d"  # inside words of Persian, Tamil and others


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """Every fact of a campaign that its manager decides."""

    title: Words
    message: Words
    objective: Words
    question: Words
    hashtag: Words
    languages: tuple[str, ...]
    day_on: date
    pre_day_offset_days: int  # at most 0
    post_day_offset_days: int  # at least 0
    kinds: tuple[SubmissionKind, ...]
    formats: tuple[str, ...]
    max_clip_s: int
    max_text_chars: int
    toolkit_slug: str
    audience: Words = NO_WORDS
    approach: Words = NO_WORDS
    sdgs: tuple[int, ...] = ()
    counts_to: CountsTo = CountsTo.DAY
    collects_elsewhere: bool = False


def check(draft: CampaignDraft, *, toolkits: Collection[str]) -> None:
    """Raise every refusal at once; a refusal's field is `title-en` for words, else the name of the value."""
    refusals = [*_words(draft), *_limits(draft), *_choices(draft, toolkits)]
    if refusals:
        raise RefusedFields(refusals)


def with_mark(hashtag: str) -> str:
    """The hashtag with its #, which people leave out."""
    return hashtag if hashtag.startswith("#") or not hashtag else f"#{hashtag}"


def is_hashtag(text: str) -> bool:
    """Whether networks link the whole of it: # and then letters, marks, digits and _ of any script, not digits alone."""
    body = text.removeprefix("#")
    if not text.startswith("#") or not any(unicodedata.category(letter)[0] == "L" for letter in body):
        return False
    return all(unicodedata.category(each)[0] in "LMN" or each == "_" or each in _JOINERS for each in body)


def _words(draft: CampaignDraft) -> Iterator[Refused]:
    for name, max_chars in MAX_CHARS.items():
        words: Words = getattr(draft, name)
        if not words.texts[words.source]:
            yield Refused(f"campaign.{name}_missing", field=f"{name}-{words.source}")
        for tag, text in words.texts.items():
            if len(text) > max_chars:
                yield Refused("form.too_long", field=f"{name}-{tag}", limit_chars=max_chars, actual_chars=len(text))
            elif name == "hashtag" and text and not is_hashtag(text):
                yield Refused("campaign.not_a_hashtag", field=f"{name}-{tag}", found=text)
    for name, max_chars in MORE_CHARS.items():
        for tag, text in getattr(draft, name).texts.items():
            if len(text) > max_chars:
                yield Refused("form.too_long", field=f"{name}-{tag}", limit_chars=max_chars, actual_chars=len(text))


def _limits(draft: CampaignDraft) -> Iterator[Refused]:
    for field, days in (("days_before", -draft.pre_day_offset_days), ("days_after", draft.post_day_offset_days)):
        if not 0 <= days <= MAX_OFFSET_DAYS:
            yield Refused("form.out_of_range", field=field, at_least=0, at_most=MAX_OFFSET_DAYS)
    for field, value, (at_least, at_most) in (
        ("max_clip_s", draft.max_clip_s, CLIP_S),
        ("max_text_chars", draft.max_text_chars, TEXT_CHARS),
    ):
        if not at_least <= value <= at_most:
            yield Refused("form.out_of_range", field=field, at_least=at_least, at_most=at_most)


def _choices(draft: CampaignDraft, toolkits: Collection[str]) -> Iterator[Refused]:
    if not draft.kinds:
        yield Refused("campaign.no_kind", field="kinds")
    if not draft.formats or set(draft.formats) - set(FORMATS):
        yield Refused("campaign.no_format", field="formats")
    if any(not 1 <= goal <= SDG_COUNT for goal in draft.sdgs):
        yield Refused("form.not_a_choice", field="sdgs")
    if draft.toolkit_slug not in toolkits:
        yield Refused("form.not_a_choice", field="toolkit_slug")
