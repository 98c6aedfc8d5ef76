"""What both cuts of a joint film are made of: the cities in their order, what each has, who speaks, and how it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assembly.arrangements import film_choice
from app.assembly.film import film_format
from app.assembly.film_rules import AS_THEY_CAME, TRANSITION_STEPS
from app.assembly.joint_guests import Guest, guests_of
from app.assembly.joint_plan import JointChoice, in_order, joint_choice
from app.assembly.joint_rules import Material, ShortCut, WholeCut, short_cut, whole_cut
from app.assembly.queries import Piece, pieces, production_at
from app.assembly.shots import FILMED, Look, candidate_of
from app.assembly.translations import translations_for
from app.campaigns.queries import cities_in
from app.enums import ProductionKind
from app.kits.loading import toolkit_at
from app.kits.slots import day_in_words, message_of
from app.kits.sources import city_roots
from app.kits.toolkit import Toolkit
from app.models import Campaign, Chapter, City, FilmArrangement, Network
from app.runtime import Runtime
from app.web.i18n import babel_locale
from app.words import Words, choose


@dataclass(frozen=True, slots=True)
class Part:
    """A city of the film with all that can be shown of it."""

    city: City
    material: Material
    pieces: Mapping[int, Piece]  # by submission
    toolkit: Toolkit  # with what its chapter has of its own

    @property
    def language(self) -> str:
        """The city's first."""
        return self.city.languages[0]

    @property
    def name(self) -> str:
        """As it calls itself."""
        return choose(self.city.names, self.city.languages).text


@dataclass(frozen=True, slots=True)
class Joint:
    """A campaign's joint film before it is cut."""

    campaign: Campaign
    owner: Words  # the network, or the chapter whose campaign it is
    choice: JointChoice
    parts: Sequence[Part]  # in their order
    guests: Sequence[Guest]  # those chosen who can be shown, in their order
    look: Look  # of our own cards
    tiles: Mapping[int, Piece] = field(default_factory=dict)  # by submission: what small pictures show of it

    @property
    def materials(self) -> list[Material]:
        """What the rules look at."""
        return [part.material for part in self.parts]

    @property
    def has_voices(self) -> bool:
        """Whether anybody can be seen in it: names alone are no film."""
        return any(part.material.shown() for part in self.parts)

    @property
    def first_city_id(self) -> int | None:
        """The city that comes first; another place never does, unless there is no city."""
        return self.parts[0].city.id if self.parts else None

    def opening_slots(self) -> dict[str, str]:
        """Of the card that opens both cuts: the campaign's title, its message and the day."""
        languages = (self.look.language, *self.campaign.languages)
        return {"city": choose(self.campaign.title, languages).text, **self._said(languages)}

    def closing_slots(self) -> dict[str, str]:
        """Of the card that closes both cuts: the message, the hashtag, the day and whose campaign it is."""
        languages = (self.look.language, *self.campaign.languages)
        hashtag = choose(self.campaign.hashtag, languages).text
        return {**self._said(languages), "hashtag": hashtag, "city": choose(self.owner, languages).text}

    def title_of(self, part: Part) -> str:
        """The city's name in the campaign's language."""
        return choose(part.city.names, [self.look.language, *part.city.languages]).text

    def city_slots(self, part: Part) -> dict[str, str]:
        """Of a city's own card: its name in its script, then in the campaign's language with its country, and the hashtag."""
        country = str(babel_locale(self.look.language).territories.get(part.city.country, part.city.country))
        beneath = [] if part.city.is_elsewhere else [country]
        names = list(dict.fromkeys([part.name, self.title_of(part), *beneath]))
        hashtag = choose(self.campaign.hashtag, (self.look.language, *self.campaign.languages)).text
        return {"city": names[0], "message": ", ".join(names[1:]) or hashtag, "day": hashtag}

    def _said(self, languages: Sequence[str]) -> dict[str, str]:
        message = choose(message_of(self.campaign, self.look.toolkit), languages)
        return {"message": message.text, "day": day_in_words(self.campaign.day_on, message.language)}

    def whole(self) -> WholeCut:
        """The whole cut; refuses `film.too_many_cities`."""
        guests = [len(guest.said_in(self.look.language).text) for guest in self.guests]
        return whole_cut(self.materials, guests=guests, budget_s=self.choice.budget_s, transition_steps=TRANSITION_STEPS)

    def short(self) -> ShortCut:
        """The cut for the networks; refuses `film.too_many_cities`."""
        return short_cut(self.materials, transition_steps=TRANSITION_STEPS)


def read_joint(session: Session, runtime: Runtime, campaign_id: int, kind: ProductionKind, *, by_hand: bool = False) -> Joint:
    """What a cut would be made of now, in as many queries for one city as for all, but for the cities whose film was arranged.

    Cities that have joined, each once, the one that opens first. What came from another place stands last, as long as a city and
    only where something came: whoever sent it is seen like everybody, and it is no city whose name could stand there alone.
    `by_hand`: when somebody has it made at this moment, which also takes in what came after it was closed.
    """
    campaign = session.get_one(Campaign, campaign_id)
    production = production_at(session, campaign_id, None, kind)
    format_name, choice = film_format(campaign.formats), joint_choice(session, campaign_id)
    found: dict[int, dict[int, Piece]] = {}
    until = production.final_at if production and not by_hand else None
    for piece in pieces(session, campaign_id, kind, format_name=format_name, decided_until=until):
        if piece.kind in FILMED:
            found.setdefault(piece.city_id, {})[piece.submission_id] = piece
    tiles = (
        pieces(session, campaign_id, kind, role="tile", decided_until=until) if kind is ProductionKind.JOINT_FILM_SHORT else []
    )
    cities = {city.id: city for _, city in cities_in(session, campaign_id)}
    order = in_order(session, campaign, [city.id for city in cities.values() if not city.is_elsewhere])
    order += [city.id for city in cities.values() if city.is_elsewhere and found.get(city.id)]
    roots = city_roots(session, runtime, campaign, order)
    toolkits = {source: toolkit_at(*source) for source in dict.fromkeys(roots.values())}
    decided = select(FilmArrangement.city_id).where(FilmArrangement.campaign_id == campaign_id)
    arranged = {city_id: film_choice(session, campaign_id, city_id).arrangement for city_id in session.scalars(decided)}
    parts = [
        Part(
            cities[city_id],
            Material(
                city_id,
                [candidate_of(piece) for piece in found.get(city_id, {}).values()],
                arranged.get(city_id, AS_THEY_CAME),
                is_card_only=city_id in choice.card_only,
            ),
            found.get(city_id, {}),
            toolkits[roots[city_id]],
        )
        for city_id in order
    ]
    known = {guest.id: guest for guest in guests_of(session, campaign_id)}
    people = [submission_id for pieces_of in found.values() for submission_id in pieces_of]
    captions = choice.captions_language or ""
    translations = translations_for(session, people, captions) if captions else {}
    toolkit = toolkits[roots[None]]
    language = choose(message_of(campaign, toolkit), campaign.languages).language
    return Joint(
        campaign=campaign,
        owner=_owner(session, campaign),
        choice=choice,
        parts=parts,
        guests=[known[quote_id] for quote_id in choice.quotes if quote_id in known],
        look=Look(runtime, toolkit, format_name, language, translations, captions),
        tiles={tile.submission_id: tile for tile in tiles},
    )


def _owner(session: Session, campaign: Campaign) -> Words:
    if campaign.chapter_id is not None:
        return session.get_one(Chapter, campaign.chapter_id).names
    return session.get_one(Network, campaign.network_id).names
