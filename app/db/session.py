"""The unit of work: one short transaction, committed as a whole before anybody is told that it happened."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.db.engine import open_engine, writing, writing_at_once


class Database:
    """Opens units of work on one database."""

    def __init__(self, database: str | Engine) -> None:
        """By its address, or on an engine of `open_engine` that is there already."""
        self.engine: Engine = open_engine(database) if isinstance(database, str) else database
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(writing(self.engine), expire_on_commit=False)
        self._write_at_once = sessionmaker(writing_at_once(self.engine), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction, which sees one moment; a write in it fails in the database."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write transaction, committed when the block ends without an error, rolled back as a whole otherwise."""
        with self._write.begin() as session:
            yield session

    @contextmanager
    def writing_at_once(self) -> Iterator[Session]:
        """The same for what can be left out this time: OperationalError instead of waiting for another's write."""
        with self._write_at_once.begin() as session:
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
