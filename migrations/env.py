"""Runs the migrations on the database that the service uses, or on the connection a test hands in."""

from alembic import context

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
        with engine.begin() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                compare_type=True,
            )
            context.run_migrations()
    finally:
        engine.dispose()


run()
