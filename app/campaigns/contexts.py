"""What the pages of campaigns at the desk show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.campaigns.forms import CampaignForm
from app.enums import CampaignStatus, Phase, SubmissionKind
from app.web.errors import FieldError
from app.web.i18n import _
from app.words import Chosen

Nav = list[tuple[str, str, bool]]

STATUS_WORDS = {
    CampaignStatus.DRAFT: _("Draft"),
    CampaignStatus.OPEN: _("Under way"),
    CampaignStatus.CLOSED: _("Closed"),
}
PHASE_WORDS = {Phase.PRE_DAY: _("Before the day"), Phase.DAY: _("The day"), Phase.POST_DAY: _("After the day")}
KIND_WORDS = {
    SubmissionKind.TEXT: _("Words"),
    SubmissionKind.PHOTO: _("Photos"),
    SubmissionKind.CLIP: _("Films"),
    SubmissionKind.SOUND: _("Sounds"),
}
FORMAT_WORDS = {
    "square": _("Square"),
    "portrait": _("Portrait"),
    "story": _("Story, upright"),
    "landscape": _("Landscape"),
    "link_card": _("Link card"),
    "profile": _("Profile picture, in a circle"),
}


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in a list."""

    title: Chosen
    href: str
    day_on: date
    stands: str  # status or phase, in words
    invited: int
    joined: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day that a campaign can be made for."""

    name: Chosen
    next_on: date
    until: date | None  # of a week
    proclaimed_by: str | None
    since_year: int | None
    href: str


@dataclass(frozen=True, slots=True)
class CampaignsPage:
    """All campaigns of the manager, or those of an officer's cities."""

    desk_nav: Nav
    can_manage: bool
    groups: Sequence[tuple[str, Sequence[CampaignLine]]]  # by how they stand; none that is empty
    days: Sequence[DayLine]


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form of a new campaign or of a draft."""

    desk_nav: Nav
    form: CampaignForm
    heading: str
    day_name: Chosen
    action: str
    back_href: str
    send_label: str
    near_languages: Sequence[tuple[str, str]]  # ticked, or spoken by the pages
    far_languages: Sequence[tuple[str, str]]  # the others that cities of the network speak
    kinds: Sequence[tuple[str, str]]
    formats: Sequence[tuple[str, str]]
    toolkits: Sequence[tuple[str, str]]
    max_chars: Mapping[str, int]
    errors: Sequence[FieldError]
    wrong: Mapping[str, str]  # the sentence of each field


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the time-line, as parts/status.html shows it."""

    label: str
    at: str | None
    state: str


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as its brief shows it."""

    slug: str
    title: Chosen
    message: Chosen
    objective: Chosen
    question: Chosen
    hashtag: Chosen
    status: CampaignStatus
    stands: str
    day_on: date
    opens_on: date
    ends_on: date
    languages: Sequence[str]
    without_words: Sequence[str]  # languages in which something is not written yet
    kinds: Sequence[str]
    max_clip_s: int | None  # None when neither films nor sounds are taken
    max_text_chars: int
    formats: Sequence[str]
    toolkit_name: str
    moments: Sequence[Moment]
    is_public: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A city that takes part, in the manager's list."""

    name: Chosen
    desk_href: str
    time_zone: str
    contribution_count: int


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Cities that stand at the same point of the time-line."""

    phase: str
    next_label: str | None
    next_at: str | None  # by the clocks of each city
    places: Sequence[PlaceLine]


@dataclass(frozen=True, slots=True)
class Places:
    """The invited cities: who takes part and how far, who has not answered, and where nobody could."""

    groups: Sequence[PlaceGroup]
    joined_count: int
    silent_count: int  # of those that joined, how many have nothing yet
    unanswered: Sequence[Chosen]
    without_officer: Sequence[Chosen]

    @property
    def invited_count(self) -> int:
        """All of them."""
        return self.joined_count + len(self.unanswered) + len(self.without_officer)


@dataclass(frozen=True, slots=True)
class Told:
    """What was just done."""

    kind: str
    title: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ManagerPage:
    """One campaign, for those who run it."""

    desk_nav: Nav
    campaign: CampaignView
    places: Places
    invitable: Sequence[tuple[str, Chosen, str]]  # slug, name and country of cities not invited yet
    chapters: Sequence[tuple[str, str]]
    day_is_over: bool
    told: Told | None
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A city of the reader's in a campaign."""

    name: Chosen
    slug: str
    joined: bool
    can_join: bool
    phase: str
    desk_href: str  # the city's own page at the desk: kit, QR code, contributions
    form_url: str
    city_day: str  # when the day begins there, in words


@dataclass(frozen=True, slots=True)
class BriefPage:
    """One campaign, for the people of its cities."""

    desk_nav: Nav
    campaign: CampaignView
    places: Sequence[OwnPlace]
    told: Told | None
