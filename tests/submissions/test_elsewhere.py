"""Somebody who lives in none of the cities tells a story: the form, the receipt, and who looks at it."""

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.campaigns import timeline
from app.campaigns.elsewhere import take_part_from_elsewhere
from app.enums import CampaignStatus, Purpose, RoleName, StepState, SubmissionState
from app.models import Campaign, CampaignCity, City, Consent, ConsentWording, StepRun, TimelineStep
from app.runtime import Runtime
from tests import factories
from tests.conftest import NOON, Server
from tests.submissions.conftest import Form, decide, only_submission, reader

MANAGER = "manager@network.example"
OF_NORTH, OF_SOUTH = "coordinator@north.example", "coordinator@south.example"
OF_BERGEN = "officer@bergen.example"
NETWORK_SHARE, CHAPTER_SHARE = "/c/our-home/elsewhere/share", "/c/northern-lights/elsewhere-north/share"


@pytest.fixture
def places(runtime: Runtime) -> None:
    """A campaign of the network and one of chapter North collect from other places too; chapter South has no part in it."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        bergen = factories.city(session, network, "bergen")
        lyon = factories.city(session, network, "lyon", time_zone="Europe/Paris", country="FR", languages=("fr",))
        north = factories.chapter(session, network, "north", [bergen])
        south = factories.chapter(session, network, "south", [lyon])
        whole, of_chapter = factories.campaign(session, network), factories.campaign(session, network, slug="northern-lights")
        of_chapter.chapter_id = north.id
        for campaign in (whole, of_chapter):
            campaign.collects_elsewhere = True
            timeline.plan_steps(session, campaign)
            take_part_from_elsewhere(session, campaign, now=NOON)
        factories.taking_part(session, whole, bergen)
        factories.person(session, network, RoleName.OFFICER, city=bergen)
        factories.person(session, network, RoleName.COORDINATOR, chapter=north)
        factories.person(session, network, RoleName.COORDINATOR, chapter=south)
        factories.person(session, network, RoleName.MANAGER)


@dataclass(frozen=True)
class Ids:
    """Public ids, by whose contribution it is."""

    of_network: str
    of_chapter: str
    of_bergen: str

    def all(self) -> list[str]:
        """All three."""
        return [self.of_network, self.of_chapter, self.of_bergen]


def sent(runtime: Runtime, state: SubmissionState) -> Ids:
    """One contribution from each of the three places."""
    with runtime.database.writing() as session:
        campaigns = {each.slug: each for each in session.scalars(select(Campaign))}
        cities = {each.slug: each for each in session.scalars(select(City))}
        wanted = (("our-home", "elsewhere"), ("northern-lights", "elsewhere-north"), ("our-home", "bergen"))
        rows = [
            factories.submission(
                session, campaigns[campaign], cities[city], state=state, text=f"Told from {city}", name=f"One of {city}"
            )
            for campaign, city in wanted
        ]
        return Ids(*(row.public_id for row in rows))


def test_a_place_takes_part_once_with_the_steps_that_make_sense_for_it(runtime: Runtime, places: None) -> None:  # noqa: ARG001
    with runtime.database.writing() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.slug == "our-home")).one()
        place = take_part_from_elsewhere(session, campaign, now=NOON + timedelta(days=1))
        assert place is not None
        assert (place.joined_at, place.collection_opened_at, place.collection_closed_at) == (NOON, NOON, None)
        assert len(session.scalars(select(CampaignCity).where(CampaignCity.campaign_id == campaign.id)).all()) == 2
        runs = session.execute(
            select(TimelineStep.action, StepRun.state)
            .join(StepRun, StepRun.step_id == TimelineStep.id)
            .where(StepRun.campaign_city_id == place.id)
            .order_by(StepRun.due_at, TimelineStep.position)
        )
        assert [tuple(row) for row in runs] == [
            ("open_collection", StepState.DONE),
            ("start_of_day", StepState.PLANNED),
            ("build_city_film", StepState.PLANNED),
            ("end_of_day", StepState.PLANNED),
            ("build_city_film", StepState.PLANNED),
            ("close_collection", StepState.PLANNED),
        ]


def test_a_campaign_that_collects_in_its_cities_alone_has_no_other_place(runtime: Runtime, server: Server) -> None:
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network)
        assert take_part_from_elsewhere(session, campaign, now=NOON) is None
        assert session.scalars(select(City)).all() == []
        other = factories.campaign(session, network, slug="other")
        other.collects_elsewhere = True
        take_part_from_elsewhere(session, other, now=NOON)
    page = reader(server).get(NETWORK_SHARE)
    assert page.status_code == 200
    assert "Nothing from other places is collected for it." in page.text
    assert "your city" not in page.text


@pytest.mark.parametrize(
    ("share", "keeper"), [(NETWORK_SHARE, "Cities of Voices"), (CHAPTER_SHARE, "North")], ids=["the network's", "a chapter's"]
)
@pytest.mark.usefixtures("places")
def test_the_form_and_the_receipt_say_who_looks_at_it_and_never_speak_of_your_city(
    server: Server, runtime: Runtime, share: str, keeper: str
) -> None:
    browser = reader(server)
    form = browser.get(share).text
    assert f"Before it is shown, a person of “{keeper}” looks at it." in form
    assert "It may be part of a film with people from other places." in form
    answer = Form(browser, share).send(consent_city_film="yes")
    assert answer.status_code == 303
    receipt = browser.get(answer.headers["location"]).text
    assert f"A person of “{keeper}” looks at it" in receipt
    row = only_submission(runtime)
    decide(runtime, row, SubmissionState.PENDING)
    decide(runtime, row, SubmissionState.APPROVED)
    shown = browser.get(answer.headers["location"]).text
    assert f'<a href="{share.removesuffix("/share")}">The page of other places</a>' in shown
    for page in (form, receipt, shown):
        assert "your city" not in page.lower()
        assert "my city" not in page.lower()
        assert "The city" not in page


@pytest.mark.usefixtures("places")
def test_what_is_not_shown_is_told_by_who_decided(server: Server, runtime: Runtime) -> None:
    browser = reader(server)
    address = Form(browser, CHAPTER_SHARE).send().headers["location"]
    decide(runtime, only_submission(runtime), SubmissionState.PENDING)
    decide(runtime, only_submission(runtime), SubmissionState.REJECTED)
    receipt = browser.get(address).text
    assert "A person of “North” looked at it and decided that it cannot be shown." in receipt
    assert "your city" not in receipt


@pytest.mark.usefixtures("places")
def test_a_yes_to_the_film_is_a_yes_to_the_sentence_that_was_read(server: Server, runtime: Runtime) -> None:
    browser = reader(server)
    address = Form(browser, NETWORK_SHARE).send(consent_city_film="no").headers["location"]
    browser.post(f"{address}/purposes", data={"consent_city_film": "yes"})
    with runtime.database.reading() as session:
        query = select(ConsentWording.text).join(Consent, Consent.wording_sha256 == ConsentWording.sha256)
        said = session.scalars(query.where(Consent.purpose == Purpose.CITY_FILM)).one()
    assert said == "It may be part of a film with people from other places."


@pytest.mark.usefixtures("places")
def test_somebody_under_18_is_not_sent_to_a_city_they_do_not_have(server: Server) -> None:
    kindly = Form(reader(server), NETWORK_SHARE).send(adult="no").text
    assert "please come back together." in kindly
    assert "your city" not in kindly


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("opened_at", "closed_at", "sentence"),
    [(None, None, "You can soon tell your story here"), (NOON, NOON, "The collection is over")],
    ids=["before", "after"],
)
def test_the_closed_form_names_no_place_where_it_opens_or_ended(
    server: Server, runtime: Runtime, opened_at: datetime | None, closed_at: datetime | None, sentence: str
) -> None:
    with runtime.database.writing() as session:
        for place in session.scalars(select(CampaignCity)):
            place.collection_opened_at, place.collection_closed_at = opened_at, closed_at
    page = reader(server).get(NETWORK_SHARE).text
    assert sentence in page
    assert "Another place" not in page


@pytest.mark.usefixtures("places")
def test_each_person_at_the_desk_sees_what_is_theirs_to_look_at_and_nothing_else(server: Server, runtime: Runtime) -> None:
    ids = sent(runtime, SubmissionState.PENDING)
    theirs = {
        MANAGER: set(ids.all()),
        OF_NORTH: {ids.of_chapter, ids.of_bergen},
        OF_SOUTH: set(),
        OF_BERGEN: {ids.of_bergen},
    }
    for email, expected in theirs.items():
        browser = server.signed_in(email)
        assert {each["public_id"] for each in browser.get("/api/v1/desk/queue").json()["items"]} == expected, email
        for public_id in ids.all():
            allowed = public_id in expected
            address = f"/desk/contributions/{public_id}"
            assert browser.get(address).status_code == (200 if allowed else 404), (email, public_id)
            if not allowed:
                assert browser.post(address, data={"act": "approve"}).status_code == 404
                assert browser.get(f"{address}/withdraw").status_code == 404
        home, listed = browser.get("/desk").text, browser.get("/desk/contributions").text
        for public_id in ids.all():
            assert (public_id in home) == (public_id in expected), (email, public_id)
            assert (public_id in listed) == (public_id in expected), (email, public_id)


@pytest.mark.usefixtures("places")
def test_other_places_have_a_heading_of_their_own_at_the_desk(server: Server, runtime: Runtime) -> None:
    ids = sent(runtime, SubmissionState.PENDING)
    manager, north, bergen = (server.signed_in(email) for email in (MANAGER, OF_NORTH, OF_BERGEN))
    assert "From other places: 2" in manager.get("/desk").text
    assert "What waits: 1" in manager.get("/desk").text
    assert "From other places: 1" in north.get("/desk").text
    assert "From other places" not in bergen.get("/desk").text
    of_chapter = manager.get(f"/desk/contributions/{ids.of_chapter}").text
    assert "From another place: no city looks at it, you do, for “North”." in of_chapter
    assert "From another place" not in manager.get(f"/desk/contributions/{ids.of_bergen}").text
    choices = manager.get("/desk/contributions").text
    assert '<option value="elsewhere">Another place</option>' in choices
    assert '<option value="elsewhere-north">Another place, North</option>' in choices
    assert choices.index('value="bergen"') < choices.index('value="elsewhere"')


@pytest.mark.usefixtures("places")
def test_its_page_at_the_desk_has_the_form_and_what_may_be_taken_away_and_no_kit(server: Server, runtime: Runtime) -> None:
    ids = sent(runtime, SubmissionState.APPROVED)
    here, there = "/desk/c/northern-lights/elsewhere-north", "/desk/c/our-home/elsewhere"
    north = server.signed_in(OF_NORTH)
    page = north.get(here).text
    assert "/c/northern-lights/elsewhere-north/share" in page
    assert ids.of_chapter in page
    for word in ("kit", "qr.svg", "your city", "/upload"):
        assert word not in page.partition("<main")[2].lower(), word
    for file in ("kit.zip", "qr.svg", "qr.png", "kit", "kit/note/briefing.en.pdf", "upload"):
        assert north.get(f"{here}/{file}").status_code == 404, file
    archive = zipfile.ZipFile(io.BytesIO(north.get(f"{here}/all.zip").content))
    table = archive.read("contributions.csv").decode("utf-8-sig")
    assert "Told from elsewhere-north" in table
    assert "bergen" not in table
    for email, address in ((OF_NORTH, there), (OF_SOUTH, here), (OF_BERGEN, here), (OF_BERGEN, there)):
        browser = server.signed_in(email)
        assert browser.get(address).status_code == 404, (email, address)
        assert browser.get(f"{address}/all.zip").status_code == 404, (email, address)


@pytest.mark.usefixtures("places")
def test_a_place_with_nothing_yet_is_no_silent_city(server: Server, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for campaign in session.scalars(select(Campaign)):
            assert campaign.status is CampaignStatus.OPEN
        bergen = session.scalars(select(City).where(City.slug == "bergen")).one()
        factories.submission(session, session.scalars(select(Campaign).where(Campaign.slug == "our-home")).one(), bergen)
    assert "nothing yet" not in server.signed_in(MANAGER).get("/desk").text
