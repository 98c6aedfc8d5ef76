"""The demo network's own data, read and dated: what to load, and on which days."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from app.campaigns.draft import FORMATS, CampaignDraft
from app.enums import SubmissionKind
from app.words import Words

DEMO_DIR = Path(__file__).parent
DAYS_AHEAD = 21
PRE_DAY_OFFSET_DAYS = -28
POST_DAY_OFFSET_DAYS = 28


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    """One campaign of the demo."""

    slug: str
    day_slug: str
    is_open: bool
    joined_every: int  # besides the cities that have voices or officers, every so-manieth city joins
    draft: CampaignDraft


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
    def words(name: str) -> Words:
        return Words("en", table[name])

    return DemoCampaign(
        slug=table["slug"],
        day_slug=table["day"],
        is_open=table["status"] == "open",
        joined_every=table["joined_every"],
        draft=CampaignDraft(
            title=words("title"),
            message=words("message"),
            objective=words("objective"),
            question=words("question"),
            hashtag=words("hashtag"),
            languages=tuple(table["languages"]),
            day_on=_day_on(table["when"], today),
            pre_day_offset_days=PRE_DAY_OFFSET_DAYS,
            post_day_offset_days=POST_DAY_OFFSET_DAYS,
            kinds=tuple(SubmissionKind(kind) for kind in table["kinds"]),
            formats=FORMATS,
            max_clip_s=table["max_clip_s"],
            max_text_chars=table["max_text_chars"],
            toolkit_slug=table["toolkit"],
        ),
    )


def _day_on(when: str, today: date) -> date:
    if when == "days_from_start":
        return today + timedelta(days=DAYS_AHEAD)
    last = date(today.year, 6, 20)
    if last > today - timedelta(days=2):  # over everywhere, so that it has its film and collage
        last = last.replace(year=last.year - 1)
    return last if when == "last" else last.replace(year=last.year + 1)
