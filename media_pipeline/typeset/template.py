"""Templates: pure data, layers and boxes and slots, validated when they are loaded and never run."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Data(BaseModel):
    """Data from a designer's file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# A number is a hundredth of the page's shorter side, so that margins are equal on every side and in every format;
# "40%" is a share of the page's own width or height.
Length = Annotated[float, Field(ge=0, le=1000)] | Annotated[str, Field(pattern=r"^\d{1,3}(\.\d+)?%$")]
Token = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
SlotName = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Align = Literal["start", "center", "end"]
VerticalAlign = Literal["top", "middle", "bottom"]
Units = Annotated[float, Field(ge=0, le=1000)]
FormatName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)]  # it stands in the names of files
PictureName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*\.(svg|png)$")]

HORIZONTAL = ("start", "end", "width")
VERTICAL = ("top", "bottom", "height")


class Format(Data):
    """One shape in which the template can be made: pixels for screens, millimetres for print."""

    width_px: Annotated[int, Field(ge=16, le=8000)] | None = None
    height_px: Annotated[int, Field(ge=16, le=8000)] | None = None
    width_mm: Annotated[float, Field(ge=20, le=1200)] | None = None
    height_mm: Annotated[float, Field(ge=20, le=1200)] | None = None
    bleed_mm: Annotated[float, Field(ge=0, le=10)] = 0  # what is printed round the page and cut off
    window: tuple[int, int, int, int] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> "Format":
        pixels = self.width_px is not None and self.height_px is not None
        millimetres = self.width_mm is not None and self.height_mm is not None
        if pixels == millimetres:
            raise ValueError("give width_px and height_px, or width_mm and height_mm")
        if self.bleed_mm and not millimetres:
            raise ValueError("bleed_mm is for print, in millimetres")
        if self.window is not None:
            x, y, width, height = self.window
            inside = x >= 0 and y >= 0 and width > 0 and height > 0
            if not pixels or not inside or x + width > (self.width_px or 0) or y + height > (self.height_px or 0):
                raise ValueError("the window must lie inside a page in pixels")
        return self


class Placed(Data):
    """What every layer says about where it stands and when it is there."""

    start: Length | None = None
    end: Length | None = None
    width: Length | None = None
    top: Length | None = None
    bottom: Length | None = None
    height: Length | None = None
    formats: tuple[str, ...] = ()
    when: str | None = None
    unless: str | None = None
    locked: bool = True

    @model_validator(mode="after")
    def _two_of_three(self) -> "Placed":
        for axis in (HORIZONTAL, VERTICAL):
            given = [name for name in axis if getattr(self, name) is not None]
            if len(given) not in {0, 2}:
                raise ValueError("give two of " + ", ".join(axis) + ", or none of them for the whole page")
        return self

    def slots(self) -> dict[str, bool]:
        """The slots this layer reads, each with whether it must be filled."""
        return {name: False for name in (self.when, self.unless) if name}

    def colours(self) -> set[str]:
        """The palette's tokens that this layer names."""
        return set()

    def sources(self) -> set[str]:
        """The files of the toolkit's artwork that it shows in the palette's colours."""
        return set()


class Shape(Placed):
    """A filled or outlined rectangle or ellipse."""

    kind: Literal["rect", "ellipse"]
    fill: Token | None = None
    stroke: Token | None = None
    stroke_width: Units = 0.2
    radius: Units = 0

    def colours(self) -> set[str]:
        return {token for token in (self.fill, self.stroke) if token}


class Line(Placed):
    """A straight line along its box's longer side."""

    kind: Literal["line"]
    stroke: Token
    stroke_width: Units = 0.2

    def colours(self) -> set[str]:
        return {self.stroke}


class Picture(Placed):
    """An SVG or PNG from the toolkit's artwork; `var(--token)` in an SVG takes the palette's colour."""

    kind: Literal["picture"]
    source: PictureName
    fit: Literal["contain", "cover"] = "contain"
    align: Align = "center"
    valign: VerticalAlign = "middle"
    mirror: bool = False  # turned round where the language runs from right to left

    def sources(self) -> set[str]:
        return {self.source}


class QrCode(Placed):
    """A QR code of what stands in its slot, drawn in `dark` on the page with its quiet zone."""

    kind: Literal["qr"]
    slot: str
    optional: bool = False
    dark: Token = "ink"
    locked: bool = False

    @property
    def file_key(self) -> str:
        """Under which name the drawn code is kept for this layer."""
        return f"qr:{self.slot}:{self.dark}"

    def slots(self) -> dict[str, bool]:
        return {**super().slots(), self.slot: not self.optional}

    def colours(self) -> set[str]:
        return {self.dark}


class SlotPicture(Placed):
    """A picture that stands in a slot: a city's, or of a person."""

    slot: SlotName
    optional: bool = False
    locked: bool = False

    @property
    def file_key(self) -> str:
        """Under which name the picture is kept for this layer."""
        return f"slot:{self.slot}"

    def slots(self) -> dict[str, bool]:
        return {**super().slots(), self.slot: not self.optional}


class Logo(SlotPicture):
    """The whole picture on a plate of its own, so that any logo can be read; `clear` is the room round it that stays empty."""

    kind: Literal["logo"]
    plate: Token = "paper"
    clear: Annotated[float, Field(ge=1, le=50)] = 2
    radius: Units = 0
    align: Align = "center"
    valign: VerticalAlign = "middle"

    def colours(self) -> set[str]:
        return {self.plate}


