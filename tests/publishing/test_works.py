"""Files of works: who gets them, under what name, and that they are gone at once when somebody in them withdraws."""

import re
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.service import Finished, FinishedFile, request, take_in
from app.assembly.zoom import build_zoomable_collage
from app.derivation import Made
from app.enums import ArtefactKind, CampaignStatus, ProductionKind, Purpose, RoleName, SubmissionKind
from app.models import AuditRow, Campaign, City, Network, Production, ProductionFile, Submission
from app.publishing import collage_views
from app.publishing.works_queries import works_shown
from app.runtime import Runtime
from app.submissions import service
from tests import factories
from tests.assembly.works import with_tile
from tests.conftest import Server
from tests.publishing.conftest import Counted, Scene
from tests.publishing.test_pages import words_of

FILES = {"story": "video/mp4", "captions-en": "text/vtt", "preview": "video/mp4"}


def written(folder: Path, name: str, kind: ArtefactKind, media_type: str, parts: list[int]) -> Made:
    """A file that says its name; what is served does not depend on what is in it."""
    path = folder / f"{name}.{media_type.rpartition('/')[2]}"
    path.write_text(f"this is {name}")
    return Made(path=path, kind=kind, media_type=media_type, spec={"test": name}, parts=parts)


def film(
    session: Session, runtime: Runtime, campaign: Campaign, city: City | None, folder: Path, parts: list[int], name: str = "one"
) -> Production:
    """A film of these, with another shape, captions and a preview."""
    kind = ProductionKind.CITY_FILM if city else ProductionKind.JOINT_FILM
    files = [
        FinishedFile(file, written(folder, f"{name}-{kind.value}-{file}", ArtefactKind.FILM, media_type, parts), language="en")
        for file, media_type in FILES.items()
    ]
    main = written(folder, f"{name}-{kind.value}", ArtefactKind.FILM, "video/mp4", parts)
    poster = written(folder, f"{name}-{kind.value}-poster", ArtefactKind.FILM, "image/jpeg", [])
    finished = Finished(main, poster, parts, 1080, 1080, 12.5, files)
    city_id = city.id if city else None
    return take_in(session, runtime.storage, campaign, city_id, kind, finished, now=runtime.now())


def contribution(session: Session, scene: Scene, city: City) -> Submission:
    """A photo of this city."""
    return factories.submission(session, scene.campaign, city, kind=SubmissionKind.PHOTO, text="")


def collage(session: Session, runtime: Runtime, campaign: Campaign, folder: Path, parts: list[int]) -> Production:
    """A collage of these that is also there for stories."""
    main = written(folder, "collage", ArtefactKind.COLLAGE, "image/jpeg", parts)
    story = FinishedFile("story", written(folder, "collage-story", ArtefactKind.COLLAGE, "image/jpeg", parts))
    finished = Finished(main, None, parts, 1080, 1080, None, [story])
    return take_in(session, runtime.storage, campaign, None, ProductionKind.COLLAGE, finished, now=runtime.now())


def statuses(client: httpx.Client, addresses: list[str]) -> list[int]:
    return [client.get(address).status_code for address in addresses]


