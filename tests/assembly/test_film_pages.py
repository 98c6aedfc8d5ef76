"""The page of a city's film at the desk, and that of its translations, as officers meet them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.film import KIND, plan_of
from app.assembly.queries import PURPOSES_OF, production_at
from app.assembly.service import Finished, take_in
from app.derivation import Made
from app.enums import ArtefactKind, JobState, RoleName, SubmissionKind
from app.models import Campaign, FilmArrangement, Job, Network, Production, Submission, Translation
from app.submissions.works_shown import SHOWN_FOR
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import with_picture
from tests.conftest import Server

FILM = "/desk/c/our-home/bergen/film"
WORDS = f"{FILM}/words"
NAMES = ["Ida", "Odd", "Amal"]


@pytest.fixture
def officer(server: Server, scene: Scene, tmp_path: Path) -> httpx.Client:
    """Bergen's officer, with three photos that may be in its film."""
    with server.runtime.database.writing() as session:
        network = session.get_one(Network, scene.bergen.network_id)
        for city in (scene.bergen, scene.oslo):
            factories.person(session, network, RoleName.OFFICER, city=city)
        for name, colour in zip(NAMES, ("red", "green", "blue"), strict=True):
            photo = factories.submission(
                session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, name=name, text=f"{name} er her.", language="nb"
            )
            with_picture(session, server.runtime, photo, tmp_path, colour)
    return server.signed_in("officer@bergen.example")


def ids(server: Server) -> dict[str, str]:
    """Public ids by name."""
    with server.runtime.database.reading() as session:
        rows = session.execute(select(Submission.name, Submission.public_id).order_by(Submission.id))
        return {name: public_id for name, public_id in rows if name}


def listed(page: str, after: str, before: str) -> list[str]:
    """Whom the page names between two of its headings, in order."""
    part = page[page.index(after) : page.index(before, page.index(after))]
    return re.findall(r"<bdi>(\w+)</bdi>", part)


def shots(browser: httpx.Client) -> list[str]:
    return listed(browser.get(FILM).text, 'id="shots"', "</ol>")


def act(browser: httpx.Client, public_id: str, name: str) -> httpx.Response:
    return browser.post(f"{FILM}/shots/{public_id}", data={"act": name})


