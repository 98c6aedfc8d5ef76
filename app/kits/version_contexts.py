"""What the page of a campaign's kit versions shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.kits.variant_contexts import GateView
from app.web.errors import FieldError
from app.words import Chosen

Nav = list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version that was published."""

    number: int
    note: Chosen | None
    published: str
    by: str | None
    embargoed: Sequence[str]  # the labels of groups


@dataclass(frozen=True, slots=True)
class TakenLine:
    """Somebody took something."""

    what: str
    file: str  # the piece; empty: all of it
    version: int
    when: str
    who: str


@dataclass(frozen=True, slots=True)
class TakingLine:
    """What a city took."""

    city: Chosen
    version: int | None  # None: nothing yet
    is_older: bool
    what: str
    since: str | None  # what was taken after that
    when: str
    who: str
    latest: Sequence[TakenLine]  # none where the line says it all
    more: str | None  # how many older ones there are


@dataclass(frozen=True, slots=True)
class PublishForm:
    """What can be published now, and what that will do."""

    title: str
    number: int
    is_new: bool  # whether a file is different from what stands
    changes: Sequence[str]
    effects: Sequence[str]
    note: str
    needs_note: bool
    max_note_chars: int
    groups: Sequence[
        tuple[str, str, bool]
    ]  # value, label, whether it is ticked; none for a chapter, which leaves them as they are
    button: str | None  # None: a part cannot be loaded, so all of it cannot be published
    without: "WithoutButton | None"  # chapters whose parts alone are in the way


@dataclass(frozen=True, slots=True)
class WithoutButton:
    """Publishing for everybody but these chapters."""

    value: str  # their slugs
    label: str
    effect: str


@dataclass(frozen=True, slots=True)
class WishView:
    """What somebody wants published, and what keeps it."""

    gate: GateView
    asked: str
    note: Chosen | None
    refused: str | None  # why it was not published although nothing was found
    is_at_work: bool
    looks_again: bool  # by itself
    take_back_action: str | None  # None: it is somebody else's


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """The context of versions.html."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    toolkit: Chosen | None
    toolkit_href: str
    action: str
    chapter: Chosen | None  # whose cities' kits these are; None: everybody's
    chapters: Sequence[tuple[str, Chosen]]  # whose own can be published alone: where, and the name
    trouble: str | None  # why the toolkit cannot be published
    current: VersionLine | None
    wish: WishView | None
    form: PublishForm | None
    at_gate: str | None  # what a chapter wrote that does not stand yet
    is_closed: bool  # nothing is published any more
    versions: Sequence[VersionLine]
    takings: Sequence[TakingLine]
    told: str | None
    errors: Sequence[FieldError]
