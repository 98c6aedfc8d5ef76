"""The desk as officers, coordinators and strangers meet it, on the real server."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import httpx
import pytest
from sqlalchemy import select, update

from app.enums import Purpose, SubmissionState
from app.models import CampaignCity, City, Consent, Submission
from tests.conftest import Server
from tests.moderation.conftest import COORDINATOR_OF_NORTH, MANAGER, OFFICER_OF_BERGEN, OFFICER_OF_LYON, World


def state_of(server: Server, public_id: str) -> SubmissionState:
    with server.runtime.database.reading() as session:
        return session.scalars(select(Submission).where(Submission.public_id == public_id)).one().state


def zip_of(answer: httpx.Response) -> ZipFile:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return ZipFile(BytesIO(answer.content))


def test_an_officer_goes_through_the_queue_and_can_think_again(server: Server, world: World) -> None:
    waiting, clip = world.ids["waiting of bergen"], world.ids["clip of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        home = browser.get("/desk")
        assert "2 contributions wait for you." in home.text
        first = browser.get("/desk/queue")
        assert first.headers["location"] == f"/desk/contributions/{waiting}"
        page = browser.get(first.headers["location"])
        assert "A quay in bergen" in page.text
        assert f"/desk/media/{waiting}/square-preview" in page.text
        approved = browser.post(f"/desk/contributions/{waiting}", data={"act": "approve"})
        assert (approved.status_code, approved.headers["location"]) == (303, f"/desk/queue?after={waiting}")
        following = browser.get(approved.headers["location"])
        assert following.headers["location"] == f"/desk/contributions/{clip}?after={waiting}"
        assert "Change the decision" in browser.get(following.headers["location"]).text
        changed = browser.post(f"/desk/contributions/{waiting}", data={"act": "reject", "reason": "quality", "note": "Too dark"})
        assert changed.headers["location"] == f"/desk/contributions/{waiting}"
        assert "Too dark" in browser.get(changed.headers["location"]).text
    assert state_of(server, waiting) is SubmissionState.REJECTED


def test_a_clip_without_words_is_not_approved_and_nothing_typed_is_lost(server: Server, world: World) -> None:
    clip = world.ids["clip of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        refused = browser.post(f"/desk/contributions/{clip}", data={"act": "approve", "spoken_words": "", "note": "Thank you"})
        assert refused.status_code == 422
        assert 'href="#field-spoken_words"' in refused.text
        assert "Thank you</textarea>" in refused.text
        assert state_of(server, clip) is SubmissionState.PENDING
        browser.post(f"/desk/contributions/{clip}", data={"act": "approve", "spoken_words": "Hei fra Bergen"})
        assert state_of(server, clip) is SubmissionState.APPROVED
        assert "Hei fra Bergen" in browser.get(f"/desk/contributions/{clip}").text


def test_a_rejection_without_a_reason_says_so_beside_the_field(server: Server, world: World) -> None:
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        refused = browser.post(f"/desk/contributions/{world.ids['waiting of bergen']}", data={"act": "reject"})
    assert refused.status_code == 422
    assert 'id="field-reason-wrong"' in refused.text


def addresses_of_lyon(world: World) -> list[str]:
    waiting, approved = world.ids["waiting of lyon"], world.ids["approved of lyon"]
    return [
        f"/desk/contributions/{waiting}",
        f"/desk/contributions/{waiting}/withdraw",
        f"/desk/contributions/{approved}",
        f"/desk/contributions/{approved}/all.zip",
        f"/desk/contributions/{approved}/files/square-main",
        f"/desk/media/{waiting}/square-main",
        f"/desk/media/{waiting}/square-preview",
        f"/desk/media/{approved}/story-main",
        "/desk/c/our-home/lyon",
        "/desk/c/our-home/lyon/all.zip",
        "/desk/c/our-home/lyon/kit.zip",
        "/desk/c/our-home/lyon/qr.svg",
        "/desk/c/our-home/lyon/kit",
        "/desk/c/our-home/lyon/kit/note/briefing.fr.pdf",
        "/desk/c/our-home/lyon/kit/frames/square.fr.png?small=true",
    ]


@pytest.mark.parametrize("email", [OFFICER_OF_BERGEN, COORDINATOR_OF_NORTH])
def test_another_city_s_contributions_are_not_there_for_an_officer_or_a_coordinator_of_another_chapter(
    server: Server, world: World, email: str
) -> None:
    waiting = world.ids["waiting of lyon"]
    with server.signed_in(email) as browser:
        assert {address: browser.get(address).status_code for address in addresses_of_lyon(world)} == dict.fromkeys(
            addresses_of_lyon(world), 404
        )
        posts = {
            f"/desk/contributions/{waiting}": {"act": "approve"},
            f"/desk/contributions/{waiting}/words": {"spoken_words": "mine now"},
            f"/desk/contributions/{waiting}/withdraw": {},
        }
        assert [browser.post(address, data=data).status_code for address, data in posts.items()] == [404, 404, 404]
        decision = browser.post(f"/api/v1/desk/contributions/{waiting}/decision", json={"verdict": "approve"})
        assert decision.status_code == 404
        for address in ("/desk", "/desk/contributions", "/desk/contributions?city=lyon", "/api/v1/desk/queue"):
            seen = browser.get(address).text
            assert [public_id for name, public_id in world.ids.items() if "lyon" in name and public_id in seen] == []
            assert "A quay in lyon" not in seen
    assert state_of(server, waiting) is SubmissionState.PENDING


@pytest.mark.usefixtures("drawn_before")
def test_every_address_of_lyon_is_there_for_lyon_and_for_the_manager(server: Server, world: World) -> None:
    for email in (OFFICER_OF_LYON, MANAGER):
        with server.signed_in(email) as browser:
            assert {browser.get(address).status_code for address in addresses_of_lyon(world)} == {200}


def test_a_stranger_is_sent_to_sign_in_and_sees_nothing(server: Server, world: World) -> None:
    with server.client() as browser:
        for address in [*addresses_of_lyon(world), "/desk", "/desk/queue", "/desk/contributions"]:
            answer = browser.get(address)
            assert (answer.status_code, answer.headers.get("location")) == (303, "/desk/sign-in"), address
        assert browser.get("/api/v1/desk/queue").status_code == 401


def test_originals_have_no_address(server: Server, world: World) -> None:
    waiting = world.ids["waiting of bergen"]
    with server.signed_in(MANAGER) as browser:
        asked = [f"/desk/media/{waiting}/original-main", f"/desk/contributions/{waiting}/files/original-main"]
        assert [browser.get(address).status_code for address in asked] == [404, 403]
        approved = world.ids["approved of bergen"]
        assert browser.get(f"/desk/contributions/{approved}/files/original-main").status_code == 404


def test_without_consent_to_social_media_nothing_can_be_taken_away(server: Server, world: World) -> None:
    kept, free = world.ids["pages_only of bergen"], world.ids["approved of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        page = browser.get(f"/desk/contributions/{kept}")
        assert f"/desk/contributions/{kept}/all.zip" not in page.text
        assert "Not for your accounts" in page.text
        taken = [browser.get(f"/desk/contributions/{kept}/{path}").status_code for path in ("all.zip", "files/square-main")]
        assert taken == [403, 403]
        waiting = world.ids["waiting of bergen"]
        assert browser.get(f"/desk/contributions/{waiting}/all.zip").status_code == 403
        assert browser.get(f"/desk/contributions/{free}/all.zip").status_code == 200
        end_consent(server, free, Purpose.NETWORK_ACCOUNTS)
        assert browser.get(f"/desk/contributions/{free}/all.zip").status_code == 403
        assert browser.get("/desk/c/our-home/bergen/all.zip").status_code == 404


def end_consent(server: Server, public_id: str, purpose: Purpose) -> None:
    with server.runtime.database.writing() as session:
        row = session.scalars(select(Submission).where(Submission.public_id == public_id)).one()
        consent = session.scalars(select(Consent).where(Consent.submission_id == row.id, Consent.purpose == purpose)).one()
        consent.ended_at = server.runtime.now()


def test_an_approved_contribution_offers_every_format_and_a_post_for_each_network(server: Server, world: World) -> None:
    approved = world.ids["approved of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        page = browser.get(f"/desk/contributions/{approved}").text
        assert f"/desk/contributions/{approved}/files/square-main" in page
        assert "#OurHome http://127.0.0.1" in page
        assert "Post for Facebook, Instagram, X, LinkedIn, Mastodon, Bluesky" in page
        file = browser.get(f"/desk/contributions/{approved}/files/story-main")
        assert file.headers["content-disposition"] == f'attachment; filename="2027-06-01-photo-{approved}-story.jpg"'
        assert file.headers["cache-control"] == "private, no-cache"


def test_all_of_a_city_is_one_zip_of_what_may_leave(server: Server, world: World) -> None:
    approved = world.ids["approved of bergen"]
    folder = f"2027-06-01-photo-{approved}"
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        archive = zip_of(browser.get("/desk/c/our-home/bergen/all.zip"))
    networks = ("facebook", "instagram", "x", "linkedin", "mastodon", "bluesky")
    assert archive.namelist() == [
        "contributions.csv",
        f"{folder}/square.jpg",
        f"{folder}/story.jpg",
        *(f"{folder}/post-{network}.txt" for network in networks),
        f"{folder}/alt-text.txt",
        f"{folder}/words.txt",
    ]
    [row] = csv.DictReader(StringIO(archive.read("contributions.csv").decode("utf-8-sig")))
    assert (row["name"], row["city"], row["words"], row["files"]) == ("Amal", "Bergen", "Home in bergen", "square.jpg story.jpg")
    assert "Home in bergen" in row["post_mastodon"]


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(server: Server, world: World) -> None:
    with server.runtime.database.writing() as session:
        row = session.scalars(select(Submission).where(Submission.public_id == world.ids["approved of bergen"])).one()
        row.name = '=HYPERLINK("https://evil.example")'
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        archive = zip_of(browser.get("/desk/c/our-home/bergen/all.zip"))
    [cells] = csv.DictReader(StringIO(archive.read("contributions.csv").decode("utf-8-sig")))
    assert cells["name"] == """'=HYPERLINK("https://evil.example")"""


