"""Another place: the row that stands for people from outside the cities of the network, or of one of its chapters."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Chapter, ChapterCity, City, Network
from app.network.rows import ELSEWHERE, MAX_SLUG_CHARS
from app.words import Words

UNKNOWN_COUNTRY = "ZZ"  # of no country, in the Unicode locale data
LANGUAGES_KEPT = 6  # those that its cities use most are offered first in the form
COMMON_LANGUAGE = "en"
NAMES = Words(
    "en",
    {
        "en": "Another place",
        "fr": "Un autre lieu",
        "es": "Otro lugar",
        "it": "Un altro luogo",
        "de": "Ein anderer Ort",
        "pt": "Outro lugar",
        "ca": "Un altre lloc",
        "ro": "Alt loc",
        "nl": "Een andere plek",
        "sv": "En annan plats",
        "nb": "Et annet sted",
        "fi": "Jokin muu paikka",
        "pl": "Inne miejsce",
        "hr": "Neko drugo mjesto",
        "sr": "Неко друго место",
        "hu": "Egy másik hely",
        "el": "Ένας άλλος τόπος",
        "tr": "Başka bir yer",
        "uk": "Інше місце",
        "ru": "Другое место",
        "ar": "مكان آخر",
        "ta": "வேறொரு இடம்",
        "zh-Hans": "其他地方",
        "zh-Hant": "其他地方",
        "ja": "別の場所",
    },
)


def elsewhere_of(session: Session, network: Network, chapter: Chapter | None) -> City:
    """The other place of the network, or of this chapter, whose coordinators then look after it; made when it is first needed."""
    found = known_elsewhere(session, network, chapter)
    if found is not None:
        return found
    # two campaigns that need the first one at the same moment must not make two
    session.execute(select(Network.id).where(Network.id == network.id).with_for_update(key_share=True))
    return known_elsewhere(session, network, chapter) or _make(session, network, chapter)


def known_elsewhere(session: Session, network: Network, chapter: Chapter | None) -> City | None:
    """The same where it is there already."""
    members = select(ChapterCity.city_id)
    whose = City.id.not_in(members) if chapter is None else City.id.in_(members.where(ChapterCity.chapter_id == chapter.id))
    query = select(City).where(City.network_id == network.id, City.is_elsewhere, whose)
    return session.scalars(query.order_by(City.id)).first()


def chapters_of_elsewhere(session: Session, city_ids: Collection[int]) -> dict[int, Words]:
    """The names of the chapters whose other places these are; the network's own is not among them."""
    query = (
        select(City.id, Chapter)
        .join(ChapterCity, ChapterCity.city_id == City.id)
        .join(Chapter, Chapter.id == ChapterCity.chapter_id)
        .where(City.id.in_(city_ids), City.is_elsewhere)
    )
    return {city_id: chapter.names for city_id, chapter in session.execute(query)}


def _make(session: Session, network: Network, chapter: Chapter | None) -> City:
    cities = select(City).where(City.network_id == network.id, City.is_elsewhere.is_(False))
    if chapter is not None:
        cities = cities.where(City.id.in_(select(ChapterCity.city_id).where(ChapterCity.chapter_id == chapter.id)))
    members = list(session.scalars(cities.order_by(City.slug)))
    zones = Counter(city.time_zone for city in members if chapter is not None)
    spoken = Counter(tag for city in members for tag in city.languages)
    languages = [tag for tag, _count in spoken.most_common(LANGUAGES_KEPT)]
    row = City(
        network_id=network.id,
        slug=_free_slug(session, network.id, ELSEWHERE if chapter is None else f"{ELSEWHERE}-{chapter.slug}"),
        names=NAMES,
        country=UNKNOWN_COUNTRY,
        time_zone=zones.most_common(1)[0][0] if zones else network.time_zone,
        languages=languages if COMMON_LANGUAGE in languages else [*languages, COMMON_LANGUAGE],
        latitude=0.0,
        longitude=0.0,
        is_elsewhere=True,
    )
    session.add(row)
    session.flush()
    if chapter is not None:
        session.add(ChapterCity(chapter_id=chapter.id, city_id=row.id))
        session.flush()
    return row


def _free_slug(session: Session, network_id: int, wanted: str) -> str:
    """Imports leave these slugs alone now; a city of earlier days may have one."""
    base = wanted[: MAX_SLUG_CHARS - 4].rstrip("-")
    taken = set(session.scalars(select(City.slug).where(City.network_id == network_id, City.slug.startswith(base))))
    free, number = base, 2
    while free in taken:
        free, number = f"{base}-{number}", number + 1
    return free
