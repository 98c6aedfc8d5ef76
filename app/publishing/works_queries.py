"""Works as the public may see them: every SELECT asks the state and the consents of everybody in them itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.assembly.queries import agreed, is_whole
from app.assembly.works import MAIN, OF_FILE, POSTER, PREVIEW, WorkFile, files_where
from app.consent.queries import covers
from app.enums import PUBLIC, PUBLIC_ARTEFACTS, EdgeRole, ProductionKind, Purpose
from app.models import Artefact, Campaign, City, Derivation, Production, ProductionFile, Submission
from app.publishing.queries import InCollage, Shown, shown_of
from app.words import Words

_PUBLIC = (
    Campaign.status.in_(PUBLIC),
    Artefact.kind.in_(PUBLIC_ARTEFACTS),
    Production.kind != ProductionKind.ZOOMABLE_COLLAGE,  # looked at through its tiles; the index is the service's own
)


@dataclass(frozen=True, slots=True)
class ShownWork:
    """A work with its files that everybody may see now: none while it is being made anew."""

    shown: Shown
    main: WorkFile | None
    others: list[WorkFile] = field(default_factory=list)  # by name, without the preview

    @property
    def files(self) -> list[WorkFile]:
        """All of them, the work itself first."""
        return [*([self.main] if self.main else []), *self.others]


def works_shown(
    session: Session, campaign_id: int, kinds: Collection[ProductionKind], *, city_id: int | None = None
) -> dict[ProductionKind, ShownWork]:
    """Works of a campaign, or of a city in it, with their files; everybody in each is asked once.

    The other files of a work have the same people in them. Each is asked for by its own when it is sent out.
    """
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    asked = (
        select(Production.id.label("id"), is_whole().label("whole"))
        .where(Production.campaign_id == campaign_id, Production.kind.in_(kinds), place)
        .cte("asked")
        .prefix_with("MATERIALIZED")  # otherwise they are asked once more for each file
    )
    of_main, of_file = aliased(Artefact), aliased(Artefact)
    query = (
        select(Production, asked.c.whole, Campaign.slug, City.slug, of_main, ProductionFile, of_file)
        .select_from(asked)
        .join(Production, Production.id == asked.c.id)
        .join(Campaign, and_(Campaign.id == Production.campaign_id, Campaign.status.in_(PUBLIC)))
        .outerjoin(City, City.id == Production.city_id)
        .outerjoin(of_main, and_(of_main.id == Production.artefact_id, asked.c.whole, of_main.kind.in_(PUBLIC_ARTEFACTS)))
        .outerjoin(
            ProductionFile, and_(ProductionFile.production_id == Production.id, ProductionFile.name != PREVIEW, asked.c.whole)
        )
        .outerjoin(of_file, and_(of_file.id == ProductionFile.artefact_id, of_file.kind.in_(PUBLIC_ARTEFACTS)))
        .order_by(Production.id, ProductionFile.name)
    )
    found: dict[ProductionKind, ShownWork] = {}
    for production, whole, campaign_slug, city_slug, main, other, artefact in session.execute(query):
        place_slugs = (campaign_slug, city_slug)
        if production.kind not in found:
            its_main = _file(production, place_slugs, main, (MAIN, None, *_size(production))) if main else None
            found[production.kind] = ShownWork(shown_of(production, whole=bool(whole)), its_main)
        if artefact is not None:
            told = (other.name, other.language, *_size(other))
            found[production.kind].others.append(_file(production, place_slugs, artefact, told))
    return found


def _size(of: Production | ProductionFile) -> tuple[int | None, int | None, float | None]:
    return of.width_px, of.height_px, of.duration_s


def _file(production: Production, place_slugs: Sequence[str | None], artefact: Artefact, told: Sequence[Any]) -> WorkFile:
    stored = (artefact.sha256, artefact.storage_key, artefact.media_type, artefact.size_bytes)
    facts: Sequence[Any] = (production.kind, *place_slugs, *stored, production.version, *told)
    return WorkFile(*facts)


def media_of_work(session: Session, public_id: str, *, poster: bool = False) -> WorkFile | None:
    """A collage or a film itself, or its poster, if nobody in it has withdrawn; the campaign itself must be public."""
    artefact_id = Production.poster_artefact_id if poster else Production.artefact_id
    more = (Production.version, literal(POSTER if poster else MAIN))
    found = files_where(session, artefact_id, more, Production.public_id == public_id, *_PUBLIC)
    return found[0] if found else None


def media_of_file(session: Session, public_id: str, name: str) -> WorkFile | None:
    """Another file of a work, asked in the same way; the preview is the desk's alone."""
    where = (Production.public_id == public_id, ProductionFile.name == name, ProductionFile.name != PREVIEW)
    found = files_where(session, ProductionFile.artefact_id, OF_FILE, *where, *_PUBLIC)
    return found[0] if found else None


def in_collage(session: Session, campaign_id: int) -> list[InCollage]:
    """What hangs in the collage, in words, by city, another place last; asked with the same consent as the picture itself."""
    collage = (Production.campaign_id == campaign_id, Production.kind == ProductionKind.COLLAGE)
    by_city = (City.is_elsewhere, City.slug, Submission.id)
    return _in_words(session, *collage, agreed(ProductionKind.COLLAGE), order=by_city)


def cities_in_collage(session: Session, campaign_id: int) -> list[tuple[str, Words, list[str], int]]:
    """How many of the collage each city has, by city, another place last: slug, names, languages, number; asked as above."""
    query = (
        select(City.slug, City.names, City.languages, func.count())
        .select_from(Production)
        .join(Derivation, Derivation.artefact_id == Production.artefact_id)
        .join(Submission, Submission.id == Derivation.source_submission_id)
        .join(City, City.id == Submission.city_id)
        .where(
            Production.campaign_id == campaign_id,
            Production.kind == ProductionKind.COLLAGE,
            Derivation.role == EdgeRole.PART,
            agreed(ProductionKind.COLLAGE),
        )
        .group_by(City.id)
        .order_by(City.is_elsewhere, City.slug)
    )
    return [(slug, names, languages, int(count)) for slug, names, languages, count in session.execute(query)]


def in_work(session: Session, campaign_id: int, kind: ProductionKind, *, city_id: int | None = None) -> list[InCollage]:
    """What is in a work, in words, in the order in which it is seen; asked with the same consent as the work itself."""
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    work = (Production.campaign_id == campaign_id, Production.kind == kind, place)
    return _in_words(session, *work, agreed(kind), order=[Derivation.id])


def _in_words(session: Session, *where: ColumnElement[bool], order: Sequence[InstrumentedAttribute[Any]]) -> list[InCollage]:
    """Of those who may be in a work but not on the pages, only what they sent and from which city is told."""
    columns = (Submission.kind, Submission.name, Submission.alt_text, Submission.text, Submission.language)
    query = (
        select(*columns, City.names, City.languages, covers(Purpose.CAMPAIGN_PAGES))
        .join(Derivation, Derivation.source_submission_id == Submission.id)
        .join(Production, Production.artefact_id == Derivation.artefact_id)
        .join(City, City.id == Submission.city_id)
        .where(Derivation.role == EdgeRole.PART, *where)
        .order_by(*order)
    )
    return [
        InCollage(
            kind,
            name if is_on_pages else None,
            alt_text if is_on_pages else "",
            text if is_on_pages else "",
            language,
            city_names,
            tuple(tags),
        )
        for kind, name, alt_text, text, language, city_names, tags, is_on_pages in session.execute(query)
    ]
