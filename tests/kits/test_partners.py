"""Partners of a campaign: their logos on what is printed and at the end of films, their names in note, README and alt texts."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.campaigns.template import read_template
from app.errors import Refused
from app.kits.changes import compare
from app.kits.drawing import Press
from app.kits.frames import render_card
from app.kits.lint_samples import sample_order
from app.kits.order import KitOrder
from app.kits.pieces import Drawing, pieces_of
from app.kits.service import _readme
from app.kits.toolkit import TOOLKITS_DIR, load_toolkit
from app.toolkit_cli import demo_cities

SLUG = "world-refugee-day"
LOGOS = Path(__file__).with_name("partners")
# the ground of each logo, in the order of the toolkit
GROUNDS = {
    "library": (18, 63, 140),
    "choir": (122, 31, 92),
    "tram": (140, 18, 18),
    "orchard": (34, 104, 31),
    "harbour": (10, 90, 99),
    "kitchen": (184, 86, 11),
}
ALT_OF = {"print/poster.en.png": True, "print/sign-message.en.pdf": True, "pictures/message-square.en.png": False}
With = Callable[[Sequence[str]], Path]


@pytest.fixture
def root_with(tmp_path: Path) -> With:
    """A root of toolkits whose one has these partners."""

    def make(names: Sequence[str]) -> Path:
        root = tmp_path / f"toolkits-{len(names)}"
        for folder in ("base", SLUG):
            shutil.copytree(TOOLKITS_DIR / folder, root / folder)
        manifest = root / SLUG / "toolkit.toml"
        told = manifest.read_text("utf-8")
        for name in names:
            shutil.copy(LOGOS / f"partner-{name}.svg", root / SLUG / "artwork")
            alt = f'alt = "Logo of the {name}"\n' if name == "choir" else ""
            told += f'\n[[partners]]\nname = "The {name}"\nlogo = "partner-{name}.svg"\n{alt}'
            told += (
                f'\n[[licences]]\nfiles = "artwork/partner-{name}.svg"\nlicence = "LicenseRef-partner"\nauthor = "The {name}"\n'
            )
        manifest.write_text(told, "utf-8")
        return root

    return make


def order_from(root: Path, language: str) -> KitOrder:
    (lyon,) = (city for city in demo_cities() if city.slug == "lyon")
    return sample_order(load_toolkit(SLUG, root), read_template(SLUG, root), lyon, language)


def seen_across(picture: Path) -> list[str]:
    """The partners whose ground is in the picture, from the left to the right."""
    with Image.open(picture) as opened:
        page = np.asarray(opened.convert("RGB"))
    columns = {name: np.flatnonzero((page == colour).all(axis=2).any(axis=0)) for name, colour in GROUNDS.items()}
    found = {name: int(own[0]) for name, own in columns.items() if own.size}
    return sorted(found, key=found.__getitem__)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_sign_shows_every_partner_as_written_in_the_reading_direction(root_with: With, tmp_path: Path, language: str) -> None:
    order = order_from(root_with(tuple(GROUNDS)), language)
    press = Press(order.toolkit, tmp_path / "kits")
    (sign,) = (piece.source for piece in pieces_of(order) if piece.path.startswith("print/sign."))
    assert isinstance(sign, Drawing)
    assert seen_across(press.draw(sign, ".png")) == (list(GROUNDS) if language == "en" else list(GROUNDS)[::-1])


def test_the_end_of_a_film_shows_them_and_without_partners_nobody(root_with: With, tmp_path: Path) -> None:
    orders = [order_from(root_with(names), "en") for names in (("library", "tram"), ())]
    seen = [
        seen_across(
            render_card(
                order.toolkit,
                format="wide",
                slots=order.slots("en"),
                language="en",
                target=tmp_path / "end.png",
                template="end_card",
            )
        )
        for order in orders
    ]
    assert seen == [["library", "tram"], []]


def test_without_partners_the_templates_are_what_they_were_before_there_were_any(root_with: With) -> None:
    toolkit = load_toolkit(SLUG, root_with(()))
    assert [name for name, template in toolkit.loaded.items() if template.partners] == []
    shown = [name for name, template in load_toolkit(SLUG, root_with(("tram",))).loaded.items() if template.partners]
    assert shown == ["end_card", "poster", "postcard_back", "sign", "quote_poster"]


def test_their_names_stand_in_the_note_the_readme_and_the_alt_texts_of_what_shows_them(root_with: With) -> None:
    order = order_from(root_with(("library", "choir", "tram")), "en")
    pieces = {piece.path: piece for piece in pieces_of(order)}
    assert "\n\nPartners\n\u2013 The library\n\u2013 The choir\n\u2013 The tram\n\n" in str(pieces["note/briefing.en.txt"].source)
    assert "\nPartners: The library, The choir and The tram\n" in _readme(order)
    said = [pieces[path].alt.endswith(" Partners: The library, Logo of the choir and The tram.") for path in ALT_OF]
    assert dict(zip(ALT_OF, said, strict=True)) == ALT_OF


def test_a_logo_is_named_with_its_folder_or_without(root_with: With) -> None:
    root = root_with(("tram",))
    manifest = root / SLUG / "toolkit.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('logo = "partner-tram', 'logo = "artwork/partner-tram'), "utf-8")
    assert [partner.logo for partner in load_toolkit(SLUG, root).manifest.partners] == ["partner-tram.svg"]


def test_without_partners_nothing_speaks_of_them(root_with: With) -> None:
    order = order_from(root_with(()), "en")
    said = [piece.source for piece in pieces_of(order) if isinstance(piece.source, str)] + [_readme(order)]
    assert [text for text in said if "Partners" in text] == []


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "The tram"', 'name = "The {tram}"', "partners.2.name"),
        ('logo = "partner-tram.svg"', 'logo = "partner-choir.svg"', ""),
        ('logo = "partner-tram.svg"', 'logo = "../partner-tram.svg"', "partners.2.logo"),
        ("[[partners]]", "[[partners]]\nname = 'Them'\nlogo = 'them.svg'\n" * 5 + "[[partners]]", "partners"),
    ],
)
def test_a_partner_that_cannot_be_meant_is_refused_with_its_key(root_with: With, old: str, new: str, key: str) -> None:
    root = root_with(("library", "choir", "tram"))
    manifest = root / SLUG / "toolkit.toml"
    manifest.write_text(manifest.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(Refused) as refused:
        load_toolkit(SLUG, root)
    assert (refused.value.code, refused.value.params["key"]) == ("toolkit.bad_value", key)


def test_a_new_partner_is_a_change_that_cities_hear_of(root_with: With) -> None:
    changes = compare(load_toolkit(SLUG, root_with(())), load_toolkit(SLUG, root_with(("tram",))))
    assert (changes.look, list(changes.redrawn)) == (True, ["end_card", "postcard_back", "poster", "quote_poster", "sign"])
