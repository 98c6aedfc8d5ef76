"""Every test gets a fresh database built by the migrations, on the engine of TEST_DATABASE_URL, and real files and servers."""

import asyncio
import os
import shutil
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event, make_url, text

from app.accounts.service import make_sign_in_link, person_by_email
from app.db.base import Base
from app.db.engine import open_engine, writing
from app.db.migrate import migrate
from app.db.session import Database
from app.runtime import Runtime
from app.settings import Settings
from app.storage import LocalStorage

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
SHARED_MEDIA = Path(__file__).resolve().parents[2] / "shared" / "media"
TLS = ssl.create_default_context()  # no test speaks TLS, but a client reads all certificates of the machine if not told
APPLICATIONS: list[FastAPI] = []  # one, once a test of this process wanted it
# rows of a test are few: to delete them is many times faster than to truncate; now and then what they leave is cleared away
EMPTY_POSTGRESQL = f"""DO $$ BEGIN
  IF pg_relation_size('job') + pg_relation_size('timeline_step') + pg_relation_size('city') > 2000000
  THEN TRUNCATE {", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)};
  ELSE
    IF EXISTS (SELECT FROM audit) THEN TRUNCATE audit; END IF; -- it lets nobody delete
    {" ".join(f'DELETE FROM "{table.name}";' for table in reversed(Base.metadata.sorted_tables))}
  END IF;
  PERFORM setval((quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass, start_value, false)
  FROM pg_sequences WHERE last_value IS NOT NULL;
END $$"""  # noqa: S608 - names of our own tables
NOON = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that a test sets; it stands still unless told to follow real time."""

    now: datetime = NOON
    follows: bool = field(default=False)

    def __call__(self) -> datetime:
        return datetime.now(UTC) if self.follows else self.now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@pytest.fixture(scope="session")
def migrated_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """A database at the newest revision: a file to copy on SQLite, one for each test process on PostgreSQL."""
    if not TEST_DATABASE_URL:
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'template.sqlite3'}"
        migrate(url)
        yield url
        return
    name = f"polyphony_test_{worker_id}"
    admin = create_engine(TEST_DATABASE_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))  # no test cuts the power
    url = make_url(TEST_DATABASE_URL).set(database=name).render_as_string(hide_password=False)
    migrate(url)
    yield url
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process, also when there is only one."""
    workerinput: dict[str, str] | None = getattr(request.config, "workerinput", None)
    return workerinput["workerid"] if workerinput else "main"


