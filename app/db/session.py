"""The unit of work: one short transaction, committed as a whole before anybody is told that it happened."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.db.engine import open_engine, writing


class Database:
    """Opens units of work on one database."""

    def __init__(self, database: str | Engine) -> None:
        """By its address, or on an engine of `open_engine` that is there already."""
        self.engine: Engine = open_engine(database) if isinstance(database, str) else database
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(writing(self.engine), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction; a write in it fails in the database."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write transaction, committed when the block ends without an error, rolled back as a whole otherwise."""
        with self._write.begin() as session:
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
