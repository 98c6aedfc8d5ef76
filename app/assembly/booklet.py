"""Makes the booklet of a campaign for print: its message, mayors' words, residents' stories of all cities, the collage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.assembly import booklet_sheets as sheets
from app.assembly.booklet_sheets import Words
from app.assembly.queries import Piece, is_whole, pieces
from app.assembly.service import Finished
from app.assembly.workshop import Built, Finishing, Place, Progress, build, unless_changed
from app.derivation import Made
from app.enums import ArtefactKind, ProductionKind, QuoteRole, SubmissionKind
from app.kits.frames import address_of
from app.kits.quotes import Quote, quotes_of
from app.kits.slots import day_in_words, message_of, slots_of
from app.kits.sources import campaign_root
from app.kits.toolkit import Toolkit
from app.models import Artefact, Campaign, CampaignCity, City, CityQuote, Derivation, Network, Production, ProductionFile
from app.runtime import Runtime
from app.submissions.languages import UNDETERMINED
from app.submissions.preparing import shortened
from app.words import choose
from media_pipeline.pictures import save_jpeg

KIND = ProductionKind.BOOKLET
RECIPE = 1  # counted up when the same pages would look another way
MAX_MAYORS = 16  # a quarter of the thickest booklet
POSTER_FILE = "a2_jpg"  # of the poster for print: the smallest that is finer than a page of A5
S = TypeVar("S", bound=Select[*tuple[Any, ...]])
PICTURED = frozenset({SubmissionKind.PHOTO, SubmissionKind.CLIP})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of somebody's words before it is drawn."""

    slots: Mapping[str, str]
    language: str
    portrait_key: str | None
    portrait_sha256: str | None
    submission_id: int | None = None  # None: somebody whom a city quotes
    artefact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Collage:
    """The poster of all as it stands, and who is in it."""

    storage_key: str
    sha256: str
    artefact_id: int
    submission_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the booklet is made of."""

    campaign: Campaign
    toolkit: Toolkit
    language: str
    cover: Mapping[str, str]
    pages: Sequence[Page]
    collage: Collage | None
    quoted: Mapping[int, datetime]  # mayors' quotes, and since when they read so

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the booklet is the same."""
        return {
            "booklet": [RECIPE, self.campaign.id],
            "drawn_with": address_of(self.toolkit, sheets.COVER, sheets.WORDS),
            "cover": [dict(self.cover), self.language],
            "pages": [[dict(page.slots), page.language, page.portrait_sha256, page.submission_id] for page in self.pages],
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
        toolkit = campaign_root(session, runtime, campaign).toolkit
        collage = _collage(session, campaign_id)
        mayors = list(_mayors(session, campaign, toolkit))[:MAX_MAYORS]
        room = sheets.MAX_PAGES - 1 - len(mayors) - bool(collage)
        stories = _stories(session, campaign, toolkit, room)
        quoted = _quoted(session, campaign_id)
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
    return Plan(campaign, toolkit, message.language, cover, [*mayors, *stories], collage, quoted)


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
    for city in sorted(cities, key=lambda city: sha256(f"{campaign.id}:{city.id}".encode()).hexdigest()):
        mayor: Quote = next(each for each in quotes_of(session, campaign.id, city.id) if each.role is QuoteRole.MAYOR)
        language = mayor.text.source
        office = choose(mayor.office, [language, *city.languages]).text
        said = {"quote": mayor.text.texts[language], "name": mayor.name, **({"office": office} if office else {})}
        slots = {**slots_of(campaign, city, language, toolkit), **said}
        yield Page(slots, language, mayor.portrait_key, mayor.portrait_sha256)


def _stories(session: Session, campaign: Campaign, toolkit: Toolkit, room: int) -> list[Page]:
    """What residents tell in words, each with the picture of it where it has one."""
    found = {piece.submission_id: piece for piece in pieces(session, campaign.id, KIND, role="tile") if _words_of(piece)}
    cities = {
        city.id: city for city in session.scalars(select(City).where(City.id.in_({each.city_id for each in found.values()})))
    }
    chosen = [found[each] for each in sheets.stories_of(found.values(), room=room)]
    return [_story(campaign, cities[each.city_id], each, toolkit) for each in chosen]


def _story(campaign: Campaign, city: City, piece: Piece, toolkit: Toolkit) -> Page:
    language = city.languages[0] if piece.language == UNDETERMINED else piece.language
    slots = slots_of(campaign, city, language, toolkit)
    pictured = piece.kind in PICTURED
    return Page(
        {**slots, "quote": _words_of(piece), "name": piece.name or slots["city"]},
        language,
        piece.storage_key if pictured else None,
        piece.sha256 if pictured else None,
        piece.submission_id,
        piece.artefact_id,
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
    return Collage(found.storage_key, found.sha256, found.id, [each for each in shown if each is not None])


def _made(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    drawn = [sheets.draw_cover(plan.toolkit, plan.cover, plan.language, folder / "cover.pdf")]
    shown: list[Page] = []
    for number, page in enumerate(plan.pages):
        path = folder / f"page-{number:03}.pdf"
        if _draw(runtime, plan.toolkit, page, path):
            drawn.append(path)
            shown.append(page)
        progress(0.9 * (number + 1) / len(plan.pages))
    blank = sheets.blank_pages(len(drawn) + bool(plan.collage))
    if blank:
        sheets.draw_blank(plan.toolkit, plan.language, folder / "blank.pdf")
        drawn += [folder / "blank.pdf"] * blank
    if plan.collage is not None:  # on the back
        poster = runtime.storage.fetched(plan.collage.storage_key, folder)
        sheets.draw_collage(plan.toolkit, poster, plan.language, folder / "collage.pdf")
        drawn.append(folder / "collage.pdf")
    sheets.bind(drawn, folder / "booklet.pdf")
    people = [page.submission_id for page in shown if page.submission_id is not None]
    parts = list(dict.fromkeys([*people, *(plan.collage.submission_ids if plan.collage else ())]))
    sources = [page.artefact_id for page in shown if page.artefact_id is not None]
    main = Made(folder / "booklet.pdf", ArtefactKind.BOOKLET, "application/pdf", plan.recipe, parts=parts, sources=sources)
    return Finished(main, *_preview(plan, folder, parts))


def _draw(runtime: Runtime, toolkit: Toolkit, page: Page, path: Path) -> bool:
    """The page with all its words, else with as many as are said on cards; whether either could be set."""
    portrait = runtime.storage.fetched(page.portrait_key, path.parent) if page.portrait_key else None
    whole = Words(page.slots, page.language, portrait)
    if sheets.draw_words(toolkit, whole, path):
        return True
    cut = Words({**page.slots, "quote": shortened(page.slots["quote"])}, page.language, portrait)
    return sheets.draw_words(toolkit, cut, path)


def _preview(plan: Plan, folder: Path, parts: Sequence[int]) -> tuple[Made, Sequence[int], int, int, None]:
    """The cover as the picture that stands for the booklet."""
    cover, path = sheets.draw_cover(plan.toolkit, plan.cover, plan.language, folder / "cover.png"), folder / "cover.jpg"
    with Image.open(cover, formats=("PNG",)) as opened:
        picture = opened.convert("RGB")
    save_jpeg(picture, path)
    spec = {"cover_of": plan.recipe["cover"], "drawn_with": plan.recipe["drawn_with"]}
    return Made(path, ArtefactKind.BOOKLET, "image/jpeg", spec), parts, *picture.size, None
