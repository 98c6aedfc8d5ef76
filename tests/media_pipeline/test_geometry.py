"""Where pictures go: formats by kind, cut or shown whole."""

from dataclasses import astuple

import pytest

from media_pipeline import Box, Kind, formats_for
from media_pipeline.geometry import place

SQUARE, STORY, WIDE = Box(0, 0, 1080, 1080), Box(0, 0, 1080, 1920), Box(0, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("kind", "formats"),
    [
        (Kind.PHOTO, ("square", "story", "landscape", "profile")),
        (Kind.VIDEO, ("square", "story", "wide")),
        (Kind.AUDIO, ("audio", "audiogram_square", "audiogram_story")),
    ],
)
def test_each_kind_takes_its_own_of_a_campaigns_formats(kind: Kind, formats: tuple[str, ...]) -> None:
    assert formats_for(kind, ["square", "story", "landscape", "profile"]) == formats


def test_a_clip_of_a_campaign_with_none_of_its_formats_is_a_square() -> None:
    assert formats_for(Kind.VIDEO, ["profile", "link_card"]) == ("square",)


@pytest.mark.parametrize(
    ("size", "canvas", "placed"),
    [
        ((4000, 3000), SQUARE, (True, 1440, 1080, 180, 0)),  # a quarter is cut, the middle stays
        ((3000, 4000), SQUARE, (True, 1080, 1440, 0, 64)),  # the upper part stays: faces are there
        ((3000, 4000), STORY, (True, 1440, 1920, 180, 0)),
        ((1920, 1080), SQUARE, (False, 1080, 608, 0, 236)),  # almost half would be cut: shown whole
        ((1080, 1920), WIDE, (False, 608, 1080, 656, 0)),
        ((160, 90), WIDE, (True, 1920, 1080, 0, 0)),
    ],
)
def test_little_is_cut_and_much_is_shown_whole(
    size: tuple[int, int], canvas: Box, placed: tuple[bool, int, int, int, int]
) -> None:
    assert astuple(place(*size, canvas)) == placed


def test_what_is_in_focus_stays_in_the_picture() -> None:
    assert place(4000, 3000, SQUARE, focus=(0.0, 0.5)).left_px == 0
    assert place(4000, 3000, SQUARE, focus=(1.0, 0.5)).left_px == 360


def test_a_profile_picture_is_covered_whatever_its_shape() -> None:
    assert place(4000, 1000, SQUARE, always_cover=True).covers
