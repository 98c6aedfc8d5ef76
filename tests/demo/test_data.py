import csv
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import app.demo
from app.demo.scenes import SCENES
from app.demo.sounds import SOUNDS

FOLDER = Path(app.demo.__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _names(row: dict[str, str]) -> dict[str, str]:
    return dict(pair.split("=") for pair in row["names"].split(";"))


CITIES = _rows("cities.csv")
CHAPTERS = _rows("chapters.csv")
OFFICERS = _rows("officers.csv")
VOICES: list[dict[str, Any]] = tomllib.loads((FOLDER / "voices.toml").read_text(encoding="utf-8"))["voice"]
CITY_SLUGS = {city["slug"] for city in CITIES}
CHAPTER_SLUGS = {chapter["slug"] for chapter in CHAPTERS}


def test_the_network_is_as_large_and_wide_as_promised() -> None:
    assert len(CITIES) >= 145
    assert len({city["country"] for city in CITIES}) >= 35
    assert len({city["time_zone"] for city in CITIES}) >= 20


def test_slugs_are_unique_plain_and_every_row_is_whole() -> None:
    for rows in (CITIES, CHAPTERS):
        slugs = [row["slug"] for row in rows]
        assert sorted(set(slugs)) == slugs
        assert [s for s in slugs if not (s.isascii() and s.replace("-", "a").isalnum() and s == s.lower())] == []
    assert [row for row in CITIES + CHAPTERS + OFFICERS if None in row or None in row.values()] == []


def test_every_zone_is_known_and_standard_offsets_run_from_ten_east_to_eight_west() -> None:
    zones = {city["time_zone"] for city in CITIES}
    assert zones - available_timezones() == set()
    january, july = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
    hours = set()
    for zone in zones:
        offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() for at in (january, july)]
        hours.add(min(offset.total_seconds() / 3600 for offset in offsets if offset is not None))
    assert (min(hours), max(hours)) == (-8, 10)
    assert [hour for hour in hours if hour % 1] != []


def test_every_city_has_its_english_name_and_one_in_its_first_language() -> None:
    for city in CITIES:
        names, languages = _names(city), city["languages"].split(";")
        assert {"en", languages[0], city["source_language"]} - set(names) == set(), city["slug"]
        assert city["source_language"] == languages[0]
        assert all(name and name == name.strip() for name in names.values())


def test_names_stand_in_their_own_script() -> None:
    names = {city["slug"]: _names(city) for city in CITIES}
    assert names["odesa"]["uk"] == "Одеса"
    assert names["amman"]["ar"] == "عمّان"
    assert names["patra"]["el"] == "Πάτρα"
    assert names["jaffna"]["ta"] == "யாழ்ப்பாணம்"
    assert names["tbilisi"]["ka"] == "თბილისი"
    latin_by_mistake = {"uk", "ar", "el", "ta", "si", "ka", "hy", "he", "am", "ja", "ko", "ml", "ne", "bn", "ur", "ckb"}
    assert [(s, t) for s, n in names.items() for t, name in n.items() if t in latin_by_mistake and name.isascii()] == []


def test_coordinates_are_on_the_globe_with_four_decimals() -> None:
    for city in CITIES:
        latitude, longitude = city["latitude"], city["longitude"]
        assert -90 < float(latitude) < 90
        assert -180 < float(longitude) < 180
        assert (len(latitude.split(".")[1]), len(longitude.split(".")[1])) == (4, 4)


def test_chapters_are_known_and_a_city_may_belong_to_two() -> None:
    members = {city["slug"]: set(filter(None, city["chapters"].split(";"))) for city in CITIES}
    assert set().union(*members.values()) == CHAPTER_SLUGS
    assert members["aosta"] == {"citta-del-dialogo", "francophone-cities"}
    italian = {slug for slug, chapters in members.items() if "citta-del-dialogo" in chapters}
    assert {city["slug"] for city in CITIES if city["country"] == "IT"} == italian
    assert [chapter["slug"] for chapter in CHAPTERS if "en" not in _names(chapter)] == []


def test_people_of_the_demo_have_reserved_addresses_and_known_places() -> None:
    assert Counter(person["role"] for person in OFFICERS) == {"manager": 1, "coordinator": 3, "officer": 13}
    assert len({person["email"] for person in OFFICERS}) == len(OFFICERS)
    assert all(person["email"].endswith(".example") for person in OFFICERS)
    assert {p["city"] for p in OFFICERS if p["role"] == "officer"} - CITY_SLUGS == set()
    assert {p["chapter"] for p in OFFICERS if p["role"] == "coordinator"} == CHAPTER_SLUGS
    assert {(p["city"], p["chapter"]) for p in OFFICERS if p["role"] == "manager"} == {("", "")}


def test_voices_come_in_all_kinds_from_many_cities_and_languages() -> None:
    for campaign in ("our-city-our-voices", "world-refugee-day"):
        voices = [voice for voice in VOICES if voice["campaign"] == campaign]
        assert {voice["kind"] for voice in voices} == {"text", "photo", "clip", "sound"}
        assert len({voice["city"] for voice in voices}) >= 8
    assert {voice["campaign"] for voice in VOICES} == {"our-city-our-voices", "world-refugee-day"}
    assert {voice["city"] for voice in VOICES} - CITY_SLUGS == set()
    assert len({voice["language"] for voice in VOICES}) >= 10


def test_every_voice_is_short_and_names_a_scene_that_can_be_drawn() -> None:
    for voice in VOICES:
        assert 0 < len(voice["text"]) <= 600
        assert voice["name"]
        if voice["kind"] == "text":
            assert "scene" not in voice
            continue
        assert voice["scene"] in (set(SOUNDS) if voice["kind"] == "sound" else set(SCENES))
        assert voice["alt_text"]
        assert bool(voice["words"]) == (voice["kind"] == "clip")
