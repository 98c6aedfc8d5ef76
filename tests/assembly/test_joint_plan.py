"""The plan of a joint film: who decides what about it, which city comes first, and how its page says how fair it is."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.assembly.film_rules import CARD_STEPS, STEP_S, TRANSITION_STEPS
from app.assembly.joint import plan_of, whole_segments
from app.assembly.joint_guests import guests_of
from app.assembly.joint_material import read_joint
from app.assembly.joint_plan import BUDGET_S, MOST_GUESTS, JointChoice, in_order, joint_choice, note_opened, plan_joint_film
from app.assembly.queries import production_at
from app.assembly.steps import BuildJointFilm
from app.campaigns.steps import DueStep
from app.enums import Phase, ProductionKind, QuoteRole, RoleName, StepScope, SubmissionKind
from app.errors import RefusedFields
from app.kits.quotes import QUOTE_CHANGED
from app.models import AuditRow, CampaignCity, City, CityQuote, Job, JointFilmPlan, Network, Person, Production
from app.runtime import Runtime
from app.words import Words
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import requested, run_jobs, with_picture
from tests.conftest import Server

DESK = "/desk/campaigns/our-home/joint-film"
WHOLE, SHORT = ProductionKind.JOINT_FILM, ProductionKind.JOINT_FILM_SHORT


@pytest.fixture
def manager(runtime: Runtime, scene: Scene) -> Actor:
    """Who runs the campaign."""
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        factories.person(session, network, RoleName.OFFICER, city=scene.bergen)
        found = actor_of(session, factories.person(session, network, RoleName.MANAGER))
        assert found is not None
        return found


def quoted(session: Session, scene: Scene, city: City, name: str, role: QuoteRole = QuoteRole.VIP) -> int:
    part = session.scalars(select(CampaignCity).where(CampaignCity.city_id == city.id)).one()
    row = CityQuote(campaign_city_id=part.id, role=role, name=name, office=Words.one("en", "Singer"), portrait_alt_text="")
    row.text = Words.one("en", f"{name} says that home is a song.")
    row.agreed_at = row.created_at = row.changed_at = scene.campaign.created_at
    session.add(row)
    session.flush()
    return row.id


def test_a_plan_names_cities_and_guests_that_are_there_and_every_fault_is_said_at_once(
    runtime: Runtime, scene: Scene, manager: Actor
) -> None:
    with runtime.database.writing() as session:
        vip, mayor = (
            quoted(session, scene, scene.oslo, name, role) for name, role in (("Ada", QuoteRole.VIP), ("Bo", QuoteRole.MAYOR))
        )
        quoted(session, scene, scene.bergen, "Somebody", QuoteRole.RESIDENT)
        assert [guest.id for guest in guests_of(session, scene.campaign.id)] == [vip, mayor]
        there = {"joined": [scene.bergen.id, scene.oslo.id], "guests": [vip, mayor]}
        wrong = JointChoice(BUDGET_S[1] + 1, frozenset({999}), (vip, vip, 999, *range(1000, 1000 + MOST_GUESTS)), "tlh")
        with pytest.raises(RefusedFields) as refused:
            plan_joint_film(session, scene.campaign, wrong, **there, actor=manager, now=runtime.now())
        assert [each.code for each in refused.value.refusals] == [
            "form.out_of_range",
            "film.not_a_city",
            "film.not_a_guest",
            "film.guest_twice",
            "film.too_many_guests",
            "film.not_a_language",
        ]
        assert joint_choice(session, scene.campaign.id) == JointChoice()
        wanted = JointChoice(120, frozenset({scene.oslo.id}), (mayor, vip), "fr", with_music=True)
        outcomes = [plan_joint_film(session, scene.campaign, wanted, **there, actor=manager, now=runtime.now()) for _ in range(2)]
        assert outcomes == [True, False]
        assert joint_choice(session, scene.campaign.id) == wanted
        assert session.scalars(select(AuditRow.act).where(AuditRow.act == "joint_film.planned")).all() == ["joint_film.planned"]


def test_the_city_that_opens_changes_from_campaign_to_campaign_and_stays_within_one(runtime: Runtime, scene: Scene) -> None:
    cities = [scene.bergen.id, scene.kobe.id, scene.oslo.id]
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        earlier = factories.campaign(session, network, slug="earlier", day_on=date(2026, 6, 20))
        later = factories.campaign(session, network, slug="later", day_on=date(2028, 6, 20))
        assert in_order(session, scene.campaign, cities) == cities
        note_opened(session, earlier.id, scene.bergen.id, now=runtime.now())
        note_opened(session, later.id, scene.oslo.id, now=runtime.now())
        assert in_order(session, scene.campaign, cities) == [scene.kobe.id, scene.oslo.id, scene.bergen.id]
        note_opened(session, scene.campaign.id, scene.oslo.id, now=runtime.now())
        assert in_order(session, scene.campaign, cities) == [scene.oslo.id, scene.bergen.id, scene.kobe.id]
        without_oslo = cities[:2]  # it left: the turn is its neighbour's
        assert in_order(session, scene.campaign, without_oslo) == [scene.kobe.id, scene.bergen.id]


def test_another_place_stands_last_for_as_long_as_a_city_and_only_where_something_came(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        network = session.get_one(Network, scene.campaign.network_id)
        elsewhere = factories.city(session, network, "elsewhere")
        elsewhere.is_elsewhere = True
        factories.taking_part(session, scene.campaign, elsewhere, phase=Phase.DAY)
        assert len(read_joint(session, runtime, scene.campaign.id, WHOLE).parts) == 3
        sent = factories.submission(session, scene.campaign, elsewhere, kind=SubmissionKind.PHOTO)
        with_picture(session, runtime, sent, tmp_path, "red")
        session.flush()
        joint = read_joint(session, runtime, scene.campaign.id, WHOLE)
    assert [part.city.slug for part in joint.parts] == ["bergen", "kobe", "oslo", "elsewhere"]
    assert {time.steps() for time in joint.whole().cities} == {8}


def test_the_chapters_of_the_plan_are_as_long_as_the_rules_say_and_end_with_the_film(
    runtime: Runtime, scene: Scene, tmp_path: Path
) -> None:
    with runtime.database.writing() as session:
        for city in (scene.bergen, scene.bergen, scene.bergen, scene.oslo):
            sent = factories.submission(session, scene.campaign, city, kind=SubmissionKind.PHOTO)
            with_picture(session, runtime, sent, tmp_path, "red")
        guests = [quoted(session, scene, scene.oslo, name) for name in ("Ada", "Bo")]
        plan = {"campaign_id": scene.campaign.id, "budget_s": 480, "card_only": [scene.oslo.id], "with_music": False}
        session.add(JointFilmPlan(**plan, quotes=guests, changed_at=runtime.now()))
    planned = plan_of(runtime, WHOLE, scene.campaign.id, whole_segments)
    cut, reel = planned.joint.whole(), planned.reel
    starts = [round(chapter.start_s / STEP_S) for chapter in reel.chapters()]
    assert [chapter.title for chapter in reel.chapters()] == ["Our Home", "Bergen", "Kobe", "Oslo", "#OurHome"]
    before = CARD_STEPS + TRANSITION_STEPS + 2 * (cut.guest_steps + TRANSITION_STEPS)
    each = cut.city_steps + TRANSITION_STEPS
    assert starts == [0, before, before + each, before + 2 * each, before + 3 * each]
    assert cut.steps == starts[-1] + CARD_STEPS
    assert reel.starts_s()[-1] + reel.segments[-1].duration_s == pytest.approx(cut.seconds)


def test_the_step_has_both_cuts_made_and_made_for_good_once_the_day_is_over(runtime: Runtime, scene: Scene) -> None:
    def due(offset_days: int) -> DueStep:
        scope, campaign = StepScope.LAST_CITY, scene.campaign
        return DueStep(1, "build_joint_film", scope, offset_days, campaign, None, None, None, runtime.now(), None, None, "", 0)

    with runtime.database.writing() as session:
        for offset_days in (0, 1):
            assert BuildJointFilm().run(session, due(offset_days), runtime.now()) == {"final": offset_days}
            rows = session.scalars(select(Production).order_by(Production.kind)).all()
            assert {row.kind: row.final_at is not None for row in rows} == {WHOLE: bool(offset_days), SHORT: bool(offset_days)}
        kinds = session.scalars(select(Job.kind).order_by(Job.kind)).all()
        assert kinds == ["assembly.joint_film", "assembly.joint_film_short"]


@pytest.mark.usefixtures("manager")
def test_when_a_quote_is_taken_back_film_and_booklet_are_made_anew_also_when_it_is_not_chosen_any_more(
    server: Server, scene: Scene
) -> None:
    runtime, works = server.runtime, (WHOLE, ProductionKind.BOOKLET)
    with runtime.database.writing() as session:
        quote_id = quoted(session, scene, scene.bergen, "Ada")
        plan = {"campaign_id": scene.campaign.id, "budget_s": 480, "card_only": [], "with_music": False}
        session.add(JointFilmPlan(**plan, quotes=[], changed_at=runtime.now()))
        for kind in works:
            made = {"campaign_id": scene.campaign.id, "kind": kind, "public_id": kind.value, "version": 1, "contributions": 1}
            session.add(Production(**made, share_done=0.0, built_at=runtime.now()))
    officer = server.signed_in("officer@bergen.example")
    assert officer.post(f"/desk/c/our-home/bergen/quotes/{quote_id}/remove").status_code == 303
    with runtime.database.reading() as session:
        assert session.scalars(select(Job.kind)).all() == [QUOTE_CHANGED]
    run_jobs(runtime)
    with runtime.database.reading() as session:
        standing = [production_at(session, scene.campaign.id, None, kind) for kind in works]
        assert [(row.version, row.artefact_id, row.asked_at) for row in standing if row] == [(2, None, None)] * 2
        assert read_joint(session, runtime, scene.campaign.id, WHOLE).guests == []


def test_the_page_says_what_it_would_be_and_keeps_what_is_decided(
    server: Server, scene: Scene, manager: Actor, tmp_path: Path
) -> None:
    runtime = server.runtime
    with runtime.database.writing() as session:
        photo = factories.submission(session, scene.campaign, scene.bergen, kind=SubmissionKind.PHOTO)
        with_picture(session, runtime, photo, tmp_path, "red")
        ada, bo = (quoted(session, scene, scene.oslo, name) for name in ("Ada", "Bo"))
        email = session.get_one(Person, manager.person_id).email
    browser = server.signed_in(email)
    assert f'href="{DESK}"' in browser.get("/desk/campaigns/our-home").text
    page = browser.get(DESK)
    assert page.status_code == 200
    assert "Each city has 4.3 s." in page.text
    assert "1 of 1 contributions are seen in the whole film." in page.text
    assert re.findall(r'name="(guest_\d+)"', page.text) == [f"guest_{ada}", f"guest_{bo}"]
    typed = {
        "budget_s": "90",
        "captions_language": "fr",
        f"guest_{ada}": "2",
        f"guest_{bo}": "1",
        "card_only": str(scene.oslo.id),
    }
    kept = browser.post(DESK, data=typed)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{DESK}?told=kept")
    with runtime.database.reading() as session:
        choice = joint_choice(session, scene.campaign.id)
    assert choice == JointChoice(90, frozenset({scene.oslo.id}), (bo, ada), "fr")
    refused = browser.post(DESK, data=typed | {"budget_s": "5"})
    assert refused.status_code == 422
    assert 'value="5"' in refused.text
    made = browser.post(f"{DESK}/short/make")
    assert (made.status_code, made.headers["location"]) == (303, f"{DESK}#short")
    with runtime.database.reading() as session:
        assert session.scalars(select(Production.kind)).all() == [SHORT]
    assert requested(runtime) == [SHORT]


@pytest.mark.usefixtures("manager")
def test_only_who_runs_the_campaign_sees_the_page(server: Server) -> None:
    officer = server.signed_in("officer@bergen.example")
    answers = [officer.get(DESK), officer.post(DESK, data={"budget_s": "90"}), officer.post(f"{DESK}/whole/make")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert server.client().get(DESK).status_code in {303, 401}
    with server.runtime.database.reading() as session:
        assert session.scalars(select(Production)).all() == []
