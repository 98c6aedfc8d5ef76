"""What people agree to: the sentences, the rows, and what they cover at this moment."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.consent import service
from app.consent.queries import covers, purposes_of
from app.consent.wordings import ASKED, Voice, Wording, wordings
from app.db.session import Database
from app.enums import Purpose
from app.models import Consent, ConsentWording, Submission
from tests import factories
from tests.conftest import NOON

ALL = set(Purpose)


def submission(session: Session) -> Submission:
    """A submission that nobody agreed to anything for yet."""
    network = factories.network(session)
    return factories.submission(session, factories.campaign(session, network), factories.city(session, network), consents=())


def covered(session: Session, purpose: Purpose) -> list[int]:
    """Which submissions are covered for this purpose."""
    return list(session.scalars(select(Submission.id).where(covers(purpose))))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("voice", list(Voice))
def test_every_purpose_that_exists_is_asked_in_one_plain_sentence_in_every_language(language: str, voice: Voice) -> None:
    found = wordings(language, voice)
    assert [each.purpose for each in found] == list(ASKED)
    assert {each.language for each in found} == {language}
    assert len({each.text for each in found}) == len(ASKED)
    assert all(each.text.endswith(".") for each in found)


def test_a_language_nobody_wrote_yet_is_asked_in_english() -> None:
    assert {each.language for each in wordings("sw")} == {"en"}
    assert {each.language for each in wordings("fr-CA")} == {"fr"}


def test_the_hash_depends_on_purpose_language_and_text() -> None:
    one = Wording(Purpose.PRINT, "en", "Yes.")
    others = [Wording(Purpose.PRESS, "en", "Yes."), Wording(Purpose.PRINT, "fr", "Yes."), Wording(Purpose.PRINT, "en", "Yes!")]
    assert one.sha256 == Wording(Purpose.PRINT, "en", "Yes.").sha256
    assert one.sha256 not in {other.sha256 for other in others}


def test_a_yes_covers_its_purpose_and_no_other(database: Database) -> None:
    with database.writing() as session:
        row = submission(session)
        service.record(session, submission_id=row.id, purposes={Purpose.COLLAGE}, language="fr", now=NOON)
        assert covered(session, Purpose.COLLAGE) == [row.id]
        assert covered(session, Purpose.PRESS) == []
        consent = session.scalars(select(Consent)).one()
        wording = session.get_one(ConsentWording, consent.wording_sha256)
        assert (wording.language, wording.text) == ("fr", "Elle peut faire partie du collage de la campagne.")


def test_a_sentence_is_kept_once_however_many_agree_to_it(database: Database) -> None:
    with database.writing() as session:
        first = submission(session)
        campaign_id, city_id = first.campaign_id, first.city_id
        second = Submission(
            **{
                column.name: getattr(first, column.name)
                for column in Submission.__table__.columns
                if column.name not in {"id", "public_id", "receipt_token_sha256"}
            },
            public_id="second",
            receipt_token_sha256="0" * 64,
        )
        assert (second.campaign_id, second.city_id) == (campaign_id, city_id)
        session.add(second)
        session.flush()
        for row in (first, second):
            service.record(session, submission_id=row.id, purposes=ALL, language="en", now=NOON)
        assert len(session.scalars(select(ConsentWording)).all()) == len(ASKED)
        assert len(session.scalars(select(Consent)).all()) == 2 * len(ASKED)


def test_a_yes_that_ended_covers_nothing_and_can_be_given_again(database: Database) -> None:
    later = NOON + timedelta(days=1)
    with database.writing() as session:
        row = submission(session)
        service.record(session, submission_id=row.id, purposes={Purpose.COLLAGE}, language="en", now=NOON)
        assert service.end_one(session, submission_id=row.id, purpose=Purpose.COLLAGE, now=later)
        assert covered(session, Purpose.COLLAGE) == []
        assert not service.end_one(session, submission_id=row.id, purpose=Purpose.COLLAGE, now=later)
        assert service.give_again(session, submission_id=row.id, purpose=Purpose.COLLAGE, language="fr", now=later)
        assert covered(session, Purpose.COLLAGE) == [row.id]
        consent = session.scalars(select(Consent)).one()
        assert (consent.given_at, consent.ended_at) == (later, None)
        assert session.get_one(ConsentWording, consent.wording_sha256).language == "fr"
        assert not service.give_again(session, submission_id=row.id, purpose=Purpose.COLLAGE, language="en", now=later)


def test_a_purpose_never_asked_before_can_be_agreed_to_later(database: Database) -> None:
    with database.writing() as session:
        row = submission(session)
        assert service.give_again(session, submission_id=row.id, purpose=Purpose.NETWORK_ACCOUNTS, language="en", now=NOON)
        assert purposes_of(session, row.id) == {Purpose.NETWORK_ACCOUNTS}


def test_all_end_together(database: Database) -> None:
    with database.writing() as session:
        row = submission(session)
        service.record(session, submission_id=row.id, purposes=ALL, language="en", now=NOON)
        service.end_all(session, submission_id=row.id, now=NOON)
        assert purposes_of(session, row.id) == set()
        assert {purpose: covered(session, purpose) for purpose in Purpose} == {purpose: [] for purpose in Purpose}
