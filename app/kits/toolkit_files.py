"""What stands in a toolkit's files: unknown keys are refused, every key is explained in toolkits/README.md."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from media_pipeline.typeset.template import FormatName, PictureName

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
TemplateName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)]  # of a file in templates/
Sentence = Annotated[str, Field(min_length=1, max_length=10_000)]
Percent = Annotated[float, Field(ge=0, le=50)]
Lines = Annotated[tuple[Sentence, ...], Field(min_length=3, max_length=8)]
Label = Annotated[str, Field(min_length=1, max_length=60)]
MAX_QUOTE_CHARS = 140  # one length for mayors and residents alike
MAX_PARTNERS = 6  # of a row in which each can still be told
LEAST_AREA = 0.1  # of a shape in its box: tiles in a narrower one would be specks
ByLanguage = Annotated[dict[Tag, Sentence], Field(min_length=1)]


class Data(BaseModel):
    """A part of a toolkit's files: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SafeArea(Data):
    """The share of a format, from its edges, where networks lay their own buttons and no words may stand."""

    top_percent: Percent = 0
    bottom_percent: Percent = 0


class Licence(Data):
    """Under which licence some of the folder's files may be used, and whose they are."""

    files: str
    licence: str
    author: str
    source: str = ""


class Palette(Data):
    """The campaign's colours; words and their grounds are checked in pairs."""

    paper: Colour
    ink: Colour
    muted: Colour
    line: Colour
    accent: Colour
    accent_ink: Colour
    second: Colour
    second_ink: Colour


def _in_artwork(name: object) -> object:
    """A file's name without its folder, which everybody writes who has just read the list of licences."""
    return name.removeprefix("artwork/") if isinstance(name, str) else name


class Partner(Data):
    """Who carries the campaign beside the city; the logo is drawn as it is, beside the campaign's own mark.

    `alt` is how it is called in alternative texts, where that is not its name.
    """

    name: Annotated[str, Field(pattern=r"^[^{}\n]+$", max_length=80)]
    logo: Annotated[PictureName, BeforeValidator(_in_artwork)]
    alt: Annotated[str, Field(pattern=r"^[^{}\n]+$", max_length=120)] | None = None


Part = Annotated[float, Field(ge=0, le=100)]
Point = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]
LayoutName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


class Area(Data):
    """A box on a sheet, in percent of its width and height; `start` is the side where a line of the language begins."""

    start: Part = 0
    width: Annotated[float, Field(gt=0, le=100)]
    top: Part = 0
    height: Annotated[float, Field(gt=0, le=100)]

    @model_validator(mode="after")
    def _on_the_sheet(self) -> "Area":
        if self.start + self.width > 100 or self.top + self.height > 100:
            raise ValueError("it reaches over the edge of the sheet")
        return self

    def meets(self, other: "Area") -> bool:
        """Whether both have a part of the sheet in common."""
        across = min(self.start + self.width, other.start + other.width) - max(self.start, other.start)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return across > 0 and down > 0


class CollageField(Area):
    """Where the words of a collage stand, and which template sets them; drawn as large as it fits, in the middle of its box."""

    template: TemplateName
    format: FormatName


class CollageLayout(Data):
    """How the tiles of a collage stand on a sheet that is 1.41 times as high as wide, and where its words are.

    A shape is `heart`, `ellipse`, or the corners of one in parts of the box of its tiles.
    """

    name: LayoutName
    names: dict[Tag, Label] = {}  # what it is called at the desk; the usual ones have a name there already
    kind: Literal["grid", "columns", "shape"]
    shape: Literal["heart", "ellipse"] | Annotated[tuple[Point, ...], Field(min_length=3, max_length=400)] | None = None
    tiles: Area
    gap: Annotated[float, Field(ge=0, le=20)] = 4  # between tiles, percent of a tile
    background: str = "paper"  # of the palette
    fields: Annotated[tuple[CollageField, ...], Field(min_length=1, max_length=4)]

    @model_validator(mode="after")
    def _has_a_shape(self) -> "CollageLayout":
        if (self.kind == "shape") == (self.shape is None):
            raise ValueError("a shape stands where the kind is shape, and only there")
        if isinstance(self.shape, tuple) and _area(self.shape) < LEAST_AREA:
            raise ValueError("the shape is too narrow for tiles")
        return self

    @model_validator(mode="after")
    def _hides_nobody(self) -> "CollageLayout":
        if any(field.meets(self.tiles) for field in self.fields):
            raise ValueError("a field lies over the tiles")
        return self


def _area(corners: tuple[Point, ...]) -> float:
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def _each_layout_once(layouts: tuple[CollageLayout, ...]) -> tuple[CollageLayout, ...]:
    if len({layout.name for layout in layouts}) < len(layouts):
        raise ValueError("each layout needs a name of its own")
    return layouts


CollageLayouts = Annotated[tuple[CollageLayout, ...], Field(max_length=12), AfterValidator(_each_layout_once)]


class Collages(Data):
    """`base/collages.toml`: the layouts that every toolkit has."""

    collages: CollageLayouts


SoundName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*\.(opus|ogg|m4a|mp3)$")]