def test_an_officer_takes_a_contribution_back_on_its_person_s_request(server: Server, world: World) -> None:
    approved = world.ids["approved of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        assert "cannot be undone" in browser.get(f"/desk/contributions/{approved}/withdraw").text
        assert browser.post(f"/desk/contributions/{approved}/withdraw").status_code == 303
        assert state_of(server, approved) is SubmissionState.WITHDRAWN
        assert browser.get(f"/desk/media/{approved}/square-main").status_code == 404
        assert "Home in bergen" not in browser.get(f"/desk/contributions/{approved}").text


@pytest.mark.usefixtures("drawn_before")
def test_the_city_page_has_the_form_its_code_and_the_kit(server: Server, world: World) -> None:
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        page = browser.get(f"/desk/c/{world.campaign_slug}/bergen").text
        assert 'value="http://127.0.0.1/c/our-home/bergen/share"' in page
        assert "4 contributions have come in. 2 wait for a person. 2 are approved." in page
        kit = zip_of(browser.get("/desk/c/our-home/bergen/kit.zip"))
        assert f"Download the kit (ZIP, {len(kit.namelist())} files)" in page
        assert b"<svg" in browser.get("/desk/c/our-home/bergen/qr.svg").content
        assert browser.get("/desk/c/our-home/bergen/qr.png?download=true").headers["content-disposition"].startswith("attachment")
        pieces = "/desk/c/our-home/bergen/kit"
        assert browser.get(f"{pieces}/note/briefing.en.pdf").content == kit.read("note/briefing.en.pdf")
        assert browser.get(f"{pieces}/frames/square.en.png").content.startswith(b"\x89PNG")
        assert browser.get(f"{pieces}/print/poster.en.pdf?small=true").content[8:12] == b"WEBP"
        assert browser.get(f"{pieces}/letters/press-release.en.txt?download=true").headers["content-disposition"] == (
            "attachment; filename*=UTF-8''our-home-bergen-letters-press-release.en.txt"
        )
        assert browser.get(f"{pieces}/frames/square.nl.png").status_code == 404
        shown = browser.get(pieces).text
        for name in kit.namelist():
            if "/" in name and not name.startswith("first/"):
                asked = "" if name.endswith(".html") else "?download=true"  # a page is looked at, beside its pictures
                assert f'href="{pieces}/{name}{asked}"' in shown, name
    assert list(server.runtime.settings.incoming_dir.iterdir()) == []


def test_the_list_can_be_narrowed_by_city_and_state(server: Server, world: World) -> None:
    with server.signed_in(MANAGER) as browser:
        page = browser.get("/desk/contributions?city=lyon&state=pending").text
    assert {name for name, public_id in world.ids.items() if f'href="/desk/contributions/{public_id}"' in page} == {
        "waiting of lyon",
        "clip of lyon",
    }


@pytest.mark.usefixtures("world", "drawn_before")
def test_an_invited_city_is_asked_to_join_and_then_finds_its_kit(server: Server) -> None:
    with server.runtime.database.writing() as session:
        bergen = select(City.id).where(City.slug == "bergen")
        session.execute(update(CampaignCity).where(CampaignCity.city_id.in_(bergen)).values(joined_at=None))
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        assert "Bergen is invited to “Our Home”." in browser.get("/desk").text
        assert "Join with your city" in browser.get("/desk/c/our-home/bergen").text
        assert browser.get("/desk/c/our-home/bergen/kit.zip").status_code == 404
        assert browser.post("/desk/campaigns/our-home/join", data={"city": "bergen"}).status_code == 303
        assert browser.get("/desk/c/our-home/bergen/kit.zip").status_code == 200
