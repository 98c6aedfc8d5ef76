"""The form of a campaign: what stands in it, and what was typed into it as a draft."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.campaigns.draft import (
    CLIP_S,
    FORMATS,
    MAX_CHARS,
    MAX_OFFSET_DAYS,
    MORE_CHARS,
    SDG_COUNT,
    TEXT_CHARS,
    CampaignDraft,
    check,
    with_mark,
)
from app.campaigns.template import Template
from app.enums import CountsTo, SubmissionKind
from app.errors import RefusedFields
from app.models import Campaign, Chapter
from app.network.rows import LANGUAGE_TAG
from app.web.forms import FORM_TOKEN, Fields
from app.words import Words, choose

TEXTS = (*MAX_CHARS, *MORE_CHARS)
WHOLE_NETWORK = ""  # as the value of the field for whose cities it is


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """Everything as it stands in the fields."""

    languages: list[str]
    source: str
    texts: Mapping[str, Mapping[str, str]]  # by name of the words, then by language
    chapter: str
    day_on: str
    days_before: str
    days_after: str
    counts_to: str
    sdgs: Collection[str]
    kinds: Collection[str]
    formats: Collection[str]
    max_clip_s: str
    max_text_chars: str
    collects_elsewhere: bool
    toolkit_slug: str
    note: str = ""  # what changed, for those who read the brief
    read: str = ""  # what stood there when the form was handed out, as a fingerprint
    form_token: str = ""  # of a new one


def form_of_template(template: Template, *, names: Words, day_on: date, language: str, chapter: str) -> CampaignForm:
    """A new campaign as a template has it, called like its day, written first in this language where the template speaks it."""
    languages = list(template.file.languages)
    source = language if language in languages else languages[0]
    draft = template.draft(title=Words(source, _in(names, languages, source)), day_on=day_on)
    return _form_of(draft, [source, *(tag for tag in languages if tag != source)], chapter)


def form_of_campaign(campaign: Campaign, *, chapter: str, day_on: date | None = None) -> CampaignForm:
    """A campaign as it was written; on another day when it is copied."""
    draft = CampaignDraft(
        **{name: getattr(campaign, name) for name in TEXTS},
        languages=tuple(campaign.languages),
        sdgs=tuple(campaign.sdgs),
        day_on=day_on or campaign.day_on,
        pre_day_offset_days=campaign.pre_day_offset_days,
        post_day_offset_days=campaign.post_day_offset_days,
        counts_to=campaign.counts_to,
        kinds=tuple(SubmissionKind(kind) for kind in campaign.kinds),
        formats=tuple(campaign.formats),
        max_clip_s=campaign.max_clip_s,
        max_text_chars=campaign.max_text_chars,
        toolkit_slug=campaign.toolkit_slug,
        collects_elsewhere=campaign.collects_elsewhere,
    )
    return _form_of(draft, campaign.languages, chapter)


def form_of_fields(fields: Fields, *, kept: Campaign | None = None, chapter: str = WHOLE_NETWORK) -> CampaignForm:
    """What was typed, kept as it was; the days and the chapter of a campaign in preparation are not in the form."""
    languages = _languages(fields)
    form = CampaignForm(
        languages=languages,
        source=_source(fields, languages),
        texts={name: {tag: fields.raw(f"{name}-{tag}") for tag in languages} for name in TEXTS},
        chapter=fields.raw("chapter"),
        day_on=fields.raw("day_on"),
        days_before=fields.raw("days_before"),
        days_after=fields.raw("days_after"),
        counts_to=fields.raw("counts_to"),
        sdgs=fields.many("sdgs"),
        kinds=fields.many("kinds"),
        formats=fields.many("formats"),
        max_clip_s=fields.raw("max_clip_s"),
        max_text_chars=fields.raw("max_text_chars"),
        collects_elsewhere=fields.ticked("collects_elsewhere"),
        toolkit_slug=fields.raw("toolkit_slug"),
        note=fields.raw("note"),
        read=fields.raw("read"),
        form_token=fields.raw(FORM_TOKEN),
    )
    if kept is None:
        return form
    days_before, days_after = str(-kept.pre_day_offset_days), str(kept.post_day_offset_days)
    return replace(form, chapter=chapter, day_on=kept.day_on.isoformat(), days_before=days_before, days_after=days_after)


def read_draft(fields: Fields, *, toolkits: Collection[str], kept: Campaign | None = None) -> CampaignDraft:
    """The draft that was typed, with the days of the campaign that keeps its own; refuses everything that is wrong at once."""
    languages = _languages(fields)
    if not languages:
        fields.refuse("languages", "campaign.no_language")
    source = _source(fields, languages)
    draft = CampaignDraft(
        **{name: _words(fields, name, languages, source) for name in TEXTS},
        languages=(source, *(tag for tag in languages if tag != source)),
        sdgs=tuple(goal for goal in range(1, SDG_COUNT + 1) if str(goal) in fields.many("sdgs")),
        day_on=kept.day_on if kept else fields.day("day_on"),
        pre_day_offset_days=kept.pre_day_offset_days if kept else -_days(fields, "days_before"),
        post_day_offset_days=kept.post_day_offset_days if kept else _days(fields, "days_after"),
        counts_to=fields.one_of("counts_to", CountsTo) if fields.raw("counts_to") else CountsTo.DAY,
        kinds=tuple(kind for kind in SubmissionKind if kind.value in fields.many("kinds")),
        formats=tuple(name for name in FORMATS if name in fields.many("formats")),
        max_clip_s=fields.whole_number("max_clip_s", at_least=CLIP_S[0], at_most=CLIP_S[1]),
        max_text_chars=fields.whole_number("max_text_chars", at_least=TEXT_CHARS[0], at_most=TEXT_CHARS[1]),
        toolkit_slug=fields.raw("toolkit_slug"),
        collects_elsewhere=fields.ticked("collects_elsewhere"),
    )
    if languages:
        _note(fields, draft, toolkits)
    fields.refuse_if_wrong()
    return draft


def read_chapter(fields: Fields, chapters: Sequence[Chapter], *, is_manager: bool) -> Chapter | None:
    """Whose cities it is for: one of these chapters, or for a manager the whole network; notes the refusal of any other."""
    wanted = fields.raw("chapter")
    chapter = next((each for each in chapters if each.slug == wanted), None)
    if chapter is None and not (is_manager and wanted == WHOLE_NETWORK):
        fields.refuse("chapter", "form.not_a_choice")
    return chapter


def _form_of(draft: CampaignDraft, languages: Sequence[str], chapter: str) -> CampaignForm:
    source = draft.title.source
    return CampaignForm(
        languages=list(languages),
        source=source,
        texts={name: _in(getattr(draft, name), languages, source) for name in TEXTS},
        chapter=chapter,
        day_on=draft.day_on.isoformat(),
        days_before=str(-draft.pre_day_offset_days),
        days_after=str(draft.post_day_offset_days),
        counts_to=draft.counts_to.value,
        sdgs=[str(goal) for goal in draft.sdgs],
        kinds=[kind.value for kind in draft.kinds],
        formats=draft.formats,
        max_clip_s=str(draft.max_clip_s),
        max_text_chars=str(draft.max_text_chars),
        collects_elsewhere=draft.collects_elsewhere,
        toolkit_slug=draft.toolkit_slug,
    )


def _in(words: Words, languages: Sequence[str], source: str) -> dict[str, str]:
    """The words in each language; in the first one, which must not stay empty, whatever there is."""
    return {tag: words.texts.get(tag, "") for tag in languages} | {source: choose(words, (source,)).text}


def _days(fields: Fields, name: str) -> int:
    return fields.whole_number(name, at_least=0, at_most=MAX_OFFSET_DAYS)


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
