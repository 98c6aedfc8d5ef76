"""Makes the film of a campaign's best moments: what its manager chose, in that order, of those who agree to a joint film."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.assembly.city_words import frame_words
from app.assembly.film import film_format
from app.assembly.film_rules import CARD_STEPS, makes_a_film
from app.assembly.finished import captions_of, finished_film
from app.assembly.highlights_queries import chosen_to_film
from app.assembly.joint_plan import joint_choice
from app.assembly.queries import pieces, production_at
from app.assembly.reel import Reel, make_reel
from app.assembly.service import Finished
from app.assembly.shots import FILMED, Look, candidate_of, card, shot
from app.assembly.translations import translations_for
from app.assembly.workshop import Built, Finishing, Place, Progress, build
from app.enums import ProductionKind
from app.kits.loading import toolkit_at
from app.kits.slots import day_in_words, message_of
from app.kits.sources import city_roots
from app.kits.toolkit import Toolkit
from app.models import Campaign, City
from app.runtime import Runtime
from app.words import choose

KIND = ProductionKind.HIGHLIGHTS


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the film is made of."""

    campaign: Campaign
    look: Look
    slots: Mapping[str, str]
    reel: Reel

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the film is the same, and so is what is written beneath it."""
        return {"highlights": self.campaign.id, "captions": captions_of(self.reel), **self.reel.recipe}

    @property
    def is_empty(self) -> bool:
        """Nothing that was chosen makes a film."""
        return not self.reel.segments


def build_highlights(
    runtime: Runtime,
    campaign_id: int,
    *,
    finishing: Finishing | None = None,
    progress: Progress | None = None,
) -> Built:
    """Make the film of what is chosen and may be in it now, and put it where the old one stood."""
    return build(
        runtime,
        Place(KIND, campaign_id),
        lambda: plan_of(runtime, campaign_id),
        lambda plan, folder, told: _made(runtime, plan, folder, told),
        finishing=finishing,
        progress=progress,
    )


def plan_of(runtime: Runtime, campaign_id: int) -> Plan:
    """What the film would be made of now: opening, the moments in the manager's order, each drawn as its city has it, closing."""
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        format_name = film_format(campaign.formats)
        production = production_at(session, campaign_id, None, KIND)
        until = production.final_at if production else None
        shown = pieces(session, campaign_id, KIND, format_name=format_name, decided_until=until)
        found = {each.submission_id: each for each in shown}
        chosen = [found[each] for each in chosen_to_film(session, campaign_id) if each in found]
        in_order = [each for each in chosen if each.kind in FILMED]
        shown_in = City.id.in_({each.city_id for each in in_order})
        cities = session.scalars(select(City).where(shown_in).order_by(City.id)).all()
        captions = joint_choice(session, campaign_id).captions_language or ""
        translations = translations_for(session, [each.submission_id for each in in_order], captions) if captions else {}
        roots = city_roots(session, runtime, campaign, [city.id for city in cities])
    toolkits = {source: toolkit_at(*source) for source in dict.fromkeys(roots.values())}
    look = Look(runtime, toolkits[roots[None]], format_name, campaign.languages[0], translations, captions)
    slots = _slots(campaign, look.toolkit)
    looks = {city.id: replace(look, toolkit=toolkits[roots[city.id]], language=city.languages[0]) for city in cities}
    framed = {city.id: frame_words(campaign, city, looks[city.id].toolkit) for city in cities}
    segments = [shot(looks[each.city_id], each, candidate_of(each).steps, framed=framed[each.city_id]) for each in in_order]
    if not makes_a_film(each.kind for each in in_order):
        segments = []
    if segments:
        closing = {name: words for name, words in slots.items() if name != "city"}  # its title was said at the beginning
        opening = card(look, "title_card", slots, steps=CARD_STEPS, is_first=True)
        segments = [opening, *segments, card(look, "end_card", closing, steps=CARD_STEPS, is_last=True)]
    return Plan(campaign, look, slots, Reel(KIND, format_name, segments))


def _slots(campaign: Campaign, toolkit: Toolkit) -> dict[str, str]:
    """The words of the cards; where a city's name stands in other films, this one has the campaign's title."""
    languages = campaign.languages
    message = choose(message_of(campaign, toolkit), languages)
    return {
        "city": choose(campaign.title, languages).text,
        "message": message.text,
        "hashtag": choose(campaign.hashtag, languages).text,
        "day": day_in_words(campaign.day_on, message.language),
    }


def _made(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    film = make_reel(runtime, plan.reel, folder, progress)
    return finished_film(plan.reel, film, plan.recipe, folder, look=plan.look, slots=plan.slots)
