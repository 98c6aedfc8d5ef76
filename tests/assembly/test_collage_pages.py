"""The collage at the desk: its layout, both works, and the figures that say whether it is fair."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.assembly import collage as collage_module
from app.assembly import poster as poster_module
from app.assembly.collage_plan import chosen_layout, fairness_now
from app.assembly.collage_rules import CityShare
from app.assembly.queries import production_at
from app.enums import ProductionKind, Purpose, RoleName, SubmissionKind
from app.models import City, Network, Submission
from app.runtime import Runtime
from app.submissions import service
from app.words import Words
from media_pipeline.poster import Sheet
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import requested, run_jobs, with_picture
from tests.campaigns.test_pages import said
from tests.conftest import Server

DESK = "/desk/campaigns/our-home/collage"


@pytest.fixture(autouse=True)
def small_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of a few centimetres, which are drawn in a moment."""
    monkeypatch.setattr(collage_module, "SCREEN", Sheet(30, 42.4, 0))
    monkeypatch.setattr(poster_module, "SHEETS", {"a1": Sheet(30, 42.4, 3), "a2": Sheet(20, 28.3, 3)})


@pytest.fixture
def people(runtime: Runtime, scene: Scene, tmp_path: Path) -> None:
    """Two contributions of Bergen and one of Oslo; a manager, and an officer of Bergen."""
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, RoleName.OFFICER, city=scene.bergen)
        factories.person(session, network, RoleName.MANAGER)
        for city in (scene.bergen, scene.oslo, scene.bergen):
            photo = factories.submission(session, scene.campaign, city, kind=SubmissionKind.PHOTO)
            with_picture(session, runtime, photo, tmp_path, "red")


@pytest.mark.usefixtures("people")
def test_the_manager_chooses_a_layout_has_both_made_and_reads_that_it_is_fair(
    server: Server, runtime: Runtime, scene: Scene
) -> None:
    manager = server.signed_in("manager@network.example")
    answer = manager.get(DESK)
    empty = answer.text
    assert said(answer).count("It was not made yet.") == 3
    assert (empty.count('name="layout"'), empty.count('<svg class="sketch')) == (3, 4)
    answers = [
        manager.post(f"{DESK}/layout", data={"layout": "heart"}),
        manager.post(f"{DESK}/make"),
        manager.post(f"{DESK}/print"),
    ]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [
        (303, f"{DESK}#layouts"),
        (303, f"{DESK}#collage"),
        (303, f"{DESK}#poster"),
    ]
    assert manager.get(DESK).headers["Refresh"] == f"5; url={DESK}"
    assert requested(runtime) == [ProductionKind.COLLAGE, ProductionKind.POSTER]
    run_jobs(runtime)
    page = manager.get(DESK)
    assert "Refresh" not in page.headers
    words = said(page)
    assert "It is fair: everybody who may be in it is in it." in words
    assert "3 of 3 contributions are in it. Most: Bergen with 2 tiles. Fewest: Oslo with 1 tile." in words
    assert "Bergen 2 2 66.7 % Oslo 1 1 33.3 %" in words
    assert 'alt="A poster of 3 contributions from 2 cities. On it stands: Home is where we sing.' in page.text
    downloads = re.findall(r'href="(/desk/works/[^"]+download=1)"', page.text)
    sent = [manager.get(address) for address in downloads]
    named = {re.sub(r".*filename=\"?([^\";]+).*", r"\1", each.headers["Content-Disposition"]) for each in sent}
    assert {each.status_code for each in sent} == {200}
    assert named >= {"our-home-collage-v1.jpg", "our-home-poster-v1.pdf", "our-home-poster-a2_pdf-v1.pdf"}
    assert len(named) == 12
    public = server.client().get("/c/our-home").text
    assert ("Poster to print, A1 and A2" in public, public.count('download=1" download')) == (True, 12)
    with runtime.database.reading() as session:
        assert chosen_layout(session, scene.campaign.id) == "heart"


@pytest.mark.usefixtures("people")
def test_the_manager_has_the_collage_to_zoom_into_made_stopped_and_seen_but_takes_no_file_of_it(
    server: Server, runtime: Runtime
) -> None:
    manager, public = server.signed_in("manager@network.example"), 'href="/c/our-home/collage"'
    made = manager.post(f"{DESK}/zoomable")
    assert (made.status_code, made.headers["Location"]) == (303, f"{DESK}#zoomable_collage")
    assert requested(runtime) == [ProductionKind.ZOOMABLE_COLLAGE]
    waiting = manager.get(DESK)
    assert ("It waits for its turn" in waiting.text, public in waiting.text) == (True, False)
    assert waiting.headers["Refresh"] == f"5; url={DESK}"
    stop = re.search(r'action="(/desk/works/[^"]+/cancel)"', waiting.text)
    assert stop is not None
    assert manager.post(stop.group(1), data={"back": DESK}).headers["Location"] == DESK
    assert "Stopped on" in said(manager.get(DESK))
    manager.post(f"{DESK}/zoomable")
    run_jobs(runtime)
    stands = manager.get(DESK)
    assert ("Version 1, made on" in said(stands), public in stands.text) == (True, True)
    assert "/desk/works/" not in stands.text
    assert server.client().get("/c/our-home/collage").status_code == 200


