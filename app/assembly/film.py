"""Makes the film of a city: every segment is kept as soon as it is there, and only what changed is made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from app.assembly.film_rules import CARD_S, SAID_ON_SCREEN_CHARS, Candidate, city_film, steps_on_screen
from app.assembly.queries import Piece, kept_segment, pieces, production_at, stands_whole
from app.assembly.service import Finished, keep_segment, take_in
from app.assembly.workshop import Built, Finishing, Progress, private_folder, until_unchanged
from app.derivation import Made, spec_sha256
from app.enums import ArtefactKind, ProductionKind, SubmissionKind
from app.kits.frames import address_of, render_card
from app.kits.slots import slots_of
from app.kits.sources import campaign_root
from app.kits.toolkit import Toolkit
from app.models import Artefact, Campaign, City
from app.runtime import Runtime
from media_pipeline.compilation import card_segment, clip_segment, join, photo_segment
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.formats import formats_for
from media_pipeline.pictures import save_jpeg
from media_pipeline.types import Kind

RECIPE = 1  # counted up when the same segments would look another way
FILMED = frozenset({SubmissionKind.PHOTO, SubmissionKind.CLIP, SubmissionKind.TEXT})


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the film and the recipe that it is known by."""

    seconds: float
    recipe: dict[str, Any]
    piece: Piece | None = None  # None: a card of ours
    card: str = ""  # its template
    lower_third: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the film is made of."""

    campaign: Campaign
    city: City
    toolkit: Toolkit
    format_name: str
    language: str
    slots: Mapping[str, str]
    segments: Sequence[Segment]
    recipe: dict[str, Any]
    standing: Built | None  # when it already is exactly this


def build_city_film(
    runtime: Runtime,
    campaign_id: int,
    city_id: int,
    *,
    finishing: Finishing | None = None,
    progress: Progress | None = None,
) -> Built:
    """Make the city's film of what may be in it now, and put it where the old one stood."""
    finish = finishing or runtime.database.writing
    return until_unchanged(lambda: _build(runtime, campaign_id, city_id, finish, progress or (lambda _share: None)))


def _build(runtime: Runtime, campaign_id: int, city_id: int, finishing: Finishing, progress: Progress) -> Built:
    plan = plan_of(runtime, campaign_id, city_id)
    if plan.standing is not None:
        with finishing():
            return plan.standing
    with private_folder(runtime) as folder:
        finished = _film(runtime, plan, folder, progress) if plan.segments else None
        with finishing() as session:
            kind, now = ProductionKind.CITY_FILM, runtime.now()
            made = take_in(session, runtime.storage, plan.campaign, city_id, kind, finished, now=now)
    progress(1.0)
    return Built(made.public_id, made.contributions, made.duration_s, anew=True)


def plan_of(runtime: Runtime, campaign_id: int, city_id: int) -> Plan:
    """What the film would be made of now; each recipe changes with what it is drawn with, and with nothing else of a kit."""
    kind = ProductionKind.CITY_FILM
    with runtime.database.reading() as session:
        campaign, city = session.get_one(Campaign, campaign_id), session.get_one(City, city_id)
        production = production_at(session, campaign_id, city_id, kind)
        until = production.final_at if production else None
        format_name = _film_format(campaign.formats)
        found = pieces(session, campaign_id, kind, city_id=city_id, format_name=format_name, decided_until=until)
        whole = production is not None and stands_whole(session, production.id)
        artefact = session.get(Artefact, production.artefact_id) if production and production.artefact_id else None
        source = campaign_root(session, runtime, campaign, city)
    toolkit = source.toolkit
    language = city.languages[0]
    slots = slots_of(campaign, city, language, toolkit)
    common = {"segment": [RECIPE, campaign.id, city.id, format_name]}
    segments = _segments([each for each in found if each.kind in FILMED], common, toolkit, slots, language)
    recipe = {**common, "film": [spec_sha256(segment.recipe) for segment in segments]}
    same = production is not None and whole and artefact is not None and artefact.spec_sha256 == spec_sha256(recipe)
    standing = (
        Built(production.public_id, production.contributions, production.duration_s, anew=False) if same and production else None
    )
    return Plan(campaign, city, toolkit, format_name, language, slots, segments, recipe, standing)


def _film_format(names: Sequence[str]) -> str:
    formats = formats_for(Kind.VIDEO, names)
    return "square" if "square" in formats else formats[0]


def _segments(
    found: Sequence[Piece], common: Mapping[str, Any], toolkit: Toolkit, slots: Mapping[str, str], language: str
) -> Sequence[Segment]:
    by_id = {piece.submission_id: piece for piece in found}
    film = city_film([_candidate(piece) for piece in found], transition_steps=0)
    shots = [_shot(by_id[shot.submission_id], shot.seconds, common, toolkit, slots) for shot in film.shots]
    if not shots:
        return []

    def card(template: str) -> Segment:
        drawn_with = address_of(toolkit, template)
        recipe = {
            **common,
            "card": template,
            "drawn_with": drawn_with,
            "slots": dict(slots),
            "language": language,
            "seconds": CARD_S,
        }
        return Segment(CARD_S, recipe, card=template)

    return [card("title_card"), *shots, card("end_card")]


