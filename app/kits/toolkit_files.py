"""What stands in a toolkit's files: unknown keys are refused, every key is explained in toolkits/README.md."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from media_pipeline.typeset.template import PictureName

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
