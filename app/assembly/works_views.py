"""What the desk's pages say of a work: what stands, how far the making is, what can be taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from app.assembly.collage_words import collage_file_label
from app.assembly.joint_chapters import CHAPTERS
from app.assembly.queries import versions_of
from app.assembly.service import can_be_stopped
from app.assembly.works import MAIN, PREVIEW, Making, WorkFile, files_of, main_file, making_of, remaining_s
from app.enums import ProductionKind
from app.kits.kit_run_views import in_words
from app.models import Production
from app.web.i18n import Translator, _

RELOAD_S = 5
WORKS: Mapping[ProductionKind, str] = {
    ProductionKind.COLLAGE: _("The collage"),
    ProductionKind.POSTER: _("The poster for print"),
    ProductionKind.ZOOMABLE_COLLAGE: _("The collage to zoom into"),
    ProductionKind.CITY_FILM: _("The city's film"),
    ProductionKind.JOINT_FILM: _("The joint film"),
    ProductionKind.JOINT_FILM_SHORT: _("The joint film in a minute"),
    ProductionKind.HIGHLIGHTS: _("The best moments"),
    ProductionKind.BOOKLET: _("The booklet"),
}
# of the main file, and of the files beside it by name
SHAPES = {"square": _("Square"), "story": _("Tall"), "wide": _("Wide"), "landscape": _("Wide")}
CAPTIONS = _("Captions, %(language)s")
CHAPTERS_FILE = _("Chapters (VTT)")


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that can be looked at and taken away."""

    name: str
    label: str
    href: str
    download_href: str
    detail: str  # length and size
    media_type: str
    language: str | None
    width_px: int | None
    height_px: int | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """An earlier version that may still be kept."""

    number: int
    href: str
    built: str
    contributions: int
    duration_s: float | None
    was_final: bool


@dataclass(frozen=True, slots=True)
class StandingView:
    """What stands now, while everybody in it agrees."""

    version: int
    contributions: int
    duration_s: float | None
    built: str
    is_final: bool
    main: FileView
    poster_href: str | None
    files: Sequence[FileView]  # without the preview
    captions: Sequence[FileView]


@dataclass(frozen=True, slots=True)
class WorkView:
    """A work at the desk: what `work_state` in assembly/parts.html shows."""

    address: str  # of the page that shows it
    make_action: str  # where "Make it now" is sent to
    cancel_action: str | None  # None: it cannot be stopped, since somebody has to leave it
    title: str | None  # None: nothing of it was ever asked for
    standing: StandingView | None
    preview: FileView | None
    was_made: bool  # once, though nothing of it may be shown now
    closed: str | None  # the moment since which it takes in nothing by itself
    is_hidden: bool  # somebody in it took something back, and it is not yet made without them
    making: Making
    percent: int | None
    remaining: str | None
    moment: str | None  # at which it was stopped or failed
    failure: str | None
    versions: Sequence[VersionView]
    reloads: bool
    reload_s: int = RELOAD_S


def work_view(
    session: Session,
    production: Production | None,
    *,
    address: str,
    zone: str,
    speech: Translator,
    now: datetime,
    looks_again: bool = True,
    make_action: str | None = None,
) -> WorkView:
    """A work as a page at `address` shows it, its moments in this time zone; `looks_again` is off with `?wait=no`."""
    making = making_of(session, production, now=now)
    main = main_file(session, production.id) if production else None
    files = files_of(session, production.id) if production else []
    moment = (production.failed_at or production.cancelled_at) if production else None
    under_way = production is not None and making is Making.UNDER_WAY
    code = production.failure_code if production else None
    return WorkView(
        address=address,
        make_action=make_action or f"{address}/make",
        cancel_action=f"{work_address(production)}/cancel" if production and can_be_stopped(session, production) else None,
        title=speech.gettext(WORKS[production.kind]) if production else None,
        standing=_standing(production, main, files, zone, speech) if production and main else None,
        preview=_preview(production, files, speech) if production else None,
        was_made=production is not None and production.version > 0,
        closed=speech.at_time(production.final_at, zone) if production and production.final_at else None,
        is_hidden=production is not None and main is None and production.contributions > 0,
        making=making,
        percent=int(100 * production.share_done) if production and under_way else None,
        remaining=in_words(remaining_s(production, now=now), speech) if production and under_way else None,
        moment=speech.at_time(moment, zone) if moment else None,
        failure=speech.sentence(code, (production.failure_params if production else None) or {}) if code else None,
        versions=_versions(session, production, zone, speech) if production else [],
        reloads=(making.goes_on or making is Making.STOPPING) and looks_again,
    )


