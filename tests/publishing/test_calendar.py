"""The public calendar: its page, and what its feeds say when they are read back by another library."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
import vobject
from sqlalchemy import select

from app import audit
from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.campaigns.calendar_events import EventDraft, add_event, change_event, remove_event
from app.campaigns.days import load_international_days, read_days
from app.campaigns.plan import COLLECTION_STEPS
from app.campaigns.queries import cities_in
from app.campaigns.timeline import add_city_runs, placed_runs, plan_steps, skip
from app.campaigns.year import date_in
from app.enums import CampaignStatus, RoleName, StepScope, StepState
from app.jobs import enqueue
from app.models import CalendarEvent, Campaign, CampaignCity, Chapter, City, InternationalDay, Network, StepRun, TimelineStep
from app.words import Words
from app.worker.registry import job_registry
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Clock, Server
from tests.publishing.conftest import Counted, Scene


@pytest.fixture
def manager(server: Server, scene: Scene) -> Actor:
    """Who adds days of one's own here."""
    with server.runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        habitat = InternationalDay(
            network_id=network.id,
            slug="world-habitat-day",
            names=Words("en", {"en": "World Habitat Day"}),
            month=10,
            day=1,
            rule="first monday of october",
            proclaimed_by="United Nations",
            since_year=1985,
            toolkit_slug="world-refugee-day",
        )
        session.add(habitat)
        found = actor_of(session, factories.person(session, network, RoleName.MANAGER))
    assert found is not None
    return found


@pytest.fixture
def doors(server: Server, scene: Scene) -> None:
    """The campaign's own time-line, as it stood before the collection began."""
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        plan_steps(session, campaign)
        for place, city in cities_in(session, campaign.id):
            add_city_runs(session, campaign, place, city, now=datetime(2027, 5, 1, tzinfo=UTC))


def own_day(
    server: Server,
    manager: Actor,
    name: str,
    on: date,
    *,
    last_on: date | None = None,
    city: City | None = None,
    chapter: Chapter | None = None,
    link: str | None = None,
) -> CalendarEvent:
    with server.runtime.database.writing() as session:
        draft = EventDraft(Words("en", {"en": name}), on, last_on or on, link)
        return add_event(session, draft, chapter=chapter, city=city, actor=manager, now=server.runtime.now())