class Partners(Placed):
    """The logos of a campaign's partners beside its own mark on one plate, each as large to the eye as the others.

    `clear` is the least room between them and round them; `size` the height of the box that each is fitted into, at most.
    """

    kind: Literal["partners"]
    mark: PictureName | None = None  # the campaign's own, which begins the row
    mirror: bool = False  # the mark, where the language runs from right to left; a partner's logo never
    size: Annotated[float, Field(gt=0, le=100)]
    max_rows: Annotated[int, Field(ge=1, le=4)] = 1
    plate: Token = "paper"
    clear: Annotated[float, Field(ge=1, le=50)] = 2
    radius: Units = 0
    align: Align = "start"
    valign: VerticalAlign = "middle"
    logos: tuple[PictureName, ...] = ()  # the campaign's partners: no template's own, put in when it is loaded

    def colours(self) -> set[str]:
        return {self.plate}

    def sources(self) -> set[str]:
        return {self.mark} if self.mark else set()

    @staticmethod
    def logo_key(logo: str) -> str:
        """Under which name a partner's logo is kept: never that of a picture, which takes the palette's colours."""
        return f"partner:{logo}"


class Portrait(SlotPicture):
    """The picture of a person, cut to fill its box."""

    kind: Literal["portrait"]
    round: bool = False  # an ellipse instead of a rectangle
    radius: Units = 0


class Row(Data):
    """One slot's words; sizes in hundredths of the page's shorter side."""

    slot: SlotName
    optional: bool = False
    size: Annotated[float, Field(gt=0, le=100)]
    min_size: Annotated[float, Field(gt=0, le=100)]
    weight: Literal[400, 500, 600, 700] = 400
    color: Token = "ink"
    max_lines: Annotated[int, Field(ge=1, le=200)] = 1
    line: Annotated[float, Field(ge=1, le=2)] = 1.2
    gap: Units = 0
    hyphenate: bool = False
    balance: bool = False
    headings: bool = False  # the line above a list is set in bold

    @model_validator(mode="after")
    def _shrinks(self) -> "Row":
        if self.min_size > self.size:
            raise ValueError("min_size is larger than size")
        return self


class Stack(Placed):
    """Rows of words one under the other that shrink until they fit their box; `fill` gives them a panel of their own."""

    kind: Literal["stack"]
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]
    align: Align = "start"
    valign: VerticalAlign = "top"
    scale: Annotated[float, Field(gt=0, le=5)] = 1
    over: Token | None = None
    fill: Token | None = None
    padding: Units = 0
    radius: Units = 0
    hug: bool = False
    locked: bool = False

    @model_validator(mode="after")
    def _on_something(self) -> "Stack":
        if (self.over is None) == (self.fill is None):
            raise ValueError("give over (the colour that the words stand on) or fill (a panel of their own)")
        return self

    def slots(self) -> dict[str, bool]:
        return {**super().slots(), **{row.slot: not row.optional for row in self.rows}}

    def colours(self) -> set[str]:
        return {self.ground, *(row.color for row in self.rows)}

    @property
    def ground(self) -> str:
        """The palette's token that the words are read against."""
        return self.fill or self.over or ""


Layer = Shape | Line | Picture | QrCode | Logo | Partners | Portrait | Stack


class Template(Data):
    """One piece of a toolkit in all its formats; `layers` are drawn from the first to the last."""

    name: str
    description: str
    transparent: bool = False
    background: Token | None = None
    formats: Annotated[dict[FormatName, Format], Field(min_length=1)]
    layers: Annotated[dict[str, tuple[Layer, ...]], Field(min_length=1)]

    @model_validator(mode="after")
    def _ground(self) -> "Template":
        if self.transparent == (self.background is not None):
            raise ValueError("a template is transparent or has a background")
        return self

    @cached_property
    def written(self) -> str:
        """All of it as JSON: equal templates are written alike."""
        return self.model_dump_json()

    @cached_property
    def slots(self) -> dict[str, bool]:
        """Every slot of every format with whether it must be filled."""
        found: dict[str, bool] = {}
        for layers in self.layers.values():
            for layer in layers:
                for slot, required in layer.slots().items():
                    found[slot] = found.get(slot, False) or required
        return found

    @cached_property
    def colours(self) -> frozenset[str]:
        """Every palette token that the template names."""
        own = {self.background} if self.background else set[str]()
        return frozenset(own.union(*(layer.colours() for layers in self.layers.values() for layer in layers)))

    @cached_property
    def contrasts(self) -> frozenset[tuple[str, str]]:
        """Every pair of words' colour and ground."""
        stacks = [layer for layers in self.layers.values() for layer in layers if isinstance(layer, Stack)]
        return frozenset((row.color, stack.ground) for stack in stacks for row in stack.rows)

    @cached_property
    def pictures(self) -> frozenset[str]:
        """Every file of the artwork that the template shows."""
        return self.partners.union(*(layer.sources() for layers in self.layers.values() for layer in layers))

    @cached_property
    def partners(self) -> frozenset[str]:
        """Those of them that are partners' logos; empty where it shows none."""
        every = [layer for layers in self.layers.values() for layer in layers]
        return frozenset(logo for layer in every if isinstance(layer, Partners) for logo in layer.logos)
