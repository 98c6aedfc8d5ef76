"""Makes the booklet of a campaign for print: its message, mayors' words, residents' stories of all cities, the collage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.assembly import booklet_sheets as sheets
from app.assembly.booklet_binding import bind
from app.assembly.booklet_pictures import fine_photo
from app.assembly.collage_words import said_of
from app.assembly.queries import Piece, is_whole, pieces, production_at
from app.assembly.service import Finished
from app.assembly.workshop import Built, Finishing, Place, Progress, build, unless_changed
from app.derivation import Made
from app.enums import ArtefactKind, ProductionKind, QuoteRole, SubmissionKind
from app.kits.frames import address_of
from app.kits.quotes import Quote, quotes_of
from app.kits.slots import NO_BREAK, day_in_words, message_of, slots_of
from app.kits.sources import campaign_root
from app.kits.toolkit import Toolkit
from app.models import (
    Artefact,
    Campaign,
    CampaignCity,
    City,
    CityQuote,
    Derivation,
    Network,
    Production,
    ProductionFile,
    Submission,
)
from app.runtime import Runtime
from app.submissions.languages import UNDETERMINED
from app.submissions.preparing import shortened
from app.web.i18n import translator
from app.words import choose
from media_pipeline.pictures import OWN_SHAPE, save_jpeg

KIND = ProductionKind.BOOKLET
RECIPE = 2  # counted up when the same pages would look another way
MAX_MAYORS = 16  # a quarter of the thickest booklet
POSTER_FILE = "a2_jpg"  # of the poster for print: the smallest that is finer than a page of A5
S = TypeVar("S", bound=Select[*tuple[Any, ...]])
CITIES_APART = f"{NO_BREAK}· "
PICTURED = frozenset({SubmissionKind.PHOTO, SubmissionKind.CLIP})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of somebody's own before it is drawn."""

    stands: sheets.Page
    slots: Mapping[str, str]
    language: str
    picture_key: str | None
    picture_sha256: str | None
    alt: str  # what it shows
    submission_id: int | None = None  # None: somebody whom a city quotes
    artefact_id: int | None = None
    is_photo: bool = False


@dataclass(frozen=True, slots=True)
class Collage:
    """The poster of all as it stands, and who is in it."""

    storage_key: str
    sha256: str
    artefact_id: int
    submission_ids: Sequence[int]
    city_count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the booklet is made of."""

    campaign: Campaign
    toolkit: Toolkit
    language: str
    cover: Mapping[str, str]
    cities: Sequence[str]  # the names of all that take part
    pages: Sequence[Page]
    collage: Collage | None
    quoted: Mapping[int, datetime]  # mayors' quotes, and since when they read so

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the booklet is the same."""
        return {
            "booklet": [RECIPE, self.campaign.id],
            "drawn_with": address_of(self.toolkit, *sheets.LAYOUTS),
            "cover": [dict(self.cover), self.language, list(self.cities)],
            "pages": [
                [page.stands, dict(page.slots), page.language, page.picture_sha256, page.alt, page.submission_id]
                for page in self.pages
            ],
            "collage": self.collage.sha256 if self.collage else None,
        }

    @property
    def is_empty(self) -> bool:
        """Nobody has said anything that may be printed."""
        return not self.pages


