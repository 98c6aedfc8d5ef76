"""The demo network's own data, read and dated: what to load, and on which days."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from app.campaigns.draft import CampaignDraft
from app.campaigns.plan import PlannedStep
from app.campaigns.template import read_template
from app.enums import CampaignStatus, CountsTo
from app.words import Words

DEMO_DIR = Path(__file__).parent
DAYS_AHEAD = 21
TWO_MONTHS = 61
WORKING_GROUP_DAYS = 112  # the next campaign is one whose preparation has not begun by itself


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    """One campaign of the demo."""

    slug: str
    status: CampaignStatus
    day_slug: str | None  # the day of the year that it hangs on
    event_names: Words | None  # or a day of the chapter's own
    chapter_slug: str | None
    joined_every: int  # besides the cities that have voices or officers, every so-manieth city joins
    draft: CampaignDraft
    lines: Sequence[PlannedStep]
    waits_for_samples: bool  # it is over, and must not close before its samples are in


@dataclass(frozen=True, slots=True)
class Voice:
    """One sample contribution; its number names its drawing and its form."""

    number: int
    campaign: str
    city: str
    kind: Literal["text", "photo", "clip", "sound"]
    language: str
    name: str
    text: str
    alt_text: str
    words: str
    scene: str | None


def demo_campaigns(today: date) -> list[DemoCampaign]:
    """The campaigns, dated from the day of the first start."""
    tables = tomllib.loads((DEMO_DIR / "campaigns.toml").read_text(encoding="utf-8"))["campaign"]
    return [_campaign(table, today) for table in tables]


def voices() -> list[Voice]:
    """The sample contributions."""
    tables = tomllib.loads((DEMO_DIR / "voices.toml").read_text(encoding="utf-8"))["voice"]
    return [Voice(number=number, scene=table.pop("scene", None), **table) for number, table in enumerate(tables)]


def _campaign(table: dict[str, Any], today: date) -> DemoCampaign:
    source = table["languages"][0]

    def words(name: str) -> Words:
        return Words(source, table[name])

    template, day_on = read_template(table["toolkit"]), _day_on(table["when"], today)
    draft = replace(
        template.draft(title=words("title"), day_on=day_on),
        message=words("message"),
        objective=words("objective"),
        question=words("question"),
        hashtag=words("hashtag"),
        languages=tuple(table["languages"]),
    )
    if "event" in table:  # its launch
        draft = replace(draft, pre_day_offset_days=0, counts_to=CountsTo.LAUNCH)
    before, after = -draft.pre_day_offset_days, draft.post_day_offset_days
    return DemoCampaign(
        slug=table["slug"],
        status=CampaignStatus(table["status"]),
        day_slug=table.get("day"),
        event_names=words("event") if "event" in table else None,
        chapter_slug=table.get("chapter"),
        joined_every=table["joined_every"],
        draft=draft,
        lines=template.lines(day_on=day_on, days_before=before, days_after=after),
        waits_for_samples=table["when"] == "last",
    )


def _day_on(when: str, today: date) -> date:
    if when == "days_from_start":
        return today + timedelta(days=DAYS_AHEAD)
    if when == "two_months_from_start":
        return today + timedelta(days=TWO_MONTHS)
    last = date(today.year, 6, 20)
    if last > today - timedelta(days=2):  # over everywhere, so that it has its film and collage
        last = last.replace(year=last.year - 1)
    if when == "last":
        return last
    years = range(last.year + 1, last.year + 3)
    return next(on for year in years if (on := last.replace(year=year)) >= today + timedelta(days=WORKING_GROUP_DAYS))
