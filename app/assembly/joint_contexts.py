"""What the desk's page of the joint film shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.assembly.works_views import WorkView
from app.web.errors import FieldError
from app.words import Chosen

Nav = list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class CityLine:
    """A city's part."""

    id: int
    place: int  # in the film, from 1
    name: Chosen
    seconds: str
    seen: int  # contributions in the whole cut
    sent: int  # that may be in it now
    is_card_only: bool
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class GuestLine:
    """A quote that can be in the film."""

    id: int
    name: str
    office: Chosen
    role: str
    city: Chosen
    text: Chosen
    place: str  # as it was typed; empty: not in the film


@dataclass(frozen=True, slots=True)
class JointFilmPage:
    """The context of the page."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    url: str
    public_href: str | None
    whole: WorkView
    short: WorkView
    whole_reckoned: str | None  # how long it would be now; None: nobody could be seen
    short_reckoned: str | None
    each_city: str | None
    too_many: Sequence[str]  # why a cut cannot be made
    fairness: str | None
    cities: Sequence[CityLine]
    silent: Sequence[Chosen]  # cities that have sent nothing that may be in it
    guests: Sequence[GuestLine]
    most_guests: int
    budget_s: str
    budget_least_s: int
    budget_most_s: int
    captions_language: str
    caption_languages: Sequence[tuple[str, str]]
    has_music: bool
    with_music: bool
    errors: Sequence[FieldError]
    told: str | None
