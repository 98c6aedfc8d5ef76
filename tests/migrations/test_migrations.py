"""The migrations are the only way a database is built; models and migrations agree."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db.base import Base
from app.db.migrate import MIGRATIONS_DIR, current_revision, newest_revision
from app.db.session import Database
from tests import factories
from tests.factories import A_MOMENT

from app.audit import record  # isort: skip


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS_DIR)).get_heads()) == 1


def test_a_migrated_database_is_at_the_head(database: Database) -> None:
    assert current_revision(database.engine) == newest_revision()


def test_models_and_migrations_do_not_drift(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET act = 'other'", "DELETE FROM audit"])
def test_an_audit_row_can_be_neither_changed_nor_deleted(database: Database, statement: str) -> None:
    with database.writing() as session:
        network = factories.network(session)
        record(session, network_id=network.id, act="test", subject_kind="network", subject_id=network.id, at=A_MOMENT)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
