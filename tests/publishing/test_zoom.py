"""The page of the zoomable collage and its tiles: what everybody sees, what hides at once, how somebody finds themselves."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, select, update

from app.assembly import zoom_places
from app.assembly.queries import production_at
from app.assembly.service import request
from app.assembly.zoom import build_zoomable_collage
from app.enums import Phase, Purpose, SubmissionKind
from app.models import Campaign, CampaignCity, CollagePlace, Job, ProductionFile, Submission
from app.publishing import zoom_pages, zoom_queries
from app.publishing.zoom_views import has_viewer
from app.runtime import Runtime
from app.submissions import service
from tests import factories
from tests.assembly.works import with_picture
from tests.conftest import Server
from tests.publishing.conftest import Scene

PAGE = "/c/our-home/collage"
TOKEN = "a-receipt-of-amal-that-nobody-guesses"  # noqa: S105 - of a test
WORDS = "My door has two keys"


def member(
    runtime: Runtime,
    scene: Scene,
    folder: Path,
    *,
    name: str,
    token: str | None = None,
    consents: Iterable[Purpose] = tuple(Purpose),
) -> Submission:
    city, text = scene.kobe if name.startswith("K") else scene.bergen, f"{WORDS}, {name}"
    with runtime.database.writing() as session:
        made = factories.submission(
            session, scene.campaign, city, kind=SubmissionKind.PHOTO, name=name, text=text, token=token, consents=consents
        )
        colour = "sand" if name == "Kei" else "red" if city is scene.kobe else "blue"
        with_picture(session, runtime, made, folder, colour)
    return made


def five(runtime: Runtime, scene: Scene, folder: Path) -> dict[str, Submission]:
    """Five people in two cities, one of whom shows the words nowhere but in the collage."""
    alone = [purpose for purpose in Purpose if purpose is not Purpose.CAMPAIGN_PAGES]
    people = {name: member(runtime, scene, folder, name=name) for name in ("Bo", "Kei", "Kaho")}
    people["Amal"] = member(runtime, scene, folder, name="Amal", token=TOKEN)
    people["Shy"] = member(runtime, scene, folder, name="Shy", consents=alone)
    build_zoomable_collage(runtime, scene.campaign.id)
    return people


def collage(runtime: Runtime, scene: Scene) -> zoom_places.Standing:
    with runtime.database.reading() as session:
        found = zoom_places.collage_in(session, scene.campaign.id)
        assert found is not None
        return found


def place_of(runtime: Runtime, scene: Scene, submission: Submission) -> int:
    with runtime.database.reading() as session:
        return zoom_places.places_of(session, scene.campaign.id)[submission.id]


def tiles(runtime: Runtime, scene: Scene) -> list[str]:
    """The address of every tile of every level, the deepest last."""
    found = collage(runtime, scene)
    addresses = []
    for level in range(found.deepest + 1):
        up = found.deepest - level
        across, down = -(-found.field.columns // (1 << up)), -(-found.field.rows // (1 << up))
        addresses += [f"/media/collages/{found.public_id}/{level}/{x}_{y}.jpg" for y in range(down) for x in range(across)]
    return addresses


def above(runtime: Runtime, scene: Scene, place: int) -> set[str]:
    """The addresses of the tiles that show a place."""
    found = collage(runtime, scene)
    x, y = found.field.at(place)
    levels = ((level, found.deepest - level) for level in range(found.deepest + 1))
    return {f"/media/collages/{found.public_id}/{level}/{x >> up}_{y >> up}.jpg" for level, up in levels}


def missing(client: httpx.Client, addresses: list[str]) -> set[str]:
    return {each for each in addresses if client.get(each).status_code == 404}


def leave(runtime: Runtime, submission: Submission) -> None:
    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, submission.id), actor_id=None, now=runtime.now())


def test_every_tile_is_there_and_asked_about_before_each_use(server: Server, scene: Scene, tmp_path: Path) -> None:
    five(server.runtime, scene, tmp_path)
    addresses = tiles(server.runtime, scene)
    with server.client() as client:
        assert missing(client, addresses) == set()
        answer = client.get(addresses[-1])
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/jpeg", "no-cache")
        again = client.get(addresses[-1], headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content, client.head(addresses[-1]).status_code) == (304, b"", 200)
        elsewhere = ("99/0_0.jpg", "abc/0_0.jpg", "-1/0_0.jpg", "11/3_0.jpg", "11/0_-1.jpg", "11/0_0.png", "11/0_0.jpg?v=other")
        base = addresses[0].rpartition("/0/")[0]
        assert missing(client, [f"{base}/{name}" for name in elsewhere]) == {f"{base}/{name}" for name in elsewhere}
        found = collage(server.runtime, scene)
        own = [f"/media/productions/{found.public_id}{name}" for name in ("", f"/{zoom_places.PYRAMID}{found.generation}")]
        assert missing(client, own) == set(own)  # who has which place is nobody's list


def test_who_leaves_hides_every_tile_above_at_once_and_no_other(server: Server, scene: Scene, tmp_path: Path) -> None:
    runtime = server.runtime
    people = five(runtime, scene, tmp_path)
    addresses, touched = tiles(runtime, scene), above(runtime, scene, place_of(runtime, scene, people["Kei"]))
    with server.client() as client:
        tag = client.get(max(touched, key=len)).headers["etag"]
        leave(runtime, people["Kei"])
        assert missing(client, addresses) == touched
        assert client.get(max(touched, key=len), headers={"If-None-Match": tag}).status_code == 404
        page = client.get(PAGE).text
        marks = ("The picture is being made anew.", f"{WORDS}, Bo", "Kei", "data-zoom")
        assert [mark in page for mark in marks] == [True, True, False, False]
        build_zoomable_collage(runtime, scene.campaign.id)
        assert missing(client, addresses) == set()
        assert "The picture is being made anew." not in client.get(PAGE).text


def test_a_consent_that_ends_hides_like_a_withdrawal(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    touched = above(server.runtime, scene, place_of(server.runtime, scene, people["Bo"]))
    with server.runtime.database.writing() as session:
        row = session.get_one(Submission, people["Bo"].id)
        service.switch_purpose(session, row, Purpose.COLLAGE, agreed=False, language="en", now=server.runtime.now())
    with server.client() as client:
        assert missing(client, tiles(server.runtime, scene)) == touched


def test_nothing_of_who_left_is_in_any_file_afterwards(server: Server, scene: Scene, tmp_path: Path) -> None:
    runtime = server.runtime
    people = five(runtime, scene, tmp_path)
    field, place = collage(runtime, scene).field, place_of(runtime, scene, people["Kei"])
    before = {path: path.read_bytes() for path in runtime.settings.pyramids_dir.rglob("*.jpg")}
    leave(runtime, people["Kei"])
    build_zoomable_collage(runtime, scene.campaign.id)
    x, y = field.at(place)
    changed = {path for path, content in before.items() if path.read_bytes() != content}
    deepest = collage(runtime, scene).deepest
    assert {f"{path.parent.name}/{path.name}" for path in changed} >= {
        f"{level}/{x >> (deepest - level)}_{y >> (deepest - level)}.jpg" for level in range(4, deepest + 1)
    }
    own = next(content for path, content in before.items() if path.name == f"{x}_{y}.jpg" and path.parent.name == str(deepest))
    assert [path for path in runtime.settings.pyramids_dir.rglob("*") if path.is_file() and path.read_bytes() == own] == []


def test_the_list_says_of_everybody_what_the_picture_says(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    with server.client() as client:
        page = client.get(f"{PAGE}?view=list").text
        for name, submission in people.items():
            words = client.get(f"{PAGE}/places/{place_of(server.runtime, scene, submission)}").text
            is_shown = name != "Shy"
            assert [WORDS + f", {name}" in each for each in (page, words)] == [is_shown, is_shown]
            assert [submission.public_id in each for each in (page, words)] == [is_shown, is_shown]
            assert "Row " in words
            assert f"<bdi>{f'Photo, {name}' if is_shown else 'A voice from Bergen'}" in words
        assert page.count("Photo · <a") == 4
        assert page.count("A voice from Bergen") == 1  # its city, and no more
        nobody = client.get(f"{PAGE}/places/5").text
        assert ("data-tile" in nobody, "Nobody is here yet." in nobody) == (False, True)
        assert missing(client, [f"{PAGE}/places/{each}" for each in (6, -1, "abc")]) == {
            f"{PAGE}/places/{each}" for each in (6, -1, "abc")
        }


def test_the_page_knows_the_places_that_nobody_has_and_no_more(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    with server.client() as client:
        assert 'data-nobodys="5"' in client.get(PAGE).text
        first = place_of(server.runtime, scene, people["Bo"])
        leave(server.runtime, people["Bo"])
        build_zoomable_collage(server.runtime, scene.campaign.id)
        assert f'data-nobodys="{first} 5"' in client.get(PAGE).text


def test_places_that_nobody_has_are_told_in_runs(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    with server.runtime.database.writing() as session:
        assert zoom_queries.nobodys(session, scene.campaign.id, 9) == [range(5, 9)]
        leaving = [people[name].id for name in ("Bo", "Kei", "Kaho")]
        rows = session.scalars(select(CollagePlace).where(CollagePlace.submission_id.in_(leaving))).all()
        kept = sorted({0, 1, 2, 3, 4} - {row.place for row in rows})
        for row in rows:
            session.delete(row)
        session.flush()
        free = [place for run in zoom_queries.nobodys(session, scene.campaign.id, 5) for place in run]
        assert (free, zoom_queries.nobodys(session, 0, 3)) == ([each for each in range(5) if each not in kept], [range(3)])


def test_find_my_city_shows_its_voices_and_marks_its_places(
    server: Server, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoom_pages, "has_viewer", lambda: False)
    people = five(server.runtime, scene, tmp_path)
    with server.client() as client:
        page = client.get(f"{PAGE}?city=kobe").text
        assert ["Kei" in page, "Kaho" in page, "Bo<" in page, "2 voices from this city." in page] == [True, True, False, True]
        assert "data-zoom" not in page  # no viewer is here: the list alone, and nothing offers more
        assert "As a picture" not in page
        assert client.get(f"{PAGE}?city=nowhere").status_code == 404
        for name in ("Kei", "Kaho"):
            leave(server.runtime, people[name])
        assert "Nobody from this city is in the collage." in client.get(f"{PAGE}?city=kobe").text
        gone = "What you are looking for is not in the collage."
        asked = ("", f"?voice={people['Bo'].public_id}", f"?voice={people['Kei'].public_id}", "?place=5")
        assert [gone in client.get(f"{PAGE}{each}").text for each in asked] == [False, False, True, True]
    assert len(people) == 5


def test_find_mine_leads_to_the_place_and_the_receipt_is_in_no_address(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    link = f"http://127.0.0.1/r/{TOKEN}?saved=yes#purposes"
    with server.client() as client:
        expected = f"{PAGE}?voice={people['Amal'].public_id}#found"
        for typed in (TOKEN, link, f"  /r/{TOKEN}\n"):
            answer = client.post(f"{PAGE}/mine", data={"receipt": typed})
            assert (answer.status_code, answer.headers["location"]) == (303, expected)
        in_the_list = client.post(f"{PAGE}/mine", data={"receipt": TOKEN, "view": "list"})
        assert in_the_list.headers["location"] == expected.replace("#", "&view=list#")
        page = client.get(expected).text
        assert 'id="found"' in page
        assert TOKEN not in page
        assert "Here it is:" in page


def test_a_receipt_of_nothing_in_it_is_told_so_and_stands_in_this_answer_alone(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    five(server.runtime, scene, tmp_path)
    member(server.runtime, scene, tmp_path, name="Late", token="the-receipt-of-somebody-late")
    with server.client() as client:
        unknown = client.post(f"{PAGE}/mine", data={"receipt": "no-such-receipt-at-all"})
        late = client.post(f"{PAGE}/mine", data={"receipt": "the-receipt-of-somebody-late"})
        empty = client.post(f"{PAGE}/mine", data={"receipt": "", "view": "list"})
    assert [answer.status_code for answer in (unknown, late, empty)] == [422, 422, 422]
    assert ["There is no receipt under this address" in answer.text for answer in (unknown, late, empty)] == [True, False, False]
    assert ["This story is not in the collage." in late.text, "Paste the link of your receipt first." in empty.text] == [
        True,
        True,
    ]
    for answer, typed in ((unknown, "no-such-receipt-at-all"), (late, "the-receipt-of-somebody-late"), (empty, "")):
        assert (answer.headers["cache-control"], "<title>Please look again · " in answer.text) == ("no-store", True)
        assert answer.text.count('href="#field-receipt"') == 1  # the summary leads to the field
        assert f'name="receipt" type="text" value="{typed}"' in answer.text
        assert not typed or answer.text.count(typed) == 1
    assert ['name="view" value="list"' in answer.text for answer in (unknown, empty)] == [not has_viewer(), True]


@pytest.mark.usefixtures("scene")
def test_where_nothing_was_found_one_can_take_another_language(server: Server) -> None:
    with server.client() as client:
        answer = client.get(f"{PAGE}/mine?lang=fr")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?lang=fr")
        assert client.get("/c/no-such-campaign/collage/mine").status_code == 404


def test_the_receipt_leads_to_its_own_tile(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    with server.client() as client:
        assert f'href="{PAGE}?voice={people["Amal"].public_id}#found"' in client.get(f"/r/{TOKEN}").text


def test_while_it_is_made_anew_the_list_stands_alone(server: Server, scene: Scene, tmp_path: Path) -> None:
    runtime = server.runtime
    people = five(runtime, scene, tmp_path)
    leave(runtime, people["Kei"])
    with runtime.database.writing() as session:  # its index has fallen, as everything did in which somebody was
        work = production_at(session, scene.campaign.id, None, zoom_places.KIND)
        assert work is not None
        work.artefact_id = None
        session.execute(delete(ProductionFile).where(ProductionFile.production_id == work.id))
    with server.client() as client:
        page = client.get(PAGE).text
    marks = ("The picture is being made anew.", "The collage will hang here", f"{WORDS}, Bo", "Kei", "data-zoom")
    assert [mark in page for mark in marks] == [True, False, True, False, False]


def test_with_nobody_in_it_the_page_says_why(server: Server, scene: Scene) -> None:
    runtime, said = server.runtime, []
    with server.client() as client:
        said.append(client.get(PAGE).text)
        with runtime.database.writing() as session:
            request(session, session.get_one(Campaign, scene.campaign.id), zoom_places.KIND, now=runtime.now())
        said.append(client.get(PAGE).text)
        with runtime.database.writing() as session:
            session.execute(delete(Job))
        build_zoomable_collage(runtime, scene.campaign.id)
        with runtime.database.writing() as session:
            session.execute(update(CampaignCity).values(collection_closed_at=runtime.now()))
        said.append(client.get(PAGE).text)
    sentences = ("It begins with the first voices that are approved.", "The collage is being made", "There is no collage")
    assert [[sentence in page for sentence in sentences] for page in said] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_what_somebody_says_of_a_picture_is_marked_with_their_language(server: Server, scene: Scene, tmp_path: Path) -> None:
    people = five(server.runtime, scene, tmp_path)
    with server.runtime.database.writing() as session:
        bo = session.get_one(Submission, people["Bo"].id)
        bo.alt_text, bo.language = "En dør med to nøkler", "nb"
    with server.client() as client:
        page = client.get(f"{PAGE}?view=list").text
        found = client.get(f"{PAGE}?voice={people['Bo'].public_id}").text
    assert [
        'alt="En dør med to nøkler" lang="nb"' in page,
        'alt="Photo from Kobe" loading' in page,
        page.count('lang="nb" loading'),
    ] == [True, True, 1]
    assert f'<bdi>Photo, Bo, Bergen</bdi>: <span lang="nb" dir="auto">{WORDS}, Bo</span>' in found


def test_day_hashtag_and_address_stand_at_the_foot_for_paper(server: Server, scene: Scene, tmp_path: Path) -> None:
    five(server.runtime, scene, tmp_path)
    with server.client() as client:
        page = client.get(f"{PAGE}?view=list").text
    address = f"{server.runtime.settings.resolved_base_url}{PAGE}"
    assert f'<p class="collage-foot">Sunday, 20 June 2027 · <bdi>#OurHome</bdi> · <bdi>{address}</bdi></p>' in page


def test_before_the_day_there_is_no_collage_to_look_into(server: Server, scene: Scene, tmp_path: Path) -> None:
    five(server.runtime, scene, tmp_path)
    with server.runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.PRE_DAY
    with server.client() as client:
        page = client.get(PAGE).text
    assert ("The collage will hang here" in page, "Amal" in page) == (True, False)


def test_a_long_list_comes_in_pages_and_opens_where_somebody_is_looked_for(
    server: Server, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoom_pages, "LISTED", 2)
    people = five(server.runtime, scene, tmp_path)
    with server.client() as client:
        first, last = client.get(f"{PAGE}?view=list").text, client.get(f"{PAGE}?view=list&page=3").text
        found = client.get(f"{PAGE}?view=list&voice={people['Kaho'].public_id}").text
    assert [f"{PAGE}?view=list&amp;page=2#list" in each for each in (first, last)] == [True, True]
    assert ["Voices 1 to 2 of 5" in first, "Voices 5 to 5 of 5" in last] == [True, True]
    assert ['rel="next"' in first, 'rel="prev"' in first, 'rel="next"' in last] == [True, False, False]
    assert ('id="found"' in found, "Kaho" in found) == (True, True)


def test_static_files_travel_compressed(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/static/zoom.js")
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers.get("content-length", "0")) < len(gzip.compress(answer.content)) * 1.2
