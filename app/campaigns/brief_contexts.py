"""What the pages of a brief in preparation show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.campaigns.change_contexts import ChangeView
from app.campaigns.contexts import Nav, Told
from app.web.errors import FieldError
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment beside what it is about."""

    anchor: str
    name: str
    speaks_for: str  # their city, the working group, a chapter or the network
    when: str
    text: str
    version: int
    is_older: bool  # it was written about a version before the one that stands
    settled: bool
    take_back_href: str | None  # for its author
    settle_href: str | None  # for whoever runs the campaign; undo where it is settled


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the brief with what was said about it."""

    key: str  # the whole: empty
    label: str
    texts: Sequence[Chosen]  # words, the reader's language first
    lines: Sequence[str]  # other facts, one each
    comments: Sequence[CommentView]
    typed: str  # what was refused, so that it is not lost
    speaks_for: str  # the choice made with it


@dataclass(frozen=True, slots=True)
class BriefReadPage:
    """The brief, part by part, with its comments."""

    desk_nav: Nav
    title: Chosen
    slug: str
    is_fixed: bool
    is_draft: bool
    version: int
    changed: str | None  # when this version was kept, in words
    closes: str | None  # when the time-line fixes it, in words
    parts: Sequence[PartView]
    voices: Sequence[tuple[str, str]]  # for whom this person can speak here: value and label
    can_comment: bool
    manages: bool
    has_cities: bool  # cities of this person are invited
    max_chars: int
    form_token: str
    kept_text: str  # of a comment that came too late
    errors: Sequence[FieldError]
    wrong_part: str | None
    told: Told | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with what changed from the one before."""

    number: int
    when: str
    by: str | None  # None: the time-line
    note: str
    changes: Sequence[ChangeView]
    is_first: bool


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """Every version of a brief, the newest first."""

    desk_nav: Nav
    title: Chosen
    slug: str
    versions: Sequence[VersionView]


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """Somebody who was asked to read the brief: a city with its officers, or one of the working group."""

    name: Chosen
    detail: str  # of a city that has nobody at the desk, or what a person is
    joined: bool | None  # None: no city
    mark: str  # done: the brief as it stands; due: an older version; missing; off: nobody could
    has_read: str  # the same in words
    comment_count: int


@dataclass(frozen=True, slots=True)
class ReadersPage:
    """Who has read the brief."""

    desk_nav: Nav
    title: Chosen
    slug: str
    version: int
    cities: Sequence[ReaderLine]
    members: Sequence[ReaderLine]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Somebody of the working group."""

    person_id: int
    name: str
    roles: str


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The working group and who could join it."""

    desk_nav: Nav
    title: Chosen
    slug: str
    is_fixed: bool
    members: Sequence[MemberLine]
    others: Sequence[tuple[str, Sequence[tuple[str, str]]]]  # group, then (id, name) of people
    told: Told | None
    errors: Sequence[FieldError]
