"""What the pages of contributions show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.enums import SubmissionKind, SubmissionState
from app.submissions.holding import Held
from app.submissions.languages import Option
from app.web.errors import FieldError
from app.words import Chosen


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """One sentence with yes and no; `answer` is None while it is open."""

    field: str
    purpose: str
    language: str
    sentence: str
    answer: bool | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be sent, said beside the field before anybody tries."""

    photo: bool
    clip: bool
    sound: bool
    words_alone: bool
    max_clip_s: int
    max_duration_s: int
    max_upload_bytes: int
    max_text_chars: int
    accept: str


@dataclass(frozen=True, slots=True)
class SharePage:
    """The resident's form."""

    action: str
    brand_href: str
    campaign_url: str
    campaign_title: Chosen
    city_name: Chosen
    question: Chosen
    limits: Limits
    word_languages: Sequence[Option]
    language: str
    consents: Sequence[ConsentQuestion]
    keeper: Chosen | None  # who looks at it, where that is not somebody of the city
    responsible: Chosen
    contact_email: str
    form_token: str
    typed: Mapping[str, str] = field(default_factory=dict)
    adult: bool | None = None
    held: Held | None = None
    errors: Sequence[FieldError] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotOpenPage:
    """Why nothing can be sent here now; `reason` is draft, not_joined, not_yet or over."""

    reason: str
    city_name: Chosen
    campaign_title: Chosen | None
    campaign_url: str
    time_zone: str
    at: datetime | None = None
    from_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Under18Page:
    """Nothing was kept."""

    brand_href: str
    campaign_url: str
    contact_email: str
    from_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the receipt's time-line."""

    label: str
    at: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Voice:
    """The contribution as `parts/voices.html` shows it."""

    kind: str
    words: str | None
    spoken_words: str | None
    name: str | None
    city_name: str
    city_url: str | None
    language: str
    alt: str | None
    preview_url: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    media_url: str | None = None
    poster_url: str | None = None
    placeholder: str | None = None
    captions: str | None = None
    href: str | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Words as a picture."""

    url: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """The private page of one contribution."""

    url: str
    link: str
    mail_link: str
    state: SubmissionState
    kind: SubmissionKind
    campaign_title: Chosen
    city_name: Chosen
    keeper: Chosen | None
    timeline: Sequence[Moment]
    voice: Voice | None
    trimmed_to_s: int | None
    lost_s: float | None
    duration_s: float | None
    failure: str | None
    rejection: str | None
    note: str | None
    places: Sequence[tuple[str, str]]  # (label, address)
    downloads: Sequence[tuple[str, str]]
    consents: Sequence[ConsentQuestion]
    share_url: str
    brand_href: str
    campaign_url: str
    contact_email: str
    reloads: bool
    card: Card | None = None
    saved: bool = False
    thanks: Sequence[tuple[str, str]] | None = None  # where to see what came of it; None: it is not the time for thanks yet


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """The question before it goes."""

    url: str
    city_name: Chosen
    is_shown: bool


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """It is gone."""

    withdrawn_at: str
    erased: bool
    share_url: str
    campaign_url: str
    contact_email: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One file that an officer sent: received, or refused with the reason."""

    file_name: str
    size_bytes: int
    refusal: str | None = None
    receipt_url: str | None = None


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The officer's form."""

    desk_nav: Sequence[tuple[str, str, bool]]
    action: str
    city_name: Chosen
    campaign_title: Chosen
    limits: Limits
    max_files: int
    word_languages: Sequence[Option]
    language: str
    consents: Sequence[ConsentQuestion]
    form_token: str
    typed: Mapping[str, str] = field(default_factory=dict)
    taken: Sequence[Taken] = ()
    taken_before: int = 0
    errors: Sequence[FieldError] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
