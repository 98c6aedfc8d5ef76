"""A campaign from draft to its end, on the real database."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.campaigns.draft import CampaignDraft, is_hashtag
from app.campaigns.queries import cities_in, participation, runs_of
from app.campaigns.service import Invited, close_campaign, create_campaign, edit_campaign, invite, join, open_campaign
from app.db.session import Database
from app.enums import CampaignStatus, Phase, RoleName, StepState
from app.errors import NotFound, Refused, RefusedFields
from app.models import AuditRow, Campaign, Job, Mail, Role, TimelineStep
from app.words import Words
from tests import factories
from tests.campaigns.conftest import BASE_URL, DAY, KEEP_DAYS, NOON, TOOLKITS, World, draft, words


@pytest.fixture
def session(database: Database, world: World) -> Iterator[Session]:  # noqa: ARG001 - the world is written first
    with database.writing() as opened:
        yield opened


def test_a_new_campaign_is_a_draft_with_its_time_line(session: Session, world: World) -> None:
    campaign = world.planned(session)
    assert (campaign.slug, campaign.status, campaign.phase) == ("world-refugee-day-2027", CampaignStatus.DRAFT, None)
    steps = session.execute(
        select(TimelineStep.action, TimelineStep.scope, TimelineStep.offset_days).order_by(TimelineStep.position)
    )
    assert [(action, scope.value, offset) for action, scope, offset in steps] == [
        ("campaign_starts", "first_city", 0),
        ("start_of_day", "each_city", 0),
        ("build_collage", "first_city", 0),
        ("build_city_film", "each_city", 0),
        ("end_of_day", "each_city", 1),
        ("build_city_film", "each_city", 1),
        ("campaign_ends", "last_city", 1),
        ("build_collage", "last_city", 1),
    ]
    assert runs_of(session, campaign.id) == []


def test_a_second_campaign_on_the_same_day_gets_an_address_of_its_own(session: Session, world: World) -> None:
    assert [world.planned(session).slug for _ in range(3)] == [
        "world-refugee-day-2027",
        "world-refugee-day-2027-2",
        "world-refugee-day-2027-3",
    ]


def test_everything_wrong_with_a_draft_is_said_at_once(session: Session, world: World) -> None:
    wrong = replace(
        draft(),
        title=Words("en", {"en": "", "fr": "x" * 121}),
        hashtag=words("#Our Home"),
        pre_day_offset_days=1,
        post_day_offset_days=400,
        kinds=(),
        formats=("round",),
        max_clip_s=1,
        max_text_chars=10,
        toolkit_slug="nowhere",
    )
    with pytest.raises(RefusedFields) as caught:
        create_campaign(session, day=world.day, draft=wrong, toolkits=TOOLKITS, actor=world.manager, now=NOON)
    assert [(each.field, each.code) for each in caught.value.refusals] == [
        ("title-en", "campaign.title_missing"),
        ("title-fr", "form.too_long"),
        ("hashtag-en", "campaign.not_a_hashtag"),
        ("days_before", "form.out_of_range"),
        ("days_after", "form.out_of_range"),
        ("max_clip_s", "form.out_of_range"),
        ("max_text_chars", "form.out_of_range"),
        ("kinds", "campaign.no_kind"),
        ("formats", "campaign.no_format"),
        ("toolkit_slug", "form.not_a_choice"),
    ]
    assert session.scalars(select(Campaign)).all() == []


def test_hashtags_may_be_in_any_script_and_hold_no_sign_that_ends_a_link() -> None:
    good = ["#OurHome", "#CitiesWithRefugees2027", "#எங்கள்வீடு", "#घर", "#بيتنا", "#خانه\u200cما", "#我们的家", "#notre_maison"]
    bad = ["OurHome", "#", "#2027", "#Our Home", "#Our-Home", "#l'école", "#home!", "##home"]
    assert [text for text in good if not is_hashtag(text)] == []
    assert [text for text in bad if is_hashtag(text)] == []


def test_a_draft_can_be_written_again_and_an_open_campaign_cannot(session: Session, world: World) -> None:
    campaign = world.planned(session)
    moved: CampaignDraft = replace(draft(date(2028, 6, 20)), message=words("A door that opens"))
    edit_campaign(session, campaign, draft=moved, toolkits=TOOLKITS, actor=world.manager, now=NOON)
    assert (campaign.day_on, campaign.message) == (date(2028, 6, 20), words("A door that opens"))
    open_campaign(session, campaign, actor=world.manager, now=NOON)
    with pytest.raises(Refused, match=r"campaign\.brief_is_fixed"):
        edit_campaign(session, campaign, draft=draft(), toolkits=TOOLKITS, actor=world.manager, now=NOON)


def test_opening_twice_changes_nothing_and_a_closed_campaign_stays_closed(session: Session, world: World) -> None:
    campaign = world.opened(session)
    open_campaign(session, campaign, actor=world.manager, now=NOON + timedelta(days=1))
    assert (campaign.status, campaign.phase, campaign.opened_at) == (CampaignStatus.OPEN, Phase.PRE_DAY, NOON)
    close_campaign(session, campaign, actor=world.manager, keep_originals_days=KEEP_DAYS, now=NOON)
    close_campaign(session, campaign, actor=world.manager, keep_originals_days=KEEP_DAYS, now=NOON)
    with pytest.raises(Refused, match=r"campaign\.is_closed"):
        open_campaign(session, campaign, actor=world.manager, now=NOON)
    acts = session.scalars(select(AuditRow.act).order_by(AuditRow.id)).all()
    assert acts == ["campaign.created", "campaign.opened", "campaign.closed"]


def test_what_is_still_planned_when_a_campaign_closes_is_skipped_with_the_reason(session: Session, world: World) -> None:
    campaign = world.opened(session)
    world.joined(session, campaign, "torino")
    close_campaign(session, campaign, actor=world.manager, keep_originals_days=KEEP_DAYS, now=NOON)
    found = {(each.run.state, each.run.reason_code) for each in runs_of(session, campaign.id)}
    assert found == {(StepState.SKIPPED, "campaign_closed")}


def test_officers_of_invited_cities_get_one_mail_in_their_language(session: Session, world: World) -> None:
    silent = factories.city(session, world.network, "bergen")
    second = factories.person(session, world.network, city=world.cities["torino"], email="b@torino.example", language="fr")
    campaign = world.opened(session)
    cities = [world.cities["torino"], silent]
    told = [invite(session, campaign, cities=cities, actor=world.manager, now=NOON, base_url=BASE_URL) for _ in range(2)]
    assert told == [Invited(cities=2, people=2, silent_cities=1), Invited(cities=0, people=0, silent_cities=0)]
    mails = {mail.person_id: mail for mail in session.scalars(select(Mail))}
    assert set(mails) == {world.officers["torino"].id, second.id}
    city = world.cities["torino"].id
    assert {mail.idempotency_key for mail in mails.values()} == {f"invitation:{campaign.id}:{each}:{city}" for each in mails}
    english = mails[world.officers["torino"].id]
    assert english.subject == "Our Home: will your city join?"
    assert "Torino" in english.body
    assert "https://voices.example/desk/campaigns/world-refugee-day-2027" in english.body
    assert "Sunday, 20 June 2027" in english.body
    assert "dimanche 20 juin 2027" in mails[second.id].body
    assert len(session.scalars(select(Job).where(Job.kind == "mail.deliver")).all()) == 2


def test_a_mail_names_all_new_cities_of_a_person_and_a_further_city_or_campaign_brings_a_further_one(
    session: Session, world: World
) -> None:
    person = world.officers["torino"]
    more = [factories.city(session, world.network, slug) for slug in ("bergen", "lyon")]
    role = {"network_id": world.network.id, "person_id": person.id, "name": RoleName.OFFICER}
    session.add_all(Role(**role, city_id=each.id) for each in more)
    campaign = world.opened(session)
    for cities in ([world.cities["torino"], more[0]], more):
        invite(session, campaign, cities=cities, actor=world.manager, now=NOON, base_url=BASE_URL)
    invite(session, world.opened(session), cities=more, actor=world.manager, now=NOON, base_url=BASE_URL)
    bodies = session.scalars(select(Mail.body).where(Mail.person_id == person.id).order_by(Mail.id)).all()
    assert [re.findall("Torino|Bergen|Lyon", body) for body in bodies] == [["Bergen", "Torino"], ["Lyon"], ["Bergen", "Lyon"]]


def test_an_apostrophe_in_a_mail_stays_one(session: Session, world: World) -> None:
    campaign = world.planned(session)
    rewritten = replace(draft(), objective=words("To hear each other's <voices> & songs"))
    edit_campaign(session, campaign, draft=rewritten, toolkits=TOOLKITS, actor=world.manager, now=NOON)
    open_campaign(session, campaign, actor=world.manager, now=NOON)
    invite(session, campaign, cities=[world.cities["torino"]], actor=world.manager, now=NOON, base_url=BASE_URL)
    assert "To hear each other's <voices> & songs" in session.scalars(select(Mail.body)).one()


def test_a_draft_invites_nobody(session: Session, world: World) -> None:
    campaign = world.planned(session)
    with pytest.raises(Refused, match=r"campaign\.not_open"):
        invite(session, campaign, cities=world.cities.values(), actor=world.manager, now=NOON, base_url=BASE_URL)


def test_a_city_takes_part_once_it_joins_and_not_before(session: Session, world: World) -> None:
    campaign = world.opened(session)
    torino = world.cities["torino"]
    officer = world.officer(session, "torino")
    with pytest.raises(Refused, match=r"campaign\.not_invited"):
        join(session, campaign, torino, actor=officer, now=NOON)
    invite(session, campaign, cities=[torino], actor=world.manager, now=NOON, base_url=BASE_URL)
    assert cities_in(session, campaign.id) == []
    with pytest.raises(NotFound):
        participation(session, campaign.id, "torino")
    place = join(session, campaign, torino, actor=officer, now=NOON)
    again = join(session, campaign, torino, actor=officer, now=NOON + timedelta(hours=1))
    assert (again.id, again.joined_at) == (place.id, NOON)
    assert [row.id for row in participation(session, campaign.id, "torino")] == [place.id, torino.id]


def test_only_a_manager_plans_and_only_who_may_join_joins(session: Session, world: World) -> None:
    campaign = world.planned(session)
    officer = world.officer(session, "torino")
    chapter = factories.chapter(session, world.network, cities=[world.cities["torino"]])
    coordinator = actor_of(session, factories.person(session, world.network, RoleName.COORDINATOR, chapter=chapter))
    assert coordinator is not None
    for actor in (officer, coordinator):
        with pytest.raises(Refused, match="forbidden"):
            create_campaign(session, day=world.day, draft=draft(), toolkits=TOOLKITS, actor=actor, now=NOON)
        with pytest.raises(Refused, match="forbidden"):
            edit_campaign(session, campaign, draft=draft(), toolkits=TOOLKITS, actor=actor, now=NOON)
        with pytest.raises(Refused, match="forbidden"):
            open_campaign(session, campaign, actor=actor, now=NOON)
        with pytest.raises(Refused, match="forbidden"):
            close_campaign(session, campaign, actor=actor, keep_originals_days=KEEP_DAYS, now=NOON)
        with pytest.raises(Refused, match="forbidden"):
            invite(session, campaign, cities=[], actor=actor, now=NOON, base_url=BASE_URL)
    with pytest.raises(Refused, match="forbidden"):
        join(session, campaign, world.cities["torino"], actor=coordinator, now=NOON)


def test_a_manager_of_another_network_changes_nothing_here(session: Session, world: World) -> None:
    campaign = world.planned(session)
    other = factories.network(session, "others")
    stranger = actor_of(session, factories.person(session, other, RoleName.MANAGER, email="m@others.example"))
    assert stranger is not None
    with pytest.raises(NotFound):
        open_campaign(session, campaign, actor=stranger, now=NOON)


def test_the_day_of_the_draft_is_kept(session: Session, world: World) -> None:
    assert world.planned(session).day_on == DAY
