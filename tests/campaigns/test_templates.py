"""Templates of campaigns: what ships is whole, what is wrong is named, and lines fit into the days of a campaign."""

import re
import shutil
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.campaigns import template
from app.campaigns.draft import check
from app.campaigns.fitting import fitted, with_the_end
from app.campaigns.line_rules import FIXED_STEPS
from app.campaigns.plan import CORE, PlannedStep, StepName
from app.campaigns.queries import toolkit_slugs
from app.campaigns.template import read_template
from app.enums import CountsTo, StepClock, StepCondition, StepScope, SubmissionKind
from app.errors import NotFound, Refused
from app.variants import TOOLKITS_DIR
from app.words import Words

DAY = date(2027, 6, 20)
EACH = StepScope.EACH_CITY


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The toolkits, to be spoiled; one of them has no template of its own."""
    for slug in ("base", *toolkit_slugs()):
        (tmp_path / slug).mkdir()
        for name in ("toolkit.toml", "campaign.toml"):
            if (TOOLKITS_DIR / slug / name).is_file():
                shutil.copy(TOOLKITS_DIR / slug / name, tmp_path / slug / name)
    (tmp_path / "our-city-our-voices" / "campaign.toml").unlink()
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def found(lines: tuple[PlannedStep, ...], action: StepName) -> list[PlannedStep]:
    return [line for line in lines if line.action is action]


@pytest.mark.parametrize("slug", toolkit_slugs())
def test_every_toolkit_gives_a_whole_campaign_in_english_and_french(slug: str) -> None:
    read = read_template(slug)
    draft = read.draft(title=Words("en", {"en": "A day", "fr": "Un jour"}), day_on=DAY)
    check(draft, toolkits=toolkit_slugs())
    assert draft.languages == ("en", "fr")
    for words in (draft.message, draft.objective, draft.audience, draft.approach, draft.question):
        assert {"en", "fr"} <= set(words.texts)
        assert all(words.texts.values())
    assert draft.sdgs != ()


@pytest.mark.parametrize("slug", toolkit_slugs())
@pytest.mark.parametrize("days_after", [0, 1, 7, 28, 180])
def test_a_template_fits_into_campaigns_of_any_length_with_the_lines_that_none_is_without(slug: str, days_after: int) -> None:
    lines = read_template(slug).lines(day_on=DAY, days_before=28, days_after=days_after)
    assert [line for line in lines if line in CORE] == list(CORE)
    for line in lines:
        if line not in CORE and line.action.value not in FIXED_STEPS:
            assert line.offset_days + (line.spread_days or 1) - 1 <= days_after, line


def test_the_months_of_the_real_campaigns_are_kept() -> None:
    refugees, cities = read_template("world-refugee-day"), read_template("our-city-our-voices")
    lines = refugees.lines(day_on=DAY, days_before=30, days_after=28)
    preparation = [(line.action.value, line.on_date, line.clock) for line in lines[:3]]
    assert preparation == [
        ("open_preparation", date(2027, 3, 1), StepClock.NETWORK),
        ("invite", date(2027, 3, 15), StepClock.NETWORK),
        ("close_preparation", date(2027, 4, 30), StepClock.NETWORK),
    ]
    assert (refugees.file.days_before, refugees.file.max_clip_s) == (30, 15)
    assert (set(cities.file.kinds), cities.file.max_clip_s) == (set(SubmissionKind), 10)


@pytest.mark.parametrize("day_on", [date(2027, 2, 21), date(2027, 12, 18)])
def test_where_a_date_does_not_fit_the_days_are_counted(day_on: date) -> None:
    lines = read_template("world-refugee-day").lines(day_on=day_on, days_before=30, days_after=28)
    assert [(line.on_date, line.offset_days) for line in lines[:3]] == [(None, -111), (None, -97), (None, -51)]


def test_a_date_lies_on_the_side_of_its_days_in_whatever_year_that_is(root: Path) -> None:
    path = root / "base" / "campaign.toml"
    change(path, "days = -70", 'days = -70\ndate = "11-01"')
    change(path, "days = 14", 'days = 14\ndate = "01-20"')
    lines = read_template("our-city-our-voices", root).lines(day_on=date(2027, 1, 10), days_before=28, days_after=28)
    figures = found(lines, StepName.ASK_FIGURES_AFTER)[0]
    assert [(each.on_date, each.offset_days) for each in (lines[0], figures)] == [
        (date(2026, 11, 1), -70),
        (date(2027, 1, 20), 10),
    ]


def test_a_toolkit_without_a_template_takes_that_of_base_with_its_own_message(root: Path) -> None:
    read = read_template("our-city-our-voices", root)
    assert read.file == read_template("world-refugee-day", shared(root)).file
    draft = read.draft(title=Words("en", {"en": "A day"}), day_on=DAY)
    assert (draft.message.texts["en"], draft.hashtag.texts) == ("Many voices, one city", {"en": "#OurCityOurVoices"})
    assert (draft.counts_to, draft.max_clip_s, draft.toolkit_slug) == (CountsTo.DAY, 30, "our-city-our-voices")


def shared(root: Path) -> Path:
    (root / "world-refugee-day" / "campaign.toml").unlink()
    return root


def test_base_spreads_the_spotlight_to_the_end_and_reports_the_day_before_it(root: Path) -> None:
    lines = read_template("our-city-our-voices", root).lines(day_on=DAY, days_before=28, days_after=21)
    assert found(lines, StepName.SPOTLIGHT) == [PlannedStep(StepName.SPOTLIGHT, EACH, 2, time(9), spread_days=20)]
    assert [(line.scope.value, line.offset_days) for line in found(lines, StepName.REPORT_DUE)] == [
        ("each_city", 20),
        ("each_chapter", 20),
        ("last_city", 20),
    ]
    assert found(lines, StepName.REMIND) == [
        PlannedStep(StepName.REMIND, EACH, days, time(10), condition=StepCondition.FEWER_THAN, condition_count=3)
        for days in (-14, -5)
    ]


def test_nobody_is_reminded_before_people_can_send() -> None:
    lines = read_template("our-city-our-voices").lines(day_on=DAY, days_before=7, days_after=21)
    assert [line.offset_days for line in found(lines, StepName.REMIND)] == [-5]


def test_a_line_after_the_end_comes_on_the_last_day_or_not_at_all() -> None:
    late = PlannedStep(StepName.ASK_FIGURES_AFTER, EACH, 14, time(10))
    turns = PlannedStep(StepName.SPOTLIGHT, EACH, 2, time(9), spread_days=20)
    assert fitted([late, turns], day_on=DAY, days_before=28, days_after=7) == (
        PlannedStep(StepName.ASK_FIGURES_AFTER, EACH, 7, time(10)),
        PlannedStep(StepName.SPOTLIGHT, EACH, 2, time(9), spread_days=6),
    )
    assert fitted([late, turns], day_on=DAY, days_before=28, days_after=0) == ()


def test_when_the_end_of_a_draft_moves_reports_and_turns_that_went_to_it_go_along() -> None:
    report = PlannedStep(StepName.REPORT_DUE, EACH, 27, time(10))
    turns = PlannedStep(StepName.SPOTLIGHT, EACH, 2, time(9), spread_days=27)
    short_turns = PlannedStep(StepName.SPOTLIGHT, EACH, 2, time(9), spread_days=5)
    moved = [with_the_end(line, day_on=DAY, was=28, days_after=35) for line in (report, turns, short_turns, CORE[6])]
    assert [(line.offset_days, line.spread_days) for line in moved] == [(34, None), (2, 34), (2, 5), (1, None)]


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("days_after = 28", "days_after = 28\nbudget = 3", "toolkit.unknown_key", "budget"),
        ('action = "invite"', 'action = "invite"\nsubject = "x"', "toolkit.unknown_key", "step.1.subject"),
        ("days_after = 28", "days_after = 400", "toolkit.bad_value", "days_after"),
        ("sdgs = [10,", "sdgs = [18,", "toolkit.bad_value", "sdgs.0"),
        ('counts_to = "day"', 'counts_to = "night"', "toolkit.bad_value", "counts_to"),
        ('"square", "portrait"', '"round"', "toolkit.bad_value", "formats.0"),
        ('action = "invite"', 'action = "dance"', "toolkit.bad_value", "step.1.action"),
        ("days = -70", 'date = "02-30"', "toolkit.bad_value", "step.0.date"),
        ("days = -70", 'date = "03-01"', "toolkit.bad_value", "step.0"),
        ("days = -70", "days = 3", "toolkit.bad_value", "step.0.days"),
        ("count = 3\n", "", "toolkit.bad_value", "step.6"),
        ('at = "10:00"', 'at = "25:00"', "toolkit.bad_value", "step.3.at"),
        ('action = "open_collection"', 'action = "open_collection"\ndays = -30', "toolkit.bad_value", "step.4"),
        ('action = "start_of_day"', 'action = "end_of_day"', "toolkit.bad_value", "step"),
        ("days = 14", "days = 14\nspread_days = 3", "toolkit.bad_value", "step.27.spread_days"),
    ],
)
def test_a_fault_in_a_template_is_refused_by_its_code_file_and_key(root: Path, old: str, new: str, code: str, key: str) -> None:
    change(root / "base" / "campaign.toml", old, new)
    with pytest.raises(Refused) as refused:
        read_template("our-city-our-voices", root)
    params: dict[str, Any] = {name: refused.value.params[name] for name in ("file", "key")}
    assert (refused.value.code, params) == (code, {"file": "base/campaign.toml", "key": key})


def test_a_text_that_no_form_would_take_is_refused(root: Path) -> None:
    change(root / "world-refugee-day" / "campaign.toml", 'en = "What does', 'en = "' + "Why? " * 40 + "What does")
    with pytest.raises(Refused, match=r"toolkit\.bad_value") as refused:
        read_template("world-refugee-day", root)
    assert refused.value.params["file"] == "world-refugee-day/campaign.toml"
    assert "question.en" in refused.value.params["reason"]


def test_lines_that_no_campaign_is_without_stand_in_their_order(root: Path) -> None:
    path = root / "base" / "campaign.toml"
    first, second = 'action = "close_collection"\nscope = "each_city"', 'action = "close_campaign"\nscope = "last_city"'
    text = path.read_text("utf-8").replace(first, "<one>").replace(second, first).replace("<one>", second)
    path.write_text(text, "utf-8")
    with pytest.raises(Refused) as refused:
        read_template("our-city-our-voices", root)
    assert "stand in this order" in refused.value.params["reason"]


@pytest.mark.parametrize("slug", ["none", "base", "../base"])
def test_a_toolkit_that_is_not_there_has_no_template(slug: str) -> None:
    with pytest.raises(NotFound, match=r"toolkit\.missing"):
        read_template(slug)


def test_the_readme_of_the_toolkits_names_every_key_of_a_template() -> None:
    readme = re.sub(r"(?s)```.*?```", "", (TOOLKITS_DIR / "README.md").read_text("utf-8"))
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", readme.split("## campaign.toml")[1].split("\n## ")[0]))))
    models: list[type[BaseModel]] = [template.CampaignFile, template.Line]
    assert {key for model in models for key in model.model_fields} - named == set()
    assert {name.value for name in StepName} - named == set()
