"""Loads the demo network through the same services that people use, and sends its samples through the real pipeline."""

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import mail
from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.assembly import commands as assembly_commands
from app.campaigns.calendar_events import EventDraft, add_event
from app.campaigns.control import StepAct, change_steps
from app.campaigns.days import DayOfTheYear, load_international_days, save_day
from app.campaigns.occasions import Occasion
from app.campaigns.plan import StepName
from app.campaigns.queries import campaign_by_slug, day_by_slug, toolkit_slugs
from app.campaigns.service import begin_preparation, create_campaign, invite, join, run_due_steps
from app.campaigns.timeline import placed_runs, steps_of
from app.consent.wordings import ASKED
from app.demo.draw import draw
from app.demo.plan import DEMO_DIR, DemoCampaign, Voice, demo_campaigns, voices
from app.enums import CampaignStatus, JobState, Phase, RoleName, SubmissionKind, SubmissionOrigin, SubmissionState, Verdict
from app.kits.checks import vouch_for
from app.kits.releases import release
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit
from app.kits.version_parts import parts_to_publish
from app.kits.version_views import DEFAULT_EMBARGO
from app.kits.versions import publish
from app.models import Campaign, CampaignCity, City, Job, Network, Person, Role, StepRun, Submission
from app.moderation.service import decide
from app.network.queries import chapters_of, cities_of, the_network
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
RELEASED = ("en", "fr")
OWN_DAY_SLUG = "our-city-our-voices"  # a day of the year that the network keeps itself
# done when there is somebody to thank and something to report; a campaign that is closed takes no samples
AFTER_THE_SAMPLES = frozenset(
    name.value
    for name in (
        *(StepName.THANK_CONTRIBUTORS, StepName.REPORT_DUE),
        *(StepName.CLOSE_COLLECTION, StepName.CLOSE_CAMPAIGN),
    )
)
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
    """The network and its campaigns if there is none yet; the samples drawn, prepared and approved if asked. Twice is once.

    What was killed on the way goes on with the day at which it stopped.
    """
    with runtime.database.reading() as session:
        empty = is_empty(session)
    mark = _mark(runtime)
    if empty:
        say("Loading the demo network ...")
        _note(mark, began_at=runtime.now(), at=None)
        _load_network(runtime)
    elif mark.exists():
        say("Loading the rest of the demo network ...")
    if mark.exists():
        _play(runtime, mark)
        mark.unlink()
    if with_samples:
        _load_samples(runtime, say)


def is_to_be_loaded(runtime: Runtime) -> bool:
    """Whether there is no network yet, or the demo network only in part."""
    with runtime.database.reading() as session:
        return is_empty(session) or _mark(runtime).exists()


def _mark(runtime: Runtime) -> Path:
    """The file that is there as long as the demo network is being loaded."""
    return runtime.settings.data_dir / "demo-is-loading.json"


def _note(mark: Path, *, began_at: datetime, at: datetime | None) -> None:
    """Write when the loading began and which of its days comes next; whole or not at all."""
    written = mark.with_suffix(".new")
    written.write_text(json.dumps({"began_at": began_at.isoformat(), "at": at.isoformat() if at else None}), encoding="utf-8")
    written.replace(mark)


def _load_network(runtime: Runtime) -> None:
    now = runtime.now()
    planned = demo_campaigns(now.date())
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
            time_zone="Europe/Paris",
        )
        session.add(network)
        session.flush()
        for name in ("chapters", "cities", "officers"):
            table = (DEMO_DIR / f"{name}.csv").read_text(encoding="utf-8")
            import_cities(session, network=network, text=table, now=now, actor_id=None)
        load_international_days(session, network, now=now)
        own = next(each for each in planned if each.day_slug == each.slug == OWN_DAY_SLUG)
        on, toolkit = own.draft.day_on, own.draft.toolkit_slug
        save_day(session, network, DayOfTheYear(OWN_DAY_SLUG, own.draft.title, on.month, on.day, toolkit), now=now)
        _release_texts(session, now)
        for slug in toolkit_slugs():  # they are checked with the names of these cities before they ship
            vouch_for(session, runtime, network_id=network.id, slug=slug, root=TOOLKITS_DIR, now=now)


def _manager(session: Session) -> Actor:
    person = session.scalars(select(Person).join(Role, Role.person_id == Person.id).where(Role.name == RoleName.MANAGER)).one()
    actor = actor_of(session, person)
    assert actor is not None  # noqa: S101 - the role was just joined
    return actor


def _release_texts(session: Session, now: datetime) -> None:
    """The drafts in the languages that the demo's campaigns are written in, so that its kits have texts."""
    manager = _manager(session)
    for toolkit in map(load_toolkit, toolkit_slugs()):
        for language in RELEASED:
            if toolkit.texts[language].is_draft:
                release(session, toolkit, language, actor=manager, now=now)