class Manifest(Data):
    """`toolkit.toml`."""

    slug: Slug
    version: Annotated[int, Field(ge=1)]
    change_note: Sentence
    day: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")] | None = None
    source_language: Tag
    hashtag: Annotated[str, Field(pattern=r"^#\S+$", max_length=60)]
    names: ByLanguage
    messages: ByLanguage
    palette: Palette
    contrast: tuple[tuple[str, str], ...] = ()
    formats: Annotated[tuple[str, ...], Field(min_length=1)]
    templates: Annotated[tuple[TemplateName, ...], Field(min_length=1)]
    safe_areas: dict[str, SafeArea] = {}
    partners: Annotated[tuple[Partner, ...], Field(max_length=MAX_PARTNERS)] = ()
    collages: CollageLayouts = ()  # before those of base, of which they replace the ones of the same name
    music: Annotated[SoundName, BeforeValidator(_in_artwork)] | None = None  # a bed under films, for the cities that want one
    licences: Annotated[tuple[Licence, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _says_it_in_its_own_language(self) -> "Manifest":
        if self.source_language not in self.names or self.source_language not in self.messages:
            raise ValueError("names and messages need the source language")
        return self

    @model_validator(mode="after")
    def _once_each(self) -> "Manifest":
        if len({partner.logo for partner in self.partners}) < len(self.partners):
            raise ValueError("each partner needs a logo of its own")
        return self


class Review(Data):
    """`[meta]` of a language's texts; without a reader they are a draft."""

    language: Tag
    reviewed_by: Sentence | None = None
    reviewed_on: date | None = None

    @model_validator(mode="after")
    def _by_somebody_on_a_day(self) -> "Review":
        if (self.reviewed_by is None) != (self.reviewed_on is None):
            raise ValueError("reviewed_by and reviewed_on belong together")
        return self


class Posts(Data):
    """A city's own post for each network."""

    facebook: Sentence
    instagram: Sentence
    x: Sentence
    linkedin: Sentence
    mastodon: Sentence
    bluesky: Sentence


class ContributionPosts(Data):
    """The post that goes with one person's contribution."""

    named: Sentence
    unnamed: Sentence


class Note(Data):
    """The briefing note; `body` has paragraphs parted by an empty line, `do` and `dont` are a line each."""

    title: Sentence
    body: Sentence
    do: Lines
    dont: Lines


class Plan(Data):
    """Posts for the dates of the time-line, short enough for every network."""

    countdown: Sentence
    day: Sentence
    after: Sentence


class Letter(Data):
    """A text with a heading; `body` has paragraphs parted by an empty line."""

    title: Sentence
    body: Sentence


class Labels(Data):
    """A language of `base/labels.toml`: the headings of the kit's documents."""

    do: Label
    dont: Label
    dates: Label
    opens: Label
    day: Label
    ends: Label
    formats: Label
    contacts: Label
    reply_sheet: Label
    house_rules: Label
    they_say: Label
    we_answer: Label
    posting_plan: Label
    picture: Label
    waits: Label | None = None  # from when a piece under embargo can be had, with {day}
    partners: Label | None = None  # kits that were frozen before there were any do not have it


class AllLabels(RootModel[dict[Tag, Labels]]):
    """`base/labels.toml`, by language."""


class MayorQuote(Data):
    """A quote that a mayor can make their own."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_QUOTE_CHARS)]


class Rumour(Data):
    """What is usually said under such posts, and a calm answer."""

    says: Sentence
    answer: Sentence


class Replies(Data):
    """The reply sheet for comments on social networks."""

    house_rules: Lines
    hide: Sentence
    report: Sentence
    call: Sentence
    rumours: Annotated[tuple[Rumour, ...], Field(min_length=3, max_length=8)]


class Alt(Data):
    """What a picture, film or sound says to those who do not see or hear it, when its author wrote nothing.

    `picture` is for everything of the kit that shows the message, `countdown` for its cards and its film.
    """

    photo: Sentence
    clip: Sentence
    sound: Sentence
    card: Sentence
    frame: Sentence
    picture: Sentence
    countdown: Sentence


class Prints(Data):
    """What stands on paper beside the code of the form."""

    invitation: Annotated[str, Field(min_length=1, max_length=400)]


class Texts(Data):
    """`texts/<language>.toml`."""

    meta: Review
    posts: Posts
    contribution: ContributionPosts
    note: Note
    alt: Alt
    prints: Prints
    plan: Plan
    press_release: Letter
    mayor_quote: MayorQuote
    bulletin: Letter
    colleagues: Letter
    replies: Replies

    @property
    def is_draft(self) -> bool:
        """Whether no speaker of the language has read it yet."""
        return self.meta.reviewed_by is None


class Network(Data):
    """What a social network takes, as of `checked_on`."""

    checked_on: date
    post_characters: Annotated[int, Field(ge=1)]
    picture_bytes: Annotated[int, Field(ge=1)] | None = None  # None: as many as one likes


class Banner(Data):
    """The wide picture above an account, as of `checked_on`; `safe` is the box in pixels that every screen shows."""

    checked_on: date
    width_px: Annotated[int, Field(ge=1)]
    height_px: Annotated[int, Field(ge=1)]
    safe: tuple[int, int, int, int]
    picture_bytes: Annotated[int, Field(ge=1)] | None = None  # None: as for every picture of the network


class Networks(Data):
    """`base/networks.toml`: the networks' limits in one dated place."""

    facebook: Network
    instagram: Network
    x: Network
    linkedin: Network
    mastodon: Network
    bluesky: Network
    banners: dict[str, Banner] = {}
