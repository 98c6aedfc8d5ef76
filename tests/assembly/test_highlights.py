"""The best moments: chosen by hand at the desk, in an order, and made into a film that follows what people agree to."""

import io
from datetime import timedelta
from pathlib import Path

import av
import httpx
import pytest
from sqlalchemy import select, update

from app.assembly import film, film_rules, highlights, highlights_film
from app.assembly.film_rules import STEP_S, TRANSITION_STEPS
from app.assembly.highlights_film import build_highlights, plan_of
from app.assembly.highlights_queries import chosen_to_film
from app.assembly.queries import production_at
from app.assembly.service import request, stand
from app.assembly.steps import BuildCollage
from app.assembly.translations import write_translation
from app.campaigns.steps import DueStep
from app.enums import Phase, ProductionKind, Purpose, RoleName, StepScope, SubmissionKind, SubmissionState
from app.errors import NotFound, Refused
from app.models import Artefact, AuditRow, Campaign, CampaignCity, Network, Production, Submission
from app.runtime import Runtime
from app.submissions import service
from app.variants import Scope
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import requested, run_jobs, with_picture
from tests.campaigns.test_pages import said
from tests.conftest import Clock, Server
from tests.toolkits import OTHER_COLOURS, SLUG, freeze, lay_own

DESK = "/desk/campaigns/our-home/highlights"
SHORT_STEPS = 2  # of cards and photos here
SHORT_S, BETWEEN_S = SHORT_STEPS * STEP_S, TRANSITION_STEPS * STEP_S


@pytest.fixture
def manager_id(runtime: Runtime, scene: Scene) -> int:
    """Who runs the campaign."""
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, RoleName.OFFICER, city=scene.bergen)
        return factories.person(session, network, RoleName.MANAGER).id


@pytest.fixture
def told(runtime: Runtime, scene: Scene) -> dict[str, Submission]:
    """Words from each city."""
    with runtime.database.writing() as session:
        return {
            city.slug: factories.submission(session, scene.campaign, city, text=f"From {city.slug}", name=city.slug.title())
            for city in (scene.bergen, scene.kobe, scene.oslo)
        }


def choose(runtime: Runtime, scene: Scene, actor_id: int, *chosen: Submission) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        for each in chosen:
            highlights.choose(session, campaign, each.public_id, actor_id=actor_id, now=runtime.now())


def order(runtime: Runtime, scene: Scene) -> list[int]:
    with runtime.database.reading() as session:
        return chosen_to_film(session, scene.campaign.id)


def test_what_is_chosen_hangs_in_its_order_until_it_is_moved_or_taken_out(
    runtime: Runtime, scene: Scene, manager_id: int, told: dict[str, Submission]
) -> None:
    bergen, kobe, oslo = told["bergen"], told["kobe"], told["oslo"]
    choose(runtime, scene, manager_id, bergen, kobe, oslo, bergen)
    assert order(runtime, scene) == [bergen.id, kobe.id, oslo.id]
    with runtime.database.writing() as session:
        campaign, by = session.get_one(Campaign, scene.campaign.id), {"actor_id": manager_id, "now": runtime.now()}
        highlights.move(session, campaign, oslo.public_id, by=-1, **by)  # type: ignore[arg-type]
        highlights.move(session, campaign, bergen.public_id, by=-1, **by)  # type: ignore[arg-type]
    assert order(runtime, scene) == [bergen.id, oslo.id, kobe.id]
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        highlights.take_out(session, campaign, bergen.public_id, actor_id=manager_id, now=runtime.now())
    assert order(runtime, scene) == [oslo.id, kobe.id]
    with runtime.database.reading() as session:
        acts = select(AuditRow.act, AuditRow.subject_id).where(AuditRow.act.startswith("highlight.")).order_by(AuditRow.id)
        assert [tuple(row) for row in session.execute(acts)] == [
            ("highlight.chosen", bergen.id),
            ("highlight.chosen", kobe.id),
            ("highlight.chosen", oslo.id),
            ("highlight.moved", oslo.id),
            ("highlight.moved", bergen.id),
            ("highlight.taken_out", bergen.id),
        ]


