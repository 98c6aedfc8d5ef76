"""Loads the demo network through the same services that people use, and sends its samples through the real pipeline."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.assembly import commands as assembly_commands
from app.campaigns.days import DayOfTheYear, load_international_days, save_day
from app.campaigns.queries import campaign_by_slug, day_by_slug, toolkit_slugs
from app.campaigns.service import create_campaign, invite, join, open_campaign, run_due_steps
from app.consent.wordings import ASKED
from app.demo.draw import draw
from app.demo.plan import DEMO_DIR, PRE_DAY_OFFSET_DAYS, DemoCampaign, Voice, demo_campaigns, voices
from app.enums import Phase, RoleName, SubmissionKind, SubmissionOrigin, SubmissionState, Verdict
from app.models import Campaign, CampaignCity, City, Network, Person, Role, Submission
from app.moderation.service import decide
from app.network.service import import_cities
from app.runtime import Runtime
from app.submissions.intake import recognise_path
from app.submissions.service import Contribution, receive
from app.submissions.tokens import form_sha256, nth_form_token
from app.web.i18n import negotiate
from app.words import Words
from app.worker.registry import job_registry, step_registry
from app.worker.runner import Worker

Say = Callable[[str], None]
NETWORK_SLUG = "demo"
PIPELINE_TIMEOUT_S = 1800
POLL_S = 0.2
UNDECIDED = (SubmissionState.RECEIVED, SubmissionState.PENDING)


def is_empty(session: Session) -> bool:
    """Whether there is no network yet."""
    return not session.scalar(select(func.count()).select_from(Network))


def samples_are_missing(session: Session) -> bool:
    """Whether this is the demo network and some of its samples have not been through the pipeline and the queue."""
    network = session.scalar(select(Network).where(Network.slug == NETWORK_SLUG))
    if network is None:
        return False
    decided = (
        select(func.count())
        .select_from(Submission)
        .where(Submission.origin == SubmissionOrigin.SAMPLE, Submission.state.not_in(UNDECIDED))
    )
    return (session.scalar(decided) or 0) < len(voices())


def load_demo(runtime: Runtime, *, with_samples: bool, say: Say) -> None:
    """The network and its campaigns if there is none yet; the samples drawn, prepared and approved if asked. Twice is once."""
    with runtime.database.reading() as session:
        empty = is_empty(session)
    if empty:
        say("Loading the demo network ...")
        _load_network(runtime)
        run_due_steps(runtime, step_registry(), now=runtime.now())
    if with_samples:
        _load_samples(runtime, say)


def _load_network(runtime: Runtime) -> None:
    now = runtime.now()
    with runtime.database.writing() as session:
        network = Network(
            slug=NETWORK_SLUG,
            names=Words("en", {"en": "Cities in Many Voices", "fr": "Villes à plusieurs voix"}),
            responsible=Words(
                "en",
                {
                    "en": "Cities in Many Voices (demo network), 1 Example Square, Strasbourg",
                    "fr": "Villes à plusieurs voix (réseau de démonstration), 1 place Exemple, Strasbourg",
                },
            ),
            contact_email="privacy@network.example",
        )
        session.add(network)
        session.flush()
        for name in ("chapters", "cities", "officers"):
            table = (DEMO_DIR / f"{name}.csv").read_text(encoding="utf-8")
            import_cities(session, network=network, text=table, now=now, actor_id=None)
        load_international_days(session, network, now=now)
        planned = demo_campaigns(now.date())
        own = planned[0]
        names = own.draft.title
        own_day = DayOfTheYear(own.day_slug, names, own.draft.day_on.month, own.draft.day_on.day, own.draft.toolkit_slug)
        save_day(session, network, own_day, now=now)
        manager = _manager(session)
        for each in planned:
            _load_campaign(session, network, each, manager, now=now, base_url=runtime.settings.resolved_base_url)


def _manager(session: Session) -> Actor:
    person = session.scalars(select(Person).join(Role, Role.person_id == Person.id).where(Role.name == RoleName.MANAGER)).one()
    actor = actor_of(session, person)
    assert actor is not None  # noqa: S101 - the role was just joined
    return actor


def _load_campaign(
    session: Session, network: Network, planned: DemoCampaign, manager: Actor, *, now: datetime, base_url: str
) -> None:
    day = day_by_slug(session, network.id, planned.day_slug)
    begins_on = planned.draft.day_on + timedelta(days=PRE_DAY_OFFSET_DAYS)
    begins_at = datetime(begins_on.year, begins_on.month, begins_on.day, 9, tzinfo=UTC)
    at = min(begins_at, now)
    campaign = create_campaign(
        session,
        day=day,
        draft=planned.draft,
        toolkits=toolkit_slugs(),
        actor=manager,
        now=at,
        slug=planned.slug,
    )
    if not planned.is_open:
        return
    open_campaign(session, campaign, actor=manager, now=at)
    cities = list(session.scalars(select(City).where(City.network_id == network.id).order_by(City.slug)))
    invite(session, campaign, cities=cities, actor=manager, now=at, base_url=base_url)
    with_voice = {voice.city for voice in voices() if voice.campaign == planned.slug}
    with_officer = set(session.scalars(select(Role.city_id).where(Role.city_id.is_not(None))))
    for number, city in enumerate(cities):
        if city.slug in with_voice or city.id in with_officer or number % planned.joined_every == 0:
            join(session, campaign, city, actor=manager, now=at)


def _load_samples(runtime: Runtime, say: Say) -> None:
    samples = voices()
    say(f"Drawing {len(samples)} samples and sending them through the pipeline ...")
    with tempfile.TemporaryDirectory(dir=runtime.settings.incoming_dir) as folder:
        for voice in samples:
            _send(runtime, voice, Path(folder))
    worker = Worker(runtime, job_registry())
    while _are_being_prepared(runtime):  # another worker may have some of them in hand
        worker.run_until_idle(PIPELINE_TIMEOUT_S)
        time.sleep(POLL_S)
    _approve(runtime)
    worker.run_until_idle(PIPELINE_TIMEOUT_S)
    for slug in dict.fromkeys(voice.campaign for voice in samples):
        with runtime.database.reading() as session:
            campaign = session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
        if campaign.phase is Phase.POST_DAY:
            assembly_commands.build_collage_now(runtime, slug, say=say)
            assembly_commands.build_films_now(runtime, slug, None, say=say)
    say("The samples are on the pages.")


def _send(runtime: Runtime, voice: Voice, folder: Path) -> None:
    form_token = nth_form_token("demo", voice.number)
    with runtime.database.reading() as session:
        network = session.scalars(select(Network).where(Network.slug == NETWORK_SLUG)).one()
        campaign = campaign_by_slug(session, network.id, voice.campaign)
        city = session.scalars(
            select(City)
            .join(CampaignCity, CampaignCity.city_id == City.id)
            .where(City.slug == voice.city, CampaignCity.campaign_id == campaign.id)
        ).one()
        form = form_sha256(form_token, campaign_id=campaign.id, city_id=city.id)
        if session.scalar(select(Submission.id).where(Submission.form_token_sha256 == form)) is not None:
            return
    file = None
    if voice.kind != "text":
        assert voice.scene is not None, voice.number  # noqa: S101 - a test of the data holds it
        drawn = draw(voice.scene, voice.kind, folder, seed=voice.number)
        file = recognise_path(drawn, [kind.value for kind in SubmissionKind])
        if file.kind.value != voice.kind:  # an M4A looks like a clip until it is decoded
            file = replace(file, kind=SubmissionKind(voice.kind))
    contribution = Contribution(
        language=voice.language, text=voice.text, spoken_words=voice.words, name=voice.name or None, alt_text=voice.alt_text
    )
    with runtime.database.writing() as session:
        receive(
            session,
            runtime.storage,
            campaign=campaign,
            city=city,
            origin=SubmissionOrigin.SAMPLE,
            contribution=contribution,
            file=file,
            purposes=set(ASKED),
            wording_language=negotiate([voice.language]),
            now=runtime.now(),
            form_token=form_token,
        )


def _are_being_prepared(runtime: Runtime) -> bool:
    received = (
        select(func.count())
        .select_from(Submission)
        .where(Submission.origin == SubmissionOrigin.SAMPLE, Submission.state == SubmissionState.RECEIVED)
    )
    with runtime.database.reading() as session:
        return bool(session.scalar(received))


def _approve(runtime: Runtime) -> None:
    with runtime.database.reading() as session:
        manager = _manager(session)
        waiting = list(
            session.scalars(
                select(Submission.id).where(
                    Submission.origin == SubmissionOrigin.SAMPLE, Submission.state == SubmissionState.PENDING
                )
            )
        )
    for submission_id in waiting:
        with runtime.database.writing() as session:
            submission = session.get_one(Submission, submission_id)
            is_heard = submission.kind in {SubmissionKind.CLIP, SubmissionKind.SOUND}
            decide(
                session,
                actor=manager,
                submission=submission,
                verdict=Verdict.APPROVE,
                no_speech=is_heard and not submission.spoken_words,
                now=runtime.now(),
            )
