"""What the desk's pages of a city's film show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.assembly.works_views import WorkView
from app.web.errors import FieldError
from app.words import Chosen

Nav = Sequence[tuple[str, str, bool]]
Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ShotView:
    """A contribution that is in the film, or could be."""

    public_id: str
    href: str  # its page at the desk
    who: str | None
    kind: str
    seconds: float | None  # how long it is seen; None: it is not
    picture_url: str | None
    words: str
    language: str
    is_pinned: bool = False
    can_go_earlier: bool = False
    can_go_later: bool = False


@dataclass(frozen=True, slots=True)
class FilmPage:
    """The context of film.html."""

    desk_nav: Nav
    url: str
    city: Chosen
    city_href: str
    campaign: Chosen
    is_elsewhere: bool
    work: WorkView
    changed: bool  # the film that stands is not as it would be made now
    preview_awaited: bool  # it waits to be made, or is being made
    length_s: float  # of the film as it would be made now
    shots: Sequence[ShotView]
    left_out: Sequence[ShotView]  # there is no room
    dropped: Sequence[ShotView]  # somebody left them out
    is_arranged: bool  # by hand, in any way
    lengths: Sequence[Option]
    shape: str  # the film's own
    shapes: Sequence[Option]  # further ones
    languages: Sequence[Option]  # of captions
    has_music: bool
    words_href: str
    typed: Mapping[str, str]
    chosen_shapes: Sequence[str]
    with_music: bool
    errors: Sequence[FieldError] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    saved: bool = False