def _candidate(piece: Piece) -> Candidate:
    """Each receipt is a person's of its own."""
    steps = steps_on_screen(piece.kind, duration_s=piece.duration_s, characters=len(piece.text))
    return Candidate(piece.submission_id, piece.city_id, piece.kind, piece.received_at, str(piece.submission_id), steps)


def _shot(piece: Piece, seconds: float, common: Mapping[str, Any], toolkit: Toolkit, slots: Mapping[str, str]) -> Segment:
    """The master's frame names person and city; only what is said in a clip is added, where it is short enough to be read."""
    words: dict[str, str] = {}
    if piece.kind is SubmissionKind.CLIP and 0 < len(piece.spoken_words) <= SAID_ON_SCREEN_CHARS:
        who = {"name": piece.name, "city": slots["city"]} if piece.name else {"name": slots["city"], "city": slots["hashtag"]}
        words = {**who, "caption": piece.spoken_words}
    recipe = {
        **common,
        "submission": piece.submission_id,
        "master": piece.sha256,
        "seconds": round(seconds, 3),
        "lower_third": words,
        "language": piece.language,
    }
    if words:
        recipe["drawn_with"] = address_of(toolkit, "lower_third")
    return Segment(seconds, recipe, piece=piece, lower_third=words)


def _film(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    kept: list[tuple[int, Path]] = []
    for at, segment in enumerate(plan.segments):
        kept.append(_segment_file(runtime, plan, segment, folder, at))
        progress(0.9 * (at + 1) / len(plan.segments))
    film = join([path for _, path in kept], folder / "film.mp4", on_progress=lambda share: progress(0.9 + 0.1 * share))
    parts = [segment.piece.submission_id for segment in plan.segments if segment.piece]
    main = Made(
        path=folder / film.path,
        kind=ArtefactKind.FILM,
        media_type=film.media_type,
        spec=plan.recipe,
        parts=parts,
        sources=[artefact_id for artefact_id, _ in kept],
        sha256=film.sha256,
    )
    poster = Made(
        path=_poster(plan, folder),
        kind=ArtefactKind.FILM,
        media_type="image/jpeg",
        spec={"poster": plan.segments[0].recipe},
    )
    return Finished(main, poster, parts, film.width_px or 0, film.height_px or 0, film.duration_s)


def _segment_file(runtime: Runtime, plan: Plan, segment: Segment, folder: Path, at: int) -> tuple[int, Path]:
    """The segment from the store, or made and kept there at once."""
    with runtime.database.reading() as session:
        known = kept_segment(session, spec_sha256(segment.recipe))
    path = folder / f"segment-{at}.mp4"
    if known is None:
        _make(runtime, plan, segment, folder, path)
        piece = segment.piece
        made = Made(
            path=path,
            kind=ArtefactKind.SEGMENT,
            media_type="video/mp4",
            spec=segment.recipe,
            owners=[piece.submission_id] if piece else [],
            sources=[piece.artefact_id] if piece else [],
        )
        with runtime.database.writing() as session:
            artefact_id = keep_segment(session, runtime.storage, made, now=runtime.now())
        with runtime.database.reading() as session:
            known = session.get_one(Artefact, artefact_id)
    runtime.storage.fetched(known.storage_key, folder).replace(path)
    return known.id, path


def _make(runtime: Runtime, plan: Plan, segment: Segment, folder: Path, target: Path) -> None:
    name, piece = plan.format_name, segment.piece
    if piece is None:
        card_segment(_card(plan, segment.card, folder), target, format=name, duration_s=segment.seconds)
        return
    master = runtime.storage.fetched(piece.storage_key, folder)
    if piece.kind is SubmissionKind.TEXT:
        card_segment(master, target, format=name, duration_s=segment.seconds)
    elif piece.kind is SubmissionKind.PHOTO:
        photo_segment(master, target, format=name, duration_s=segment.seconds, lower_third=None)
    else:
        lower_third = _lower_third(plan, segment, folder)
        clip_segment(master, target, format=name, duration_s=segment.seconds, lower_third=lower_third)


def _card(plan: Plan, template: str, folder: Path) -> Path:
    target = folder / f"{template}.png"
    return render_card(
        plan.toolkit, template=template, format=plan.format_name, slots=plan.slots, language=plan.language, target=target
    )


def _lower_third(plan: Plan, segment: Segment, folder: Path) -> Path | None:
    if not segment.lower_third or segment.piece is None:
        return None
    try:
        return render_card(
            plan.toolkit,
            template="lower_third",
            format=plan.format_name,
            slots=segment.lower_third,
            language=segment.piece.language,
            target=folder / "lower_third.png",
        )
    except ToolFailed:
        raise
    except MediaError:  # a letter no font has, or words that run over: they still stand as text beside the film
        return None


def _poster(plan: Plan, folder: Path) -> Path:
    path = folder / "poster.jpg"
    with Image.open(_card(plan, "title_card", folder)) as card:
        save_jpeg(card, path)
    return path
