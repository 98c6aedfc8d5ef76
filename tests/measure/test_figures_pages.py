"""Three numbers by a link: no account, numbers as people write them, gaps that are said."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.enums import CampaignStatus, FiguresMoment
from app.models import AudienceFigures, AuditRow, Campaign, FiguresLink
from app.runtime import Runtime
from tests.conftest import Clock, Server
from tests.measure.conftest import World, asked, link_of


@pytest.fixture
def row(world: World, runtime: Runtime, clock: Clock) -> AudienceFigures:
    """Bergen is asked about the time before the day."""
    with runtime.database.writing() as session:
        return asked(session, world.in_bergen, FiguresMoment.BEFORE, clock)


@pytest.fixture
def link(row: AudienceFigures, runtime: Runtime) -> str:
    """The path of the link that Bergen got."""
    return link_of(runtime, row)


def kept(runtime: Runtime) -> tuple[int | None, int | None, int | None, bool]:
    """What the one row holds, and whether it was answered."""
    with runtime.database.reading() as session:
        row = session.scalars(select(AudienceFigures)).one()
    return row.followers, row.reached, row.reactions, row.answered_at is not None


def test_the_page_says_who_is_asked_about_which_days_and_leaves_nothing_behind(server: Server, link: str) -> None:
    answer = server.client().get(link)

    assert answer.status_code == 200
    for words in ("Our Home", "Bergen", "Three numbers before the day", "Tuesday, 25 May 2027", "Monday, 31 May 2027"):
        assert words in answer.text
    assert re.findall(r'<input id="field-(\w+)"', answer.text) == ["followers", "reached", "reactions"]
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "strict-origin"


def test_numbers_are_taken_as_people_write_them_and_can_be_changed(server: Server, link: str, runtime: Runtime) -> None:
    client = server.client()

    first = client.post(link, data={"followers": "12,500", "reached": "۱۲٬۵۰۰", "reactions": ""})
    assert (first.status_code, first.headers["location"]) == (303, f"{link}/thanks")
    assert kept(runtime) == (12500, 12500, None, True)
    thanks = client.get(f"{link}/thanks").text
    assert ("12,500" in thanks, "not known" in thanks) == (True, True)
    assert 'value="12,500"' in client.get(link).text

    client.post(link, data={"followers": "12.600", "reached": "", "reactions": "40"})
    assert kept(runtime) == (12600, None, 40, True)
    with runtime.database.reading() as session:
        trail = session.scalars(select(AuditRow).where(AuditRow.act == "figures.answered").order_by(AuditRow.id)).all()
    assert [row.codes for row in trail] == [{"moment": "before", "known": 2}, {"moment": "before", "known": 2}]


def test_what_a_french_reader_sees_can_be_sent_back_as_it_stands(server: Server, link: str, runtime: Runtime) -> None:
    client = server.client()
    client.headers["Accept-Language"] = "fr"
    client.post(link, data={"followers": "1234567", "reached": "", "reactions": ""})

    shown = re.search(r'id="field-followers" name="followers" type="text" value="([^"]+)"', client.get(link).text)
    assert shown is not None
    client.post(link, data={"followers": shown[1], "reached": "", "reactions": ""})
    assert kept(runtime) == (1234567, None, None, True)


def test_a_city_that_knows_none_of_them_has_answered_too(server: Server, link: str, runtime: Runtime) -> None:
    client = server.client()
    client.post(link, data={"followers": "", "reached": "", "reactions": ""})

    assert kept(runtime) == (None, None, None, True)
    assert "You know none of the three" in client.get(f"{link}/thanks").text


def test_what_cannot_be_read_is_asked_again_as_it_was_typed_and_nothing_is_kept(
    server: Server, link: str, runtime: Runtime
) -> None:
    answer = server.client().post(link, data={"followers": "1.5", "reached": "about 300", "reactions": "40"})

    assert answer.status_code == 422
    assert re.findall(r'href="#field-(\w+)"', answer.text) == ["followers", "reached"]
    for value in ("1.5", "about 300", "40"):
        assert f'value="{value}"' in answer.text
    assert kept(runtime) == (None, None, None, False)


def test_before_an_answer_there_is_nothing_to_thank_for(server: Server, link: str) -> None:
    answer = server.client().get(f"{link}/thanks")
    assert (answer.status_code, answer.headers["location"]) == (303, link)


def test_once_the_campaign_has_closed_the_numbers_can_be_read_and_not_changed(
    server: Server, link: str, world: World, runtime: Runtime
) -> None:
    client = server.client()
    client.post(link, data={"followers": "500", "reached": "", "reactions": ""})
    with runtime.database.writing() as session:
        session.get_one(Campaign, world.campaign.id).status = CampaignStatus.CLOSED

    page = client.get(link)
    assert ("<form" in page.text.split("<main")[1], "The campaign has closed" in page.text, "500" in page.text) == (
        False,
        True,
        True,
    )
    assert client.post(link, data={"followers": "900"}).status_code == 409
    assert kept(runtime) == (500, None, None, True)


@pytest.mark.parametrize("token", ["unknown", "x" * 43, "x" * 3000, "a%00b"])
def test_a_wrong_link_leads_nowhere(token: str, server: Server, world: World) -> None:
    client = server.client()
    assert [client.get(f"/figures/{token}").status_code, client.post(f"/figures/{token}", data={}).status_code] == [404, 404]
    assert world.bergen.slug not in client.get(f"/figures/{token}").text


def test_a_later_link_leaves_the_earlier_one_good_and_only_hashes_are_kept(
    server: Server, link: str, row: AudienceFigures, runtime: Runtime
) -> None:
    later = link_of(runtime, row)

    assert [server.client().get(each).status_code for each in (link, later)] == [200, 200]
    with runtime.database.reading() as session:
        hashes = set(session.scalars(select(FiguresLink.token_sha256)))
    assert (len(hashes), hashes & {link.rpartition("/")[2], later.rpartition("/")[2]}) == (2, set())


def test_another_site_cannot_give_numbers(server: Server, link: str, runtime: Runtime) -> None:
    answer = httpx.post(f"{server.url}{link}", data={"followers": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, kept(runtime)) == (403, (None, None, None, False))
