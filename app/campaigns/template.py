"""Templates: what a toolkit says a campaign begins with, down to the lines of its time-line; data, read and checked strictly."""

import datetime as dt  # a line has a date of its own
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.campaigns.draft import (
    CLIP_S,
    FORMATS,
    MAX_CHARS,
    MAX_OFFSET_DAYS,
    MORE_CHARS,
    SDG_COUNT,
    TEXT_CHARS,
    CampaignDraft,
    is_hashtag,
)
from app.campaigns.fitting import fitted
from app.campaigns.line_rules import FIXED_STEPS, WINDOW_STEPS, check
from app.campaigns.plan import CORE, PlannedStep, StepName
from app.enums import CountsTo, StepClock, StepCondition, StepScope, SubmissionKind
from app.errors import NotFound, Refused, RefusedFields
from app.variants import BASE, TOOLKITS_DIR
from app.words import Words

TO_THE_END: Literal["to_the_end"] = "to_the_end"
MAX_STEPS = 120
LEAP_YEAR = 2028


def _is_day_of_the_year(text: str) -> str:
    dt.date.fromisoformat(f"{LEAP_YEAR}-{text}")
    return text


def _is_format(name: str) -> str:
    if name not in FORMATS:
        msg = f"it is none of {', '.join(FORMATS)}"
        raise ValueError(msg)
    return name


def _is_hashtag(text: str) -> str:
    if not is_hashtag(text):
        raise ValueError("# and then letters, digits and _ alone")
    return text


Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
ByLanguage = Annotated[dict[Tag, Annotated[str, Field(min_length=1)]], Field(min_length=1)]
DayOfYear = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_is_day_of_the_year)]
OffsetDays = Annotated[int, Field(ge=-MAX_OFFSET_DAYS, le=MAX_OFFSET_DAYS)]
WindowDays = Annotated[int, Field(ge=0, le=MAX_OFFSET_DAYS)]


