"""What programs may read."""

from pathlib import Path

from app.enums import SubmissionKind
from app.runtime import Runtime
from tests import factories
from tests.assembly.works import with_picture
from tests.conftest import Server
from tests.publishing.conftest import Scene


def test_a_contribution_is_told_with_its_words_and_the_addresses_of_its_files(
    server: Server, scene: Scene, runtime: Runtime, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="My door.")
        with_picture(session, runtime, photo, tmp_path, "red")
    with server.client() as client:
        answer = client.get("/api/v1/campaigns/our-home/contributions").json()
        files = [client.get(media["url"]) for media in answer["items"][0]["media"]]
    side = 400 + photo.id
    main = {
        "role": "main",
        "format": "square",
        "media_type": "image/jpeg",
        "url": f"/media/{photo.public_id}/square-main",
        "width_px": side,
        "height_px": side,
        "duration_s": None,
    }
    preview = main | {
        "role": "preview",
        "url": f"/media/{photo.public_id}/square-preview",
        "width_px": side - 200,
        "height_px": side - 200,
    }
    assert answer == {
        "items": [
            {
                "id": photo.public_id,
                "kind": "photo",
                "origin": "resident",
                "city": "bergen",
                "language": "en",
                "text": "My door.",
                "spoken_words": "",
                "name": "Amal",
                "credit": None,
                "alt_text": "",
                "media": [main, preview],
                "received_at": "2027-06-01T08:00:00Z",
            }
        ],
        "next": None,
    }
    assert [file.headers["content-type"] for file in files] == ["image/jpeg", "image/jpeg"]
    assert [file.headers["cache-control"] for file in files] == ["no-cache", "no-cache"]


def test_a_long_list_comes_in_pages_that_name_the_next(server: Server, scene: Scene, runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        for _ in range(103):
            factories.submission(session, scene.campaign, scene.bergen)
    address: str | None = "/api/v1/campaigns/our-home/contributions?city=bergen"
    counts = []
    with server.client() as client:
        while address:
            page = client.get(address).json()
            counts.append(len(page["items"]))
            address = page["next"]
    assert counts == [100, 3]


def test_a_campaign_is_told_in_every_language_it_has(server: Server, scene: Scene) -> None:
    with server.client() as client:
        answer = client.get(f"/api/v1/campaigns/{scene.campaign.slug}").json()
        unknown = client.get("/api/v1/campaigns/nothing")
    assert answer == {
        "slug": "our-home",
        "title": {"en": "Our Home", "fr": "Notre maison"},
        "message": {"en": "Home is where we sing", "fr": "Chez nous, c'est où l'on chante"},
        "question": {"en": "What does safety mean to you?", "fr": "Que veut dire la sécurité pour vous ?"},
        "hashtag": {"en": "#OurHome", "fr": "#NotreMaison"},
        "day_on": "2027-06-20",
        "status": "open",
        "phase": "day",
        "languages": ["en", "fr"],
        "kinds": ["text", "photo", "clip", "sound"],
        "cities": ["bergen", "kobe"],
    }
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "campaign.unknown")


def test_part_of_a_file_can_be_asked_for(server: Server, scene: Scene, runtime: Runtime, tmp_path: Path) -> None:
    with runtime.database.writing() as session:
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO)
        with_picture(session, runtime, photo, tmp_path, "red")
    address = f"/media/{photo.public_id}/square-main"
    with server.client() as client:
        whole = client.get(address)
        part = client.get(address, headers={"Range": "bytes=2-5"})
        known = client.get(address, headers={"If-None-Match": whole.headers["etag"]})
        head = client.head(address)
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert (known.status_code, known.content) == (304, b"")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