def _plan_campaign(runtime: Runtime, session: Session, planned: DemoCampaign, manager: Actor, *, now: datetime) -> None:
    """The draft, and its preparation begun and its kits published where it is not to stay one."""
    network, base_url = the_network(session), runtime.settings.resolved_base_url
    chapters = {chapter.slug: chapter for chapter in chapters_of(session, network.id)}
    chapter = chapters[planned.chapter_slug] if planned.chapter_slug else None
    if planned.event_names is not None:
        on = planned.draft.day_on
        event = EventDraft(planned.event_names, on, on)
        day: Occasion = add_event(session, event, chapter=chapter, city=None, actor=manager, now=now)
    else:
        day = day_by_slug(session, network.id, planned.day_slug or "")
    campaign = create_campaign(
        session,
        day=day,
        draft=planned.draft,
        toolkits=toolkit_slugs(),
        actor=manager,
        now=now,
        slug=planned.slug,
        lines=planned.lines,
        chapter=chapter,
    )
    if planned.status is CampaignStatus.DRAFT:
        return
    begin_preparation(session, campaign, actor=manager, now=now)
    if planned.status is CampaignStatus.OPEN:
        parts, note = parts_to_publish(session, runtime, campaign), Words.one("en", "")
        publish(session, runtime, campaign, parts=parts, note=note, embargoed=DEFAULT_EMBARGO, actor=manager, now=now)
    if planned.status is CampaignStatus.PREPARING:  # so that somebody is there to read its brief
        with_officer = [city for city in cities_of(session, network.id) if city.id in _ids_with_officer(session)]
        invite(session, campaign, cities=with_officer, actor=manager, now=now, base_url=base_url)


def _join(session: Session, network: Network, planned: DemoCampaign, manager: Actor, *, now: datetime) -> None:
    """Those of the invited cities that say yes."""
    campaign = campaign_by_slug(session, network.id, planned.slug)
    with_voice = {voice.city for voice in voices() if voice.campaign == planned.slug}
    with_officer = _ids_with_officer(session)
    for number, city in enumerate(cities_of(session, network.id)):
        if city.slug in with_voice or city.id in with_officer or number % planned.joined_every == 0:
            join(session, campaign, city, actor=manager, now=now)
    if planned.waits_for_samples:
        for step in steps_of(session, campaign):
            if step.action in AFTER_THE_SAMPLES:
                change_steps(session, campaign, step, StepAct.HOLD, city=None, actor=manager, now=now)


def _ids_with_officer(session: Session) -> set[int | None]:
    return set(session.scalars(select(Role.city_id).where(Role.city_id.is_not(None))))


def _play(runtime: Runtime, mark: Path) -> None:
    """Everything until it began as it would have been: what people did on its day, and the steps of every day at its end."""
    noted = json.loads(mark.read_text(encoding="utf-8"))
    now = datetime.fromisoformat(noted["began_at"])
    planned = demo_campaigns(now.date())
    prepared = {each.slug: _due_at(each, StepName.OPEN_PREPARATION, now) - timedelta(days=1) for each in planned}
    invited = {each.slug: _due_at(each, StepName.INVITE, now) for each in planned if each.status is CampaignStatus.OPEN}
    at = datetime.fromisoformat(noted["at"]) if noted["at"] else min(prepared.values())
    with runtime.database.reading() as session:
        known = set(session.scalars(select(Campaign.slug)))
        joined = select(Campaign.slug).join(CampaignCity, CampaignCity.campaign_id == Campaign.id)
        answered = set(session.scalars(joined.where(CampaignCity.joined_at.is_not(None))))
    waiting = [each for each in planned if each.slug not in known]
    silent = [each for each in planned if each.slug in invited and each.slug not in answered]
    while True:
        with runtime.database.writing() as session:
            network, manager = the_network(session), _manager(session)
            for each in [each for each in waiting if prepared[each.slug] <= at]:
                _plan_campaign(runtime, session, each, manager, now=at)
                waiting.remove(each)
            for each in [each for each in silent if invited[each.slug] < at]:
                _join(session, network, each, manager, now=at)
                silent.remove(each)
        run_due_steps(runtime, step_registry(), now=at)
        _deliver(runtime, at)
        if at == now:
            return
        at = min(at + timedelta(days=1), now)
        _note(mark, began_at=now, at=at)


def _deliver(runtime: Runtime, at: datetime) -> None:
    """Mails go out on the day on which they were written, not months later."""
    kinds = [kind.name for kind in mail.KINDS]
    with runtime.database.reading() as session:
        waiting = list(session.scalars(select(Job.id).where(Job.kind.in_(kinds), Job.state == JobState.QUEUED).order_by(Job.id)))
    worker = Worker(dataclasses.replace(runtime, now=lambda: at), job_registry())
    for job_id in waiting:
        worker.run(job_id)


def _due_at(planned: DemoCampaign, action: StepName, now: datetime) -> datetime:
    """When its plan says so; what is not to be open is begun today."""
    line = next(line for line in planned.lines if line.action is action)
    on = line.on_date or planned.draft.day_on + timedelta(days=line.offset_days)
    at = datetime.combine(on, line.local_time, UTC)
    return min(at, now) if planned.status is CampaignStatus.OPEN else now


def close_the_past(runtime: Runtime) -> None:
    """The samples are in: what waited for them is done, from the thanks to the closing; twice is once."""
    now = runtime.now()
    slugs = [each.slug for each in demo_campaigns(now.date()) if each.waits_for_samples]
    with runtime.database.writing() as session:
        manager = _manager(session)
        for campaign in session.scalars(select(Campaign).where(Campaign.slug.in_(slugs))).all():
            held = {each.step.id for each in placed_runs(session, campaign.id, StepRun.held_at.is_not(None))}
            for step in steps_of(session, campaign):
                if step.action in AFTER_THE_SAMPLES and step.id in held:
                    change_steps(session, campaign, step, StepAct.RELEASE, city=None, actor=manager, now=now)
    run_due_steps(runtime, step_registry(), now=now)


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
            assembly_commands.build_joint_films_now(runtime, slug, say=say, only_short=True)  # the whole takes minutes
    close_the_past(runtime)
    worker.run_until_idle(PIPELINE_TIMEOUT_S)
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
            file = dataclasses.replace(file, kind=SubmissionKind(voice.kind))
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
