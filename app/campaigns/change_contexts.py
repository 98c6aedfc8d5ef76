"""What pages show of a difference between two writings of a brief."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text, and whether they differ from the other version."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What one field said before and says now, in one language."""

    label: str
    language: str | None  # by name; None where it is no text
    tag: str | None  # of that language
    old: Sequence[Piece]
    new: Sequence[Piece]