@pytest.fixture(scope="session")
def engine(migrated_url: str) -> Iterator[Engine]:
    """The engine of this test process: it writes its SQL once and not in every test; `database` gives it a database."""
    opened = open_engine(migrated_url)
    if opened.dialect.name == "sqlite":
        # no test cuts the power
        event.listen(opened, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
    yield opened
    opened.dispose()


@pytest.fixture
def database_url(migrated_url: str, engine: Engine, tmp_path: Path) -> str:
    """An empty database of this test alone."""
    if migrated_url.startswith("sqlite"):
        target = tmp_path / "data" / "polyphony.sqlite3"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(migrated_url.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"
    with writing(engine).begin() as connection:
        connection.exec_driver_sql(EMPTY_POSTGRESQL)
    return migrated_url


@pytest.fixture
def clock() -> Clock:
    """Noon of 1 June 2027 in UTC, until the test says otherwise."""
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a service that lives in the test's folder."""
    return Settings(data_dir=tmp_path / "data", database_url=database_url, base_url="http://127.0.0.1")


@pytest.fixture
def drawn_before(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pieces of kits that another test of this run drew are there; they are known by all that they are made of."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "drawn"
    shared.mkdir(exist_ok=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.kits_dir.symlink_to(shared)


@pytest.fixture
def database(engine: Engine, database_url: str) -> Iterator[Database]:
    """Units of work on the test's database; who listens to its engine listens in this test alone."""

    def of_this_test(_dialect: object, _record: object, arguments: list[str], _options: object) -> None:
        arguments[0] = database_url.removeprefix("sqlite:///")

    on_files = engine.dialect.name == "sqlite"
    if on_files:
        event.listen(engine, "do_connect", of_this_test)
    yield Database(engine.execution_options())
    if on_files:
        engine.dispose()
        event.remove(engine, "do_connect", of_this_test)


@pytest.fixture
def runtime(settings: Settings, database: Database, clock: Clock) -> Runtime:
    """What a process of the service works with, on the test's clock."""
    settings.incoming_dir.mkdir(parents=True, exist_ok=True)
    return Runtime(settings=settings, database=database, storage=LocalStorage(settings.files_dir), now=clock)


@pytest.fixture
def quick_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films of the shortest segments, cut hard: for tests that look at something else than lengths and transitions."""
    monkeypatch.setattr("app.assembly.film.TRANSITION_STEPS", 0)
    for module in ("film", "film_rules"):
        monkeypatch.setattr(f"app.assembly.{module}.CARD_STEPS", 1)
    for name, steps in (("PHOTO_STEPS", 1), ("WORDS_STEPS", (1, 1))):
        monkeypatch.setattr(f"app.assembly.film_rules.{name}", steps)


@dataclass
class Server:
    """The real application behind a real socket."""

    url: str
    runtime: Runtime
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, cookies: dict[str, str] | None = None) -> httpx.Client:
        """A browser without JavaScript that is nobody; closed at the end of the test at the latest."""
        client = httpx.Client(base_url=self.url, timeout=30, cookies=cookies, verify=TLS)
        self.clients.append(client)
        return client

    def signed_in(self, email: str) -> httpx.Client:
        """A browser that signed in by a link."""
        now = self.runtime.now()
        with self.runtime.database.writing() as session:
            person = person_by_email(session, email)
            assert person is not None, email
            token = make_sign_in_link(session, person, now=now, lifetime=timedelta(minutes=5))
        answer = httpx.post(f"{self.url}/sign-in/{token}", verify=TLS)
        assert answer.status_code == 303
        return self.client(cookies=dict(answer.cookies))


@pytest.fixture
def server(runtime: Runtime) -> Iterator[Server]:
    """The service on a free port of the loopback."""
    yield from serve(runtime)


def serve(runtime: Runtime) -> Iterator[Server]:
    """Run the application until the caller is done."""
    for url in serve_app(application(runtime)):
        server = Server(url, runtime)
        try:
            yield server
        finally:
            for client in server.clients:
                client.close()


def application(runtime: Runtime) -> FastAPI:
    """The application on this runtime: all that it knows is new, what its pages take is worked out once in a test process."""
    from app.main import create_app  # noqa: PLC0415 - tests of lower rooms must not need the whole house

    made = create_app(runtime)
    if not APPLICATIONS:
        APPLICATIONS.append(made)
    APPLICATIONS[0].state = made.state
    return APPLICATIONS[0]


def serve_app(app: FastAPI) -> Iterator[str]:
    """Any application on a free port of the loopback; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="none")
    uvicorn_server = uvicorn.Server(config)
    stopped, loop = asyncio.Event(), server_loop()
    running = asyncio.run_coroutine_threadsafe(stand(uvicorn_server, stopped), loop)
    wait_until(lambda: uvicorn_server.started or running.done())
    try:
        yield f"http://127.0.0.1:{uvicorn_server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(stopped.set)
        running.result(10)


async def stand(server: uvicorn.Server, stopped: asyncio.Event) -> None:
    """What `uvicorn.Server.serve` does, without its naps of a tenth of a second at the end."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.on_tick(0)  # the headers of every answer
    await server.startup()
    await stopped.wait()
    for listener in server.servers:
        listener.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    while server.server_state.connections or server.server_state.tasks:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.001)


@lru_cache(maxsize=1)
def server_loop() -> asyncio.AbstractEventLoop:
    """One thread for the servers of all tests of a process, each on a port of its own."""
    loop = asyncio.new_event_loop()

    async def forever() -> None:
        await asyncio.Event().wait()

    threading.Thread(target=lambda: loop.run_until_complete(forever()), daemon=True).start()
    return loop


def wait_until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait for something that happens elsewhere."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Real phone files; they are not part of the repository."""
    if not SHARED_MEDIA.is_dir():
        pytest.skip("the folder ../shared/media with real phone files is not here")
    return SHARED_MEDIA
