"""Runs the migrations on the database that the service uses, or on the connection a test hands in."""

from alembic import context
from sqlalchemy import Connection

import app.models
from app.db.base import Base
from app.db.engine import open_engine, writing
from app.settings import get_settings

assert app.models.__all__  # noqa: S101 - importing the package is what makes the metadata whole


def run() -> None:
    """Migrate within one transaction, so that a failing revision leaves nothing half done."""
    url = context.config.get_main_option("sqlalchemy.url") or get_settings().resolved_database_url
    if context.is_offline_mode():
        context.configure(url=url, target_metadata=Base.metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    engine = writing(open_engine(url))
    try:
        with engine.connect() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            if is_sqlite:
                _let_tables_be_made_again(connection)
            with connection.begin():
                context.configure(
                    connection=connection, target_metadata=Base.metadata, render_as_batch=is_sqlite, compare_type=True
                )
                context.run_migrations()
                if is_sqlite:
                    _refuse_loose_rows(connection)
    finally:
        engine.dispose()


def _let_tables_be_made_again(connection: Connection) -> None:
    """SQLite changes a table by making it anew, against its foreign keys, which can be set outside a transaction only."""
    raw = connection.connection.dbapi_connection
    assert raw is not None  # noqa: S101 - it is connected
    raw.execute("PRAGMA foreign_keys=OFF")


def _refuse_loose_rows(connection: Connection) -> None:
    """Every row still has what it refers to, or the whole migration is taken back."""
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if loose:
        raise RuntimeError(loose)


run()
