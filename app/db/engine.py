"""One engine for SQLite and PostgreSQL: a transaction that reads sees one moment, one that writes takes its lock at the start."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

WRITES = "polyphony_writes"  # execution option: this engine's transactions write
WAITS = "polyphony_waits"  # execution option: false where a write is refused when somebody else's is in its way
WAITS_FOR_MS = 30_000


def open_engine(database_url: str) -> Engine:
    """An engine whose transactions are read-only unless begun through `writing(engine)`.

    Its errors hide what was to be written: logs and job rows outlive a withdrawal, people's words must not stand in them.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=20, pool_pre_ping=True)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine and pool, for transactions that write."""
    return engine.execution_options(**{WRITES: True})


def writing_at_once(engine: Engine) -> Engine:
    """The same engine and pool, for writes that can be left out: OperationalError where they would have to wait for another."""
    return engine.execution_options(**{WRITES: True, WAITS: False})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN lost updates, see docs of the decision in README
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what a person was told is received survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get(WRITES, False)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAITS_FOR_MS if options.get(WAITS, True) else 0}")
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(WRITES, False):  # one moment, as on SQLite: else what is read last may not be what was read first
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    elif not options.get(WAITS, True):
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
