"""What the pages of the desk show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.submissions.contexts import Voice
from app.web.errors import FieldError
from app.words import Chosen

Nav = Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One thing to do, as a sentence with one act."""

    sentence: str
    action_label: str
    action_href: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class StripItem:
    """One contribution in the strip of what waits."""

    href: str
    preview_url: str | None
    words: str | None
    language: str
    label: str
    alt: str


@dataclass(frozen=True, slots=True)
class HomePlace:
    """A city of this person in a campaign."""

    href: str
    city: Chosen
    campaign: Chosen
    has_joined: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """The desk's first page."""

    desk_nav: Nav
    items: Sequence[TodayItem]
    strip: Sequence[StripItem]
    waiting: int
    elsewhere_strip: Sequence[StripItem]
    from_elsewhere: int
    places: Sequence[HomePlace]


@dataclass(frozen=True, slots=True)
class Undo:
    """What was decided a moment ago, and where to decide again."""

    approved: bool
    href: str


@dataclass(frozen=True, slots=True)
class QueueEmptyPage:
    """Nothing waits."""

    desk_nav: Nav
    undo: Undo | None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision as it is told."""

    approved: bool
    person: str
    at: str
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """One file that can be taken away."""

    label: str
    href: str
    detail: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class HandoverTexts:
    """What is copied beside the files; networks that take the same text share it."""

    files: Sequence[DownloadFile]
    posts: Sequence[tuple[Sequence[str], str]]
    alt: str
    language: str
    archive_href: str


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """Where in what waits this one stands; 1 is the first."""

    position: int
    remaining: int
    previous_href: str | None
    next_href: str | None
    next_preview_url: str | None


@dataclass(frozen=True, slots=True)
class ContributionPage:
    """One contribution, large."""

    desk_nav: Nav
    url: str
    voice: Voice
    framed_url: str | None
    state: str
    state_label: str
    campaign: Chosen
    campaign_href: str
    city: Chosen
    received_label: str
    facts: Sequence[str]
    agreed: Sequence[str]
    credit: str | None
    consent_note: str | None
    needs_words: bool
    can_decide: bool
    can_withdraw: bool
    place: QueuePosition | None
    keeper: Chosen | None  # for whom it is looked at, when it came from another place
    decisions: Sequence[PastDecision]
    handover: HandoverTexts | None
    why_not: str | None
    failure: str | None
    undo: Undo | None
    reasons: Sequence[tuple[str, str]]
    typed: Mapping[str, str]
    no_speech: bool
    errors: Sequence[FieldError] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    saved: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawOnRequestPage:
    """The question before a contribution goes."""

    desk_nav: Nav
    url: str
    name: str | None
    city: Chosen


@dataclass(frozen=True, slots=True)
class ListedContribution:
    """One row of the list."""

    href: str
    preview_url: str | None
    kind: str
    name: str | None
    words: str
    language: str
    city: Chosen
    campaign: Chosen
    received: str
    state: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """All contributions of this person's cities."""

    desk_nav: Nav
    rows: Sequence[ListedContribution]
    campaigns: Sequence[tuple[str, str]]
    cities: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, str]]
    campaign: str
    city: str
    state: str
    waiting: int
    next_href: str | None


@dataclass(frozen=True, slots=True)
class ApprovedContribution:
    """One approved contribution on its city's page; without `archive_href` it may be shown here, not taken away."""

    href: str
    preview_url: str | None
    kind: str
    name: str | None
    words: str
    language: str
    archive_href: str | None


@dataclass(frozen=True, slots=True)
class CityPage:
    """A city in a campaign, for those who work in that city."""

    desk_nav: Nav
    url: str
    city: Chosen
    campaign: Chosen
    campaign_href: str
    message: Chosen
    hashtag: str
    day_label: str
    has_joined: bool
    can_join: bool
    join_action: str
    join_city: str
    form_link: str
    public_link: str
    countdown_snippet: str | None
    is_public: bool
    numbers: str
    kit_files: int
    has_kit: bool  # whether it is published
    kit_comes: str | None  # when the time-line hands it out
    kit_samples: Sequence[str]  # addresses of small pictures
    kit_languages: Sequence[str]
    approved: Sequence[ApprovedContribution]
    takeaways: int
    can_upload: bool
    waiting: int
    is_elsewhere: bool
    report_href: str | None  # from the day on
