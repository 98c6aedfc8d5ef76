"""Post texts stay within what each network takes."""

import pytest

from app.kits.lengths import length_on
from app.kits.posts import alt_text, city_posts, contribution_posts, directed, filled_post
from app.kits.rules import shared_languages, text_languages
from app.kits.toolkit import load_toolkit

LINK = "https://voices.example/c/our-city-our-voices-2027/saint-germain-en-laye/share"
LIMITS = {"facebook": 63206, "instagram": 2200, "x": 280, "linkedin": 3000, "mastodon": 500, "bluesky": 300}
ARABIC = "#\u0627\u0644\u0644\u0627\u062c\u0626\u0648\u0646"
VALUES = {
    "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "day": "21 septembre 2027",
    "hashtag": "#UnMotDieseVraimentTresTresLong",
    "message": "Plusieurs voix, une seule ville, et une phrase de plus pour que ce soit long",
    "link": LINK,
}


@pytest.mark.parametrize("slug", ["our-city-our-voices", "world-refugee-day"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_long_city_name_never_makes_a_post_too_long(slug: str, language: str) -> None:
    posts = city_posts(load_toolkit(slug), language, VALUES)
    assert {network: length_on(network, text, link=LINK) <= LIMITS[network] for network, text in posts.items()} == dict.fromkeys(
        LIMITS, True
    )
    assert {network: LINK in text and VALUES["hashtag"] in text for network, text in posts.items()} == dict.fromkeys(LIMITS, True)


def test_a_link_counts_23_on_x_and_mastodon_and_its_letters_elsewhere() -> None:
    assert [length_on(network, f"ab {LINK}", link=LINK) for network in ("x", "mastodon", "bluesky")] == [26, 26, 3 + len(LINK)]


def test_x_counts_letters_of_most_asian_scripts_twice_and_bluesky_counts_what_people_see() -> None:
    assert length_on("x", "多元", link=LINK) == 4
    assert length_on("bluesky", "e\u0301", link=LINK) == 1


def test_long_words_of_a_person_are_cut_between_two_words_and_the_rest_of_the_post_stays() -> None:
    values = {**VALUES, "city": "Bergen", "name": "Amal", "words": "safety is a door " * 40}
    post = contribution_posts(load_toolkit("our-city-our-voices"), "en", values, kind="text")["x"]
    assert length_on("x", post, link=LINK) <= 280
    assert post.startswith("“safety is a door safety is a door")
    assert "…”\nAmal, Bergen" in post
    assert post.endswith(f"{VALUES['hashtag']} {LINK}")


def test_a_picture_without_words_is_introduced_by_what_it_is() -> None:
    values = {**VALUES, "city": "Bergen", "message": "Many voices", "name": "", "words": ""}
    post = contribution_posts(load_toolkit("our-city-our-voices"), "en", values, kind="photo")["mastodon"]
    assert post == f"A photo from Bergen, sent for “Many voices”.\n\n{VALUES['hashtag']} {LINK}"


def test_words_of_a_person_are_never_read_as_a_placeholder() -> None:
    assert filled_post("x", "{words} {link}", {"words": "{link} {city}", "link": LINK}) == f"{{link}} {{city}} {LINK}"


def test_an_alt_text_is_cut_to_what_every_network_takes() -> None:
    values = {**VALUES, "name": "", "words": "word " * 400}
    text = alt_text(load_toolkit("our-city-our-voices"), "en", values, kind="text")
    assert len(text) <= 1000
    assert text.endswith("word…")


def test_a_kit_speaks_the_campaign_s_languages_that_the_city_speaks() -> None:
    assert shared_languages(["en", "fr", "uk"], ["uk", "fr-CA"]) == ["uk", "fr"]
    assert shared_languages(["en", "fr"], ["pl"]) == ["en"]
    assert text_languages(["uk", "fr-CA"], {"en", "fr"}, "en") == ["fr"]
    assert text_languages(["uk"], {"en", "fr"}, "en") == ["en"]
    assert text_languages(["uk"], {"fr"}, "fr") == ["fr"]


def test_in_a_right_to_left_post_a_latin_hashtag_alone_on_its_line_keeps_its_sign_first() -> None:
    values = {**VALUES, "city": "\u0639\u0645\u0651\u0627\u0646", "hashtag": "#WorldRefugeeDay"}
    posts = city_posts(load_toolkit("world-refugee-day"), "ar", values)
    # Bluesky takes a hashtag only after a space or at the beginning of a line
    assert [posts[network].splitlines()[-1] for network in ("facebook", "bluesky")] == [
        "\u200e#WorldRefugeeDay",
        "\u200e #WorldRefugeeDay",
    ]
    assert [network for network, text in posts.items() if length_on(network, text, link=LINK) > LIMITS[network]] == []
    assert [directed(text, language) for text, language in ((ARABIC, "ar"), ("#WorldRefugeeDay", "en"))] == [
        ARABIC,
        "#WorldRefugeeDay",
    ]


def test_the_mark_of_direction_counts_where_a_network_counts_it() -> None:
    pattern = "{words}\n\n{hashtag} {link}"
    values = {"words": "\u0643" * 400, "hashtag": "#Day", "link": LINK}
    post = filled_post("x", pattern, values, language="ar", shorten="words")
    assert (length_on("x", post, link=LINK), post.endswith(f"\n\n\u200e#Day {LINK}")) == (LIMITS["x"], True)