class Data(BaseModel):
    """A part of a template's file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(Data):
    """`[[step]]`: one line of the time-line."""

    action: StepName
    scope: StepScope
    days: OffsetDays | None = None
    days_from_end: Annotated[int, Field(ge=-MAX_OFFSET_DAYS, le=0)] | None = None
    date: DayOfYear | None = None
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "00:00"
    clock: StepClock = StepClock.LOCAL
    condition: StepCondition | None = None
    count: Annotated[int, Field(ge=1, le=1000)] | None = None
    spread_days: Annotated[int, Field(ge=1, le=MAX_OFFSET_DAYS)] | Literal["to_the_end"] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Line":
        told = [name for name in ("days", "days_from_end") if getattr(self, name) is not None]
        if self.follows_the_window and told:
            msg = f"{self.action} takes its day from days_before and days_after, so it has no {told[0]}"
            raise ValueError(msg)
        if not self.follows_the_window and len(told) != 1:
            msg = f"{self.action} needs either days or days_from_end"
            raise ValueError(msg)
        if self.date is not None and self.days is None:
            raise ValueError("a date goes with days, which are counted where it does not fit")
        if (self.condition is None) != (self.count is None):
            raise ValueError("condition and count belong together")
        return self

    @property
    def follows_the_window(self) -> bool:
        """Whether its day is the first or the last of the campaign."""
        return self.action.value in WINDOW_STEPS

    def planned(self, *, day_on: dt.date, days_after: int) -> PlannedStep:
        """The line in a campaign on this day that goes on for so many days."""
        offset_days, on_date = self.days or 0, None
        if self.days_from_end is not None:
            offset_days = days_after + self.days_from_end
        if self.date is not None and (on_date := self._date_near(day_on)) is not None:
            offset_days = (on_date - day_on).days
        spread_days = self.spread_days
        if spread_days == TO_THE_END:
            spread_days = max(1, days_after - offset_days + 1)
        return PlannedStep(
            self.action,
            self.scope,
            offset_days,
            dt.time.fromisoformat(self.at),
            clock=self.clock,
            on_date=on_date,
            spread_days=spread_days,
            condition=self.condition,
            condition_count=self.count,
        )

    def _date_near(self, day_on: dt.date) -> dt.date | None:
        """The last such date before the day, or the next after it, as the days go; None where that is too far from it."""
        is_before = (self.days or 0) < 0
        dates = [_date_in(day_on.year + years, self.date or "") for years in (-1, 0, 1)]
        found = max(on for on in dates if on < day_on) if is_before else min(on for on in dates if on >= day_on)
        return found if abs((found - day_on).days) <= MAX_OFFSET_DAYS else None


class CampaignFile(Data):
    """`campaign.toml`."""

    objective: ByLanguage
    audience: ByLanguage
    approach: ByLanguage
    question: ByLanguage
    languages: Annotated[tuple[Tag, ...], Field(min_length=1)]
    sdgs: tuple[Annotated[int, Field(ge=1, le=SDG_COUNT)], ...] = ()
    counts_to: CountsTo = CountsTo.DAY
    kinds: Annotated[tuple[SubmissionKind, ...], Field(min_length=1)]
    formats: Annotated[tuple[Annotated[str, AfterValidator(_is_format)], ...], Field(min_length=1)]
    max_clip_s: Annotated[int, Field(ge=CLIP_S[0], le=CLIP_S[1])]
    max_text_chars: Annotated[int, Field(ge=TEXT_CHARS[0], le=TEXT_CHARS[1])]
    days_before: WindowDays
    days_after: WindowDays
    collects_elsewhere: bool = False
    step: Annotated[tuple[Line, ...], Field(max_length=MAX_STEPS)]

    @model_validator(mode="after")
    def _is_whole(self) -> "CampaignFile":
        for name in ("objective", "audience", "approach", "question"):
            texts, limit = getattr(self, name), (MAX_CHARS | MORE_CHARS)[name]
            if self.languages[0] not in texts:
                msg = f"{name} needs the first of the languages, {self.languages[0]}"
                raise ValueError(msg)
            for tag, text in texts.items():
                if len(text) > limit:
                    msg = f"{name}.{tag} has {len(text)} characters, at most {limit} fit"
                    raise ValueError(msg)
        return self


class Spoken(BaseModel):
    """What of `toolkit.toml` a campaign begins with; the rest of it is checked where kits are made."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    source_language: Tag
    names: ByLanguage
    messages: ByLanguage
    hashtag: Annotated[str, AfterValidator(_is_hashtag)]


@dataclass(frozen=True, slots=True)
class Template:
    """Everything that a new campaign with this toolkit begins with."""

    slug: str
    names: Words  # what the day, or the toolkit, is called
    messages: Words
    hashtag: str
    file: CampaignFile
    text_languages: frozenset[str] = frozenset()  # those that its kits are written in

    @property
    def languages(self) -> frozenset[str]:
        """Those in which it has something to say to residents."""
        return self.text_languages | self.messages.texts.keys() | self.file.question.keys()

    def words(self, name: Literal["objective", "audience", "approach", "question"]) -> Words:
        """One of its texts."""
        return Words(self.file.languages[0], dict(getattr(self.file, name)))

    def draft(self, *, title: Words, day_on: dt.date) -> CampaignDraft:
        """A campaign on this day as the template has it."""
        file = self.file
        return CampaignDraft(
            title=title,
            message=self.messages,
            objective=self.words("objective"),
            audience=self.words("audience"),
            approach=self.words("approach"),
            question=self.words("question"),
            hashtag=Words(title.source, {title.source: self.hashtag}),
            languages=file.languages,
            sdgs=file.sdgs,
            day_on=day_on,
            pre_day_offset_days=-file.days_before,
            post_day_offset_days=file.days_after,
            counts_to=file.counts_to,
            kinds=tuple(kind for kind in SubmissionKind if kind in file.kinds),
            formats=tuple(name for name in FORMATS if name in file.formats),
            max_clip_s=file.max_clip_s,
            max_text_chars=file.max_text_chars,
            toolkit_slug=self.slug,
            collects_elsewhere=file.collects_elsewhere,
        )

    def lines(self, *, day_on: dt.date, days_before: int, days_after: int) -> tuple[PlannedStep, ...]:
        """Its time-line in a campaign of these days."""
        lines = (line.planned(day_on=day_on, days_after=days_after) for line in self.file.step)
        return fitted(lines, day_on=day_on, days_before=days_before, days_after=days_after)


