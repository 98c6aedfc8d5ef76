"""The colours of the drawn scenes by time of day."""

from typing import NamedTuple


class Palette(NamedTuple):
    """The colours of one picture, from the far to the near."""

    sky_top: str
    sky_low: str
    far: str
    middle: str
    near: str
    front: str
    light: str
    accents: tuple[str, ...]


DAYS = (
    Palette(
        "#8fd0e0",
        "#fdf0d5",
        "#9cc9b4",
        "#5fa37f",
        "#2f7d66",
        "#1d5a52",
        "#ffd166",
        ("#e4572e", "#f2b134", "#2e86ab", "#c8457a"),
    ),
    Palette(
        "#f7c59f",
        "#fff3dc",
        "#e8a87c",
        "#c8664a",
        "#8a3f4c",
        "#51283f",
        "#fff1b8",
        ("#2a9d8f", "#e9c46a", "#e76f51", "#1f5f7a"),
    ),
    Palette(
        "#b9d7f0",
        "#fbe9e7",
        "#a9b8d9",
        "#6f83bb",
        "#465a96",
        "#2b3a67",
        "#ffcf56",
        ("#ef6461", "#f9c846", "#3fa796", "#fbe9e7"),
    ),
    Palette(
        "#ffd6a5",
        "#fff6e0",
        "#b8c77a",
        "#84a04f",
        "#557a3f",
        "#2f5233",
        "#ff8c42",
        ("#d1495b", "#edae49", "#00798c", "#7a3b69"),
    ),
)
DUSKS = (
    Palette(
        "#3d2c5e",
        "#f58f7c",
        "#b5627a",
        "#7f4670",
        "#51325f",
        "#2c2145",
        "#ffe1a8",
        ("#ffb35c", "#f2668b", "#6fc3c1", "#fff0d0"),
    ),
    Palette(
        "#16325c",
        "#f2b880",
        "#8a7b8f",
        "#4f5d83",
        "#2f4468",
        "#182a47",
        "#ffe8b0",
        ("#f28f3b", "#c8553d", "#88c9bf", "#f7e1c0"),
    ),
    Palette(
        "#0f2f3f",
        "#7cc6b8",
        "#4f9a97",
        "#2f7480",
        "#1c5365",
        "#0f3143",
        "#fff0b5",
        ("#ff9f6b", "#ffd275", "#e86a92", "#d7f0e4"),
    ),
)
NIGHTS = (
    Palette(
        "#0d1437",
        "#3e4a89",
        "#3a4580",
        "#2a3468",
        "#1d2550",
        "#121838",
        "#ffd98a",
        ("#ffb347", "#ff7f6b", "#6fb7e9", "#fdf3d7"),
    ),
    Palette(
        "#1b1035",
        "#6a3f7b",
        "#57356b",
        "#3f2757",
        "#2b1a42",
        "#1a102b",
        "#ffd6a0",
        ("#ff9f5a", "#f2668b", "#7fd1c7", "#fff2d8"),
    ),
    Palette(
        "#072a33",
        "#2f7273",
        "#256064",
        "#184a52",
        "#0f373f",
        "#08242b",
        "#ffe39a",
        ("#ffb457", "#ff8066", "#9be0c5", "#f6f1d5"),
    ),
)
