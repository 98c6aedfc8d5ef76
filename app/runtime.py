"""What a process of the service works with, made once at its start and handed to pages and jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.clock import utc_now
from app.db.session import Database
from app.settings import Settings
from app.storage import LocalStorage, Storage


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings, database, files and the clock."""

    settings: Settings
    database: Database
    storage: Storage
    now: Callable[[], datetime] = utc_now


def open_runtime(settings: Settings) -> Runtime:
    """The runtime that the settings describe."""
    settings.incoming_dir.mkdir(parents=True, exist_ok=True)
    return Runtime(
        settings=settings,
        database=Database(settings.resolved_database_url),
        storage=LocalStorage(settings.files_dir),
    )
