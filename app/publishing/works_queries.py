"""Works as the public may see them: every SELECT asks the state and the consents of everybody in them itself."""

from sqlalchemy import literal, null, select
from sqlalchemy.orm import Session

from app.assembly.queries import agreed
from app.assembly.works import MAIN, OF_FILE, POSTER, PREVIEW, WorkFile, files_where
from app.enums import PUBLIC, PUBLIC_ARTEFACTS, EdgeRole, ProductionKind
from app.models import Artefact, Campaign, City, Derivation, Production, ProductionFile, Submission
from app.publishing.queries import InCollage

_PUBLIC = (Campaign.status.in_(PUBLIC), Artefact.kind.in_(PUBLIC_ARTEFACTS))


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


def main_shown(session: Session, campaign_id: int, kind: ProductionKind, *, city_id: int | None = None) -> WorkFile | None:
    """A work itself, if everybody may see it now."""
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    more = (Production.version, literal(MAIN), null(), Production.width_px, Production.height_px, Production.duration_s)
    where = (Production.campaign_id == campaign_id, Production.kind == kind, place)
    found = files_where(session, Production.artefact_id, more, *where, *_PUBLIC)
    return found[0] if found else None


def files_shown(session: Session, campaign_id: int, kind: ProductionKind, *, city_id: int | None = None) -> list[WorkFile]:
    """The files beside a work that everybody may see now, by name."""
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    where = (Production.campaign_id == campaign_id, Production.kind == kind, place, ProductionFile.name != PREVIEW)
    found = files_where(session, ProductionFile.artefact_id, OF_FILE, *where, *_PUBLIC)
    return sorted(found, key=lambda file: file.name)


def in_work(session: Session, campaign_id: int, kind: ProductionKind, *, city_id: int | None = None) -> list[InCollage]:
    """What is in a work, in words, in the order in which it is seen; asked with the same consent as the work itself."""
    columns = (Submission.kind, Submission.name, Submission.alt_text, Submission.text, Submission.language)
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    query = (
        select(*columns, City.names, City.languages)
        .join(Derivation, Derivation.source_submission_id == Submission.id)
        .join(Production, Production.artefact_id == Derivation.artefact_id)
        .join(City, City.id == Submission.city_id)
        .where(
            Production.campaign_id == campaign_id,
            Production.kind == kind,
            place,
            Derivation.role == EdgeRole.PART,
            agreed(kind),
        )
        .order_by(Derivation.id)
    )
    return [InCollage(*row[:-1], city_languages=tuple(row[-1])) for row in session.execute(query)]
