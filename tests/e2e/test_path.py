"""The main job, from an empty network to the collage and back: real HTTP, real pipeline, no JavaScript."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.campaigns.days import load_international_days
from app.campaigns.service import run_due_steps
from app.demo.draw import draw
from app.enums import Phase, RoleName
from app.kits.toolkit import TOOLKITS_DIR
from app.models import Campaign, CampaignCity, City
from app.worker.registry import job_registry, step_registry
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Clock, Server
from tests.e2e.pages import form_on, send

CHAPTERS = """slug,names,source_language
nordic,en=Nordic Cities,en
"""
CITIES = """slug,names,source_language,country,time_zone,languages,latitude,longitude,chapters
bergen,nb=Bergen;en=Bergen,nb,NO,Europe/Oslo,nb;en,60.3929,5.3241,nordic
odesa,uk=Одеса;en=Odesa,uk,UA,Europe/Kyiv,uk;en,46.4775,30.7326,
"""
OFFICERS = """email,name,language,role,city,chapter
ingrid@bergen.example,Ingrid,en,officer,bergen,
andrii@odesa.example,Andrii,en,officer,odesa,
coordinator@nordic.example,Nils,en,coordinator,,nordic
"""
STORY = "Here the rain taught me the names of my neighbours."


def work(server: Server) -> None:
    """What the worker does meanwhile."""
    Worker(server.runtime, job_registry()).run_until_idle(300)


def tick(server: Server) -> int:
    """What the scheduler does meanwhile."""
    return run_due_steps(server.runtime, step_registry(), now=server.runtime.now())


def text_of(zipped: httpx.Response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.media
def phases(server: Server) -> dict[str, Phase]:
    """The phase of every place that takes part."""
    with server.runtime.database.reading() as session:
        joined = select(City.slug, CampaignCity.phase).join(City, City.id == CampaignCity.city_id)
        return {row[0]: row[1] for row in session.execute(joined.where(CampaignCity.joined_at.is_not(None)))}


def test_a_campaign_runs_from_brief_to_collage_and_a_story_can_be_taken_back(  # noqa: PLR0915 - one path, told in order
    server: Server, clock: Clock, tmp_path: Path
) -> None:
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        load_international_days(session, network, now=clock.now)
        manager_email = factories.person(session, network, RoleName.MANAGER).email
    manager = server.signed_in(manager_email)

    # 1. cities, chapters and officers come in; a campaign is made from a day, opened, cities invited
    for table in (CHAPTERS, CITIES, OFFICERS):
        page = manager.get("/desk/network")
        answer = send(manager, page, form_on(page, "/import"), table=table)
        assert answer.status_code == 303, answer.text
    page = manager.get("/desk/campaigns/new?day=world-refugee-day")
    answer = send(
        manager,
        page,
        form_on(page, having="day_on"),
        named={
            "title-en": "Our Home",
            "message-en": "Safety is something we build together",
            "objective-en": "To hear one another.",
            "question-en": "What does safety mean to you?",
            "hashtag-en": "#OurHome",
            "max_clip_s": "4",
        },
    )
    assert answer.status_code == 303, answer.text
    campaign = answer.headers["location"].split("/")[3].split("?")[0]
    assert httpx.get(f"{server.url}/c/{campaign}").status_code == 404  # a draft is nobody's yet
    desk = f"/desk/campaigns/{campaign}"
    page = manager.get(f"{desk}/open")
    assert send(manager, page, form_on(page, "/open")).status_code == 303
    answer = manager.post(f"{desk}/invite", data={"act": "all"})
    assert answer.status_code == 303, answer.text

    with server.runtime.database.writing() as session:  # the gate's two minutes are for other tests
        drafted = session.scalars(select(Campaign).where(Campaign.slug == campaign)).one()
        factories.checked(session, server.runtime, drafted, TOOLKITS_DIR)
    page = manager.get(f"{desk}/toolkit")
    assert send(manager, page, form_on(page, having="note")).status_code == 303

    # 2. an officer joins, finds the city's page, kit and form
    officer = server.signed_in("ingrid@bergen.example")
    assert officer.post(f"{desk}/join", data={"city": "bergen"}).status_code == 303
    place = f"/desk/c/{campaign}/bergen"
    city_page = officer.get(place)
    assert f"/c/{campaign}/bergen/share" in city_page.text
    kit = text_of(officer.get(f"{place}/kit.zip"))
    assert any(name.endswith(".pdf") for name in kit)
    assert all(
        Image.open(io.BytesIO(data)).mode == "RGBA" for name, data in kit.items() if "frame" in name and name.endswith(".png")
    )
    assert any("Bergen" in data.decode() and "#OurHome" in data.decode() for name, data in kit.items() if name.endswith(".txt"))
    page = officer.get(f"{place}/upload")
    upload = form_on(page, having="consent_note")
    answer = send(
        officer,
        page,
        upload,
        files=[("files", draw("harbour", "photo", tmp_path, seed=1)), ("files", draw("kites", "photo", tmp_path, seed=2))],
        text="The harbour in the morning.",
        credit="City of Bergen",
        alt_text="A harbour with boats.",
        consent_note="Nobody can be recognised.",
        consent_campaign_pages="yes",
        consent_collage="yes",
    )
    assert answer.status_code in {200, 303}, answer.text

    # 3. a resident tells a story with a clip that is longer than the campaign shows
    resident = server.client()
    share = f"/c/{campaign}/bergen/share"
    page = resident.get(share)
    answer = send(
        resident,
        page,
        form_on(page, having="adult"),
        files=[("file", draw("lake", "clip", tmp_path, seed=4))],
        text=STORY,
        spoken_words="Listen to the rain.",
        name="Amal",
        adult="yes",
        consent_campaign_pages="yes",
        consent_collage="yes",
        consent_city_film="yes",
        consent_network_accounts="yes",
    )
    assert answer.status_code == 303, answer.text
    receipt = answer.headers["location"]
    assert resident.get(receipt).status_code == 200

    # 4. the worker prepares it; the receipt shows the result and says that only the first part was kept
    work(server)
    page = resident.get(receipt)
    assert "0:04" in page.text
    clip = resident.get(f"{receipt}/media/square-main")
    assert (clip.status_code, clip.headers["content-type"]) == (200, "video/mp4")

    # 5. the officer approves; a coordinator of the chapter may look, an officer of another city may not
    page = officer.get("/desk/contributions")
    ids = sorted({part.split('"')[0].split("?")[0] for part in page.text.split("/desk/contributions/")[1:]})
    assert len(ids) == 3
    other_officer, coordinator = server.signed_in("andrii@odesa.example"), server.signed_in("coordinator@nordic.example")
    for public_id in ids:
        assert other_officer.get(f"/desk/contributions/{public_id}").status_code == 404
        assert other_officer.post(f"/desk/contributions/{public_id}", data={"act": "approve"}).status_code == 404
        assert coordinator.get(f"/desk/contributions/{public_id}").status_code == 200
    public = server.client()
    assert STORY not in public.get(f"/c/{campaign}").text
    for public_id in ids:
        assert public.get(f"/media/{public_id}/square-main").status_code == 404
        page = officer.get(f"/desk/contributions/{public_id}")
        answer = send(officer, page, form_on(page, having="reason"), act="approve")
        assert answer.status_code == 303, answer.text
    mine = next(public_id for public_id in ids if STORY in officer.get(f"/desk/contributions/{public_id}").text)
    handed_over = text_of(officer.get(f"/desk/contributions/{mine}/all.zip"))
    assert {name for name in handed_over if name.endswith(".mp4")} != set()
    assert text_of(officer.get(f"{place}/all.zip")) != {}

    # 6. the public page shows it, with the countdown to the day of the visitor's city
    page = public.get(f"/c/{campaign}?city=bergen")
    assert STORY in page.text
    assert "Listen to the rain." in page.text
    assert public.get(f"/media/{mine}/square-main").status_code == 200
    assert public.get(f"/c/{campaign}/bergen").status_code == 200
    listed = public.get(f"/api/v1/campaigns/{campaign}/contributions").json()
    assert {item["text"] for item in listed["items"]} == {STORY, "The harbour in the morning."}

    # 7. the scheduler brings the day to Bergen at its own midnight, once; collage and film are built
    midnight_at = datetime(2027, 6, 19, 22, 0, tzinfo=UTC)  # 00:00 on 20 June in Norway
    clock.now = midnight_at - timedelta(seconds=1)
    tick(server)  # what the weeks before the day bring: invitations, questions, reminders
    assert tick(server) == 0
    assert phases(server) == {"bergen": Phase.PRE_DAY, "elsewhere": Phase.PRE_DAY}
    clock.now = midnight_at
    assert tick(server) > 0
    assert tick(server) == 0
    assert phases(server) == {"bergen": Phase.DAY, "elsewhere": Phase.PRE_DAY}  # "another place" goes by the network's clock, UTC
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Campaign.phase)).one() is Phase.DAY
    work(server)
    page = public.get(f"/c/{campaign}")
    assert page.text.count("/media/productions/") > 0
    collage = "/media/productions/" + page.text.split("/media/productions/")[1].split('"')[0].split("?")[0]
    before = public.get(collage)
    assert (before.status_code, before.headers["content-type"]) == (200, "image/jpeg")
    page = public.get(f"/c/{campaign}/bergen")
    assert "/media/productions/" in page.text  # the city's film
    films = [part.split('"')[0] for part in page.text.split('"/media/productions/')[1:]]
    assert any(public.get(f"/media/productions/{film}").headers["content-type"] == "video/mp4" for film in films)

    # 8. the resident takes the story back: gone at once, then everywhere
    page = resident.get(f"{receipt}/withdraw")
    answer = send(resident, page, form_on(page, "/withdraw"))
    assert answer.status_code == 303, answer.text
    assert STORY not in public.get(f"/c/{campaign}").text
    assert public.get(f"/media/{mine}/square-main").status_code == 404
    assert public.get(collage).status_code == 404  # not a moment longer, before any work was done
    work(server)
    page = public.get(f"/c/{campaign}")
    after = public.get("/media/productions/" + page.text.split("/media/productions/")[1].split('"')[0].split("?")[0])
    assert after.status_code == 200
    assert after.content != before.content
    kinds = [key.split("/")[0] for key in server.runtime.storage.keys()]  # noqa: SIM118 - no dictionary
    assert kinds.count("original") == 2  # the city's own two photos
    assert STORY not in resident.get(receipt).text