@pytest.mark.usefixtures("people")
def test_while_somebody_has_to_leave_the_collage_to_zoom_into_no_stop_is_offered_and_the_page_says_why(
    server: Server, runtime: Runtime
) -> None:
    manager = server.signed_in("manager@network.example")
    manager.post(f"{DESK}/zoomable")
    run_jobs(runtime)
    with runtime.database.writing() as session:
        leaving = session.scalars(select(Submission).order_by(Submission.id)).first()
        assert leaving is not None
        service.withdraw(session, leaving, actor_id=None, now=runtime.now())
    manager.post(f"{DESK}/zoomable")
    page = manager.get(DESK)
    assert "This cannot be stopped: somebody took something back, and it has to be made without it." in said(page)
    assert ("/cancel" in page.text, f'action="{DESK}/zoomable"' in page.text) == (False, False)
    run_jobs(runtime)
    page = manager.get(DESK)
    assert "Version 2, made on" in said(page)
    assert ("This cannot be stopped" in page.text, f'action="{DESK}/zoomable"' in page.text) == (False, True)


@pytest.mark.parametrize(("work", "acts"), [("collage", ["make", "print", "zoomable"]), ("booklet", ["make"])])
def test_where_nothing_is_approved_the_page_says_what_is_missing_and_offers_to_make_nothing(
    server: Server, runtime: Runtime, scene: Scene, work: str, acts: list[str]
) -> None:
    with runtime.database.writing() as session:
        factories.person(session, session.get_one(Network, scene.campaign.network_id), RoleName.MANAGER)
    page = server.signed_in("manager@network.example").get(f"/desk/campaigns/our-home/{work}")
    assert said(page).count("There is nothing to make it of yet") == len(acts)
    assert said(page).count("whose person agrees to the collage and to print.") == 1
    assert [f"/our-home/{work}/{act}" in page.text for act in acts] == [False] * len(acts)


@pytest.mark.usefixtures("people")
def test_what_nobody_agreed_to_have_printed_is_no_poster_and_still_a_collage(server: Server, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for submission in session.scalars(select(Submission).order_by(Submission.id)):
            service.switch_purpose(session, submission, Purpose.PRINT, agreed=False, language="en", now=runtime.now())
    page = server.signed_in("manager@network.example").get(DESK)
    assert [f'action="{DESK}/{act}"' in page.text for act in ("make", "print", "zoomable")] == [True, False, True]


@pytest.mark.usefixtures("people")
def test_a_layout_that_there_is_not_is_told_and_nothing_changes(server: Server, runtime: Runtime, scene: Scene) -> None:
    answer = server.signed_in("manager@network.example").post(f"{DESK}/layout", data={"layout": "spiral"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    with runtime.database.reading() as session:
        assert chosen_layout(session, scene.campaign.id) is None


@pytest.mark.usefixtures("people")
def test_only_whoever_runs_the_campaign_sees_or_changes_it(server: Server, runtime: Runtime, scene: Scene) -> None:
    officer = server.signed_in("officer@bergen.example")
    answers = [
        officer.get(DESK),
        *(officer.post(f"{DESK}/{act}", data={"layout": "heart"}) for act in ("layout", "make", "zoomable", "print")),
    ]
    assert [each.status_code for each in answers] == [403] * 5
    with runtime.database.reading() as session:
        assert production_at(session, scene.campaign.id, None, ProductionKind.COLLAGE) is None


@pytest.mark.usefixtures("people")
def test_a_city_is_called_as_whoever_reads_calls_it_and_in_its_own_script_where_it_has_no_other_name(
    server: Server, runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        session.get_one(City, scene.oslo.id).names = Words("ar", {"ar": "أوسلو"})
        photo = factories.submission(session, scene.campaign, scene.kobe, kind=SubmissionKind.PHOTO)
        with_picture(session, runtime, photo, tmp_path, "blue")
    words = said(server.signed_in("manager@network.example").get(DESK))
    assert "Bergen 2 2 50 % Kobe 1 1 25 % أوسلو 1 1 25 %" in words


@pytest.mark.usefixtures("people")
def test_what_came_since_it_was_made_is_counted_as_left_out(
    server: Server, runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    manager = server.signed_in("manager@network.example")
    manager.post(f"{DESK}/make")
    run_jobs(runtime)
    with runtime.database.writing() as session:
        late = factories.submission(session, scene.campaign, scene.kobe, kind=SubmissionKind.PHOTO)
        with_picture(session, runtime, late, tmp_path, "blue")
    with runtime.database.reading() as session:
        figures = fairness_now(session, scene.campaign.id)
    assert (figures.is_fair, figures.left_out) == (False, 1)
    assert figures.smallest == CityShare(scene.kobe.id, 1, 0, 0.0)
    assert "contributions came since it was made" in said(manager.get(DESK))
