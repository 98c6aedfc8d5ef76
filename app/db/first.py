"""A row of which there is one, while two may ask for it for the first time at the same moment."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.base import Base

R = TypeVar("R", bound=Base)


def found_or_first(session: Session, find: Callable[[], R | None], first: Callable[[], R]) -> R:
    """The row that is there, else this first one; whoever comes second waits for the other's commit and gets that row."""
    row = find()
    if row is not None:
        return row
    row = first()
    try:
        with session.begin_nested():  # what this transaction did before stands whichever way it ends
            session.add(row)
    except IntegrityError:
        row = find()
        if row is None:  # it was refused for something else
            raise
    return row
