"""The brief until it is fixed: versions, who reads, what is said, and by whom."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.queries import actor_of
from app.campaigns.brief import content_of, keep_version
from app.campaigns.brief_values import changes, marked
from app.campaigns.change_contexts import Piece
from app.campaigns.service import begin_preparation, create_campaign, edit_campaign, invite
from app.enums import RoleName
from app.models import AuditRow, BriefComment, BriefReading, BriefVersion, Campaign, Person, Role, WorkingGroupMember
from app.web.i18n import translator
from app.words import Words
from tests import factories
from tests.campaigns.conftest import BASE_URL, DAY, NOON, TOOLKITS, World, draft
from tests.campaigns.test_pages import queries_of, said
from tests.conftest import Clock, Server

CAMPAIGN = "/desk/campaigns/world-refugee-day-2027"
BRIEF = f"{CAMPAIGN}/brief"


@pytest.fixture
def manager(server: Server, world: World) -> httpx.Client:
    return server.signed_in(world.manager.email)


@pytest.fixture
def preparing(server: Server, world: World) -> Campaign:
    """A campaign in preparation, to which Torino and Betio are invited."""
    with server.runtime.database.writing() as session:
        campaign = world.planned(session)
        begin_preparation(session, campaign, actor=world.manager, now=NOON)
        cities = [world.cities["torino"], world.cities["betio"]]
        invite(session, campaign, cities=cities, actor=world.manager, now=NOON, base_url=BASE_URL)
    return campaign


def officer(server: Server, world: World, city: str) -> httpx.Client:
    return server.signed_in(world.officers[city].email)


def say(client: httpx.Client, text: str, *, about: str = "", city: str = "") -> httpx.Response:
    key = about or "whole"
    return client.post(f"{BRIEF}/comments", data={"about": about, f"text-{key}": text, f"city-{key}": city})


def rewrite(server: Server, world: World, message: str, note: str = "") -> None:
    with server.runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        new = replace(draft(), message=Words("en", {"en": message}))
        edit_campaign(session, campaign, draft=new, toolkits=TOOLKITS, actor=world.manager, now=NOON, note=note)


def texts(server: Server) -> list[str]:
    with server.runtime.database.reading() as session:
        return list(session.scalars(select(BriefComment.text).order_by(BriefComment.id)))


def test_a_version_is_kept_when_something_changed_and_only_then(server: Server, world: World, preparing: Campaign) -> None:
    with server.runtime.database.writing() as session:
        campaign = session.get_one(Campaign, preparing.id)
        again = keep_version(session, campaign, note="", person_id=None, now=NOON)
        assert again.number == 1
        campaign.hashtag = Words("en", {"en": "#HomeForAll"})
        second = keep_version(session, campaign, note="shorter", person_id=None, now=NOON)
        assert (second.number, second.note, second.content) == (2, "shorter", content_of(campaign))
        rows = session.execute(select(BriefVersion.number, BriefVersion.person_id).order_by(BriefVersion.number)).all()
    assert [tuple(row) for row in rows] == [(1, world.manager.person_id), (2, None)]


def test_a_draft_has_no_version_and_one_that_opens_at_once_has_the_one_that_was_fixed(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        campaign = world.planned(session)
        assert session.scalars(select(BriefVersion)).all() == []
        assert world.opened(session).id != campaign.id
        assert session.scalars(select(BriefVersion.number)).all() == [1]


def test_what_changed_is_told_field_by_field_and_language_by_language(world: World, server: Server) -> None:
    with server.runtime.database.writing() as session:
        campaign = world.planned(session)
        old = content_of(campaign)
        campaign.title = Words("en", {"en": "Our Home", "fr": "Chez nous", "ar": "بيتنا"})
        campaign.day_on, campaign.max_clip_s, campaign.sdgs = DAY + timedelta(days=1), 45, [10]
        new = content_of(campaign)
    found = changes(old, new, translator("en"))
    assert [(each.label, each.language) for each in found] == [
        ("Title", "French"),
        ("Title", "Arabic"),
        ("Sustainable Development Goals", None),
        ("The day", None),
        ("Longest film or sound", None),
    ]
    said_of = [("".join(each.text for each in view.old), "".join(each.text for each in view.new)) for view in found]
    assert said_of == [
        ("Notre maison", "Chez nous"),
        ("", "بيتنا"),
        ("", "10. Reduced inequalities"),
        ("Sunday, 20 June 2027", "Monday, 21 June 2027"),
        ("0:30", "0:45"),
    ]
    assert changes(new, new, translator("en")) == []


def test_words_that_differ_are_marked_and_the_others_are_not() -> None:
    assert marked("Home is where we sing", "Home is where we dance") == (
        [Piece("Home is where we", differs=False), Piece(" ", differs=False), Piece("sing", differs=True)],
        [Piece("Home is where we", differs=False), Piece(" ", differs=False), Piece("dance", differs=True)],
    )
    assert marked("我们的家", "我们的城") == (
        [Piece("我们的", differs=False), Piece("家", differs=True)],
        [Piece("我们的", differs=False), Piece("城", differs=True)],
    )


def test_the_page_of_versions_shows_before_and_now_to_a_city_that_reads_along(
    server: Server, world: World, preparing: Campaign
) -> None:
    assert preparing.id
    rewrite(server, world, "Home is where we dance", note="Betio asked for it")
    page = officer(server, world, "betio").get(f"{BRIEF}/versions")
    assert "Version 2" in said(page)
    assert "Betio asked for it" in said(page)
    assert "Message English Home is where we sing Home is where we dance" in said(page)
    assert "<del>sing</del>" in page.text
    assert "<ins>dance</ins>" in page.text
    assert "The first version: with it the preparation began." in said(page)


def test_opening_the_brief_is_reading_it_once_for_each_person_and_version(
    server: Server, world: World, preparing: Campaign
) -> None:
    torino = officer(server, world, "torino")
    assert torino.get(BRIEF, headers={"sec-purpose": "prefetch"}).status_code == 200
    with server.runtime.database.reading() as session:
        assert session.scalars(select(BriefReading)).all() == []
    for _ in range(2):
        assert torino.get(BRIEF).status_code == 200
    rewrite(server, world, "Home is where we dance")
    torino.get(BRIEF)
    with server.runtime.database.reading() as session:
        rows = session.scalars(select(BriefReading).order_by(BriefReading.version)).all()
    person = world.officers["torino"].id
    assert [(row.campaign_id, row.person_id, row.version, row.read_at) for row in rows] == [
        (preparing.id, person, 1, NOON),
        (preparing.id, person, 2, NOON),
    ]


def test_the_manager_sees_who_has_read_what_and_who_said_how_much(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign
) -> None:
    assert preparing.id
    with server.runtime.database.writing() as session:
        quiet = factories.city(session, world.network, "bergen")
        campaign = session.scalars(select(Campaign)).one()
        invite(session, campaign, cities=[quiet], actor=world.manager, now=NOON, base_url=BASE_URL)
    torino, betio = officer(server, world, "torino"), officer(server, world, "betio")
    betio.get(BRIEF)
    say(betio, "The tide decides when we meet.", about="days")
    rewrite(server, world, "Home is where we dance")
    torino.get(BRIEF)
    torino.post(f"{CAMPAIGN}/join", data={"city": "torino"})
    manager.post(f"{CAMPAIGN}/working-group", data={"person": str(world.officers["pago-pago"].id)})
    page = said(manager.get(f"{BRIEF}/readers"))
    assert "Bergen Not asked nobody at the desk 0 invited" in page
    assert "Betio Due read version 1, not what changed since 1 invited Officer of betio" in page
    assert "Torino Done read as it stands 0 has joined Officer of torino" in page
    assert "Officer of pago-pago Missing not read yet 0 Pago Pago" in page
    page = said(manager.get(CAMPAIGN))
    assert "1 of 3 invited cities have read the brief as it stands. 1 comment waits for you." in page
    assert officer(server, world, "torino").get(f"{BRIEF}/readers").status_code == 403


def test_comments_stand_beside_their_part_with_name_and_city_for_all_who_read(
    server: Server, world: World, preparing: Campaign
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    sent = say(torino, "Too long for a poster.\nShorter?", about="message")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{BRIEF}?done=said#part-message")
    say(torino, "We are with you <b>all</b>.")
    page = officer(server, world, "betio").get(BRIEF)
    part = page.text[page.text.index('id="part-message"') : page.text.index('id="part-objective"')]
    assert "Officer of torino" in part
    assert "Torino</bdi>" in part
    assert "Too long for a poster." in part
    assert (
        "We are with you &lt;b&gt;all&lt;/b&gt;."
        in page.text[page.text.index('id="part-whole"') : page.text.index('id="part-title"')]
    )
    assert "Take back" not in said(page)


def test_a_double_click_leaves_one_comment_and_other_words_from_the_same_page_another(
    server: Server, world: World, preparing: Campaign
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    token = re.search(r'name="form_token" value="([^"]+)"', torino.get(BRIEF).text)
    assert token
    for text in ("Fine.", "Fine.", "Finer."):
        typed = {"form_token": token[1], "about": "title", "text-title": text}
        assert torino.post(f"{BRIEF}/comments", data=typed).status_code == 303
    assert texts(server) == ["Fine.", "Finer."]


def test_a_comment_that_is_empty_or_too_long_is_not_taken_and_stays_in_its_form(
    server: Server, world: World, preparing: Campaign
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    page = say(torino, "x" * 2001, about="approach")
    assert page.status_code == 422
    assert 'href="#field-text-approach"' in page.text
    assert "x" * 2001 in page.text
    assert say(torino, "  ").status_code == 422
    assert say(torino, "Fine.", about="the weather").status_code == 422
    assert texts(server) == []


def test_nobody_comments_once_the_brief_is_fixed_and_what_they_wrote_is_not_lost(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    say(torino, "In time.")
    manager.post(f"{CAMPAIGN}/open")
    late = say(torino, "Too late, alas.", about="title")
    assert late.status_code == 409
    assert "Too late, alas." in said(late)
    page = said(torino.get(BRIEF))
    assert "The brief is fixed. What was said about it stays here to be read." in page
    assert "In time." in page
    assert "Send the comment" not in page
    assert texts(server) == ["In time."]
    with server.runtime.database.reading() as session:
        assert session.scalars(select(BriefReading)).all() == []


def test_the_author_takes_a_comment_back_and_nothing_of_it_is_kept(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    say(torino, "I did not mean that.")
    path = f"{BRIEF}/comments/1/take-back"
    assert [client.post(path).status_code for client in (officer(server, world, "betio"), manager)] == [404, 404]
    assert path in torino.get(BRIEF).text
    assert [torino.post(path).status_code for _ in range(2)] == [303, 303]
    assert "I did not mean that." not in torino.get(BRIEF).text
    assert texts(server) == [""]


def test_the_manager_ticks_a_comment_as_settled_and_takes_the_tick_away(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    say(torino, "Add Somali.", about="languages")
    assert torino.post(f"{BRIEF}/comments/1/settle").status_code == 403
    assert manager.post(f"{BRIEF}/comments/1/settle").headers["location"] == f"{BRIEF}#comment-1"
    assert "Officer of torino , Torino Settled Add Somali." in said(torino.get(BRIEF))
    assert "waits for you" not in said(manager.get(CAMPAIGN))
    manager.post(f"{BRIEF}/comments/1/reopen")
    assert "1 comment waits for you." in said(manager.get(CAMPAIGN))
    with server.runtime.database.reading() as session:
        acts = session.scalars(select(AuditRow.act).where(AuditRow.subject_kind == "brief_comment").order_by(AuditRow.id))
        assert acts.all() == ["brief.comment_settled", "brief.comment_reopened"]


def test_somebody_of_the_working_group_reads_and_comments_without_an_invited_city(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign
) -> None:
    guest = officer(server, world, "pago-pago")
    assert guest.get(BRIEF).status_code == 404
    person = world.officers["pago-pago"].id
    page = manager.get(f"{CAMPAIGN}/working-group").text
    assert f'<option value="{person}">Pago Pago: Officer of pago-pago</option>' in page
    assert manager.post(f"{CAMPAIGN}/working-group", data={"person": str(person)}).status_code == 303
    assert "Our Home" in said(guest.get("/desk/campaigns"))
    assert "Read the brief and comment" in said(guest.get(CAMPAIGN))
    assert "its brief waits for you" in said(guest.get("/desk"))
    say(guest, "We did this last year.")
    assert "its brief waits for you" in said(guest.get("/desk"))
    assert "Officer of pago-pago , The working group We did this last year." in said(guest.get(BRIEF))
    assert "its brief waits for you" not in said(guest.get("/desk"))
    assert say(guest, "For Torino!", city="torino").status_code == 404
    manager.post(f"{CAMPAIGN}/working-group/{person}/remove")
    assert guest.get(BRIEF).status_code == 404
    assert "We did this last year." in said(manager.get(BRIEF))
    with server.runtime.database.reading() as session:
        assert session.scalars(select(WorkingGroupMember).where(WorkingGroupMember.campaign_id == preparing.id)).all() == []


def test_only_people_of_the_network_come_into_the_working_group(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign
) -> None:
    assert preparing.id
    with server.runtime.database.writing() as session:
        other = factories.network(session, "others")
        stranger = factories.person(session, other, RoleName.MANAGER, email="m@others.example")
    path = f"{CAMPAIGN}/working-group"
    assert manager.post(path, data={"person": str(stranger.id)}).status_code == 404
    assert manager.post(path, data={"person": ""}).status_code == 422
    assert officer(server, world, "torino").post(path, data={"person": "1"}).status_code == 403
    with server.runtime.database.reading() as session:
        assert session.scalars(select(WorkingGroupMember)).all() == []


def test_who_speaks_for_several_cities_says_for_which(server: Server, world: World, preparing: Campaign) -> None:
    with server.runtime.database.writing() as session:
        role = {"network_id": world.network.id, "name": RoleName.OFFICER, "city_id": world.cities["betio"].id}
        session.add(Role(person_id=world.officers["torino"].id, **role))
    torino = officer(server, world, "torino")
    assert re.findall(r'<option value="([a-z]+)"', torino.get(BRIEF).text)[:2] == ["betio", "torino"]
    say(torino, "On the island.", city="betio")
    assert say(torino, "For nobody.").status_code == 404
    assert say(torino, "For the third.", city="pago-pago").status_code == 404
    with server.runtime.database.reading() as session:
        rows = session.execute(select(BriefComment.campaign_id, BriefComment.city_id, BriefComment.text)).all()
    assert [tuple(row) for row in rows] == [(preparing.id, world.cities["betio"].id, "On the island.")]


def test_a_coordinator_speaks_for_the_chapter_where_one_of_its_cities_is_invited(
    server: Server, world: World, preparing: Campaign
) -> None:
    assert preparing.id
    with server.runtime.database.writing() as session:
        islands = factories.chapter(session, world.network, "islands", [world.cities["betio"]])
        far = factories.chapter(session, world.network, "far", [world.cities["pago-pago"]])
        inside = factories.person(session, world.network, RoleName.COORDINATOR, chapter=islands)
        outside = factories.person(session, world.network, RoleName.COORDINATOR, chapter=far)
    coordinator = server.signed_in(inside.email)
    say(coordinator, "The islands like it.")
    assert "Coordinator of islands , Islands The islands like it." in said(coordinator.get(BRIEF))
    assert server.signed_in(outside.email).get(BRIEF).status_code == 404


def test_the_brief_of_a_draft_is_for_its_manager_alone(server: Server, world: World, manager: httpx.Client) -> None:
    with server.runtime.database.writing() as session:
        campaign = world.planned(session)
        person = world.officers["torino"].id
        session.add(WorkingGroupMember(campaign_id=campaign.id, person_id=person, added_at=NOON))
    torino = officer(server, world, "torino")
    paths = [BRIEF, f"{BRIEF}/versions", CAMPAIGN]
    assert [torino.get(path).status_code for path in paths] == [404, 404, 404]
    assert "Our Home" not in said(torino.get("/desk/campaigns"))
    assert say(torino, "Early.").status_code == 404
    assert "the preparation has not begun" in said(manager.get(BRIEF))
    assert say(manager, "Early.").status_code == 409
    with server.runtime.database.reading() as session:
        assert session.scalars(select(BriefReading)).all() == []


def test_a_brief_with_every_field_is_said_in_words(server: Server, world: World, manager: httpx.Client, clock: Clock) -> None:
    assert clock.now == NOON
    with server.runtime.database.writing() as session:
        full = replace(
            draft(),
            audience=Words("en", {"en": "Neighbours", "ar": "الجيران"}),
            approach=Words("en", {"en": "With dignity"}),
            sdgs=(16, 10),
            collects_elsewhere=True,
        )
        actor = actor_of(session, session.get_one(Person, world.manager.person_id))
        assert actor is not None
        create_campaign(session, day=world.day, draft=full, toolkits=TOOLKITS, actor=actor, now=NOON)
    page = manager.get(BRIEF)
    words = said(page)
    assert "Audience Neighbours In the other languages Arabic الجيران" in words
    assert "Sustainable Development Goals 10. Reduced inequalities, 16. Peace, justice and strong institutions" in words
    assert "The day: Sunday, 20 June 2027 People can send from: 28 days before the day" in words
    assert "People from another place: can send too" in words
    assert '<p class="brief-words" lang="ar" dir="rtl">الجيران</p>' in page.text


def test_the_brief_opened_many_times_at_one_moment_is_read_once(server: Server, world: World, preparing: Campaign) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(lambda _turn: torino.get(BRIEF).status_code, range(6)))
    assert answers == [200] * 6
    with server.runtime.database.reading() as session:
        assert [row.version for row in session.scalars(select(BriefReading))] == [1]


@pytest.mark.parametrize("count", [1, 9])
def test_the_pages_of_a_brief_ask_the_database_the_same_number_of_times_for_one_comment_as_for_many(
    server: Server, world: World, manager: httpx.Client, preparing: Campaign, count: int
) -> None:
    assert preparing.id
    torino = officer(server, world, "torino")
    for turn in range(count):
        say(torino, f"Comment {turn}.", about="title")
    assert [queries_of(server, manager, path) for path in (BRIEF, f"{BRIEF}/readers", CAMPAIGN)] == [12, 14, 18]