def read_template(slug: str, root: Path = TOOLKITS_DIR) -> Template:
    """The template of a toolkit, or that of base where it has none; all of it checked.

    Raises NotFound `toolkit.missing {file}`, Refused `toolkit.unknown_key {file, key}`, `toolkit.bad_value {file, key, reason}`.
    """
    folders = {path.parent.name: path.parent for path in root.glob("*/toolkit.toml")}
    if slug not in folders:
        raise NotFound("toolkit.missing", file=f"{slug}/toolkit.toml")
    spoken = _read(folders[slug] / "toolkit.toml", Spoken)
    own = folders[slug] / "campaign.toml"
    path = own if own.is_file() else root / BASE / "campaign.toml"
    file = _read(path, CampaignFile)
    _check_lines(file, _shown(path))
    names, messages = (Words(spoken.source_language, dict(each)) for each in (spoken.names, spoken.messages))
    written = frozenset(each.stem for each in (folders[slug] / "texts").glob("*.toml"))
    return Template(slug, names, messages, spoken.hashtag, file, written)


@dataclass(frozen=True, slots=True)
class _Days:
    """Those that a template is written for."""

    day_on: dt.date
    post_day_offset_days: int


_File = TypeVar("_File", bound=BaseModel)
_KNOWN = frozenset(name.value for name in StepName)


def _check_lines(file: CampaignFile, shown: str) -> None:
    """Every line that no campaign is without is there, in its order; every other is one that people could write."""
    plan = _Days(dt.date(LEAP_YEAR, 6, 20), file.days_after)
    lines = [line.planned(day_on=plan.day_on, days_after=plan.post_day_offset_days) for line in file.step]
    for core in CORE:
        if core not in lines:
            reason = f"{core.action.value} ({core.scope.value}) is missing at its midnight; no campaign is without it"
            raise Refused("toolkit.bad_value", file=shown, key="step", reason=reason)
    if [line for line in lines if line in CORE] != list(CORE):
        order = ", ".join(dict.fromkeys(step.action.value for step in CORE))
        raise Refused("toolkit.bad_value", file=shown, key="step", reason=f"these stand in this order, each once: {order}")
    for number, line in enumerate(lines):
        if line in CORE:
            continue
        if line.action.value in FIXED_STEPS:
            reason = f"{line.action.value} is among those that no campaign is without, and stands there once"
            raise Refused("toolkit.bad_value", file=shown, key=f"step.{number}.action", reason=reason)
        others = [each.action.value for at, each in enumerate(lines) if at != number]
        try:
            check(line, plan, known=_KNOWN, others=others)
        except Refused as refused:
            first = refused.refusals[0] if isinstance(refused, RefusedFields) else refused
            key = f"step.{number}.{first.field}"
            raise Refused("toolkit.bad_value", file=shown, key=key, reason=first.code) from refused


def _date_in(year: int, day_of_year: str) -> dt.date:
    """29 February is the 28th in a common year."""
    month, day = map(int, day_of_year.split("-"))
    return dt.date(year, month, day) if (month, day) != (2, 29) else dt.date(year, 3, 1) - dt.timedelta(days=1)


def _read(path: Path, shape: type[_File]) -> _File:
    file = _shown(path)
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return shape.model_validate(raw)
    except FileNotFoundError as missing:
        raise NotFound("toolkit.missing", file=file) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Refused("toolkit.bad_value", file=file, key="", reason=str(broken)) from broken
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False)
        first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise Refused("toolkit.unknown_key", file=file, key=key) from invalid
        raise Refused("toolkit.bad_value", file=file, key=key, reason=first["msg"]) from invalid


def _shown(path: Path) -> str:
    """A file's name as a designer sees it among the toolkits."""
    return f"{path.parent.name}/{path.name}"
