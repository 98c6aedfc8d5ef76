"""What an error of the database tells."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.session import Database
from app.models import Network
from app.words import Words
from tests import factories


def test_it_says_nothing_of_what_was_to_be_written(database: Database) -> None:
    secret = Words.one("en", "Only my moderator may read this")
    with database.writing() as session:
        factories.network(session, "voices")
    with pytest.raises(IntegrityError) as failed, database.writing() as session:
        session.add(Network(slug="voices", names=secret, responsible=secret, contact_email="x@voices.example"))
    assert "moderator" not in str(failed.value)
