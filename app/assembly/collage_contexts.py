"""What the desk's page of a campaign's collage shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.assembly.works_views import WorkView
from app.enums import ProductionKind
from app.words import Chosen

BoxView = tuple[int, int, int, int]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class SketchView:
    """A layout in outline."""

    width: int
    height: int
    tiles: Sequence[BoxView]
    fields: Sequence[BoxView]
    is_on_paper: bool  # its ground is that of the words


@dataclass(frozen=True, slots=True)
class LayoutView:
    """A layout that can be chosen."""

    name: str
    label: str
    sketch: SketchView
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A city and its tiles."""

    city: Chosen
    sent: int
    shown: int
    percent: str


@dataclass(frozen=True, slots=True)
class FairnessView:
    """The figures that stand beside a collage."""

    is_fair: bool
    verdict: str
    sentences: Sequence[str]
    cities: Sequence[ShareLine]


@dataclass(frozen=True, slots=True)
class CollageDeskPage:
    """The context of assembly/collage.html."""

    desk_nav: list[tuple[str, str, bool]]
    title: Chosen
    back_href: str
    public_href: str | None  # None: nobody sees it yet
    url: str
    alt: str
    layouts: Sequence[LayoutView]
    collage: WorkView
    zoomable: WorkView
    zoomable_href: str | None  # None: nobody sees it yet
    poster: WorkView
    nothing_for: Collection[ProductionKind]  # these cannot be made yet
    fairness: FairnessView | None  # None: nothing is approved for it
    told: str | None  # why what was asked for was not done
