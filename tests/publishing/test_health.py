"""What machines ask."""

from sqlalchemy import text

from tests.conftest import Server


def test_a_living_process_says_so(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_service_is_ready_when_its_database_is_migrated_and_its_folder_can_be_written(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": "ok", "storage": "ok"})


def test_a_database_of_another_revision_is_not_ready(server: Server) -> None:
    with server.runtime.database.writing() as session:
        before = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with server.client() as client:
        answer = client.get("/readyz")
    with server.runtime.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": "needs_migration", "storage": "ok"})


def test_crawlers_stay_away_from_receipts_and_the_desk(server: Server) -> None:
    with server.client() as client:
        lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /r/", "Disallow: /desk"} <= set(lines)