def said(page: str) -> str:
    """Its words alone."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def job_of(session: Session) -> Job:
    return session.scalars(select(Job).where(Job.kind == "assembly.city_film")).one()


def test_an_officer_puts_the_film_in_order_without_a_script_and_takes_each_act_back(
    server: Server, officer: httpx.Client
) -> None:
    by_name = ids(server)
    assert shots(officer) == NAMES
    answer = act(officer, by_name["Amal"], "earlier")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{FILM}#shot-{by_name['Amal']}")
    assert shots(officer) == ["Ida", "Amal", "Odd"]
    act(officer, by_name["Ida"], "pin")
    act(officer, by_name["Amal"], "earlier")
    assert shots(officer) == ["Ida", "Amal", "Odd"]
    assert "pinned here" in officer.get(FILM).text
    act(officer, by_name["Ida"], "unpin")
    act(officer, by_name["Odd"], "drop")
    page = officer.get(FILM).text
    assert (shots(officer), listed(page, "Left out by you", "</ul>")) == (["Ida", "Amal"], ["Odd"])
    act(officer, by_name["Odd"], "put_back")
    assert shots(officer) == ["Ida", "Amal", "Odd"]
    assert officer.post(f"{FILM}/as-it-comes").headers["location"] == f"{FILM}#shots"
    assert shots(officer) == NAMES


def test_nobody_else_sees_or_changes_a_citys_film(server: Server, officer: httpx.Client) -> None:
    ida, other = ids(server)["Ida"], server.signed_in("officer@oslo.example")
    pages = [other.get(FILM), other.get(WORDS), act(other, ida, "pin"), other.post(f"{FILM}/make"), other.post(f"{FILM}/preview")]
    assert [page.status_code for page in pages] == [404] * 5
    wrong = [
        act(officer, ida, "burn"),
        act(officer, "nobody", "pin"),
        other.post(f"/desk/c/our-home/oslo/film/shots/{ida}", data={"act": "pin"}),
    ]
    assert [page.status_code for page in wrong] == [422, 404, 404]
    with server.runtime.database.reading() as session:
        assert session.scalars(select(FilmArrangement)).all() == []


def test_length_shapes_and_captions_are_chosen_and_what_is_not_on_offer_is_refused_at_its_field(
    server: Server, officer: httpx.Client
) -> None:
    chosen = {"length": "60", "shapes": ["story", "wide"], "captions": "fr"}
    assert officer.post(f"{FILM}/settings", data=chosen).headers["location"] == f"{FILM}?saved=yes#settings"
    refused = officer.post(f"{FILM}/settings", data={"length": "61", "shapes": ["profile"], "captions": "de"})
    assert refused.status_code == 422
    assert re.findall(r'href="#field-(\w+)"', refused.text) == ["length", "shapes", "captions"]
    with server.runtime.database.reading() as session:
        row = session.scalars(select(FilmArrangement)).one()
        assert (row.budget_s, row.formats, row.captions_language) == (60, ["story", "wide"], "fr")
    officer.post(f"{FILM}/settings", data={"length": "free", "captions": ""})
    with server.runtime.database.reading() as session:
        row = session.scalars(select(FilmArrangement)).one()
        assert (row.budget_s, row.formats, row.captions_language) == (None, [], None)


def test_the_page_says_how_far_the_making_is_and_looks_again_until_it_is_told_not_to(
    server: Server, scene: Scene, officer: httpx.Client
) -> None:
    assert "It was not made yet." in said(officer.get(FILM).text)
    assert officer.post(f"{FILM}/make").headers["location"] == FILM
    waiting = officer.get(FILM)
    assert ("It waits for its turn" in waiting.text, waiting.headers["refresh"]) == (True, f"5; url={FILM}")
    assert "refresh" not in officer.get(f"{FILM}?wait=no").headers
    now = server.runtime.now()
    with server.runtime.database.writing() as session:
        work = production_at(session, scene.campaign.id, scene.bergen.id, KIND)
        assert work is not None
        work.begun_at, work.share_done = now - timedelta(minutes=3), 0.25
        job = job_of(session)
        job.state, job.lease_until = JobState.RUNNING, now + timedelta(minutes=1)
    assert "It is being made: 25 % About 9 minutes are left." in said(officer.get(FILM).text)
    with server.runtime.database.writing() as session:
        job_of(session).lease_until = now - timedelta(minutes=1)
    assert "Nobody is at it at the moment" in officer.get(FILM).text
    cancel = f"/desk/works/{work.public_id}/cancel"
    assert officer.post(cancel, data={"back": FILM}).headers["location"] == FILM
    stopped = officer.get(FILM)
    assert ("Stopped on 20 June 2027, 11:00" in said(stopped.text), "refresh" in stopped.headers) == (True, False)
    with server.runtime.database.writing() as session:
        row = session.get_one(Production, work.id)
        row.cancelled_at, row.failed_at, row.failure_code, row.failure_params = None, now, "film.nothing_to_preview", {}
    assert 'class="notice notice-bad"' in officer.get(FILM).text


def test_the_page_says_when_the_film_that_stands_is_not_as_it_would_be_made_now(
    server: Server, scene: Scene, officer: httpx.Client, tmp_path: Path
) -> None:
    runtime, changed = server.runtime, "What changed is not in the film yet"
    plan = plan_of(runtime, scene.campaign.id, scene.bergen.id)
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film")
    main = Made(path=path, kind=ArtefactKind.FILM, media_type="video/mp4", spec=plan.recipe, parts=plan.reel.submission_ids)
    with runtime.database.writing() as session:
        finished = Finished(main, None, plan.reel.submission_ids, 1080, 1080, 20.0)
        take_in(
            session,
            runtime.storage,
            session.get_one(Campaign, scene.campaign.id),
            scene.bergen.id,
            KIND,
            finished,
            now=runtime.now(),
        )
    page = officer.get(FILM).text
    assert ("Version 1, made on 20 June 2027, 11:00 · 3 contributions · 0:20" in said(page), changed in page) == (True, False)
    act(officer, ids(server)["Odd"], "drop")
    assert changed in officer.get(FILM).text
    act(officer, ids(server)["Odd"], "put_back")
    assert changed not in officer.get(FILM).text


def typed(page: str, texts: Mapping[str, str], **more: str) -> dict[str, str]:
    """The form as a browser sends it, with these texts by public id."""
    marks = dict(re.findall(r'name="(of-[^"]+)" value="([^"]*)"', page))
    areas = re.findall(r'<textarea id="[^"]+" name="(text-[^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    written = {name: unescape(value) for name, value in areas}
    return {"language": "fr", **marks, **written, **{f"text-{public_id}": text for public_id, text in texts.items()}, **more}


def test_translations_are_saved_all_at_once_by_name_and_an_outdated_one_is_confirmed_anew(
    server: Server, officer: httpx.Client
) -> None:
    by_name, page = ids(server), officer.get(f"{WORDS}?language=fr").text
    assert re.findall(r'<blockquote class="said-words" lang="nb" dir="auto">(.*?)</blockquote>', page) == [
        f"{name} er her." for name in NAMES
    ]
    saved = officer.post(WORDS, data=typed(page, {by_name["Ida"]: "Ida est là.", by_name["Odd"]: "Odd est là."}))
    assert (saved.status_code, saved.headers["location"]) == (303, f"{WORDS}?language=fr&saved=2")
    page = officer.get(saved.headers["location"]).text
    assert "2 translations saved" in page
    assert "1 is without a translation that holds." in said(page)
    assert page.count("Confirmed by Officer of bergen on 20 June 2027, 11:00") == 2
    with server.runtime.database.writing() as session:
        session.scalars(select(Submission).where(Submission.public_id == by_name["Ida"])).one().text = "Ida er hjemme."
    page = officer.get(WORDS, params={"language": "fr"}).text
    assert ("The words were changed since" in page, "Ida est là." in page) == (True, True)
    unchanged = officer.post(WORDS, data=typed(page, {}))
    assert unchanged.headers["location"] == f"{WORDS}?language=fr&saved=0"
    confirmed = officer.post(WORDS, data=typed(page, {by_name["Odd"]: ""}, confirm=by_name["Ida"]))
    assert confirmed.headers["location"] == f"{WORDS}?language=fr&saved=2#said-{by_name['Ida']}"
    page = officer.get(f"{WORDS}?language=fr").text
    assert ("The words were changed since" in page, "2 are without a translation that holds." in said(page)) == (False, True)
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Translation.text)).all() == ["Ida est là."]


def test_a_translation_of_words_that_changed_meanwhile_is_refused_at_its_field_and_nothing_typed_is_lost(
    server: Server, officer: httpx.Client
) -> None:
    by_name, page = ids(server), officer.get(f"{WORDS}?language=fr").text
    with server.runtime.database.writing() as session:
        session.scalars(select(Submission).where(Submission.public_id == by_name["Ida"])).one().text = "Ida er hjemme."
    texts = {by_name["Ida"]: "Ida est là.", by_name["Odd"]: "Odd est là.", by_name["Amal"]: "a" * 9000}
    refused = officer.post(WORDS, data=typed(page, texts))
    assert refused.status_code == 422
    assert re.findall(r'href="#field-text-([^"]+)"', refused.text) == [by_name["Ida"], by_name["Amal"]]
    assert all(text in refused.text for text in texts.values())
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Translation)).all() == []
    assert officer.post(WORDS, data={"language": "xx"}).status_code == 422


def test_a_receipt_asks_for_the_same_purposes_as_the_works_themselves() -> None:
    assert {kind: set(purposes) for kind, purposes in PURPOSES_OF.items()} == {
        kind: set(each) for kind, each in SHOWN_FOR.items()
    }
