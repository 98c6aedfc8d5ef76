"""The demo network before its samples are in: campaigns from templates, each with the time-line that it has lived through."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns.service import run_due_steps
from app.campaigns.timeline import placed_runs
from app.demo import load
from app.demo.load import AFTER_THE_SAMPLES, close_the_past, is_to_be_loaded, load_demo
from app.enums import CampaignStatus, MailState, Phase, StepState
from app.models import Campaign, Mail, Network
from app.runtime import Runtime


def cut_off(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load it until somebody stops the program on a day in the middle, after what people did and before the day's steps."""
    days = 0

    def until_the_hundredth_day(*arguments: Any, **named: Any) -> int:
        nonlocal days
        days += 1
        if days == 100:
            raise KeyboardInterrupt
        return run_due_steps(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(load, "run_due_steps", until_the_hundredth_day)
        with pytest.raises(KeyboardInterrupt):
            load_demo(runtime, with_samples=False, say=lambda _line: None)


def test_the_demo_plays_each_campaign_to_this_day_and_keeps_the_past_one_open_for_its_samples(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(runtime, monkeypatch)
    for is_left in (True, False):  # the rest, then nothing
        assert is_to_be_loaded(runtime) is is_left
        load_demo(runtime, with_samples=False, say=lambda _line: None)
    with runtime.database.reading() as session:
        assert session.scalars(select(Network)).one().time_zone == "Europe/Paris"
        campaigns = {each.slug: each for each in session.scalars(select(Campaign))}
        assert {slug: (each.status, each.phase) for slug, each in campaigns.items()} == {
            "our-city-our-voices": (CampaignStatus.OPEN, Phase.PRE_DAY),
            "world-refugee-day": (CampaignStatus.OPEN, Phase.POST_DAY),
            "world-refugee-day-next": (CampaignStatus.PREPARING, Phase.PRE_DAY),
            "porte-aperte": (CampaignStatus.DRAFT, None),
        }
        of_chapter = campaigns["porte-aperte"]
        assert None not in (of_chapter.calendar_event_id, of_chapter.chapter_id)
        past = placed_runs(session, campaigns["world-refugee-day"].id)
        waiting = [each for each in past if each.run.state is StepState.PLANNED]
        assert {each.step.action for each in waiting} == AFTER_THE_SAMPLES
        assert [each.step.action for each in waiting if each.run.held_at is None] == []
        assert Counter(each.run.state for each in past if each not in waiting)[StepState.FAILED] == 0
        spotlit = Counter(each.run.state for each in past if each.step.action == "spotlight")
        assert set(spotlit) == {StepState.DONE}
        ahead = placed_runs(session, campaigns["our-city-our-voices"].id)
        assert {each.step.action for each in ahead if each.run.state is StepState.DONE} >= {"invite", "open_collection"}
        assert set(session.scalars(select(Mail.state))) == {MailState.SENT}
    for _ in range(2):
        close_the_past(runtime)
    with runtime.database.reading() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.slug == "world-refugee-day")).one()
        assert (campaign.status, campaign.closed_at) == (CampaignStatus.CLOSED, runtime.now())
        ends = [each for each in placed_runs(session, campaign.id) if each.step.action in AFTER_THE_SAMPLES]
        assert {each.run.state for each in ends} == {StepState.DONE}
