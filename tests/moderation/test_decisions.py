"""A person decides about a contribution, and may think again."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.accounts.service import person_by_email
from app.enums import RejectionReason, SubmissionState, Verdict
from app.errors import NotFound, Refused
from app.models import AuditRow, Decision, Job, Submission
from app.moderation import queries, service
from app.runtime import Runtime
from tests.moderation.conftest import COORDINATOR_OF_NORTH, MANAGER, OFFICER_OF_BERGEN, World


def actor_by(session: Session, email: str) -> Actor:
    person = person_by_email(session, email)
    assert person is not None
    actor = actor_of(session, person)
    assert actor is not None
    return actor


def submission_by(session: Session, public_id: str) -> Submission:
    return session.scalars(select(Submission).where(Submission.public_id == public_id)).one()


def decide(
    runtime: Runtime,
    public_id: str,
    verdict: Verdict,
    *,
    email: str = OFFICER_OF_BERGEN,
    reason: RejectionReason | None = None,
    note: str = "",
    spoken_words: str | None = None,
    no_speech: bool | None = None,
) -> Submission:
    with runtime.database.writing() as session:
        submission = submission_by(session, public_id)
        service.decide(
            session,
            actor=actor_by(session, email),
            submission=submission,
            verdict=verdict,
            reason=reason,
            note=note,
            spoken_words=spoken_words,
            no_speech=no_speech,
            now=runtime.now(),
        )
    return submission


def test_an_approval_moves_the_contribution_and_is_kept_with_who_made_it_and_when(runtime: Runtime, world: World) -> None:
    public_id = world.ids["waiting of bergen"]
    submission = decide(runtime, public_id, Verdict.APPROVE)
    assert (submission.state, submission.decided_at) == (SubmissionState.APPROVED, runtime.now())
    with runtime.database.reading() as session:
        [decided] = queries.decisions_about(session, submission.id)
        assert (decided.decision.verdict, decided.person_name) == (Verdict.APPROVE, "Officer of bergen")
        acts = session.scalars(select(AuditRow.act).where(AuditRow.subject_id == submission.id)).all()
        assert acts == ["submission.approved"]
        assert [job.kind for job in session.scalars(select(Job))] == ["assembly.rebuild"]


def test_a_rejection_needs_a_reason(runtime: Runtime, world: World) -> None:
    with pytest.raises(Refused) as refused:
        decide(runtime, world.ids["waiting of bergen"], Verdict.REJECT)
    assert (refused.value.code, refused.value.field) == ("moderation.reason_needed", "reason")


def test_deciding_again_takes_the_earlier_decision_back_and_keeps_both(runtime: Runtime, world: World) -> None:
    public_id = world.ids["waiting of bergen"]
    decide(runtime, public_id, Verdict.REJECT, reason=RejectionReason.QUALITY, note="Too dark")
    submission = decide(runtime, public_id, Verdict.APPROVE)
    assert submission.state is SubmissionState.APPROVED
    with runtime.database.reading() as session:
        found = [(each.decision.verdict, each.decision.reason) for each in queries.decisions_about(session, submission.id)]
    assert found == [(Verdict.APPROVE, None), (Verdict.REJECT, RejectionReason.QUALITY)]


def test_the_same_decision_twice_is_one(runtime: Runtime, world: World) -> None:
    public_id = world.ids["waiting of bergen"]
    decide(runtime, public_id, Verdict.APPROVE)
    decide(runtime, public_id, Verdict.APPROVE)
    with runtime.database.reading() as session:
        assert len(session.scalars(select(Decision)).all()) == 1


def test_a_clip_is_approved_only_with_its_words_or_the_mark_that_nothing_is_said(runtime: Runtime, world: World) -> None:
    public_id = world.ids["clip of bergen"]
    with pytest.raises(Refused) as refused:
        decide(runtime, public_id, Verdict.APPROVE)
    assert (refused.value.code, refused.value.field) == ("moderation.words_needed", "spoken_words")
    with pytest.raises(Refused) as both:
        decide(runtime, public_id, Verdict.APPROVE, spoken_words="Hei", no_speech=True)
    assert both.value.code == "submission.speech_or_none"
    silent = decide(runtime, public_id, Verdict.APPROVE, no_speech=True)
    assert (silent.state, silent.no_speech, silent.spoken_words) == (SubmissionState.APPROVED, True, "")
    spoken = decide(runtime, public_id, Verdict.APPROVE, spoken_words="Hei fra Bergen", no_speech=False)
    assert (spoken.state, spoken.no_speech, spoken.spoken_words) == (SubmissionState.APPROVED, False, "Hei fra Bergen")


def test_a_clip_is_rejected_without_its_words(runtime: Runtime, world: World) -> None:
    submission = decide(runtime, world.ids["clip of bergen"], Verdict.REJECT, reason=RejectionReason.HURTFUL)
    assert submission.state is SubmissionState.REJECTED


def test_an_approved_clip_keeps_its_words_or_its_mark(runtime: Runtime, world: World) -> None:
    public_id = world.ids["clip of bergen"]
    decide(runtime, public_id, Verdict.APPROVE, no_speech=True)
    with runtime.database.writing() as session, pytest.raises(Refused) as refused:
        service.correct_words(
            session,
            actor=actor_by(session, OFFICER_OF_BERGEN),
            submission=submission_by(session, public_id),
            spoken_words="",
            no_speech=False,
            now=runtime.now(),
        )
    assert refused.value.code == "moderation.words_needed"


def test_what_was_taken_back_cannot_be_decided(runtime: Runtime, world: World) -> None:
    public_id = world.ids["waiting of bergen"]
    with runtime.database.writing() as session:
        actor = actor_by(session, OFFICER_OF_BERGEN)
        service.withdraw_on_request(session, actor=actor, submission=submission_by(session, public_id), now=runtime.now())
    with pytest.raises(Refused) as refused:
        decide(runtime, public_id, Verdict.APPROVE)
    assert refused.value.code == "submission.no_such_move"


@pytest.mark.parametrize("email", [OFFICER_OF_BERGEN, COORDINATOR_OF_NORTH])
def test_nobody_decides_for_a_city_that_is_not_theirs(runtime: Runtime, world: World, email: str) -> None:
    with pytest.raises(NotFound) as refused:
        decide(runtime, world.ids["waiting of lyon"], Verdict.APPROVE, email=email)
    assert refused.value.code == "submission.unknown"


@pytest.mark.parametrize("email", [COORDINATOR_OF_NORTH, MANAGER])
def test_a_coordinator_and_a_manager_decide_for_the_cities_that_are_theirs(runtime: Runtime, world: World, email: str) -> None:
    assert decide(runtime, world.ids["waiting of bergen"], Verdict.APPROVE, email=email).state is SubmissionState.APPROVED


def test_the_queue_holds_what_waits_in_one_s_own_cities_oldest_first(runtime: Runtime, world: World) -> None:
    with runtime.database.reading() as session:
        found = {email: queries.waiting_ids(session, actor_by(session, email)) for email in (COORDINATOR_OF_NORTH, MANAGER)}
    of_bergen = [world.ids["waiting of bergen"], world.ids["clip of bergen"]]
    of_lyon = [world.ids["waiting of lyon"], world.ids["clip of lyon"]]
    assert found == {COORDINATOR_OF_NORTH: of_bergen, MANAGER: of_bergen + of_lyon}
