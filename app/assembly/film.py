"""Makes the film of a city: every segment is kept as soon as it is there, and only what changed is made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.assembly.arrangements import FilmChoice, film_choice
from app.assembly.city_words import CityWords, card_words, frame_words
from app.assembly.film_rules import CARD_STEPS, TRANSITION_STEPS, CityFilm, city_film
from app.assembly.finished import captions_of, finished_film
from app.assembly.queries import Piece, pieces, production_at
from app.assembly.reel import MadeReel, Reel, Work, made_of, make_reel
from app.assembly.service import Finished, FinishedFile
from app.assembly.shots import FILMED, Look, candidate_of, card, shot
from app.assembly.translations import translations_for
from app.assembly.workshop import Built, Finishing, Place, Progress, build, part_of
from app.derivation import file_sha256
from app.enums import ProductionKind
from app.kits.sources import campaign_root
from app.models import Campaign, City
from app.runtime import Runtime
from media_pipeline.formats import formats_for
from media_pipeline.types import Kind

KIND = ProductionKind.CITY_FILM


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the film is made of."""

    campaign: Campaign
    city: City
    look: Look
    slots: Mapping[str, str]
    reel: Reel
    film: CityFilm  # its shots in order, and who is not in it
    pieces: Mapping[int, Piece]  # all that could be in it, by submission
    choice: FilmChoice
    further: Sequence[Reel] = ()  # the same in other shapes

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the film is the same, in every shape, and so is what is written beneath it."""
        return {
            "film": [self.campaign.id, self.city.id],
            **self.reel.recipe,
            "further": [reel.recipe for reel in self.further],
            "captions": captions_of(self.reel),
        }

    @property
    def is_empty(self) -> bool:
        """Nothing was approved for it."""
        return not self.reel.segments


def build_city_film(
    runtime: Runtime,
    campaign_id: int,
    city_id: int,
    *,
    finishing: Finishing | None = None,
    progress: Progress | None = None,
) -> Built:
    """Make the city's film of what may be in it now, and put it where the old one stood."""
    return build(
        runtime,
        Place(KIND, campaign_id, city_id),
        lambda: plan_of(runtime, campaign_id, city_id),
        lambda plan, folder, told: _made(runtime, plan, folder, told),
        finishing=finishing,
        progress=progress,
    )


def plan_of(runtime: Runtime, campaign_id: int, city_id: int, *, by_hand: bool = False) -> Plan:
    """What the film would be made of now; each recipe changes with what it is drawn with, and with nothing else of a kit.

    `by_hand`: when somebody has it made at this moment, which also takes in what came after it was closed.
    """
    with runtime.database.reading() as session:
        campaign, city = session.get_one(Campaign, campaign_id), session.get_one(City, city_id)
        choice = film_choice(session, campaign_id, city_id)
        names = _formats(campaign, choice)
        found = {name: _pieces(session, campaign_id, city_id, name, by_hand=by_hand) for name in names}
        language, shown = choice.captions_language or "", found[names[0]]
        translations = translations_for(session, shown, language) if language else {}
        toolkit = campaign_root(session, runtime, campaign, city).toolkit
    words, framed = card_words(campaign, city, toolkit), frame_words(campaign, city, toolkit)
    looks = [Look(runtime, toolkit, name, words.language, translations, language) for name in names]
    candidates = [candidate_of(piece) for piece in shown.values()]
    film = city_film(candidates, arrangement=choice.arrangement, budget_s=choice.budget_s, transition_steps=TRANSITION_STEPS)
    main, *further = [
        _reel(look, words.slots, framed, film, found[look.format_name], with_music=choice.with_music) for look in looks
    ]
    return Plan(campaign, city, looks[0], words.slots, main, film, shown, choice, further)


def film_format(names: Sequence[str]) -> str:
    """The shape of a campaign's films that everything else is beside: square where it has that."""
    formats = formats_for(Kind.VIDEO, names)
    return "square" if "square" in formats else formats[0]


def further_formats(names: Sequence[str]) -> list[str]:
    """The other shapes that a campaign's films can have."""
    return [name for name in formats_for(Kind.VIDEO, names) if name != film_format(names)]


def _formats(campaign: Campaign, choice: FilmChoice) -> list[str]:
    """The film's own shape, then those that the city chose of the campaign's."""
    return [film_format(campaign.formats), *(name for name in further_formats(campaign.formats) if name in choice.formats)]


def _pieces(session: Session, campaign_id: int, city_id: int, format_name: str, *, by_hand: bool) -> dict[int, Piece]:
    production = production_at(session, campaign_id, city_id, KIND)
    until = production.final_at if production and not by_hand else None
    found = pieces(session, campaign_id, KIND, city_id=city_id, format_name=format_name, decided_until=until)
    return {piece.submission_id: piece for piece in found if piece.kind in FILMED}


def _reel(
    look: Look, slots: Mapping[str, str], framed: CityWords, film: CityFilm, shown: Mapping[int, Piece], *, with_music: bool
) -> Reel:
    segments = [shot(look, shown[each.submission_id], each.steps, framed=framed) for each in film.shots]
    if segments:
        opening = card(look, "title_card", slots, steps=CARD_STEPS, is_first=True)
        segments = [opening, *segments, card(look, "end_card", slots, steps=CARD_STEPS, is_last=True)]
    bed = look.toolkit.music if with_music else None
    return Reel(
        KIND,
        look.format_name,
        segments,
        bed=None if bed is None else lambda _folder: bed,
        recipe_of_bed="" if bed is None else file_sha256(bed),
        transition_steps=TRANSITION_STEPS,
    )


def _made(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    reels = [plan.reel, *plan.further]
    work = [Work(runtime, reel, progress).whole for reel in reels]
    made: list[MadeReel] = []
    for number, reel in enumerate(reels):
        begin, end = (sum(work[:upto]) / sum(work) for upto in (number, number + 1))
        made.append(make_reel(runtime, reel, folder, part_of(progress, begin, end), name=reel.format_name))
    files = [*map(_shaped, plan.further, made[1:])]
    return finished_film(plan.reel, made[0], plan.recipe, folder, look=plan.look, slots=plan.slots, files=files)


def _shaped(reel: Reel, made: MadeReel) -> FinishedFile:
    film = made.rendition
    return FinishedFile(
        reel.format_name,
        made_of(reel, made, reel.recipe),
        width_px=film.width_px,
        height_px=film.height_px,
        duration_s=film.duration_s,
    )
