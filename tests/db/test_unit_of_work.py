"""One transaction a request: all of it or nothing, and nobody's write is lost."""

import threading

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db.session import Database
from app.models import City, Network
from app.runtime import Runtime
from app.web.deps import WriteSession
from app.words import Words
from tests import factories
from tests.conftest import serve_app


def test_a_write_in_a_reading_transaction_fails_in_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        factories.network(session)


def test_a_reading_transaction_sees_one_moment_whatever_is_committed_meanwhile(database: Database) -> None:
    with database.writing() as session:
        factories.network(session)
    with database.reading() as session:
        before = session.scalars(select(Network.slug)).all()
        with database.writing() as other:
            factories.network(other, "another")
        assert session.scalars(select(Network.slug)).all() == before
    with database.reading() as session:
        assert len(session.scalars(select(Network.slug)).all()) == 2


def test_what_is_written_at_once_or_not_at_all_waits_for_nobody(database: Database) -> None:
    with database.writing() as session:
        city_id = factories.city(session, factories.network(session)).id
    latitude = update(City).where(City.id == city_id)
    with database.writing() as session:
        session.execute(latitude.values(latitude=1))
        with pytest.raises(OperationalError), database.writing_at_once() as other:
            other.execute(latitude.values(latitude=2))
    with database.writing_at_once() as session:
        assert session.get_one(City, city_id).latitude == 1
        session.execute(latitude.values(latitude=3))
    with database.reading() as session:
        assert session.get_one(City, city_id).latitude == 3


def test_a_failing_block_leaves_nothing(database: Database) -> None:
    def fail_in_the_middle() -> None:
        with database.writing() as session:
            factories.network(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    with database.reading() as session:
        assert session.scalars(select(Network)).all() == []


def test_no_read_modify_write_is_lost_between_threads(database: Database) -> None:
    with database.writing() as session:
        city_id = factories.city(session, factories.network(session)).id

    def add_ones() -> None:
        for _ in range(20):
            with database.writing() as session:
                city = session.scalars(select(City).where(City.id == city_id).with_for_update()).one()
                city.latitude += 1

    with database.writing() as session:
        session.get_one(City, city_id).latitude = 0
    threads = [threading.Thread(target=add_ones) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.get_one(City, city_id).latitude == 80


def test_an_answer_waits_for_its_commit_and_a_failing_commit_is_no_success(runtime: Runtime) -> None:
    app = FastAPI()
    app.state.runtime = runtime

    @app.post("/two-networks-of-one-name")
    def add(session: WriteSession) -> dict[str, str]:
        session.add_all(
            Network(
                slug="same",
                names=Words.one("en", "Same"),
                responsible=Words.one("en", "Nobody"),
                contact_email="nobody@voices.example",
            )
            for _ in range(2)
        )
        return {"answer": "done"}  # nothing is flushed yet: only the commit can fail

    for url in serve_app(app):
        response = httpx.post(f"{url}/two-networks-of-one-name")
        assert response.status_code == 500
    with runtime.database.reading() as session:
        assert session.scalars(select(Network)).all() == []
