"""The queue and decisions as programs meet them."""

from tests.conftest import Server
from tests.moderation.conftest import OFFICER_OF_BERGEN, World


def test_the_queue_lists_what_waits_in_the_city_oldest_first(server: Server, world: World) -> None:
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        answer = browser.get("/api/v1/desk/queue").json()
    assert [item["public_id"] for item in answer["items"]] == [world.ids["waiting of bergen"], world.ids["clip of bergen"]]
    assert answer["next"] is None
    first = answer["items"][0]
    assert (first["city"], first["kind"], first["text"], first["received_at"]) == (
        "bergen",
        "photo",
        "A quay in bergen",
        "2027-06-01T08:00:00Z",
    )


def test_a_decision_is_made_and_taken_back_with_the_rules_of_the_page(server: Server, world: World) -> None:
    waiting, clip = world.ids["waiting of bergen"], world.ids["clip of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        approved = browser.post(f"/api/v1/desk/contributions/{waiting}/decision", json={"verdict": "approve"})
        assert approved.json() == {
            "public_id": waiting,
            "state": "approved",
            "verdict": "approve",
            "reason": None,
            "note": None,
            "decided_at": "2027-06-01T12:00:00Z",
        }
        rejected = browser.post(
            f"/api/v1/desk/contributions/{waiting}/decision", json={"verdict": "reject", "reason": "not_about", "note": "Off"}
        )
        assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", "not_about")
        wordless = browser.post(f"/api/v1/desk/contributions/{clip}/decision", json={"verdict": "approve"})
        assert (wordless.status_code, wordless.json()["error"]["code"]) == (422, "moderation.words_needed")
        unknown = browser.post(f"/api/v1/desk/contributions/{clip}/decision", json={"verdict": "approve", "because": "x"})
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "request.invalid")


def test_a_decision_from_another_site_is_refused(server: Server, world: World) -> None:
    waiting = world.ids["waiting of bergen"]
    with server.signed_in(OFFICER_OF_BERGEN) as browser:
        answer = browser.post(
            f"/api/v1/desk/contributions/{waiting}/decision",
            json={"verdict": "approve"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        assert len(browser.get("/api/v1/desk/queue").json()["items"]) == 2
    assert answer.status_code == 403
