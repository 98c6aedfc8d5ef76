"""The migrations are the only way a database is built; models and migrations agree."""

from datetime import date, datetime, time

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.db.base import Base
from app.db.migrate import MIGRATIONS_DIR, alembic_config, current_revision, newest_revision
from app.db.session import Database
from app.enums import CampaignStatus, StepScope, StepState
from app.models import Campaign, KitVersion, StepRun, TextRelease, TimelineStep
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


def test_rows_live_through_the_last_migration_back_and_forth(database: Database, database_url: str) -> None:
    with database.writing() as session:
        network = factories.network(session)
        cities = [factories.city(session, network, slug, time_zone=zone) for slug, zone in ZONES.items()]
        factories.chapter(session, network, cities=cities[:1])
        opened = factories.campaign(session, network, day_on=date(2099, 6, 20))
        factories.campaign(session, network, slug="draft", status=CampaignStatus.DRAFT)
        for city in cities:
            factories.taking_part(session, opened, city)
            factories.submission(session, opened, city)
        step = TimelineStep(
            campaign_id=opened.id, position=0, action="start_of_day", scope=StepScope.EACH_CITY, offset_days=0, local_time=time(0)
        )
        session.add(step)
        session.flush()
        session.add(StepRun(step_id=step.id, due_at=A_MOMENT, state=StepState.DONE))
    before = contents(database)
    move(database_url, "0003")
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM city")) == 2
    move(database_url, "head")
    after = contents(database)
    assert {table: after[table] for table in KEPT} == {table: before[table] for table in KEPT}
    with database.reading() as session:
        lines = session.execute(
            select(Campaign.slug, TimelineStep.action)
            .join(Campaign, Campaign.id == TimelineStep.campaign_id)
            .order_by(TimelineStep.id)
        )
        doors = ["open_collection", "close_collection", "close_campaign"]
        assert [tuple(line) for line in lines] == [
            ("our-home", "start_of_day"),
            *(("our-home", action) for action in doors),
            *(("draft", action) for action in doors),
        ]
        runs = select(TimelineStep.action, StepRun.due_at).join(StepRun, StepRun.step_id == TimelineStep.id)
        assert {tuple(run) for run in session.execute(runs.where(StepRun.state == StepState.PLANNED))} == {
            ("open_collection", datetime.fromisoformat("2099-05-22T15:00+00:00")),
            ("open_collection", datetime.fromisoformat("2099-05-22T22:00+00:00")),
            ("close_collection", datetime.fromisoformat("2099-07-11T15:00+00:00")),
            ("close_collection", datetime.fromisoformat("2099-07-11T22:00+00:00")),
            ("close_campaign", datetime.fromisoformat("2099-07-11T22:00+00:00")),
        }


def test_what_was_handed_out_before_versions_goes_on_being_handed_out(database: Database, database_url: str) -> None:
    with database.writing() as session:
        network = factories.network(session)
        factories.campaign(session, network)
        factories.campaign(session, network, slug="draft", status=CampaignStatus.DRAFT)
    move(database_url, "0005")
    move(database_url, "head")
    with database.reading() as session:
        released = session.execute(select(TextRelease.toolkit_slug, TextRelease.language).order_by(TextRelease.id))
        assert [tuple(row) for row in released] == [("world-refugee-day", "en"), ("world-refugee-day", "fr")]
        query = select(Campaign.slug, KitVersion.number, KitVersion.artefact_id, KitVersion.embargoed)
        versions = session.execute(query.join(Campaign, Campaign.id == KitVersion.campaign_id))
        assert [tuple(row) for row in versions] == [("our-home", 1, None, ["day"])]


KEPT = ("network", "city", "chapter_city", "submission", "consent", "step_run_done")
ZONES = {"torino": "Europe/Rome", "yakutsk": "Asia/Yakutsk"}


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the tables that stay as they were."""
    with database.engine.connect() as connection:
        found = {name: sorted(map(tuple, connection.execute(select(Base.metadata.tables[name]))), key=repr) for name in KEPT[:-1]}
        done = select(Base.metadata.tables["step_run"]).where(text("state = 'done'"))
        return {**found, KEPT[-1]: list(map(tuple, connection.execute(done)))}


def move(database_url: str, revision: str) -> None:
    (command.upgrade if revision == "head" else command.downgrade)(alembic_config(database_url), revision)


@pytest.mark.parametrize("statement", ["UPDATE audit SET act = 'other'", "DELETE FROM audit"])
def test_an_audit_row_can_be_neither_changed_nor_deleted(database: Database, statement: str) -> None:
    with database.writing() as session:
        network = factories.network(session)
        record(session, network_id=network.id, act="test", subject_kind="network", subject_id=network.id, at=A_MOMENT)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
