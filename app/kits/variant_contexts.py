"""What the pages on which a toolkit is corrected, uploaded and taken back show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.enums import CheckState
from app.kits.toolkit_contexts import LanguageLine, ToolkitLine, UploadForm
from app.web.errors import FieldError
from app.words import Chosen

Nav = list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class WhoseLink:
    """A place in which toolkits can be one's own."""

    name: Chosen
    href: str
    is_current: bool
    has_own: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One thing that the gate found."""

    file: str
    piece: str  # template and format; empty: the file itself
    language: str
    said: str
    whose: str = ""  # where several have a part in what was checked


@dataclass(frozen=True, slots=True)
class GateView:
    """What the gate says about the newest variant."""

    state: CheckState
    title: str
    text: str
    done_count: int
    drawing_count: int  # 0: not counted yet
    findings: Sequence[FindingLine]
    more_count: int  # findings that are not shown
    reloads: bool
    reload_s: int


@dataclass(frozen=True, slots=True)
class VariantLine:
    """A number of the history."""

    number: int
    note: str
    what: str
    made: str
    by: str | None
    stands: str  # in words
    is_newest: bool
    back: str | None  # what taking back to it does; None: it cannot be


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign that uses the toolkit."""

    title: Chosen
    publish_href: str | None  # None: somebody else runs it


@dataclass(frozen=True, slots=True)
class OwnToolkitPage:
    """The context of toolkit.html."""

    desk_nav: Nav
    toolkit: ToolkitLine
    change_note: str
    told: str | None
    trouble: str | None  # why what is their own cannot be used any more
    whose: Chosen
    of_network: bool
    places: Sequence[WhoseLink]
    has_own: bool
    is_whole: bool  # there is no such toolkit beneath
    changes: Sequence[str]
    gate: GateView | None
    history: Sequence[VariantLine]
    nothing_own: str | None  # what taking back to nothing of one's own does
    back_action: str
    again_action: str
    url: str
    still_href: str  # the page that does not look again by itself: nothing that is typed is lost
    download_href: str
    upload: UploadForm | None  # None: only to be looked at
    campaigns: Sequence[CampaignLine]
    errors: Sequence[FieldError]


@dataclass(frozen=True, slots=True)
class TextField:
    """One text to be corrected."""

    key: str
    label: str
    value: str
    original: str | None  # the same in the language it was written in
    hint: str | None
    now: str | None  # what somebody else wrote meanwhile
    rows: int
    max_chars: int | None  # what the counter counts to
    error: str | None


@dataclass(frozen=True, slots=True)
class TextGroup:
    """A part of the texts, with the placeholders that it knows."""

    label: str
    placeholders: Sequence[str]
    fields: Sequence[TextField]


@dataclass(frozen=True, slots=True)
class CorrectPage:
    """The context of variant_correct.html."""

    desk_nav: Nav
    toolkit: ToolkitLine
    language: LanguageLine
    source: str | None  # the language of the originals; None: these are they
    source_name: str
    whose: Chosen
    of_network: bool
    action: str
    read: int
    groups: Sequence[TextGroup]
    reviewed_by: str
    reviewed_on: str
    note: str
    max_note_chars: int
    has_moved: bool
    labels: dict[str, str]
    wrong: dict[str, str]
    errors: Sequence[FieldError]
