"""Tables of cities, chapters and officers: all of one or nothing of it, every bad row named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import app.demo
from app.db.base import Base
from app.db.session import Database
from app.enums import RoleName
from app.errors import Refused, RefusedFields
from app.models import AuditRow, Chapter, ChapterCity, City, Job, Network, Person, Role
from app.network.samples import SAMPLES
from app.network.service import ImportResult, import_cities, import_file
from app.network.table import MAX_TABLE_BYTES, TableKind, decode
from app.runtime import Runtime
from app.words import Words
from tests import factories

NOW = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
HEADER = "slug,names,source_language,country,time_zone,languages,latitude,longitude,chapters"
DEMO = Path(app.demo.__file__).parent


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def network(session: Session) -> Network:
    return factories.network(session)


def bring_in(session: Session, network: Network, text: str) -> ImportResult:
    return import_cities(session, network=network, text=text, now=NOW, actor_id=None)


def cities(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def refusals(session: Session, network: Network, text: str) -> list[tuple[Any, Any, str]]:
    with pytest.raises(RefusedFields) as caught:
        bring_in(session, network, text)
    return [(each.params.get("line"), each.params.get("column"), each.code) for each in caught.value.refusals]


def test_the_demo_tables_come_in_and_come_in_again_without_a_change(session: Session, network: Network) -> None:
    texts = [(DEMO / f"{name}.csv").read_text(encoding="utf-8") for name in ("chapters", "cities", "officers")]
    rows = [len(text.strip().splitlines()) - 1 for text in texts]
    first = [bring_in(session, network, text) for text in texts]
    again = [bring_in(session, network, text) for text in texts]
    assert first == [
        ImportResult(chapters=rows[0], created=rows[0]),
        ImportResult(cities=rows[1], created=rows[1]),
        ImportResult(officers=rows[2], created=rows[2]),
    ]
    assert [(each.created, each.updated) for each in again] == [(0, 0)] * 3
    assert [count(session, table) for table in (Chapter, City, Role)] == rows


def test_a_city_comes_in_with_everything_its_row_says(session: Session, network: Network) -> None:
    factories.chapter(session, network, "alps")
    bring_in(session, network, cities("aosta,it=Aosta;fr=Aoste,it,it,Europe/Rome,it;fr,45.7370,7.3201,alps"))
    city = session.scalars(select(City)).one()
    assert (city.slug, city.country, city.time_zone, city.languages) == ("aosta", "IT", "Europe/Rome", ["it", "fr"])
    assert city.names == Words("it", {"it": "Aosta", "fr": "Aoste"})
    assert (city.latitude, city.longitude) == (45.737, 7.3201)
    assert session.scalars(select(Chapter.slug).join(ChapterCity)).all() == ["alps"]


def test_importing_again_updates_by_slug_and_sets_the_chapters_as_written(session: Session, network: Network) -> None:
    for slug in ("alps", "coast"):
        factories.chapter(session, network, slug)
    bring_in(
        session,
        network,
        cities("aosta,it=Aosta,it,IT,Europe/Rome,it,45.7,7.3,alps", "torino,it=Torino,it,IT,Europe/Rome,it,45,7,"),
    )
    changed = cities(
        "aosta,it=Aosta;fr=Aoste,it,IT,Europe/Rome,it;fr,45.7,7.3,coast", "torino,it=Torino,it,IT,Europe/Rome,it,45,7,"
    )
    assert bring_in(session, network, changed) == ImportResult(cities=2, created=0, updated=1)
    assert session.scalars(select(City.names).where(City.slug == "aosta")).one() == Words("it", {"it": "Aosta", "fr": "Aoste"})
    assert session.scalars(select(Chapter.slug).join(ChapterCity)).all() == ["coast"]


def test_a_table_without_the_column_of_chapters_leaves_them_as_they_are(session: Session, network: Network) -> None:
    city = factories.city(session, network, "aosta")
    factories.chapter(session, network, "alps", [city])
    header = HEADER.removesuffix(",chapters")
    bring_in(session, network, f"{header}\naosta,it=Aosta,it,IT,Europe/Rome,it,45.7,7.3\n")
    assert session.scalars(select(Chapter.slug).join(ChapterCity)).all() == ["alps"]


def test_every_bad_row_is_named_with_its_line_and_column_and_nothing_is_taken(session: Session, network: Network) -> None:
    text = cities(
        "torino,it=Torino,it,IT,Europe/Rome,it,45,7,",
        "Reggio Emilia,it=Reggio,it,IT,Europe/Rome,it,45,7,",
        ",it=Nessuno,it,IT,Europe/Rome,it,45,7,",
        '"two\nlines",it=Due,it,XX,Europe/Roma,it,45,7,',
        "milano,Milano,it,IT,EST,italiano,95,abc,",
        "torino,en=Turin,it,IT,Europe/Rome,,45,7,nowhere",
        "share,it=Share,it,IT,Europe/Rome,it,45,,",
    )
    assert refusals(session, network, text) == [
        (3, "slug", "import.not_a_slug"),
        (4, "slug", "import.missing"),
        (5, "slug", "import.not_a_slug"),
        (5, "country", "import.not_a_country"),
        (5, "time_zone", "import.not_a_zone"),
        (7, "names", "import.not_a_name"),
        (7, "time_zone", "import.not_a_zone"),
        (7, "languages", "import.not_a_language"),
        (7, "latitude", "import.not_degrees"),
        (7, "longitude", "import.not_degrees"),
        (8, "source_language", "import.source_without_name"),
        (8, "languages", "import.missing"),
        (8, "slug", "import.twice"),
        (8, "chapters", "import.unknown_place"),
        (9, "slug", "import.reserved_slug"),
        (9, "longitude", "import.missing"),
    ]
    assert [count(session, table) for table in (City, AuditRow)] == [0, 0]


def test_bad_officers_are_named_and_no_one_is_taken(session: Session, network: Network) -> None:
    factories.city(session, network, "torino")
    rows = [
        "a@torino.example,Anna,it,officer,torino,",
        "b@torino.example,Bruno,it,officer,,",
        "c@torino.example,Carla,it,coordinator,torino,",
        "d@torino.example,Dario,it,mayor,torino,",
        "not an address,,it,manager,,",
        "f@torino.example,Franca,it,officer,atlantis,",
        "a@torino.example,Anna,it,officer,torino,",
    ]
    text = "\n".join(["email,name,language,role,city,chapter", *rows])
    assert refusals(session, network, text) == [
        (3, "city", "import.role_without_place"),
        (4, "city", "import.role_with_place"),
        (4, "chapter", "import.role_without_place"),
        (5, "role", "import.not_a_role"),
        (6, "email", "import.not_an_address"),
        (6, "name", "import.missing"),
        (7, "city", "import.unknown_place"),
        (8, "email", "import.twice"),
    ]
    assert [count(session, table) for table in (Person, Role)] == [0, 0]


def test_a_person_may_have_several_roles_and_keeps_them(session: Session, network: Network) -> None:
    for slug in ("torino", "aosta"):
        factories.city(session, network, slug)
    header = "email,name,language,role,city,chapter\n"
    bring_in(session, network, header + "Anna@Torino.example,Anna,it,officer,torino,\n")
    result = bring_in(session, network, header + "anna@torino.example,Anna B.,fr,officer,aosta,\n")
    assert result == ImportResult(officers=1, created=1)
    person = session.scalars(select(Person)).one()
    assert (person.email, person.name, person.language) == ("anna@torino.example", "Anna B.", "fr")
    roles = session.execute(select(Role.name, City.slug).join(City, City.id == Role.city_id).order_by(City.slug)).all()
    assert [tuple(role) for role in roles] == [(RoleName.OFFICER, "aosta"), (RoleName.OFFICER, "torino")]


def test_a_corrected_time_zone_asks_for_the_citys_steps_to_be_planned_again(session: Session, network: Network) -> None:
    city = factories.city(session, network, "torino", time_zone="Europe/London")
    bring_in(session, network, cities("torino,it=Torino,it,IT,Europe/Rome,it,45,7,"))
    bring_in(session, network, cities("torino,it=Torino,it,IT,Europe/Rome,it,45,7,"))
    jobs = session.execute(select(Job.kind, Job.payload)).all()
    assert [tuple(job) for job in jobs] == [("campaigns.replan_city", {"city_id": city.id})]


ROW = 'aosta;"it=Aosta;fr=Vallée d’Aoste";it;IT;Europe/Rome;"it;fr";45,7370;7,3201;\r\n'


@pytest.mark.parametrize(
    "data",
    [
        (HEADER.replace(",", ";") + "\r\n" + ROW).encode("utf-8-sig"),
        (HEADER.replace(",", ";") + "\r\n" + ROW).encode("utf-16"),
        (HEADER.replace(",", ";") + "\r\n" + ROW).encode("cp1252"),
        ("sep=;\r\n" + HEADER.replace(",", ";") + "\r\n" + ROW).encode(),
        ("\n" + HEADER.replace(",", ";").replace("_", " ").title() + "\n\n" + ROW).encode(),
    ],
    ids=["BOM", "UTF-16", "Windows-1252", "sep line", "blank lines and capitals"],
)
def test_what_spreadsheets_write_is_read(session: Session, network: Network, data: bytes) -> None:
    bring_in(session, network, decode(data).text)
    city = session.scalars(select(City)).one()
    assert city.names.texts == {"it": "Aosta", "fr": "Vallée d’Aoste"}
    assert (city.languages, city.latitude, city.longitude) == (["it", "fr"], 45.737, 7.3201)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "import.empty"),
        ("\n\n", "import.empty"),
        (HEADER, "import.no_rows"),
        ("name,age\nAnna,40\n", "import.unknown_table"),
        ('slug,names,source_language\na,"it=A,it\n', "import.torn_line"),
    ],
)
def test_what_is_no_table_is_refused(session: Session, network: Network, text: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        bring_in(session, network, text)
    assert (caught.value.code, caught.value.field) == (code, "table")


def test_missing_unknown_and_repeated_columns_are_all_named(session: Session, network: Network) -> None:
    with pytest.raises(RefusedFields) as caught:
        bring_in(session, network, "slug,name,names,names\na,A,it=A,it=A\n")
    assert [(each.code, each.params["column"]) for each in caught.value.refusals] == [
        ("import.column_missing", "source_language"),
        ("import.column_unknown", "name"),
        ("import.column_twice", "names"),
    ]


def test_cells_beyond_the_header_are_named(session: Session, network: Network) -> None:
    text = "slug,names,source_language,\nalps,it=Alpi,it,,\ncoast,it=Costa,it,,more\n"
    assert refusals(session, network, text) == [(3, None, "import.too_many_cells")]


def test_a_file_that_is_no_text_or_too_large_is_refused() -> None:
    with pytest.raises(Refused, match=r"import\.not_text"):
        decode(b"PK\x03\x04\x00\x00")
    with pytest.raises(Refused) as caught:
        decode(b"a" * (MAX_TABLE_BYTES + 1))
    assert caught.value.params == {"limit_bytes": MAX_TABLE_BYTES, "actual_bytes": MAX_TABLE_BYTES + 1}


def test_the_samples_can_be_brought_in_in_their_order(session: Session, network: Network) -> None:
    texts = [SAMPLES[kind] for kind in (TableKind.CHAPTERS, TableKind.CITIES, TableKind.OFFICERS)]
    assert [bring_in(session, network, text).created for text in texts] == [1, 2, 3]


def test_the_command_line_takes_a_whole_file_or_nothing(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        factories.network(session)
    good, bad = "torino,it=Torino,it,IT,Europe/Rome,it,45,7,", "x y,it=X,it,IT,Europe/Rome,it,45,7,"
    with pytest.raises(RefusedFields):
        import_file(runtime, cities(good, bad).encode(), when_founded=nothing_more)
    with runtime.database.reading() as session:
        assert count(session, City) == 0
    assert (
        import_file(runtime, cities(good).encode(), when_founded=nothing_more).summary()
        == "Cities: 1 (new: 1, changed: 0, as they were: 0)."
    )
    with runtime.database.reading() as session:
        assert count(session, City) == 1


def nothing_more(_session: Session, _network: Network) -> None:
    """What else belongs to a new network is above this room."""


def test_the_first_import_into_an_empty_database_founds_the_network_that_the_settings_name(runtime: Runtime) -> None:
    runtime.settings.network_name = "Città in coro"
    row = "torino,it=Torino,it,IT,Europe/Rome,it,45,7,"
    founded: list[str] = []
    for _ in range(2):
        import_file(runtime, cities(row).encode(), when_founded=lambda _session, network: founded.append(network.slug))
    assert founded == ["citta-in-coro"]
    with runtime.database.reading() as session:
        assert session.scalars(select(Network.contact_email)).all() == ["privacy@localhost"]


def test_a_bad_first_table_founds_nothing(runtime: Runtime) -> None:
    with pytest.raises(Refused):
        import_file(runtime, b"slug,names\nx,y\n", when_founded=nothing_more)
    with runtime.database.reading() as session:
        assert session.scalars(select(Network)).all() == []


def test_a_name_that_was_given_at_the_desk_in_another_language_stays_when_the_table_comes_in_again(
    session: Session, network: Network
) -> None:
    table = cities("bergen,en=Bergen,en,NO,Europe/Oslo,nb,60.39,5.32,")
    bring_in(session, network, table)
    city = session.scalars(select(City)).one()
    city.names = Words("en", {"en": "Bergen", "ar": "برغن"})
    assert bring_in(session, network, table).updated == 0
    assert city.names == Words("en", {"en": "Bergen", "ar": "برغن"})
