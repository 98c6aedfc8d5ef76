"""What the pages of campaigns at the desk show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.campaigns.change_contexts import ChangeView
from app.campaigns.forms import CampaignForm
from app.enums import CampaignStatus, Phase, SubmissionKind
from app.web.errors import FieldError
from app.web.i18n import _
from app.words import Chosen

Nav = list[tuple[str, str, bool]]

STATUS_WORDS = {
    CampaignStatus.DRAFT: _("Draft"),
    CampaignStatus.PREPARING: _("In preparation"),
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
    """A campaign in a list; the counts are of all cities for whoever runs it, else of the reader's own."""

    title: Chosen
    chapter: Chosen | None  # whose it is, where that is not the network
    runs_it: bool
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
    can_manage: bool  # campaigns of the network, or of a chapter
    groups: Sequence[tuple[str, Sequence[CampaignLine]]]  # by how they stand; none that is empty
    days: Sequence[DayLine]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new campaign can begin from: a template, or a campaign of an earlier year."""

    name: Chosen
    day_on: date | None  # of a campaign
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form of a new campaign, or of one whose brief is not fixed."""

    desk_nav: Nav
    form: CampaignForm
    heading: str
    day_name: Chosen
    action: str
    back_href: str
    lines_href: str | None  # of one that is there: where the lines of its time-line are written
    send_label: str
    templates: Sequence[Beginning]  # of a new one
    earlier: Sequence[Beginning]  # campaigns on the same day
    others: Sequence[Beginning]  # campaigns on other days
    meanwhile: Sequence[ChangeView]  # what somebody else wrote since the form was handed out: as typed, as it stands
    days_set: Sequence[tuple[str, date]]  # of one that is being prepared, which keeps its days: what, and when
    chapters: Sequence[tuple[str, str]]  # whose cities it can be for
    chapter_name: str | None  # of one that is being prepared
    near_sdgs: Sequence[tuple[str, str]]  # the goals that are ticked
    far_sdgs: Sequence[tuple[str, str]]
    counts_to: Sequence[tuple[str, str]]
    note_chars: int
    near_languages: Sequence[tuple[str, str]]  # ticked, or spoken by the pages
    far_languages: Sequence[tuple[str, str]]  # the others that cities of the network speak
    toolkit_languages: Sequence[tuple[str, str]]  # and those that only the campaign's look speaks
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
    audience: Chosen | None
    approach: Chosen | None
    question: Chosen
    hashtag: Chosen
    sdgs: Sequence[str]
    collects_elsewhere: bool
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
    originals_until_on: date | None  # once it has closed: what phones sent is erased after this day


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
    elsewhere: Sequence[PlaceLine]  # people from outside the cities; counted nowhere

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
class Preparation:
    """How far the reading of the brief is."""

    has_read_count: int  # invited cities in which somebody has read the brief as it stands
    invited_count: int
    unsettled_count: int
    member_count: int  # of the working group
    closes: str | None  # when the time-line fixes the brief, in words


@dataclass(frozen=True, slots=True)
class ManagerPage:
    """One campaign, for those who run it."""

    desk_nav: Nav
    campaign: CampaignView
    chapter: Chosen | None  # whose campaign it is, where that is not the network
    preparation: Preparation | None  # while the brief is read
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
    """One campaign, for the people of its cities and of its working group."""

    desk_nav: Nav
    campaign: CampaignView
    places: Sequence[OwnPlace]
    told: Told | None
    is_member: bool  # of the working group
    reminds: bool  # answers for the cities of a chapter
    chapters: Sequence[tuple[str, Chosen]]  # that they coordinate: where their cities' kits are published, and its name


@dataclass(frozen=True, slots=True)
class ActPage:
    """What beginning, opening or closing a campaign will do, before it is done."""

    desk_nav: Nav
    title: Chosen
    back_href: str
    action: str
    heading: str
    effects: Sequence[str]  # one sentence each
    warnings: Sequence[str]
    button: str
    kind: str  # of the button
