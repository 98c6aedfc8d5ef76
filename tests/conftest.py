"""Every test gets a fresh database built by the migrations, on the engine of TEST_DATABASE_URL, and real files and servers."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import create_engine, make_url, text

from app.accounts.service import make_sign_in_link, person_by_email
from app.db.base import Base
from app.db.migrate import migrate
from app.db.session import Database
from app.runtime import Runtime
from app.settings import Settings
from app.storage import LocalStorage

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
SHARED_MEDIA = Path(__file__).resolve().parents[2] / "shared" / "media"
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


@pytest.fixture
def database_url(migrated_url: str, tmp_path: Path) -> str:
    """An empty database of this test alone."""
    if migrated_url.startswith("sqlite"):
        target = tmp_path / "data" / "polyphony.sqlite3"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(migrated_url.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()
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
def database(database_url: str) -> Iterator[Database]:
    """Units of work on the test's database."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def runtime(settings: Settings, database: Database, clock: Clock) -> Runtime:
    """What a process of the service works with, on the test's clock."""
    settings.incoming_dir.mkdir(parents=True, exist_ok=True)
    return Runtime(settings=settings, database=database, storage=LocalStorage(settings.files_dir), now=clock)


@dataclass
class Server:
    """The real application behind a real socket."""

    url: str
    runtime: Runtime
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, cookies: dict[str, str] | None = None) -> httpx.Client:
        """A browser without JavaScript that is nobody; closed at the end of the test at the latest."""
        client = httpx.Client(base_url=self.url, timeout=30, cookies=cookies)
        self.clients.append(client)
        return client

    def signed_in(self, email: str) -> httpx.Client:
        """A browser that signed in by a link."""
        now = self.runtime.now()
        with self.runtime.database.writing() as session:
            person = person_by_email(session, email)
            assert person is not None, email
            token = make_sign_in_link(session, person, now=now, lifetime=timedelta(minutes=5))
        answer = httpx.post(f"{self.url}/sign-in/{token}")
        assert answer.status_code == 303
        return self.client(cookies=dict(answer.cookies))


@pytest.fixture
def server(runtime: Runtime) -> Iterator[Server]:
    """The service on a free port of the loopback."""
    yield from serve(runtime)


def serve(runtime: Runtime) -> Iterator[Server]:
    """Run the application in a thread until the caller is done."""
    from app.main import create_app  # noqa: PLC0415 - tests of lower rooms must not need the whole house

    for url in serve_app(create_app(runtime)):
        server = Server(url, runtime)
        try:
            yield server
        finally:
            for client in server.clients:
                client.close()


def serve_app(app: FastAPI) -> Iterator[str]:
    """Any application on a free port of the loopback; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="none")
    uvicorn_server = uvicorn.Server(config)
    thread = threading.Thread(target=uvicorn_server.run, daemon=True)
    thread.start()
    wait_until(lambda: uvicorn_server.started)
    port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        uvicorn_server.should_exit = True
        thread.join(10)


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