def test_the_public_gets_every_file_but_the_preview_until_somebody_in_the_film_withdraws(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        ida, odd = contribution(session, scene, scene.bergen), contribution(session, scene, scene.bergen)
        made = film(session, server.runtime, scene.campaign, scene.bergen, tmp_path, [ida.id, odd.id])
    address = f"/media/productions/{made.public_id}"
    with server.client() as client:
        addresses = [address, f"{address}/poster", f"{address}/story", f"{address}/captions-en"]
        assert statuses(client, addresses) == [200] * 4
        assert statuses(client, [f"{address}/preview", f"{address}/main", f"{address}/none"]) == [404] * 3
        captions = client.get(f"{address}/captions-en")
        assert (captions.headers["content-type"], captions.text) == (
            "text/vtt; charset=utf-8",
            "this is one-city_film-captions-en",
        )
        names = [client.get(f"{each}?download=1").headers["content-disposition"] for each in (address, f"{address}/story")]
        assert names == [
            'attachment; filename="our-home-bergen-city-film-v1.mp4"',
            'attachment; filename="our-home-bergen-city-film-story-v1.mp4"',
        ]
        with server.runtime.database.writing() as session:
            row = session.get_one(Submission, ida.id)
            service.withdraw(session, row, actor_id=None, now=server.runtime.now())
        assert statuses(client, addresses) == [404] * 4


def test_a_citys_page_has_the_film_with_captions_its_shapes_to_take_away_and_what_is_in_it_in_words(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        ida = contribution(session, scene, scene.bergen)
        ida.name, ida.alt_text = "Ida", "A quay in the rain."
        made = film(session, server.runtime, scene.campaign, scene.bergen, tmp_path, [ida.id])
        of_file = session.scalars(select(ProductionFile).where(ProductionFile.name == "story")).one()
        of_file.width_px, of_file.height_px = 1080, 1920
    address = f"/media/productions/{made.public_id}"
    with server.client() as client:
        page = client.get("/c/our-home/bergen").text
        tracks = re.findall(r'<track kind="captions" src="([^"?]*)[^"]*" srclang="(\w+)" label="(\w+)">', page)
        assert tracks == [(f"{address}/captions-en", "en", "English")]
        downloads = re.findall(r'<a href="([^"]*)" download>Download: (\w+)</a>', page)
        assert downloads == [(f"{address}?download=1", "Square"), (f"{address}/story?download=1", "Tall")]
        assert '<li><bdi>Photo, Ida</bdi>: <span lang="en" dir="auto">A quay in the rain.</span></li>' in page
        with server.runtime.database.writing() as session:
            row = session.get_one(Submission, ida.id)
            service.switch_purpose(session, row, Purpose.CITY_FILM, agreed=False, language="en", now=server.runtime.now())
        page = client.get("/c/our-home/bergen").text
        assert ("The film is being made anew" in page, made.public_id in page) == (True, False)


def test_nothing_of_a_campaign_that_is_no_longer_public_is_served(server: Server, scene: Scene, tmp_path: Path) -> None:
    with server.runtime.database.writing() as session:
        ida = contribution(session, scene, scene.bergen)
        made = film(session, server.runtime, scene.campaign, None, tmp_path, [ida.id])
        session.get_one(Campaign, scene.campaign.id).status = CampaignStatus.PREPARING
    address = f"/media/productions/{made.public_id}"
    with server.client() as client:
        assert statuses(client, [address, f"{address}/poster", f"{address}/story"]) == [404] * 3


def somebody_in_each_role(session: Session, scene: Scene) -> dict[str, str]:
    """Officers of Bergen, of Kobe, and of a city that is not in it; who runs the campaign. Their addresses."""
    network = session.scalars(select(Network)).one()
    outside = factories.city(session, network, "lyon")
    people = [factories.person(session, network, RoleName.OFFICER, city=city) for city in (scene.bergen, scene.kobe, outside)]
    people.append(factories.person(session, network, RoleName.MANAGER))
    return dict(zip(("bergen", "kobe", "lyon", "manager"), (person.email for person in people), strict=True))


def test_at_the_desk_a_citys_film_is_the_citys_and_a_joint_one_that_of_all_cities_in_it(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        emails = somebody_in_each_role(session, scene)
        parts = [contribution(session, scene, scene.bergen).id]
        works = [film(session, server.runtime, scene.campaign, city, tmp_path, parts) for city in (scene.bergen, None)]
        for work, name in zip(works, ("two", "three"), strict=True):
            work.final_at = server.runtime.now()
            place = scene.bergen if work.city_id else None
            film(session, server.runtime, scene.campaign, place, tmp_path, parts, name)
    clients = {who: server.signed_in(email) for who, email in emails.items()} | {"nobody": server.client()}
    found = {
        who: [
            client.get(f"/desk/works/{work.public_id}/{name}").status_code
            for work in works
            for name in ("main", "poster", "story", "preview", "versions/1", "versions/9")
        ]
        for who, client in clients.items()
    }
    everything, nothing, refused = [200, 200, 200, 200, 200, 404], [404] * 6, [303] * 6
    assert found == {
        "bergen": everything * 2,
        "kobe": nothing + everything,
        "lyon": nothing * 2,
        "manager": everything * 2,
        "nobody": refused * 2,
    }
    version = clients["bergen"].get(f"/desk/works/{works[0].public_id}/versions/1?download=1")
    assert version.headers["content-disposition"] == 'attachment; filename="our-home-bergen-city-film-v1.mp4"'
    assert version.text == "this is one-city_film"
    with server.runtime.database.writing() as session:
        row = session.get_one(Submission, parts[0])
        service.withdraw(session, row, actor_id=None, now=server.runtime.now())
    names = ["main", "poster", "story", "preview", "versions/1"]
    assert statuses(clients["bergen"], [f"/desk/works/{works[0].public_id}/{name}" for name in names]) == [404] * 5


def test_the_making_of_a_work_is_stopped_by_whoever_answers_for_it_and_leads_back_to_the_desk_only(
    server: Server, scene: Scene
) -> None:
    with server.runtime.database.writing() as session:
        emails = somebody_in_each_role(session, scene)
        now = server.runtime.now()
        of_city = request(session, scene.campaign, ProductionKind.CITY_FILM, city_id=scene.bergen.id, now=now)
        joint = request(session, scene.campaign, ProductionKind.JOINT_FILM, now=now)
    addresses = [f"/desk/works/{work.public_id}/cancel" for work in (of_city, joint)]
    back = {"back": "/desk/c/our-home/bergen/film"}
    for who, expected in [("lyon", [404, 404]), ("kobe", [404, 404]), ("bergen", [303, 404]), ("manager", [303, 303])]:
        client = server.signed_in(emails[who])
        assert [client.post(address, data=back).status_code for address in addresses] == expected
    client = server.signed_in(emails["manager"])
    wanted = ["/desk/c/our-home/bergen/film", "https://elsewhere.example/", "//elsewhere.example", "/desk/\\x", ""]
    assert [client.post(addresses[0], data={"back": each}).headers["location"] for each in wanted] == [wanted[0], *["/desk"] * 4]
    with server.runtime.database.reading() as session:
        rows = session.scalars(select(Production).order_by(Production.id)).all()
        acts = session.scalars(select(AuditRow.act).where(AuditRow.subject_kind == "production").order_by(AuditRow.id)).all()
    assert [(row.asked_at, row.cancelled_at) for row in rows] == [(None, now), (None, now)]
    assert acts == ["production.cancelled", "production.cancelled"]


def test_who_may_be_in_a_work_but_not_on_the_pages_is_told_as_a_contribution_and_no_more(
    server: Server, scene: Scene, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        ida = contribution(session, scene, scene.bergen)
        ida.name, ida.alt_text, ida.text = "Zarifa", "A quay in the rain.", "Nobody reads this"
        odd = contribution(session, scene, scene.bergen)
        odd.name = "Odd"
        parts = [ida.id, odd.id]
        collage(session, server.runtime, scene.campaign, tmp_path, parts)
        for city in (scene.bergen, None):
            film(session, server.runtime, scene.campaign, city, tmp_path, parts)
    lists = {"/c/our-home": 2, "/c/our-home/bergen": 1}  # the collage and the joint film; the city's film
    with server.client() as client:
        assert {page: client.get(page).text.count("<bdi>Photo, Zarifa</bdi>: ") for page in lists} == lists
        with server.runtime.database.writing() as session:
            row = session.get_one(Submission, ida.id)
            service.switch_purpose(session, row, Purpose.CAMPAIGN_PAGES, agreed=False, language="en", now=server.runtime.now())
        pages = [client.get(page).text for page in lists]
    assert [[word for word in ("Zarifa", "quay", "Nobody reads") if word in page] for page in pages] == [[], []]
    assert [page.count("<bdi>Photo</bdi></li>") for page in pages] == [2, 1]
    assert [page.count("<bdi>Photo, Odd</bdi></li>") for page in pages] == [2, 1]


def test_a_long_collage_is_told_by_city_and_read_in_its_list(
    server: Server, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collage_views, "READ_HERE", 2)
    with server.runtime.database.writing() as session:
        people = [contribution(session, scene, city) for city in (scene.bergen, scene.kobe, scene.kobe)]
        for each in people:
            with_tile(session, server.runtime, each, tmp_path, "red")
        collage(session, server.runtime, scene.campaign, tmp_path, [each.id for each in people])
    listed = re.compile(r'<details class="in-collage">.*?</details>', re.DOTALL)
    with server.client() as client:
        alone = listed.search(client.get("/c/our-home").text)
        build_zoomable_collage(server.runtime, scene.campaign.id)
        page = client.get("/c/our-home").text
        found = listed.search(page)
        assert alone is not None
        assert found is not None
        addresses = re.findall(r'href="([^"]*)"', found.group())
        assert addresses == [f"/c/our-home/collage?city={city}&amp;view=list#list" for city in ("bergen", "kobe")]
        assert words_of(alone.group()).count("Photo") == len(people)  # there is no other list of them yet
        assert words_of(found.group()).strip() == "What is on it: 3 contributions Bergen 1 contribution Kobe 2 contributions"
        assert "A poster of 3 contributions from 2 cities." in page
        assert "2 voices from this city." in client.get(unescape(addresses[1])).text


def test_everybody_in_a_work_is_asked_once_however_many_files_it_has(
    server: Server, scene: Scene, tmp_path: Path, counted: Counted
) -> None:
    with server.runtime.database.writing() as session:
        parts = [contribution(session, scene, scene.bergen).id]
        collage(session, server.runtime, scene.campaign, tmp_path, parts)
        for city in (scene.bergen, None):
            film(session, server.runtime, scene.campaign, city, tmp_path, parts)
    kinds = list(ProductionKind)
    with server.runtime.database.reading() as session, counted() as asked:
        found = works_shown(session, scene.campaign.id, kinds)
        of_city = works_shown(session, scene.campaign.id, kinds, city_id=scene.bergen.id)
    assert {kind: [file.file_name for file in work.files] for kind, work in (found | of_city).items()} == {
        ProductionKind.COLLAGE: ["our-home-collage-v1.jpeg", "our-home-collage-story-v1.jpeg"],
        ProductionKind.JOINT_FILM: [
            "our-home-joint-film-v1.mp4",
            "our-home-joint-film-captions-en-v1.vtt",
            "our-home-joint-film-story-v1.mp4",
        ],
        ProductionKind.CITY_FILM: [
            "our-home-bergen-city-film-v1.mp4",
            "our-home-bergen-city-film-captions-en-v1.vtt",
            "our-home-bergen-city-film-story-v1.mp4",
        ],
    }
    assert (len(asked), [statement.count("consent") > 0 for statement in asked]) == (2, [True, True])
    with server.runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, parts[0]), actor_id=None, now=server.runtime.now())
    with server.runtime.database.reading() as session:
        left = works_shown(session, scene.campaign.id, kinds)
    assert {kind: (work.shown.whole, work.files) for kind, work in left.items()} == {
        ProductionKind.COLLAGE: (False, []),
        ProductionKind.JOINT_FILM: (False, []),
    }