def feed(server: Server, path: str) -> Any:
    """As vobject reads it."""
    answer = server.client().get(path, headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return vobject.readOne(answer.text)


def by_uid(calendar: Any) -> dict[str, Any]:
    found = {event.uid.value: event for event in calendar.vevent_list}
    assert len(found) == len(calendar.vevent_list)
    return found


def months(page: str) -> Sequence[str]:
    """The words of each month."""
    parts = page.split('<section class="calendar-month"')[1:]
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", part.split(">", 1)[1].split("</section>")[0])).split()) for part in parts]


def test_the_year_stands_in_twelve_months_with_its_days_campaigns_and_own_days(
    server: Server, scene: Scene, manager: Actor
) -> None:
    own_day(server, manager, "New year's bridge", date(2026, 12, 30), last_on=date(2027, 1, 2))
    own_day(server, manager, "Feast of the fjord", date(2027, 6, 24), city=scene.bergen)
    page = server.client().get("/calendar").text
    assert '<li aria-current="date">' in page
    assert '<time datetime="2027-06-20">Sun 20</time>' in page
    assert f'<a href="/c/{scene.campaign.slug}"' in page
    said = months(page)
    assert len(said) == 12
    assert said[0] == "January 30 Dec – 2 Jan New year's bridge Cities of Voices"
    assert said[1] == "February No day yet"
    assert said[5] == ("June Sun 20 World Refugee Day United Nations, 2001 Our Home Campaign Thu 24 Feast of the fjord Bergen")
    assert said[9] == "October Mon 4 World Habitat Day United Nations, 1985"
    assert months(server.client().get("/calendar?year=2028").text)[9].startswith("October Mon 2 World Habitat Day")


@pytest.mark.usefixtures("scene")
def test_the_link_of_an_own_day_stands_on_the_page_and_in_the_feed(server: Server, manager: Actor) -> None:
    link = "https://voices.example/webinar?id=7&lang=en"
    linked = own_day(server, manager, "Webinar on words", date(2027, 6, 24), link=link)
    plain = own_day(server, manager, "Day of doors", date(2027, 6, 25))
    page = server.client().get("/calendar").text
    assert '<a href="https://voices.example/webinar?id=7&amp;lang=en" lang="en" dir="auto">Webinar on words</a>' in page
    assert '<span lang="en" dir="auto">Day of doors</span>' in page
    found = by_uid(feed(server, "/calendar.ics"))
    assert found[linked.uid].url.value == link
    assert not hasattr(found[plain.uid], "url")


def test_a_campaign_on_a_day_of_no_calendar_stands_by_itself(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).day_on = date(2027, 7, 1)
    assert months(server.client().get("/calendar").text)[6] == "July Thu 1 Our Home Campaign"


def test_one_city_sees_its_own_days_those_of_its_chapters_and_the_networks(server: Server, scene: Scene, manager: Actor) -> None:
    with server.runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        north = factories.chapter(session, network, "north", [session.get_one(City, scene.bergen.id)])
        oslo = factories.city(session, network, "oslo")
    for name, city, chapter in (
        ("Of Bergen", scene.bergen, None),
        ("Of Kobe", scene.kobe, None),
        ("Of the north", None, north),
        ("Of all", None, None),
    ):
        own_day(server, manager, name, date(2027, 3, 1), city=city, chapter=chapter)

    def march(query: str) -> set[str]:
        page = months(server.client().get(f"/calendar{query}").text)[2]
        fed = {event.summary.value for event in feed(server, f"/calendar.ics{query}").vevent_list}
        seen = {name for name in ("Of Bergen", "Of Kobe", "Of the north", "Of all") if name in page}
        assert seen == {name for name in fed if name.startswith("Of ")}
        return seen

    assert march("") == {"Of Bergen", "Of Kobe", "Of the north", "Of all"}
    assert march("?city=bergen") == {"Of Bergen", "Of the north", "Of all"}
    assert march("?city=kobe") == {"Of Kobe", "Of all"}
    assert "Our Home" in server.client().get("/calendar?city=kobe").text
    assert "Our Home" not in server.client().get(f"/calendar?city={oslo.slug}").text
    assert server.client().get("/calendar?city=nowhere").status_code == 404


def test_drafts_are_in_no_calendar(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.campaign(session, network, slug="secret", status=CampaignStatus.DRAFT, day_on=date(2027, 8, 1))
    assert "secret" not in server.client().get("/calendar").text
    assert [uid for uid in by_uid(feed(server, "/calendar.ics")) if "secret" in uid] == []
    assert server.client().get("/c/secret/calendar.ics").status_code == 404


def test_the_feed_of_all_days_expands_to_the_dates_of_each_year(server: Server, manager: Actor) -> None:
    events = by_uid(feed(server, "/calendar.ics"))
    yearly = events["day-world-refugee-day@voices"]
    assert [at.date() for at in yearly.rruleset[:3]] == [date(year, 6, 20) for year in (2026, 2027, 2028)]
    moving = {uid: event.dtstart.value for uid, event in events.items() if uid.startswith("day-world-habitat-day")}
    assert moving == {
        f"day-world-habitat-day-{on.year}@voices": on
        for on in (
            date(2026, 10, 5),
            date(2027, 10, 4),
            date(2028, 10, 2),
            date(2029, 10, 1),
            date(2030, 10, 7),
            date(2031, 10, 6),
            date(2032, 10, 4),
        )
    }
    assert not any("rrule" in events[uid].contents for uid in moving)
    assert manager.is_manager


def test_every_day_that_comes_with_the_service_falls_in_the_feed_where_it_falls_in_the_year(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        load_international_days(session, network, now=server.runtime.now())
    last = datetime(2032, 12, 31)  # noqa: DTZ001 - whole days have no zone
    read = set()
    for event in feed(server, "/calendar.ics").vevent_list:
        if event.uid.value.startswith("day-"):
            slug = re.sub(r"(-20\d\d)?@voices$", "", event.uid.value).removeprefix("day-")
            length = (event.dtend.value - event.dtstart.value).days
            expanded = event.rruleset.between(datetime(2026, 1, 1), last, inc=True) if event.rruleset else []  # noqa: DTZ001
            dates = [at.date() for at in expanded] or [event.dtstart.value]
            read |= {(slug, on, length) for on in dates}
    expected = {(day.slug, date_in(day, year), day.length_days) for day in read_days() for year in range(2026, 2033)}
    assert read == expected


def test_an_own_day_keeps_its_uid_grows_its_sequence_and_is_cancelled_when_removed(
    server: Server, manager: Actor, clock: Clock
) -> None:
    event = own_day(server, manager, "Feast", date(2027, 8, 1), last_on=date(2027, 8, 3))

    def read() -> tuple[str, date, date, int, str, datetime]:
        found = by_uid(feed(server, "/calendar.ics"))[event.uid]
        assert found.last_modified.value == found.dtstamp.value
        return (
            found.summary.value,
            found.dtstart.value,
            found.dtend.value,
            int(found.sequence.value),
            found.status.value,
            found.dtstamp.value,
        )

    begun = clock.now
    assert read() == ("Feast", date(2027, 8, 1), date(2027, 8, 4), 0, "CONFIRMED", begun)
    clock.advance(timedelta(minutes=5))
    with server.runtime.database.writing() as session:
        draft = EventDraft(Words("en", {"en": "Feast"}), date(2027, 8, 2), date(2027, 8, 2))
        change_event(session, session.get_one(CalendarEvent, event.id), draft, actor=manager, now=clock.now)
    assert read() == ("Feast", date(2027, 8, 2), date(2027, 8, 3), 1, "CONFIRMED", begun + timedelta(minutes=5))
    clock.advance(timedelta(minutes=5))
    with server.runtime.database.writing() as session:
        remove_event(session, session.get_one(CalendarEvent, event.id), actor=manager, now=clock.now)
    assert read() == ("Feast", date(2027, 8, 2), date(2027, 8, 3), 2, "CANCELLED", begun + timedelta(minutes=10))
    assert "Feast" not in server.client().get("/calendar").text


def test_the_feed_of_a_campaign_has_its_first_day_the_day_and_its_last(server: Server, scene: Scene) -> None:
    events = by_uid(feed(server, f"/c/{scene.campaign.slug}/calendar.ics"))
    assert {uid: (event.summary.value, event.dtstart.value, event.dtend.value) for uid, event in events.items()} == {
        "campaign-our-home-opens@voices": ("Our Home: people can send now", date(2027, 5, 23), date(2027, 5, 24)),
        "campaign-our-home-day@voices": ("Our Home", date(2027, 6, 20), date(2027, 6, 21)),
        "campaign-our-home-last-day@voices": ("Our Home: the last day", date(2027, 7, 11), date(2027, 7, 12)),
    }


@pytest.mark.usefixtures("doors")
@pytest.mark.parametrize(("city", "zone", "hours"), [("bergen", "Europe/Oslo", 2), ("kobe", "Asia/Tokyo", 9)])
def test_the_feed_of_a_city_has_its_moments_by_its_own_clocks(
    server: Server, scene: Scene, city: str, zone: str, hours: int
) -> None:
    calendar = feed(server, f"/c/{scene.campaign.slug}/{city}/calendar.ics")
    assert calendar.vtimezone.tzid.value == zone
    events = by_uid(calendar)
    assert {event.dtstart.params["X-VOBJ-ORIGINAL-TZID"][0] for event in events.values()} == {zone}
    read = {uid: (event.dtstart.value.replace(tzinfo=None), event.dtstart.value.astimezone(UTC)) for uid, event in events.items()}
    ahead = timedelta(hours=hours)
    assert read == {
        f"campaign-our-home-{city}-{part}@voices": (wall, wall.replace(tzinfo=UTC) - ahead)
        for part, wall in (
            ("opens", datetime(2027, 5, 23)),  # noqa: DTZ001 - a wall time
            ("day", datetime(2027, 6, 20)),  # noqa: DTZ001
            ("closes", datetime(2027, 7, 12)),  # noqa: DTZ001
        )
    }
    day = events[f"campaign-our-home-{city}-day@voices"]
    assert day.dtend.value - day.dtstart.value == timedelta(days=1)


@pytest.mark.usefixtures("doors")
def test_a_campaign_that_changes_gets_a_new_sequence_and_one_that_is_closed_cancels_what_was_to_come(
    server: Server, scene: Scene, clock: Clock
) -> None:
    def note(act: str) -> None:
        clock.advance(timedelta(minutes=1))
        with server.runtime.database.writing() as session:
            audit.record(
                session,
                network_id=scene.campaign.network_id,
                act=act,
                subject_kind="campaign",
                subject_id=scene.campaign.id,
                at=clock.now,
            )

    def read() -> list[tuple[int, str]]:
        calendar = feed(server, f"/c/{scene.campaign.slug}/bergen/calendar.ics")
        return [(int(event.sequence.value), event.status.value) for event in calendar.vevent_list]

    assert read() == [(0, "CONFIRMED")] * 3
    note("campaign.city_joined")
    assert read() == [(0, "CONFIRMED")] * 3
    note("campaign.day_moved")
    assert read() == [(1, "CONFIRMED")] * 3
    note("campaign.closed")
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.status, campaign.closed_at = CampaignStatus.CLOSED, clock.now
    assert read() == [(2, "CONFIRMED"), (2, "CONFIRMED"), (2, "CANCELLED")]


@pytest.mark.usefixtures("doors")
def test_a_city_whose_zone_was_corrected_has_its_moments_with_a_new_sequence(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        session.get_one(City, scene.bergen.id).time_zone = "Europe/Lisbon"
        enqueue(session, "campaigns.replan_city", {"city_id": scene.bergen.id}, unique_key="replan", now=server.runtime.now())
    Worker(server.runtime, job_registry()).run_until_idle(20)
    calendar = feed(server, f"/c/{scene.campaign.slug}/bergen/calendar.ics")
    assert calendar.vtimezone.tzid.value == "Europe/Lisbon"
    assert [event.sequence.value for event in calendar.vevent_list] == ["1"] * 3


@pytest.mark.usefixtures("doors")
def test_the_collection_opens_and_closes_when_its_steps_say(server: Server, scene: Scene) -> None:
    with server.runtime.database.writing() as session:
        where = (City.id == scene.bergen.id, TimelineStep.action.in_(COLLECTION_STEPS))
        opens, closes = (each.run for each in placed_runs(session, scene.campaign.id, *where))
        opens.state, opens.done_at = StepState.DONE, datetime(2027, 5, 25, 9, 30, 12, tzinfo=UTC)  # released late
        skip(closes, "left_out", now=server.runtime.now())
        audit.record(
            session,
            network_id=scene.campaign.network_id,
            act="step.done",
            subject_kind="step_run",
            subject_id=opens.id,
            at=server.runtime.now(),
        )
    opened, day, closed = feed(server, f"/c/{scene.campaign.slug}/bergen/calendar.ics").vevent_list
    assert opened.dtstart.value.astimezone(UTC) == datetime(2027, 5, 25, 9, 30, tzinfo=UTC)
    assert [event.status.value for event in (opened, day, closed)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert opened.sequence.value == "1"


@pytest.mark.usefixtures("doors")
def test_the_turn_of_a_city_in_the_spotlight_stands_in_its_feed_until_it_is_left_out(
    server: Server, scene: Scene, clock: Clock
) -> None:
    uid, comes_at = "campaign-our-home-kobe-spotlight@voices", datetime(2027, 6, 25, 1, tzinfo=UTC)
    with server.runtime.database.writing() as session:
        line = TimelineStep(
            campaign_id=scene.campaign.id,
            position=99,
            action="spotlight",
            scope=StepScope.EACH_CITY,
            offset_days=1,
            local_time=time(10),
            spread_days=20,
        )
        session.add(line)
        session.flush()
        part = session.scalars(select(CampaignCity).where(CampaignCity.city_id == scene.kobe.id)).one()
        session.add(StepRun(step_id=line.id, campaign_city_id=part.id, due_at=comes_at, state=StepState.PLANNED))
    turn = by_uid(feed(server, "/c/our-home/kobe/calendar.ics"))[uid]
    assert turn.summary.value == "Our Home: Kobe in the spotlight"
    assert (turn.dtstart.value.astimezone(UTC), turn.dtstart.value.hour) == (comes_at, 10)
    assert turn.dtend.value.astimezone(UTC) == datetime(2027, 6, 25, 15, tzinfo=UTC)  # the end of that day there
    assert turn.url.value.endswith("/c/our-home/kobe/spotlight")
    assert uid.replace("kobe", "bergen") not in by_uid(feed(server, "/c/our-home/bergen/calendar.ics"))
    with server.runtime.database.writing() as session:
        run = session.scalars(select(StepRun).where(StepRun.due_at == comes_at)).one()
        skip(run, "left_out", now=clock.now)
        audit.record(
            session,
            network_id=scene.campaign.network_id,
            act="step.skipped",
            subject_kind="step_run",
            subject_id=run.id,
            at=clock.now,
        )
    turn = by_uid(feed(server, "/c/our-home/kobe/calendar.ics"))[uid]
    assert (turn.status.value, turn.sequence.value) == ("CANCELLED", "1")


def test_a_city_that_does_not_take_part_has_no_feed(server: Server, scene: Scene) -> None:
    assert server.client().get(f"/c/{scene.campaign.slug}/oslo/calendar.ics").status_code == 404


@pytest.mark.parametrize("count", [1, 40])
def test_the_calendar_asks_the_database_the_same_number_of_times_for_one_day_as_for_many(
    server: Server, scene: Scene, manager: Actor, counted: Counted, count: int
) -> None:
    for number in range(count):
        own_day(server, manager, f"Day {number}", date(2027, 1, 1) + timedelta(days=number), city=scene.bergen)
    server.client().get("/calendar")
    with counted() as page:
        server.client().get("/calendar")
    with counted() as fed:
        server.client().get("/calendar.ics")
    assert (len(page), len(fed)) == (5, 5)


@pytest.mark.parametrize("path", ["/calendar", "/calendar?year=2028&city=bergen"])
def test_the_page_speaks_french_too(server: Server, scene: Scene, path: str) -> None:
    page = server.client().get(path, headers={"accept-language": "fr"})
    assert (page.status_code, '<html lang="fr"' in page.text, ">janvier<" in page.text) == (200, True, True)
    assert scene.campaign.title.texts["fr"] in page.text or "2028" in path
    assert server.client().get("/calendar?year=1000").status_code == 422
