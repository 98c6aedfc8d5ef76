"""Another place: a row of its own in the network and in a chapter, and no city anywhere."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of, cities_where
from app.db.session import Database
from app.enums import Permission, RoleName
from app.errors import RefusedFields
from app.models import Chapter, ChapterCity, City, Network, Person
from app.network.elsewhere import chapters_of_elsewhere, elsewhere_of, known_elsewhere
from app.network.queries import cities_of, cities_of_chapter, members_of
from app.network.service import import_cities
from app.words import choose
from tests import factories
from tests.conftest import Server

NOW = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
CITY_HEADER = "slug,names,source_language,country,time_zone,languages,latitude,longitude"


def a_network(session: Session) -> tuple[Network, Chapter]:
    """Torino and Reggio in the Italian chapter, Bergen in none."""
    network = factories.network(session)
    network.time_zone = "Europe/Paris"
    torino = factories.city(session, network, "torino", time_zone="Europe/Rome", country="IT", languages=("it", "en"))
    reggio = factories.city(session, network, "reggio", time_zone="Europe/Rome", country="IT", languages=("it",))
    tunis = factories.city(session, network, "tunis", time_zone="Africa/Tunis", country="TN", languages=("ar", "it"))
    factories.city(session, network, "bergen", languages=("nb", "en"))
    return network, factories.chapter(session, network, "italian", [torino, reggio, tunis])


def refused(session: Session, network: Network, text: str) -> list[tuple[object, str]]:
    with pytest.raises(RefusedFields) as caught:
        import_cities(session, network=network, text=text, now=NOW, actor_id=None)
    return [(each.params["column"], each.code) for each in caught.value.refusals]


def test_the_other_place_of_the_network_is_made_once_by_the_networks_own_clock(database: Database) -> None:
    with database.writing() as session:
        network, _chapter = a_network(session)
        assert known_elsewhere(session, network, None) is None
        made = elsewhere_of(session, network, None)
        assert elsewhere_of(session, network, None) is made
        assert (made.slug, made.time_zone, made.country, made.is_elsewhere) == ("elsewhere", "Europe/Paris", "ZZ", True)
        assert made.languages == ["it", "en", "nb", "ar"]
        assert [choose(made.names, [tag]).text for tag in ("en", "fr", "ar")] == ["Another place", "Un autre lieu", "مكان آخر"]


def test_that_of_a_chapter_belongs_to_the_chapter_and_lives_by_the_clock_of_most_of_its_cities(database: Database) -> None:
    with database.writing() as session:
        network, chapter = a_network(session)
        whole = elsewhere_of(session, network, None)
        made = elsewhere_of(session, network, chapter)
        assert (made.slug, made.time_zone) == ("elsewhere-italian", "Europe/Rome")
        assert made.languages == ["it", "en", "ar"]
        assert elsewhere_of(session, network, chapter) is made
        assert elsewhere_of(session, network, None) is whole
        member = session.scalars(select(ChapterCity.chapter_id).where(ChapterCity.city_id == made.id)).all()
        assert member == [chapter.id]
        assert chapters_of_elsewhere(session, [made.id, whole.id]) == {made.id: chapter.names}


def test_a_city_of_earlier_days_keeps_its_address_even_if_it_is_called_elsewhere(database: Database) -> None:
    with database.writing() as session:
        network = factories.network(session)
        old = factories.city(session, network, "elsewhere")
        assert elsewhere_of(session, network, None).slug == "elsewhere-2"
        assert [city.slug for city in cities_of(session, network.id)] == [old.slug]


def test_the_longest_slug_of_a_chapter_still_gives_an_address(database: Database) -> None:
    with database.writing() as session:
        network = factories.network(session)
        first, second = (factories.chapter(session, network, "c" * 79 + letter) for letter in "ab")
        slugs = [elsewhere_of(session, network, chapter).slug for chapter in (first, second)]
        assert len(set(slugs)) == 2
        assert max(map(len, slugs)) <= 80


def test_another_place_is_in_no_list_of_cities(database: Database) -> None:
    with database.writing() as session:
        network, chapter = a_network(session)
        elsewhere_of(session, network, None)
        elsewhere_of(session, network, chapter)
        everywhere = ["bergen", "reggio", "torino", "tunis"]
        assert [city.slug for city in cities_of(session, network.id)] == everywhere
        assert [member.city.slug for member in members_of(session, network.id)] == everywhere
        assert [city.slug for city in cities_of_chapter(session, network.id, "italian")] == everywhere[1:]


def test_no_table_brings_a_city_or_chapter_of_that_name_in_or_writes_over_it(database: Database) -> None:
    with database.writing() as session:
        network, chapter = a_network(session)
        made = elsewhere_of(session, network, chapter)
        for slug in ("elsewhere", "elsewhere-italian", "elsewhere-2"):
            row = f"{slug},en=Somewhere,en,FR,Europe/Paris,en,1,1"
            assert refused(session, network, f"{CITY_HEADER}\n{row}\n") == [("slug", "import.reserved_slug")]
        chapters = "slug,names,source_language\nelsewhere,en=Elsewhere,en\n"
        assert refused(session, network, chapters) == [("slug", "import.reserved_slug")]
        assert (made.names.texts["en"], made.country) == ("Another place", "ZZ")


def test_nobody_becomes_its_officer_by_a_table(database: Database) -> None:
    with database.writing() as session:
        network, chapter = a_network(session)
        elsewhere_of(session, network, chapter)
        text = "email,name,language,role,city,chapter\na@b.example,Anna,it,officer,elsewhere-italian,\n"
        assert refused(session, network, text) == [("city", "import.unknown_place")]


def test_the_network_is_the_managers_a_chapters_its_coordinators_and_no_ones_else(database: Database) -> None:
    with database.writing() as session:
        network, italian = a_network(session)
        north = factories.chapter(session, network, "north")
        elsewhere_of(session, network, None)
        elsewhere_of(session, network, italian)
        elsewhere_of(session, network, north)
        torino = session.scalars(select(City).where(City.slug == "torino")).one()
        people = {
            "manager": factories.person(session, network, RoleName.MANAGER),
            "italian": factories.person(session, network, RoleName.COORDINATOR, chapter=italian),
            "north": factories.person(session, network, RoleName.COORDINATOR, chapter=north),
            "torino": factories.person(session, network, RoleName.OFFICER, city=torino),
        }
        assert {name: their_elsewheres(session, person) for name, person in people.items()} == {
            "manager": ["elsewhere", "elsewhere-italian", "elsewhere-north"],
            "italian": ["elsewhere-italian"],
            "north": ["elsewhere-north"],
            "torino": [],
        }


def their_elsewheres(session: Session, person: Person) -> list[str]:
    actor = actor_of(session, person)
    assert actor is not None
    query = select(City.slug).where(City.is_elsewhere, cities_where(actor, Permission.MODERATE))
    return list(session.scalars(query.order_by(City.slug)))


def test_no_page_and_no_program_counts_it_as_a_city_or_a_country(server: Server) -> None:
    with server.runtime.database.writing() as session:
        network, chapter = a_network(session)
        elsewhere_of(session, network, None)
        elsewhere_of(session, network, chapter)
        factories.person(session, network, RoleName.MANAGER)
    with server.client() as visitor:
        listed = [city["slug"] for city in visitor.get("/api/v1/cities").json()["items"]]
        home, calendar = visitor.get("/").text, visitor.get("/calendar").text
        assert visitor.get("/calendar?city=elsewhere").status_code == 404
        assert visitor.get("/calendar.ics?city=elsewhere-italian").status_code == 404
    assert listed == ["bergen", "reggio", "torino", "tunis"]
    assert "4 cities in 3 countries" in home
    assert "Another place" not in home + calendar
    with server.signed_in("manager@network.example") as manager:
        page, days = manager.get("/desk/network").text, manager.get("/desk/calendar/new").text
    assert "Another place" not in page + days
    assert "Unknown Region" not in page
    assert "Torino" in page
    assert "Torino" in days
