"""Every campaign's colours can be read, whatever its toolkit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kits.sources import Source
from app.kits.toolkit import TOOLKITS_DIR, contrast_ratio, list_toolkits
from app.publishing.colours import DARK_GROUNDS, LIGHT_GROUNDS, Brand, brand_of
from app.publishing.looks import brand_for
from app.web.templating import STATIC_DIR

colours = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


def weakest(brand: Brand) -> float:
    pairs = [(brand.poster_ink, brand.poster)]
    pairs += [(brand.accent_light, ground) for ground in LIGHT_GROUNDS] + [(brand.accent_light_ink, brand.accent_light)]
    pairs += [(brand.accent_dark, ground) for ground in DARK_GROUNDS] + [(brand.accent_dark_ink, brand.accent_dark)]
    return min(contrast_ratio(words, ground) for words, ground in pairs)


@given(accent=colours, accent_ink=colours, second=colours, second_ink=colours)
def test_any_palette_becomes_one_that_everybody_can_read(accent: str, accent_ink: str, second: str, second_ink: str) -> None:
    brand = brand_of({"accent": accent, "accent_ink": accent_ink, "second": second, "second_ink": second_ink})
    assert weakest(brand) >= 4.5


@pytest.mark.parametrize("slug", list_toolkits())
def test_a_toolkit_keeps_its_own_colour_on_the_poster(slug: str) -> None:
    assert weakest(brand_for(Source(slug, TOOLKITS_DIR))) >= 4.5


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    sheet = (STATIC_DIR / "polyphony.css").read_text()
    found = [tuple(re.findall(rf"--{name}: (#[0-9a-f]{{6}});", sheet)) for name in ("paper", "field", "wash")]
    light, dark = zip(*((values[0], values[1]) for values in found), strict=True)
    assert (light, dark) == (LIGHT_GROUNDS, DARK_GROUNDS)