def build_booklet(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Make the booklet of what may be printed now, and put it where the old one stood."""
    plans: list[Plan] = []  # of each try

    def planned() -> Plan:
        plans.append(plan_of(runtime, campaign_id))
        return plans[-1]

    return build(
        runtime,
        Place(KIND, campaign_id),
        planned,
        lambda plan, folder, told: _made(runtime, plan, folder, told),
        finishing=unless_changed(
            finishing or runtime.database.writing, lambda session: _quoted(session, campaign_id) == plans[-1].quoted
        ),
        progress=progress,
    )


def plan_of(runtime: Runtime, campaign_id: int) -> Plan:
    """What the booklet would be made of now."""
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        network = session.get_one(Network, campaign.network_id)
        toolkit = sheets.with_layouts(campaign_root(session, runtime, campaign).toolkit)
        quoted = _quoted(session, campaign_id)
        collage = _collage(session, campaign_id)
        mayors = list(_mayors(session, campaign, toolkit))[:MAX_MAYORS]
        cities = _cities(session, campaign)
        room = sheets.MAX_PAGES - 1 - bool(cities) - len(mayors) - bool(collage)
        stories = _stories(session, campaign, toolkit, room)
    message = choose(message_of(campaign, toolkit), campaign.languages)
    cover = {
        "city": choose(network.names, campaign.languages).text,
        "message": message.text,
        "day": day_in_words(campaign.day_on, message.language),
        "title": choose(campaign.title, campaign.languages).text,
        "contact": network.contact_email,
        "hashtag": choose(campaign.hashtag, campaign.languages).text,
        "qr": f"{runtime.settings.resolved_base_url}/c/{campaign.slug}",
    }
    return Plan(campaign, toolkit, message.language, cover, cities, [*mayors, *stories], collage, quoted)


def is_anything_said(session: Session, campaign_id: int) -> bool:
    """Whether there is a page for it: of a mayor, or of a resident who agreed to be printed."""
    of_residents = pieces(session, campaign_id, KIND, role="tile")
    return bool(_quoted(session, campaign_id)) or any(_words_of(each) or each.kind in PICTURED for each in of_residents)


def _quoted(session: Session, campaign_id: int) -> dict[int, datetime]:
    """The mayors' quotes that may be shown, and since when they read as they do."""
    query = _quotes(select(CityQuote.id, CityQuote.changed_at), campaign_id).order_by(CityQuote.id)
    return {row.id: row.changed_at for row in session.execute(query)}


def _quotes(query: S, campaign_id: int) -> S:
    return query.join(CampaignCity, CampaignCity.id == CityQuote.campaign_city_id).where(
        CampaignCity.campaign_id == campaign_id,
        CampaignCity.joined_at.is_not(None),
        CityQuote.role == QuoteRole.MAYOR,
        CityQuote.removed_at.is_(None),
    )


def _mayors(session: Session, campaign: Campaign, toolkit: Toolkit) -> Iterator[Page]:
    """One mayor of each city that quotes one, as many as there is room for: by lot, so that no name is always first."""
    quoted = _quotes(select(CampaignCity.city_id).select_from(CityQuote), campaign.id)
    cities = session.scalars(select(City).where(City.id.in_(quoted))).all()
    for city in sorted(cities, key=lambda city: sheets.lot(campaign.id, city.id)):
        mayor: Quote = next(each for each in quotes_of(session, campaign.id, city.id) if each.role is QuoteRole.MAYOR)
        language = mayor.text.source
        office = choose(mayor.office, [language, *city.languages]).text
        said = {"quote": mayor.text.texts[language], "name": mayor.name, **({"office": office} if office else {})}
        slots = {**slots_of(campaign, city, language, toolkit), **said}
        yield Page(
            sheets.Page.MAYOR, slots, language, mayor.portrait_key, mayor.portrait_sha256, mayor.portrait_alt_text or mayor.name
        )


def _cities(session: Session, campaign: Campaign) -> list[str]:
    """The names of all cities that take part, each in its own script, in the order of the campaign's language."""
    taking_part = (CampaignCity.campaign_id == campaign.id, CampaignCity.joined_at.is_not(None), City.is_elsewhere.is_(False))
    query = select(City).join(CampaignCity, CampaignCity.city_id == City.id).where(*taking_part)
    cities = sorted(session.scalars(query), key=lambda city: (choose(city.names, campaign.languages).text.casefold(), city.id))
    return [choose(city.names, city.languages).text for city in cities]


def _stories(session: Session, campaign: Campaign, toolkit: Toolkit, room: int) -> list[Page]:
    """What residents tell in words, each with the picture of it where it has one, and pictures to which nothing was said."""
    production = production_at(session, campaign.id, None, KIND)
    until = production.final_at if production else None
    tiles = {each.submission_id: each for each in pieces(session, campaign.id, KIND, role="tile", decided_until=until)}
    whole = pieces(session, campaign.id, KIND, role="preview", format_name=OWN_SHAPE, decided_until=until)
    larger = {each.submission_id: each for each in whole if each.format_name == OWN_SHAPE}
    found = {each: larger.get(each, tile) for each, tile in tiles.items() if _words_of(tile) or tile.kind in PICTURED}
    cities = {
        city.id: city for city in session.scalars(select(City).where(City.id.in_({each.city_id for each in found.values()})))
    }
    told = {each for each, piece in found.items() if _words_of(piece)}
    chosen = sheets.stories_of(found.values(), room=room, campaign_id=campaign.id, told=told)
    return [_story(campaign, cities[found[each].city_id], found[each], toolkit) for each in chosen]


def _story(campaign: Campaign, city: City, piece: Piece, toolkit: Toolkit) -> Page:
    language = city.languages[0] if piece.language == UNDETERMINED else piece.language
    slots = slots_of(campaign, city, language, toolkit)
    words, is_pictured = _words_of(piece), piece.kind in PICTURED
    pictured = sheets.Page.PICTURED if words else sheets.Page.PICTURE
    return Page(
        pictured if is_pictured else sheets.Page.WORDS,
        {**slots, "quote": words, "name": piece.name or slots["city"]},
        language,
        piece.storage_key if is_pictured else None,
        piece.sha256 if is_pictured else None,
        piece.alt_text or ", ".join(filter(None, (piece.name, slots["city"]))),
        piece.submission_id,
        piece.artefact_id,
        is_photo=piece.kind is SubmissionKind.PHOTO,
    )


def _words_of(piece: Piece) -> str:
    return piece.text or piece.spoken_words


def _collage(session: Session, campaign_id: int) -> Collage | None:
    """The poster for print while everybody in it agrees; None where there is none, or it is being made anew."""
    query = (
        select(Artefact)
        .join(ProductionFile, ProductionFile.artefact_id == Artefact.id)
        .join(Production, Production.id == ProductionFile.production_id)
        .where(
            Production.campaign_id == campaign_id,
            Production.kind == ProductionKind.POSTER,
            ProductionFile.name == POSTER_FILE,
            is_whole(ProductionFile.artefact_id),
        )
    )
    found = session.scalar(query)
    if found is None:
        return None
    people = (Derivation.artefact_id == found.id, Derivation.source_submission_id.is_not(None))
    shown = session.scalars(select(Derivation.source_submission_id).where(*people).order_by(Derivation.source_submission_id))
    ids = [each for each in shown if each is not None]
    cities = session.scalar(select(func.count(Submission.city_id.distinct())).where(Submission.id.in_(ids))) or 0
    return Collage(found.storage_key, found.sha256, found.id, ids, cities)


def _made(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    drawn = [sheets.draw_cover(plan.toolkit, plan.cover, plan.language, folder / "cover.pdf")]
    named = {
        "message": plan.cover["message"],
        "body": CITIES_APART.join(each.replace(" ", NO_BREAK) for each in plan.cities),
        "page": str(len(drawn) + 1),
    }
    if plan.cities and sheets.draw_cities(plan.toolkit, named, plan.language, folder / "cities.pdf"):
        drawn.append(folder / "cities.pdf")
    shown: list[Page] = []
    for number, page in enumerate(plan.pages):
        path = folder / f"page-{number:03}.pdf"
        if _draw(runtime, plan.toolkit, page, len(drawn) + 1, path):
            drawn.append(path)
            shown.append(page)
        progress(0.9 * (number + 1) / len(plan.pages))
    blank = sheets.blank_pages(len(drawn) + bool(plan.collage))
    if blank:
        sheets.draw_blank(plan.toolkit, plan.language, folder / "blank.pdf")
        drawn += [folder / "blank.pdf"] * blank
    if plan.collage is not None:  # on the back
        poster = runtime.storage.fetched(plan.collage.storage_key, folder)
        alt = said_of(translator(plan.language), len(plan.collage.submission_ids), plan.collage.city_count, plan.cover)
        sheets.draw_collage(plan.toolkit, poster, plan.language, folder / "collage.pdf", alt=alt)
        drawn.append(folder / "collage.pdf")
    bind(drawn, folder / "booklet.pdf", title=plan.cover["title"], language=plan.language)
    people = [page.submission_id for page in shown if page.submission_id is not None]
    parts = list(dict.fromkeys([*people, *(plan.collage.submission_ids if plan.collage else ())]))
    sources = [page.artefact_id for page in shown if page.artefact_id is not None]
    main = Made(folder / "booklet.pdf", ArtefactKind.BOOKLET, "application/pdf", plan.recipe, parts=parts, sources=sources)
    return Finished(main, *_preview(plan, folder, parts))


def _draw(runtime: Runtime, toolkit: Toolkit, page: Page, number: int, path: Path) -> bool:
    """The page with all its words, else with as many as are said on cards; whether either could be set."""
    picture = runtime.storage.fetched(page.picture_key, path.parent) if page.picture_key else None
    if picture is not None and page.is_photo and page.submission_id is not None:
        picture = fine_photo(runtime, page.submission_id, picture, path.parent) or picture
    slots = {**page.slots, "page": str(number)}
    if sheets.draw_voice(toolkit, sheets.Voice(page.stands, slots, page.language, picture, page.alt), path):
        return True
    cut = {**slots, "quote": shortened(slots["quote"])}
    return sheets.draw_voice(toolkit, sheets.Voice(page.stands, cut, page.language, picture, page.alt), path)


def _preview(plan: Plan, folder: Path, parts: Sequence[int]) -> tuple[Made, Sequence[int], int, int, None]:
    """The cover as the picture that stands for the booklet."""
    cover, path = sheets.draw_cover(plan.toolkit, plan.cover, plan.language, folder / "cover.png"), folder / "cover.jpg"
    with Image.open(cover, formats=("PNG",)) as opened:
        picture = opened.convert("RGB")
    save_jpeg(picture, path)
    spec = {"cover_of": plan.recipe["cover"], "drawn_with": plan.recipe["drawn_with"]}
    return Made(path, ArtefactKind.BOOKLET, "image/jpeg", spec), parts, *picture.size, None