def test_only_what_may_be_shown_in_this_campaign_is_chosen_and_not_without_end(
    runtime: Runtime, scene: Scene, manager_id: int, told: dict[str, Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        other = factories.campaign(session, network, slug="another")
        refused = [
            factories.submission(session, other, scene.bergen),
            factories.submission(session, scene.campaign, scene.bergen, state=SubmissionState.PENDING),
            factories.submission(session, scene.campaign, scene.bergen, consents=[Purpose.JOINT_FILM]),
        ]
    for each in refused:
        with pytest.raises(NotFound) as unknown:
            choose(runtime, scene, manager_id, each)
        assert unknown.value.code == "submission.unknown"
    monkeypatch.setattr(highlights, "MAX_HIGHLIGHTS", 2)
    choose(runtime, scene, manager_id, told["bergen"], told["kobe"])
    with pytest.raises(Refused) as full:
        choose(runtime, scene, manager_id, told["oslo"])
    assert (full.value.code, full.value.params) == ("highlights.too_many", {"limit": 2})


def act(manager: httpx.Client, name: str, each: Submission) -> None:
    back = f"{DESK}?city=kobe#choose"
    answer = manager.post(DESK, data={"act": name, "contribution": each.public_id, "back": back})
    assert (answer.status_code, answer.headers["location"]) == (303, back)


@pytest.mark.usefixtures("manager_id")
def test_the_manager_chooses_at_the_desk_by_city_and_sees_how_fair_it_is(
    server: Server, runtime: Runtime, scene: Scene, told: dict[str, Submission]
) -> None:
    manager = server.signed_in("manager@network.example")
    with runtime.database.writing() as session:
        more = factories.submission(session, scene.campaign, scene.kobe, text="More of it", consents=[Purpose.CAMPAIGN_PAGES])
    assert "Nothing is chosen yet." in said(manager.get(DESK))
    of_kobe = said(manager.get(DESK, params={"city": "kobe", "kind": "text"}))
    assert [f"From {city}" in of_kobe for city in ("kobe", "bergen")] == [True, False]
    for each in (told["kobe"], told["bergen"], more):
        act(manager, "choose", each)
    act(manager, "earlier", told["bergen"])
    act(manager, "later", told["kobe"])
    assert order(runtime, scene) == [told["bergen"].id, more.id, told["kobe"].id]
    page = said(manager.get(DESK))
    assert "3 chosen, from 2 of the 3 cities that have something to show. Most come from Kobe: 2." in page.replace("神戸", "Kobe")
    assert page.count("On the page only: its person did not agree to the joint film.") == 2  # in both lists
    assert "It is made of what you choose: at least one photo or film" in page
    act(manager, "take_out", more)
    assert order(runtime, scene) == [told["bergen"].id, told["kobe"].id]
    assert manager.post(DESK, data={"act": "shake", "contribution": more.public_id}).status_code == 422


@pytest.mark.usefixtures("manager_id")
def test_nobody_else_chooses(server: Server, told: dict[str, Submission]) -> None:
    officer = server.signed_in("officer@bergen.example")
    sent = {"act": "choose", "contribution": told["bergen"].public_id}
    assert [officer.get(DESK).status_code, officer.post(DESK, data=sent).status_code] == [403, 403]
    assert officer.post(f"{DESK}/make").status_code == 403


@pytest.mark.usefixtures("manager_id")
def test_one_too_many_is_told_on_the_page_and_whoever_has_the_film_made_is_on_record(
    server: Server, runtime: Runtime, scene: Scene, told: dict[str, Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(highlights, "MAX_HIGHLIGHTS", 1)
    manager = server.signed_in("manager@network.example")
    act(manager, "choose", told["kobe"])
    full = manager.post(DESK, data={"act": "choose", "contribution": told["bergen"].public_id})
    assert (full.status_code, order(runtime, scene)) == (409, [told["kobe"].id])
    assert manager.post(f"{DESK}/make").headers["location"] == f"{DESK}#film"
    assert requested(runtime) == [ProductionKind.HIGHLIGHTS]


def standing(runtime: Runtime, scene: Scene) -> Production:
    with runtime.database.reading() as session:
        found = production_at(session, scene.campaign.id, None, ProductionKind.HIGHLIGHTS)
        assert found is not None
        return found


def colour_at(runtime: Runtime, artefact_id: int | None, seconds: float) -> tuple[int, ...]:
    with runtime.database.reading() as session:
        key = session.get_one(Artefact, artefact_id).storage_key
    film = b"".join(runtime.storage.open_range(key))
    with av.open(io.BytesIO(film), mode="r") as container:
        frame = next(frame for frame in container.decode(video=0) if frame.time >= seconds)
        return tuple(round(int(value) / 50) for value in frame.to_ndarray(format="rgb24")[300, 540])


@pytest.mark.media
def test_the_film_shows_them_in_that_order_without_who_did_not_agree_and_follows_a_withdrawal(
    runtime: Runtime, scene: Scene, manager_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_rules, "PHOTO_STEPS", SHORT_STEPS)
    monkeypatch.setattr(highlights_film, "CARD_STEPS", SHORT_STEPS)
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).phase = Phase.POST_DAY  # nothing else is made of them
        session.execute(update(CampaignCity).values(phase=Phase.POST_DAY))
        photos = {}
        for city, colour in ((scene.bergen, "red"), (scene.kobe, "green"), (scene.oslo, "blue")):
            agreed = [Purpose.CAMPAIGN_PAGES, Purpose.JOINT_FILM] if colour != "blue" else [Purpose.CAMPAIGN_PAGES]
            photo = factories.submission(session, scene.campaign, city, kind=SubmissionKind.PHOTO, text="", consents=agreed)
            with_picture(session, runtime, photo, tmp_path, colour)
            photos[colour] = photo
    choose(runtime, scene, manager_id, photos["blue"], photos["green"], photos["red"])
    built = build_highlights(runtime, scene.campaign.id)
    first = standing(runtime, scene)
    assert (built.contributions, built.anew) == (2, True)
    assert first.duration_s == pytest.approx(4 * SHORT_S + 3 * BETWEEN_S, abs=0.05)
    begins, middle = SHORT_S + BETWEEN_S, SHORT_S / 2
    assert colour_at(runtime, first.artefact_id, begins + middle) == (1, 3, 1)
    assert colour_at(runtime, first.artefact_id, 2 * begins + middle) == (4, 1, 1)
    assert build_highlights(runtime, scene.campaign.id).anew is False

    with runtime.database.writing() as session:
        service.withdraw(session, session.get_one(Submission, photos["green"].id), actor_id=None, now=runtime.now())
    run_jobs(runtime)
    second = standing(runtime, scene)
    assert (second.version, second.contributions) == (2, 1)
    assert colour_at(runtime, second.artefact_id, begins + middle) == (4, 1, 1)
    assert order(runtime, scene) == [photos["blue"].id, photos["red"].id]


def test_each_is_drawn_as_its_chapter_has_it_so_that_its_segment_is_the_one_of_its_city_film(
    runtime: Runtime, scene: Scene, manager_id: int, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.toolkit_slug = SLUG
        chapter = factories.chapter(session, session.get_one(Network, campaign.network_id), cities=[scene.kobe])
        lay_own(session, runtime, Scope(campaign.network_id, chapter.id), OTHER_COLOURS)
        freeze(session, runtime, campaign, chapter)
        photos = [
            factories.submission(session, campaign, city, kind=SubmissionKind.PHOTO, text="Rain")
            for city in (scene.bergen, scene.kobe)
        ]
        for photo in photos:
            with_picture(session, runtime, photo, tmp_path, "red")
    choose(runtime, scene, manager_id, *photos)
    shown = [dict(segment.recipe) for segment in plan_of(runtime, scene.campaign.id).reel.segments[1:-1]]
    alone = [film.plan_of(runtime, scene.campaign.id, city.id).reel.segments[1].recipe for city in (scene.bergen, scene.kobe)]
    assert shown == alone
    assert shown[0]["drawn_with"] != shown[1]["drawn_with"]


def test_words_alone_make_no_film(runtime: Runtime, scene: Scene, manager_id: int, told: dict[str, Submission]) -> None:
    choose(runtime, scene, manager_id, *told.values())
    assert plan_of(runtime, scene.campaign.id).is_empty


def test_captions_are_translated_where_somebody_answers_for_it_and_its_language_is_chosen_at_the_desk(
    server: Server, runtime: Runtime, scene: Scene, manager_id: int, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).languages = ["en", "fr"]
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="Rain", language="nb")
        with_picture(session, runtime, photo, tmp_path, "red")
        write_translation(session, photo, "fr", "La pluie", person_id=manager_id, now=runtime.now())
    choose(runtime, scene, manager_id, photo)
    assert plan_of(runtime, scene.campaign.id).look.translations == {}
    manager = server.signed_in("manager@network.example")
    assert manager.post(f"{DESK}/captions", data={"captions_language": "fr"}).headers["location"] == f"{DESK}#film"
    page = manager.get(DESK).text
    assert 'value="fr" selected' in page
    look = plan_of(runtime, scene.campaign.id).look
    assert (look.captions_language, look.translations) == ("fr", {photo.id: "La pluie"})
    assert manager.post(f"{DESK}/captions", data={"captions_language": "ta"}).status_code == 422
    assert manager.post(f"{DESK}/captions", data={"captions_language": ""}).status_code == 303
    assert plan_of(runtime, scene.campaign.id).look.captions_language == ""


def test_a_final_film_takes_nothing_that_was_decided_later_until_it_is_made_by_hand(
    server: Server, runtime: Runtime, scene: Scene, manager_id: int, tmp_path: Path, clock: Clock
) -> None:
    with runtime.database.writing() as session:
        photos = [
            factories.submission(session, scene.campaign, city, kind=SubmissionKind.PHOTO, text="")
            for city in (scene.bergen, scene.kobe)
        ]
        for photo, colour in zip(photos, ("red", "green"), strict=True):
            with_picture(session, runtime, photo, tmp_path, colour)
        photos[1].decided_at = runtime.now() + timedelta(minutes=1)
        campaign = session.get_one(Campaign, scene.campaign.id)
        request(session, campaign, ProductionKind.HIGHLIGHTS, now=runtime.now(), final=True)
    choose(runtime, scene, manager_id, *photos)

    def filmed() -> list[int]:
        return [each for segment in plan_of(runtime, scene.campaign.id).reel.segments for each in segment.submission_ids]

    assert filmed() == [photos[0].id]
    clock.advance(timedelta(minutes=2))
    server.signed_in("manager@network.example").post(f"{DESK}/make")
    assert filmed() == [photo.id for photo in photos]


def test_the_last_step_of_the_collage_closes_best_moments_and_booklet_where_they_were_begun(
    runtime: Runtime, scene: Scene
) -> None:
    step = DueStep(
        *(1, "build_collage", StepScope.LAST_CITY, 21, scene.campaign, None, None, None),
        *(runtime.now(), None, None, "http://127.0.0.1", 90),
    )
    with runtime.database.writing() as session:
        standing = stand(session, scene.campaign, None, ProductionKind.HIGHLIGHTS, now=runtime.now(), final=False)
        standing.version = 1
        BuildCollage().run(session, step, runtime.now())
    with runtime.database.reading() as session:
        made = {row.kind: row.final_at for row in session.scalars(select(Production).order_by(Production.id))}
    last = {ProductionKind.COLLAGE, ProductionKind.ZOOMABLE_COLLAGE, ProductionKind.POSTER, ProductionKind.HIGHLIGHTS}
    assert made == dict.fromkeys(last, runtime.now())