def work_address(production: Production) -> str:
    """Where the desk has the files of a work, behind their names."""
    return f"/desk/works/{production.public_id}"


def _standing(production: Production, main: WorkFile, files: Sequence[WorkFile], zone: str, speech: Translator) -> StandingView:
    shown = [file_view(production, each, speech) for each in files if each.name != PREVIEW]
    return StandingView(
        version=production.version,
        contributions=production.contributions,
        duration_s=production.duration_s,
        built=speech.at_time(production.built_at, zone),
        is_final=production.final_at is not None,
        main=file_view(production, main, speech),
        poster_href=_href(production, "poster", production.version) if production.poster_artefact_id else None,
        files=[each for each in shown if not each.media_type.startswith("text/vtt")],
        captions=[each for each in shown if each.media_type.startswith("text/vtt")],
    )


def _preview(production: Production, files: Sequence[WorkFile], speech: Translator) -> FileView | None:
    return next((file_view(production, each, speech) for each in files if each.name == PREVIEW), None)


def file_view(production: Production, file: WorkFile, speech: Translator) -> FileView:
    """A file by a name that people know."""
    width_px = production.width_px if file.name == MAIN else file.width_px
    height_px = production.height_px if file.name == MAIN else file.height_px
    duration_s = production.duration_s if file.name == MAIN else file.duration_s
    size = speech.filesize(file.size_bytes)
    return FileView(
        name=file.name,
        label=_label(file, width_px, height_px, speech),
        href=_href(production, file.name, file.sha256[:12]),
        download_href=f"{work_address(production)}/{file.name}?download=1",
        detail=f"{speech.duration(duration_s)} · {size}" if duration_s else size,
        media_type=file.media_type,
        language=file.language,
        width_px=width_px,
        height_px=height_px,
    )


def _href(production: Production, name: str, version: object) -> str:
    return f"{work_address(production)}/{name}?v={version}"


def _label(file: WorkFile, width_px: int | None, height_px: int | None, speech: Translator) -> str:
    """By its shape where it is a film, by its language where it is captions, else by its name and its type."""
    if file.language and file.media_type.startswith("text/vtt"):
        return speech.gettext(CAPTIONS) % {"language": speech.language_name(file.language)}
    if file.name == CHAPTERS:
        return speech.gettext(CHAPTERS_FILE)
    kind = PurePosixPath(file.storage_key).suffix.removeprefix(".").upper()
    if named := collage_file_label(file.kind, file.name, speech):
        return f"{named} ({kind})"
    if file.media_type.startswith("video/") and width_px and height_px:
        return f"{speech.gettext(SHAPES[shape_of(width_px, height_px)])} ({kind})"
    return kind if file.name == MAIN else f"{file.name} ({kind})"


def shape_of(width_px: int, height_px: int) -> str:
    """The shape of a film by its size."""
    return "square" if width_px == height_px else "wide" if width_px > height_px else "story"


def _versions(session: Session, production: Production, zone: str, speech: Translator) -> list[VersionView]:
    return [
        VersionView(
            number=each.number,
            href=f"{work_address(production)}/versions/{each.number}",
            built=speech.at_time(each.built_at, zone),
            contributions=each.contributions,
            duration_s=each.duration_s,
            was_final=each.was_final,
        )
        for each in versions_of(session, production.id)
        if each.artefact_id != production.artefact_id
    ]
