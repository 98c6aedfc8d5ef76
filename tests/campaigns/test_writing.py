"""Campaigns written at the desk: from a template or last year's, on days of one's own, by chapters, and while prepared."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.access import chapter_ids
from app.campaigns.calendar_events import EventDraft, add_event
from app.campaigns.own_days import OwnDayDraft, add_day, remove_day
from app.campaigns.service import begin_preparation, create_campaign
from app.campaigns.timeline import as_planned, steps_of
from app.enums import CampaignStatus, CountsTo, RoleName
from app.errors import Refused, RefusedFields
from app.models import BriefVersion, CalendarEvent, Campaign, Chapter, InternationalDay
from app.words import Words
from tests import factories
from tests.campaigns.conftest import NOON, TOOLKITS, World, draft, words
from tests.conftest import Server
from tests.e2e.pages import form_on, send

NEW = "/desk/campaigns/new"
WRD = f"{NEW}?day=world-refugee-day"


@pytest.fixture
def manager(server: Server, world: World) -> httpx.Client:
    return server.signed_in(world.manager.email)


@pytest.fixture
def chapter(server: Server, world: World) -> Chapter:
    with server.runtime.database.writing() as session:
        row = factories.chapter(session, world.network, "islands", [world.cities["betio"], world.cities["pago-pago"]])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=row)
    return row


def said(page: httpx.Response) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def kept(client: httpx.Client, address: str, **typed: str | list[str]) -> httpx.Response:
    """The form at this address, sent as it stands but for what is typed."""
    page = client.get(address)
    assert page.status_code == 200, said(page)
    return kept_on(client, page, **typed)


def kept_on(client: httpx.Client, page: httpx.Response, **typed: str | list[str]) -> httpx.Response:
    """The form on this page, as it was handed out, sent with what is typed."""
    return send(client, page, form_on(page, having="toolkit_slug"), files=None, named=None, **typed)


def campaign(session: Session, slug: str) -> Campaign:
    return session.scalars(select(Campaign).where(Campaign.slug == slug)).one()


def lines_of(session: Session, slug: str) -> dict[str, int]:
    """The days from the day, by action; the last of an action."""
    return {step.action: step.offset_days for step in steps_of(session, campaign(session, slug))}


def test_a_campaign_is_kept_as_its_template_has_it_with_its_whole_time_line(server: Server, manager: httpx.Client) -> None:
    answer = kept(manager, WRD)
    assert answer.headers["location"] == "/desk/campaigns/world-refugee-day-2027?kept=yes"
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.title.texts["fr"], row.hashtag.texts) == ("Journée mondiale des réfugiés", {"en": "#WorldRefugeeDay"})
        assert row.audience.texts["en"].startswith("Neighbours who have not met yet")
        assert (row.sdgs, row.max_clip_s, row.collects_elsewhere) == ([10, 11, 16, 17], 15, True)
        assert (row.pre_day_offset_days, row.post_day_offset_days, row.day_on) == (-30, 28, date(2027, 6, 20))
        steps = steps_of(session, row)
        assert len(steps) == 34
        assert (steps[0].action, steps[0].on_date) == ("open_preparation", date(2027, 3, 1))
        assert lines_of(session, row.slug)["open_collection"] == -30


def test_another_toolkit_fills_the_form_anew(server: Server, manager: httpx.Client) -> None:
    page = manager.get(WRD)
    assert f'href="{NEW}?day=world-refugee-day&amp;toolkit=our-city-our-voices"' in page.text
    kept(manager, f"{WRD}&toolkit=our-city-our-voices")
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.toolkit_slug, row.max_clip_s) == ("our-city-our-voices", 10)
        assert [step.on_date for step in steps_of(session, row)] == [None] * 33
    assert manager.get(f"{WRD}&toolkit=nowhere").status_code == 404


def test_goals_audience_countdown_and_another_place_are_the_campaigns_own(server: Server, manager: httpx.Client) -> None:
    typed: dict[str, str | list[str]] = {"audience-en": "", "approach-fr": "Avec joie", "sdgs": ["5", "16"]}
    kept(manager, WRD, counts_to="launch", **typed)
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.sdgs, row.counts_to) == ([5, 16], CountsTo.LAUNCH)
        assert (row.audience.texts["en"], row.approach.texts["fr"]) == ("", "Avec joie")


def test_a_campaign_is_copied_from_last_years_with_its_own_lines(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        old = world.planned(session, date(2026, 6, 20))
        actions = [step.action for step in steps_of(session, old)]
        for step in steps_of(session, old):
            if step.action == "build_collage":
                step.on_date = date(2026, 6, 25)
    copy = f'href="{NEW}?copy=world-refugee-day-2026"'
    assert copy in manager.get("/desk/campaigns/world-refugee-day-2026").text
    page = manager.get(WRD)
    assert f'href="{NEW}?day=world-refugee-day&amp;copy=world-refugee-day-2026"' in page.text
    answer = kept(manager, f"{NEW}?copy=world-refugee-day-2026")
    assert answer.headers["location"] == "/desk/campaigns/world-refugee-day-2027?kept=yes"
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.title.texts, row.day_on) == ({"en": "Our Home", "fr": "Notre maison"}, date(2027, 6, 20))
        assert (row.pre_day_offset_days, row.formats, row.max_clip_s) == (-28, ["square", "story"], 30)
        steps = steps_of(session, row)
        assert [step.action for step in steps] == actions
        assert {step.on_date for step in steps if step.action == "build_collage"} == {date(2027, 6, 25)}


def test_what_is_not_this_persons_to_copy_looks_absent(
    server: Server, world: World, chapter: Chapter, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        world.planned(session)
    coordinator = server.signed_in("coordinator@islands.example")
    assert coordinator.get(f"{NEW}?copy=world-refugee-day-2027").status_code == 404
    manager.post("/desk/campaigns/world-refugee-day-2027/open")
    page = coordinator.get(f"{NEW}?copy=world-refugee-day-2027")
    assert page.status_code == 200
    assert 'value="islands" selected' in page.text
    assert chapter.slug in page.text


def test_a_coordinator_makes_a_campaign_of_the_chapters_cities_and_no_other(
    server: Server, world: World, chapter: Chapter
) -> None:
    coordinator = server.signed_in("coordinator@islands.example")
    assert "All cities of the network" not in said(coordinator.get(WRD))
    assert kept(coordinator, WRD, chapter="").status_code == 422
    assert kept(coordinator, WRD).status_code == 303
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert row.chapter_id == chapter.id
        assert chapter_ids(world.manager) == frozenset()
    edit = "/desk/campaigns/world-refugee-day-2027/edit"
    assert kept(coordinator, edit, **{"title-en": "Islands"}).status_code == 303
    with server.runtime.database.writing() as session:
        other = factories.chapter(session, world.network, "alps", [world.cities["torino"]])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=other)
    assert server.signed_in("coordinator@alps.example").get(edit).status_code == 404


def event_of(server: Server, world: World, chapter: Chapter | None = None, city: str | None = None) -> CalendarEvent:
    names, on = Words("en", {"en": "Open doors", "fr": "Portes ouvertes"}), date(2027, 9, 4)
    with server.runtime.database.writing() as session:
        placed = world.cities[city] if city else None
        return add_event(session, EventDraft(names, on, on), chapter=chapter, city=placed, actor=world.manager, now=NOON)


def test_an_own_day_of_a_chapter_is_the_launch_of_its_campaign(
    server: Server, world: World, chapter: Chapter, manager: httpx.Client
) -> None:
    event = event_of(server, world, chapter)
    assert f'href="{NEW}?event={event.uid}"' in manager.get(f"/desk/calendar/{event.uid}").text
    coordinator = server.signed_in("coordinator@islands.example")
    assert kept(coordinator, f"{NEW}?event={event.uid}").status_code == 303
    with server.runtime.database.reading() as session:
        row = campaign(session, "open-doors-2027")
        assert (row.calendar_event_id, row.international_day_id, row.chapter_id) == (event.id, None, chapter.id)
        assert (row.day_on, row.counts_to, row.pre_day_offset_days) == (date(2027, 9, 4), CountsTo.LAUNCH, 0)
        assert "remind" not in lines_of(session, row.slug)
    assert kept(coordinator, "/desk/campaigns/open-doors-2027/edit", counts_to="day").status_code == 303
    manager.post("/desk/campaigns/open-doors-2027/open")
    calendar = server.client().get("/calendar?year=2027").text
    assert calendar.count("/c/open-doors-2027") == 1
    assert "/c/open-doors-2027" in calendar.split("Open doors")[1]


def test_a_day_that_a_campaign_hangs_on_stays_in_the_calendar(server: Server, world: World, manager: httpx.Client) -> None:
    event = event_of(server, world)
    kept(manager, f"{NEW}?event={event.uid}", **{"title-en": "Doors"})
    answer = manager.post(f"/desk/calendar/{event.uid}/remove")
    assert answer.status_code == 409
    with server.runtime.database.reading() as session:
        assert session.get_one(CalendarEvent, event.id).cancelled_at is None


def test_no_campaign_hangs_on_a_citys_day_or_on_a_foreign_chapters(
    server: Server, world: World, chapter: Chapter, manager: httpx.Client
) -> None:
    of_city, of_chapter = event_of(server, world, city="torino"), event_of(server, world, chapter)
    assert manager.get(f"{NEW}?event={of_city.uid}").status_code == 404
    assert f"{NEW}?event=" not in manager.get(f"/desk/calendar/{of_city.uid}").text
    with server.runtime.database.writing() as session:
        other = factories.chapter(session, world.network, "alps", [world.cities["torino"]])
        factories.person(session, world.network, RoleName.COORDINATOR, chapter=other)
        with pytest.raises(Refused, match=r"day\.of_a_city"):
            create_campaign(session, day=of_city, draft=draft(), toolkits=TOOLKITS, actor=world.manager, now=NOON)
    assert server.signed_in("coordinator@alps.example").get(f"{NEW}?event={of_chapter.uid}").status_code == 404


def preparing(server: Server, world: World, now: datetime = NOON) -> None:
    with server.runtime.database.writing() as session:
        begin_preparation(session, world.planned(session), actor=world.manager, now=now)


def test_each_change_in_preparation_is_a_version_of_the_brief_and_the_days_stay(
    server: Server, world: World, manager: httpx.Client
) -> None:
    preparing(server, world)
    edit = "/desk/campaigns/world-refugee-day-2027/edit"
    page = manager.get(edit)
    assert [name for name in ("day_on", "days_before", "days_after", "chapter") if f'name="{name}"' in page.text] == []
    assert "/desk/campaigns/world-refugee-day-2027/timeline/lines" in page.text
    answer = kept(manager, edit, note="Shorter", **{"message-en": "Home is a song"})
    assert answer.headers["location"] == "/desk/campaigns/world-refugee-day-2027?version=yes"
    assert "The brief is kept" in said(manager.get(answer.headers["location"]))
    sent = kept_on(manager, page).request
    forged = sent.content + b"&day_on=2027-07-01&days_after=3"
    manager.post(edit, content=forged, headers={"content-type": "application/x-www-form-urlencoded"})
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.day_on, row.post_day_offset_days, row.status) == (date(2027, 6, 20), 21, CampaignStatus.PREPARING)
        versions = session.execute(
            select(BriefVersion.number, BriefVersion.note, BriefVersion.person_id).order_by(BriefVersion.number)
        )
        assert [tuple(each) for each in versions][:2] == [
            (1, "", world.manager.person_id),
            (2, "Shorter", world.manager.person_id),
        ]


def test_a_fixed_brief_is_not_written_again(server: Server, world: World, manager: httpx.Client) -> None:
    preparing(server, world)
    manager.post("/desk/campaigns/world-refugee-day-2027/open")
    page = manager.get("/desk/campaigns/world-refugee-day-2027/edit")
    assert page.status_code == 409
    assert "campaign.brief_is_fixed" in page.text


def test_when_a_draft_ends_later_its_turns_and_reports_go_along(server: Server, manager: httpx.Client) -> None:
    kept(manager, f"{WRD}&toolkit=our-city-our-voices")
    kept(manager, "/desk/campaigns/world-refugee-day-2027/edit", days_after="30", days_before="20")
    with server.runtime.database.reading() as session:
        lines = {step.action: as_planned(step) for step in steps_of(session, campaign(session, "world-refugee-day-2027"))}
        assert (lines["report_due"].offset_days, lines["spotlight"].spread_days) == (29, 29)
        assert (lines["open_collection"].offset_days, lines["close_campaign"].offset_days) == (-20, 31)


def test_two_who_write_a_brief_at_once_see_each_other_before_one_undoes_the_other(
    server: Server, world: World, manager: httpx.Client
) -> None:
    preparing(server, world)
    edit = "/desk/campaigns/world-refugee-day-2027/edit"
    page = manager.get(edit)
    assert kept(manager, edit, **{"message-en": "Home is a song"}).status_code == 303
    refused = kept_on(manager, page, **{"objective-en": "To listen.", "note": "Mine"})
    assert refused.status_code == 409
    assert "Message English Home is where we sing Home is a song" in said(refused)
    assert [form_value(refused, name) for name in ("message-en", "objective-en", "note")] == [
        "Home is where we sing",
        "To listen.",
        "Mine",
    ]
    assert message_and_objective(server) == ("Home is a song", "To hear one another.")
    assert kept_on(manager, refused).status_code == 303
    assert message_and_objective(server) == ("Home is where we sing", "To listen.")


def test_two_who_write_a_draft_at_once_see_each_other_too_also_whose_cities_it_is_for(
    server: Server, world: World, chapter: Chapter, manager: httpx.Client
) -> None:
    with server.runtime.database.writing() as session:
        world.planned(session)
    edit = "/desk/campaigns/world-refugee-day-2027/edit"
    page = manager.get(edit)
    assert kept(manager, edit, chapter=chapter.slug, max_clip_s="45").status_code == 303
    refused = kept_on(manager, page, **{"title-en": "Mine"})
    assert refused.status_code == 409
    assert "Longest film or sound 0:30 0:45 Whose cities it is for All cities of the network Islands" in said(refused)
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.title.texts["en"], row.max_clip_s, row.chapter_id) == ("Our Home", 45, chapter.id)
    assert kept_on(manager, refused).status_code == 303
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        assert (row.title.texts["en"], row.max_clip_s, row.chapter_id) == ("Mine", 30, None)


def test_showing_more_languages_does_not_forget_what_was_read(server: Server, world: World, manager: httpx.Client) -> None:
    preparing(server, world)
    edit = "/desk/campaigns/world-refugee-day-2027/edit"
    page = manager.get(edit)
    kept(manager, edit, **{"message-en": "Home is a song"})
    form = form_on(page, having="toolkit_slug")
    with_more = send(manager, page, form, named={"act": "languages"})
    assert with_more.status_code == 200
    assert kept_on(manager, with_more, **{"title-en": "Mine"}).status_code == 409


def test_a_form_that_is_sent_twice_is_no_conflict_with_itself(server: Server, world: World, manager: httpx.Client) -> None:
    preparing(server, world)
    page = manager.get("/desk/campaigns/world-refugee-day-2027/edit")
    typed = {"message-en": "Home is a song"}
    sent = [kept_on(manager, page, **typed) for _click in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    with server.runtime.database.reading() as session:
        assert session.scalars(select(BriefVersion.number).order_by(BriefVersion.number)).all() == [1, 2]


def test_a_double_click_makes_one_campaign_and_leads_to_it_twice(server: Server, manager: httpx.Client) -> None:
    page = manager.get(WRD)
    sent = [kept_on(manager, page) for _click in range(2)]
    assert [answer.headers["location"] for answer in sent] == ["/desk/campaigns/world-refugee-day-2027?kept=yes"] * 2
    assert kept(manager, WRD).headers["location"] == "/desk/campaigns/world-refugee-day-2027-2?kept=yes"
    with server.runtime.database.reading() as session:
        assert len(session.scalars(select(Campaign)).all()) == 2


def form_value(page: httpx.Response, name: str) -> str:
    """What stands in this field."""
    return dict(form_on(page, having="toolkit_slug").fields)[name]


def message_and_objective(server: Server) -> tuple[str, str]:
    with server.runtime.database.reading() as session:
        row = campaign(session, "world-refugee-day-2027")
        return row.message.texts["en"], row.objective.texts["en"]


# --- the network's own days of the year ---------------------------------------------------------------------------------

DAYS = "/desk/calendar/days"
TYPED = {"name-en": "Day of Open Kitchens", "comes": "last", "weekday": "sunday", "month": "5", "length_days": "1"}


def test_the_network_adds_a_day_that_comes_every_year_and_prepares_a_campaign_for_it(
    server: Server, manager: httpx.Client
) -> None:
    typed = TYPED | {"toolkit_slug": "our-city-our-voices"}
    assert manager.post(f"{DAYS}/new", data=typed).headers["location"] == f"{DAYS}?told=added"
    page = manager.get(DAYS)
    assert "Day of Open Kitchens Sunday 28 May 2028" in said(page).replace("Sunday,", "Sunday")
    assert "Day of Open Kitchens" in server.client().get("/calendar?year=2027").text
    assert 'value="last" selected' in manager.get(f"{DAYS}/day-of-open-kitchens").text
    changed = typed | {"comes": "first", "length_days": "7"}
    assert manager.post(f"{DAYS}/day-of-open-kitchens", data=changed).headers["location"] == f"{DAYS}?told=changed"
    with server.runtime.database.reading() as session:
        day = session.scalars(select(InternationalDay).where(InternationalDay.slug == "day-of-open-kitchens")).one()
        assert (day.rule, day.length_days, day.proclaimed_by, day.sequence) == ("first sunday of may", 7, None, 1)
    assert kept(manager, f"{NEW}?day=day-of-open-kitchens").status_code == 303
    refused = manager.post(f"{DAYS}/day-of-open-kitchens/remove")
    assert refused.status_code == 409
    page = manager.get(f"{DAYS}/day-of-open-kitchens")
    assert "It stays while campaigns hang on it" in said(page)
    assert "Take it off" not in said(page).replace("Take it off the calendar", "")


def test_a_day_called_new_has_an_address_of_its_own(manager: httpx.Client) -> None:
    kept(manager, f"{DAYS}/new", **{"name-en": "New", "day": "3", "month": "5", "toolkit_slug": "world-refugee-day"})
    assert f'href="{DAYS}/new-2"' in manager.get(DAYS).text
    assert 'value="New"' in manager.get(f"{DAYS}/new-2").text
    assert manager.post(f"{DAYS}/new-2/remove").status_code == 303


def test_a_day_goes_on_coming_as_it_came_since_calendars_would_keep_both(server: Server, manager: httpx.Client) -> None:
    typed = TYPED | {"comes": "date", "day": "9", "toolkit_slug": "our-city-our-voices"}
    manager.post(f"{DAYS}/new", data=typed)
    page = manager.post(f"{DAYS}/day-of-open-kitchens", data=typed | {"comes": "last"})
    assert (page.status_code, 'id="field-comes-wrong"' in page.text) == (422, True)
    assert "How a day comes stays as it is" in said(page)
    assert manager.post(f"{DAYS}/day-of-open-kitchens", data=typed | {"day": "29", "month": "2"}).status_code == 422
    assert manager.post(f"{DAYS}/day-of-open-kitchens", data=typed | {"day": "10"}).status_code == 303
    manager.post(f"{DAYS}/day-of-open-kitchens/remove")
    manager.post(f"{DAYS}/new", data=typed | {"comes": "last"})
    feed = server.client().get("/calendar.ics").text.replace("\r\n ", "")
    entries = [each for each in feed.split("BEGIN:VEVENT") if "open-kitchens" in each]
    uids = [(re.findall(r"UID:(.*?)@", each)[0], "STATUS:CANCELLED" in each) for each in entries]
    assert min(uids) == ("day-day-of-open-kitchens", True)
    assert {uid for uid, is_cancelled in uids if not is_cancelled} == {
        f"day-day-of-open-kitchens-2-{year}" for year in range(2026, 2033)
    }


def test_a_removed_day_is_cancelled_in_calendars_and_comes_back_under_its_name(server: Server, manager: httpx.Client) -> None:
    typed = TYPED | {"comes": "date", "day": "9", "toolkit_slug": "our-city-our-voices"}
    manager.post(f"{DAYS}/new", data=typed)
    assert manager.post(f"{DAYS}/day-of-open-kitchens/remove").headers["location"] == f"{DAYS}?told=removed"
    assert "Day of Open Kitchens" not in server.client().get("/calendar?year=2028").text
    assert manager.get(f"{NEW}?day=day-of-open-kitchens").status_code == 404
    feed = server.client().get("/calendar.ics").text.replace("\r\n ", "")
    entry = next(each for each in feed.split("BEGIN:VEVENT") if "day-day-of-open-kitchens" in each)
    assert ("STATUS:CANCELLED" in entry, "SEQUENCE:1" in entry) == (True, True)
    manager.post(f"{DAYS}/new", data=typed)
    assert "Day of Open Kitchens" in server.client().get("/calendar?year=2028").text


def test_a_double_click_makes_one_day_and_leads_to_the_same_page(server: Server, manager: httpx.Client) -> None:
    page = manager.get(f"{DAYS}/new")
    typed = {"name-en": "Feast", "day": "3", "month": "5", "toolkit_slug": "world-refugee-day"}
    sent = [kept_on(manager, page, **typed) for _click in range(2)]
    assert [answer.headers["location"] for answer in sent] == [f"{DAYS}?told=added"] * 2
    kept_on(manager, page, **typed | {"name-en": "Fair"})
    with server.runtime.database.reading() as session:
        assert {day.slug for day in session.scalars(select(InternationalDay))} == {"world-refugee-day", "feast", "fair"}


def test_what_is_wrong_with_a_day_is_said_beside_the_field(server: Server, manager: httpx.Client) -> None:
    wrong = {"name-en": " ", "comes": "date", "day": "30", "month": "2", "length_days": "40", "toolkit_slug": "none"}
    page = manager.post(f"{DAYS}/new", data=wrong)
    assert page.status_code == 422
    for field in ("name-en", "day", "length_days", "toolkit_slug"):
        assert f'id="field-{field}-wrong"' in page.text
    assert manager.post(f"{DAYS}/new", data=TYPED | {"comes": "often", "weekday": ""}).status_code == 422
    with server.runtime.database.reading() as session:
        assert [day.slug for day in session.scalars(select(InternationalDay))] == ["world-refugee-day"]


def test_days_that_others_proclaimed_and_days_of_other_hands_stay_as_they_are(
    server: Server, world: World, manager: httpx.Client, chapter: Chapter
) -> None:
    assert manager.get(f"{DAYS}/world-refugee-day").status_code == 404
    assert manager.post(f"{DAYS}/world-refugee-day/remove").status_code == 404
    for person in (f"officer@{world.cities['torino'].slug}.example", f"coordinator@{chapter.slug}.example"):
        client = server.signed_in(person)
        tried = [client.get(DAYS), client.get(f"{DAYS}/new"), client.post(f"{DAYS}/new", data=TYPED)]
        assert [answer.status_code for answer in tried] == [403] * 3


def test_rules_of_own_days_hold_without_a_page(server: Server, world: World) -> None:
    day = OwnDayDraft(words("Kitchens"), 13, 1, None, 0, "world-refugee-day")
    with server.runtime.database.writing() as session:
        with pytest.raises(RefusedFields) as refused:
            add_day(session, day, toolkits=TOOLKITS, actor=world.manager, now=NOON)
        assert [(each.field, each.code) for each in refused.value.refusals] == [
            ("day", "day.not_in_the_year"),
            ("length_days", "form.out_of_range"),
        ]
        world.planned(session)
        with pytest.raises(Refused, match=r"day\.has_campaign"):
            remove_day(session, world.day, actor=world.manager, now=NOON + timedelta(days=1))


def test_a_language_ticked_later_is_filled_from_the_template_where_its_words_were_kept(manager: httpx.Client) -> None:
    page = manager.get(WRD)
    assert "Other languages that the campaign's look speaks" in said(page)  # no city of this network speaks Persian
    page = kept_on(manager, page, languages=["en", "fr", "fa"], act="languages", **{"message-en": "Come in", "title-fr": ""})
    typed = dict(form_on(page, having="toolkit_slug").fields)
    assert [typed[f"{name}-fa"] for name in ("title", "message", "question", "objective", "hashtag")] == [
        "روز جهانی پناهندگان",
        "",  # theirs is another one
        "امنیت برای شما چه معنایی دارد؟",
        "",  # the template has none
        "",
    ]
    assert (typed["message-en"], typed["title-fr"]) == ("Come in", "")
