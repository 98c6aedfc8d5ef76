"""Another place on the public pages: a group of its own, and never a city."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.assembly.collage import build_collage
from app.campaigns.elsewhere import take_part_from_elsewhere
from app.enums import Phase, SubmissionKind
from app.models import Campaign, CampaignCity, City, Network
from app.runtime import Runtime
from tests import factories
from tests.assembly.works import with_picture
from tests.conftest import Server
from tests.publishing.conftest import Scene

PAGE = "/c/our-home/elsewhere"


@pytest.fixture
def elsewhere(runtime: Runtime, scene: Scene) -> City:
    """The campaign on its day also collects from other places; a voice hangs in Bergen and one came from outside."""
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.collects_elsewhere = True
        place = take_part_from_elsewhere(session, campaign, now=runtime.now())
        assert place is not None
        place.collection_opened_at = runtime.now()
        city = session.get_one(City, place.city_id)
        factories.submission(session, campaign, scene.bergen, text="Told in Bergen", name="Ida")
        factories.submission(session, campaign, city, text="Told far away", name="Noor")
        return city


@pytest.mark.usefixtures("elsewhere")
def test_it_is_counted_nowhere_as_a_city(server: Server) -> None:
    visitor = server.client()
    home, page = visitor.get("/").text, visitor.get("/c/our-home").text
    assert "2 cities in 2 countries" in home
    assert "2 cities take part" in home
    assert "A campaign of 2 cities" in page
    assert "The day has begun in every city." in page
    assert page.count('class="strip-zone') == 2
    assert "Unknown Region" not in home + page
    assert visitor.get("/api/v1/campaigns/our-home").json()["cities"] == ["bergen", "kobe"]
    chooser = page.partition('name="city"')[2].partition("</select>")[0]
    assert "bergen" in chooser
    assert "elsewhere" not in chooser


@pytest.mark.usefixtures("elsewhere")
def test_it_is_the_last_choice_of_where_somebody_lives(server: Server) -> None:
    visitor = server.client()
    page = visitor.get("/c/our-home/share").text
    choices = page.partition('name="city"')[2].partition("</select>")[0]
    assert choices.rstrip().endswith('<option value="elsewhere">Another place</option>')
    assert "</optgroup>" in choices
    chosen = visitor.get("/c/our-home/share?city=elsewhere")
    assert (chosen.status_code, chosen.headers["location"]) == (303, f"{PAGE}/share")


def test_a_campaign_that_does_not_collect_there_offers_no_other_place(server: Server, scene: Scene) -> None:
    assert scene.campaign.collects_elsewhere is False
    visitor = server.client()
    for address in ("/c/our-home", "/c/our-home/share"):
        page = visitor.get(address).text
        assert "Another place" not in page
        assert "other places" not in page
    assert visitor.get("/c/our-home/share?city=elsewhere").status_code == 200
    assert visitor.get(PAGE).status_code == 404


@pytest.mark.usefixtures("elsewhere")
def test_its_voices_are_a_group_of_their_own_on_the_campaigns_page(server: Server) -> None:
    visitor = server.client()
    page = visitor.get("/c/our-home").text
    assert f'<a href="{PAGE}">From other places</a>' in page
    filters = page.partition('name="from"')[2].partition("</select>")[0]
    assert [name for name in ("bergen", "elsewhere", "kobe") if f'value="{name}"' in filters] == ["bergen", "elsewhere"]
    assert filters.rstrip().endswith('<option value="elsewhere">Another place</option>')
    from_there = visitor.get("/c/our-home?from=elsewhere").text
    assert "Told far away" in from_there
    assert "Told in Bergen" not in from_there
    items = visitor.get("/api/v1/campaigns/our-home/contributions?city=elsewhere").json()["items"]
    assert [item["text"] for item in items] == ["Told far away"]


@pytest.mark.usefixtures("elsewhere")
def test_its_page_has_its_voices_its_form_and_no_day_of_its_own(server: Server) -> None:
    visitor = server.client()
    page = visitor.get(PAGE).text
    assert "<h1" in page
    assert "From other places" in page
    assert "Told far away" in page
    assert "Told in Bergen" not in page
    assert f'href="{PAGE}/share"' in page
    assert "somebody of “Cities of Voices” has looked at it" in page
    for nonsense in ("Today is the day here", "This city", "data-countdown", "calendar.ics", "their city", "ZZ"):
        assert nonsense not in page, nonsense
    assert visitor.get(f"{PAGE}/calendar.ics").status_code == 404
    assert visitor.get(f"{PAGE}/card.png").status_code == 404
    assert visitor.get("/c/our-home/card.png").status_code == 200


def test_after_the_collection_its_page_says_that_it_is_over(server: Server, runtime: Runtime, elsewhere: City) -> None:
    with runtime.database.writing() as session:
        place = session.scalars(select(CampaignCity).where(CampaignCity.city_id == elsewhere.id)).one()
        place.collection_closed_at, place.phase = runtime.now(), Phase.POST_DAY
    page = server.client().get(PAGE).text
    assert "The campaign is over. What people told stays here." in page
    assert "/share" not in page.partition("<main")[2]


def test_the_wall_of_a_chapter_says_that_the_chapter_looks_at_it(server: Server, runtime: Runtime, scene: Scene) -> None:
    with runtime.database.writing() as session:
        bergen = session.get_one(City, scene.bergen.id)
        campaign = session.get_one(Campaign, scene.campaign.id)
        network = session.get_one(Network, campaign.network_id)
        chapter = factories.chapter(session, network, "north", [bergen])
        campaign.chapter_id, campaign.collects_elsewhere = chapter.id, True
        take_part_from_elsewhere(session, campaign, now=runtime.now())
    page = server.client().get("/c/our-home/elsewhere-north").text
    assert "somebody of “North” has looked at it" in page
    assert server.client().get(PAGE).status_code == 404


def test_a_photo_from_there_without_a_description_names_no_city(
    server: Server, runtime: Runtime, elsewhere: City, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        photo = factories.submission(session, campaign, elsewhere, kind=SubmissionKind.PHOTO)
        with_picture(session, runtime, photo, tmp_path, "red")
    for address in (PAGE, "/c/our-home"):
        page = server.client().get(address).text
        assert 'alt="Photo from another place"' in page
        assert "Photo from Another place" not in page


def test_in_the_collage_it_stands_last_under_its_own_name(
    server: Server, runtime: Runtime, scene: Scene, elsewhere: City, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        for city in (elsewhere, scene.kobe, scene.bergen):
            with_picture(session, runtime, factories.submission(session, campaign, city), tmp_path, "red")
    build_collage(runtime, scene.campaign.id)
    listed = server.client().get("/c/our-home").text.partition('class="in-collage"')[2].partition("</details>")[0]
    assert re.findall("<h3>(.*?)</h3>", listed) == ["Bergen", "Kobe", "Another place"]
