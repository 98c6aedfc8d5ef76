"""The form of a campaign: what stands in it, and what was typed into it as a draft."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from app.campaigns.draft import CLIP_S, FORMATS, MAX_CHARS, MAX_OFFSET_DAYS, TEXT_CHARS, CampaignDraft, check, with_mark
from app.campaigns.year import next_on
from app.enums import SubmissionKind
from app.errors import RefusedFields
from app.models import Campaign, InternationalDay
from app.network.rows import LANGUAGE_TAG
from app.web.forms import Fields
from app.words import Words

DAYS_BEFORE, DAYS_AFTER = 28, 21  # three to four weeks before, and attention for three weeks after
FIRST_MAX_CLIP_S, FIRST_MAX_TEXT_CHARS = 30, 600


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """Everything as it stands in the fields."""

    languages: list[str]
    source: str
    texts: Mapping[str, Mapping[str, str]]  # by name of the words, then by language
    day_on: str
    days_before: str
    days_after: str
    kinds: Collection[str]
    formats: Collection[str]
    max_clip_s: str
    max_text_chars: str
    toolkit_slug: str


def form_of_day(day: InternationalDay, *, today: date, languages: list[str]) -> CampaignForm:
    """A new campaign on the next date of this day, in these languages, the first of which is the source."""
    names = {tag: day.names.texts.get(tag, "") for tag in languages}
    return CampaignForm(
        languages=languages,
        source=languages[0],
        texts={name: names if name == "title" else dict.fromkeys(languages, "") for name in MAX_CHARS},
        day_on=next_on(day, today).isoformat(),
        days_before=str(DAYS_BEFORE),
        days_after=str(DAYS_AFTER),
        kinds=[kind.value for kind in SubmissionKind],
        formats=FORMATS,
        max_clip_s=str(FIRST_MAX_CLIP_S),
        max_text_chars=str(FIRST_MAX_TEXT_CHARS),
        toolkit_slug=day.toolkit_slug,
    )


def form_of_campaign(campaign: Campaign) -> CampaignForm:
    """A campaign as it was written."""
    return CampaignForm(
        languages=campaign.languages,
        source=campaign.title.source,
        texts={name: {tag: getattr(campaign, name).texts.get(tag, "") for tag in campaign.languages} for name in MAX_CHARS},
        day_on=campaign.day_on.isoformat(),
        days_before=str(-campaign.pre_day_offset_days),
        days_after=str(campaign.post_day_offset_days),
        kinds=campaign.kinds,
        formats=campaign.formats,
        max_clip_s=str(campaign.max_clip_s),
        max_text_chars=str(campaign.max_text_chars),
        toolkit_slug=campaign.toolkit_slug,
    )


def form_of_fields(fields: Fields) -> CampaignForm:
    """What was typed, kept as it was."""
    languages = _languages(fields)
    return CampaignForm(
        languages=languages,
        source=_source(fields, languages),
        texts={name: {tag: fields.raw(f"{name}-{tag}") for tag in languages} for name in MAX_CHARS},
        day_on=fields.raw("day_on"),
        days_before=fields.raw("days_before"),
        days_after=fields.raw("days_after"),
        kinds=fields.many("kinds"),
        formats=fields.many("formats"),
        max_clip_s=fields.raw("max_clip_s"),
        max_text_chars=fields.raw("max_text_chars"),
        toolkit_slug=fields.raw("toolkit_slug"),
    )


def read_draft(fields: Fields, *, toolkits: Collection[str]) -> CampaignDraft:
    """The draft that was typed; refuses everything that is wrong with it at once."""
    languages = _languages(fields)
    if not languages:
        fields.refuse("languages", "campaign.no_language")
    source = _source(fields, languages)
    draft = CampaignDraft(
        title=_words(fields, "title", languages, source),
        message=_words(fields, "message", languages, source),
        objective=_words(fields, "objective", languages, source),
        question=_words(fields, "question", languages, source),
        hashtag=_words(fields, "hashtag", languages, source),
        languages=(source, *(tag for tag in languages if tag != source)),
        day_on=fields.day("day_on"),
        pre_day_offset_days=-fields.whole_number("days_before", at_least=0, at_most=MAX_OFFSET_DAYS),
        post_day_offset_days=fields.whole_number("days_after", at_least=0, at_most=MAX_OFFSET_DAYS),
        kinds=tuple(kind for kind in SubmissionKind if kind.value in fields.many("kinds")),
        formats=tuple(name for name in FORMATS if name in fields.many("formats")),
        max_clip_s=fields.whole_number("max_clip_s", at_least=CLIP_S[0], at_most=CLIP_S[1]),
        max_text_chars=fields.whole_number("max_text_chars", at_least=TEXT_CHARS[0], at_most=TEXT_CHARS[1]),
        toolkit_slug=fields.raw("toolkit_slug"),
    )
    if languages:
        _note(fields, draft, toolkits)
    fields.refuse_if_wrong()
    return draft


def _note(fields: Fields, draft: CampaignDraft, toolkits: Collection[str]) -> None:
    noted = {each.field for each in fields.refusals}
    try:
        check(draft, toolkits=toolkits)
    except RefusedFields as wrong:
        fields.refusals = [each for each in wrong.refusals if each.field not in noted] + fields.refusals


def _languages(fields: Fields) -> list[str]:
    return [tag for tag in dict.fromkeys(fields.many("languages")) if LANGUAGE_TAG.fullmatch(tag)]


def _source(fields: Fields, languages: list[str]) -> str:
    """The language it was written in first; when that was unticked, the first that is left."""
    source = fields.raw("source")
    return source if source in languages else languages[0] if languages else "en"


def _words(fields: Fields, name: str, languages: list[str], source: str) -> Words:
    """One text by language; a language that was left empty has none."""
    typed = {tag: fields.raw(f"{name}-{tag}").replace("\r\n", "\n").strip() for tag in languages}
    if name == "hashtag":
        typed = {tag: with_mark(text) for tag, text in typed.items()}
    return Words(source, {source: typed.get(source, "")} | {tag: text for tag, text in typed.items() if text})
