"""What the drawn scenes are furnished with: houses, plants, boats, kites and the mark of a sample."""

import math

from app.demo.paper import Motion, Point, Sheet, box, disc, dome, leaf, mix, ribbon, shade


def house(
    sheet: Sheet,
    left: float,
    foot: float,
    width: float,
    height: float,
    colour: str,
    *,
    roof: str,
    lit: float,
    light: str,
) -> None:
    """Draw a house front with a roof, a door and windows, of which a share is lit."""
    rng = sheet.rng
    top = foot - height
    shape = rng.randrange(3)
    peak = {0: width * 0.5, 1: width * 0.32, 2: width * 0.1}[shape]
    sheet.cut(colour, box(left, top, left + width, foot), lift=0.8)
    eave = width * 0.06
    roofs = {
        0: [(left - eave, top), (left + width / 2, top - peak), (left + width + eave, top)],
        1: [
            (left - eave, top),
            (left + width * 0.22, top - peak),
            (left + width * 0.78, top - peak),
            (left + width + eave, top),
        ],
        2: box(left - eave, top - peak, left + width + eave, top),
    }
    sheet.cut(roof, roofs[shape], lift=0.5)
    columns, rows = max(2, round(width / (sheet.unit * 0.085))), max(1, round(height / (sheet.unit * 0.12)) - 1)
    cell_w, cell_h = width / columns, height / (rows + 1.1)
    door = rng.randrange(columns)
    for row in range(rows + 1):
        for column in range(columns):
            x, y = left + cell_w * (column + 0.5), top + cell_h * (row + 0.25)
            if row == rows:
                if column == door:
                    sheet.cut(
                        shade(roof, 0.85),
                        dome(x - cell_w * 0.24, foot - cell_h * 0.85, x + cell_w * 0.24, foot),
                        lift=0,
                    )
                continue
            glass = light if rng.random() < lit else mix(colour, "#1b2440", 0.45)
            pane(sheet, x, y, cell_w * 0.46, cell_h * 0.58, glass, mix(colour, "#ffffff", 0.45))


def pane(sheet: Sheet, x: float, top: float, width: float, height: float, glass: str, frame: str) -> None:
    """Draw a window with its frame and bars."""
    half, bar = width / 2, max(1.5, width * 0.07)
    sheet.cut(frame, box(x - half - bar, top - bar, x + half + bar, top + height + bar), lift=0)
    bars = (
        box(x - bar / 2, top, x + bar / 2, top + height),
        box(x - half, top + height * 0.42, x + half, top + height * 0.42 + bar),
    )
    sheet.cut(glass, box(x - half, top, x + half, top + height), holes=bars, lift=0)


def skyline(sheet: Sheet, foot: float, height: float, colour: str) -> None:
    """Draw a far city: roofs, towers and domes in one piece of paper."""
    rng, x = sheet.rng, -sheet.unit * 0.02
    pieces: list[list[Point]] = []
    while x < sheet.width:
        width = sheet.unit * rng.uniform(0.05, 0.12)
        top = foot - height * rng.uniform(0.35, 0.8)
        pieces.append(box(x, top, x + width + 2, foot))
        kind = rng.random()
        if kind < 0.35:
            pieces.append([(x, top), (x + width / 2, top - width * 0.55), (x + width, top)])
        elif kind < 0.5:
            pieces.append(disc(x + width / 2, top, width * 0.42, width * 0.5))
            pieces.append(box(x + width * 0.48, top - width * 0.8, x + width * 0.52, top))
        elif kind < 0.62:
            slim = width * 0.16
            pieces.append(box(x + width / 2 - slim, top - height * 0.4, x + width / 2 + slim, top))
            pieces.append(
                [
                    (x + width / 2 - slim * 1.4, top - height * 0.4),
                    (x + width / 2, top - height * 0.62),
                    (x + width / 2 + slim * 1.4, top - height * 0.4),
                ]
            )
        x += width
    sheet.cut(colour, *pieces, lift=0.7)


def cloud(sheet: Sheet, x: float, y: float, width: float, colour: str) -> None:
    """Draw a cloud that drifts."""
    puffs = [
        disc(x + width * dx, y - width * dy, width * r)
        for dx, dy, r in ((-0.3, 0.02, 0.14), (-0.1, 0.1, 0.2), (0.14, 0.07, 0.17), (0.34, 0.01, 0.12))
    ]
    base = box(x - width * 0.36, y, x + width * 0.4, y + width * 0.12)
    ends = [
        disc(x - width * 0.36, y + width * 0.03, width * 0.09),
        disc(x + width * 0.4, y + width * 0.03, width * 0.09),
    ]
    way = sheet.unit * sheet.rng.uniform(0.05, 0.12)
    sheet.cut(colour, *puffs, base, *ends, lift=0.8, motion=lambda moment: (way * (moment - 0.5), 0.0, 1.0))


def crown(sheet: Sheet, x: float, y: float, radius: float, colour: str, *, fruit: str | None = None) -> None:
    """Draw the leaves of a tree in three shades, with fruit or without."""
    rng = sheet.rng
    for tone, spread, count in ((0.78, 1.0, 9), (1.0, 0.78, 8), (1.2, 0.5, 6)):
        puffs = []
        for i in range(count):
            angle, far = math.tau * i / count + rng.uniform(-0.2, 0.2), radius * spread * rng.uniform(0.62, 0.8)
            puffs.append(
                disc(
                    x + far * math.cos(angle) * 1.15,
                    y + far * math.sin(angle) * 0.8,
                    radius * spread * rng.uniform(0.34, 0.46),
                )
            )
        sheet.cut(shade(colour, tone), disc(x, y, radius * spread * 0.8, radius * spread * 0.62), *puffs, lift=0.9)
    for _ in range(14 if fruit else 0):
        angle, far = rng.uniform(0, math.tau), radius * rng.uniform(0.2, 0.95)
        sheet.cut(
            fruit or colour,
            disc(x + far * math.cos(angle) * 1.1, y + far * math.sin(angle) * 0.75, radius * 0.055, radius * 0.07),
            lift=0.3,
        )


def fir(sheet: Sheet, x: float, foot: float, height: float, colour: str) -> None:
    """Draw a fir of four skirts."""
    sheet.cut("#4a3328", box(x - height * 0.025, foot - height * 0.15, x + height * 0.025, foot), lift=0)
    for i in range(4):
        low, high = foot - height * (0.1 + 0.2 * i), foot - height * (0.46 + 0.18 * i)
        half = height * (0.25 - 0.045 * i)
        sheet.cut(
            shade(colour, 0.86 + 0.1 * i),
            [(x - half, low), (x, high), (x + half, low), (x, low + height * 0.03)],
            lift=0.45,
        )


def boat(sheet: Sheet, x: float, water: float, size: float, hull: str, sail: str, *, motion: Motion | None = None) -> None:
    """Draw a boat with two sails."""
    sheet.cut(
        sail,
        [
            (x + size * 0.03, water - size * 1.25),
            (x + size * 0.03, water - size * 0.2),
            (x + size * 0.58, water - size * 0.2),
        ],
        lift=0.5,
        motion=motion,
    )
    sheet.cut(
        shade(sail, 0.88),
        [
            (x - size * 0.03, water - size * 1.05),
            (x - size * 0.03, water - size * 0.2),
            (x - size * 0.42, water - size * 0.2),
        ],
        lift=0.5,
        motion=motion,
    )
    sheet.cut(
        hull,
        [
            (x - size * 0.55, water - size * 0.15),
            (x + size * 0.65, water - size * 0.15),
            (x + size * 0.42, water + size * 0.1),
            (x - size * 0.38, water + size * 0.1),
        ],
        lift=0.5,
        motion=motion,
    )


def kite(sheet: Sheet, x: float, y: float, size: float, foot: Point, colours: tuple[str, str], motion: Motion) -> None:
    """Draw a kite of two colours with a tail of bows and a string down to the hand that holds it."""
    path = [
        (x + (foot[0] - x) * t + size * 0.5 * math.sin(math.pi * t), y + (foot[1] - y) * t) for t in (i / 24 for i in range(25))
    ]
    sheet.cut("#f8f1e4", ribbon(path, max(2, sheet.unit * 0.0022)), lift=0, motion=motion)
    left, right, top, low = x - size * 0.36, x + size * 0.36, y - size * 0.55, y + size * 0.62
    tail = [(x + size * 0.16 * math.sin(i * 0.75), low + size * 0.07 * i) for i in range(16)]
    sheet.cut(colours[1], ribbon(tail, max(2, size * 0.022)), lift=0, motion=motion)
    for i in (4, 8, 12):
        bx, by = tail[i]
        bow = [
            (bx - size * 0.12, by - size * 0.06),
            (bx + size * 0.12, by + size * 0.06),
            (bx + size * 0.12, by - size * 0.06),
            (bx - size * 0.12, by + size * 0.06),
        ]
        sheet.cut(colours[i % 8 // 4], bow, lift=0.3, motion=motion)
    sheet.cut(colours[0], [(x, top), (right, y), (x, low), (left, y)], lift=1, motion=motion)
    sheet.cut(colours[1], [(x, top), (right, y), (x, y)], [(x, low), (left, y), (x, y)], lift=0, motion=motion)


def plant(sheet: Sheet, x: float, foot: float, height: float, green: str, bloom: str, *, motion: Motion | None = None) -> None:
    """Draw a stem with leaves and one of three kinds of flower."""
    rng, lean = sheet.rng, sheet.rng.uniform(-0.12, 0.12)
    stem = [(x + height * lean * (i / 8) ** 2, foot - height * i / 8) for i in range(9)]
    leaves = [leaf(*stem[i], height * 0.36, height * 0.13, -35 if i % 2 else -145) for i in (2, 3, 4, 5)]
    sheet.cut(green, ribbon(stem, height * 0.04), *leaves, lift=0.4, motion=motion)
    (tx, ty), size, kind = stem[-1], height * 0.17, rng.randrange(3)
    if kind == 0:
        petals = [
            disc(tx + size * 0.62 * math.cos(a), ty + size * 0.62 * math.sin(a), size * 0.42)
            for a in (math.tau * i / 7 for i in range(7))
        ]
        sheet.cut(bloom, *petals, lift=0.4, motion=motion)
        sheet.cut("#ffd166", disc(tx, ty, size * 0.4), lift=0, motion=motion)
    elif kind == 1:
        cup = [
            (tx - size * 0.6, ty - size * 0.9),
            (tx - size * 0.28, ty - size * 0.35),
            (tx, ty - size),
            (tx + size * 0.28, ty - size * 0.35),
            (tx + size * 0.6, ty - size * 0.9),
        ]
        sheet.cut(bloom, [*cup, *disc(tx, ty - size * 0.1, size * 0.6, start=0, end=180)], lift=0.4, motion=motion)
    else:
        sheet.cut(
            bloom,
            *(
                disc(tx + dx * size * 0.3, ty - dy * size * 0.36, size * 0.26)
                for dx, dy in ((0, 2.2), (-1, 1.3), (1, 1.3), (-1.4, 0.2), (0, 0.4), (1.4, 0.2))
            ),
            lift=0.4,
            motion=motion,
        )


def sample_mark(sheet: Sheet) -> None:
    """Draw the small mark of a sample, a pencil on a paper disc, inside what a square crop keeps."""
    size = sheet.unit * 0.042
    x, y = sheet.width / 2 + sheet.unit * 0.41, sheet.height / 2 - sheet.unit * 0.41
    sheet.cut("#fdf8ee", disc(x, y, size), lift=0.6)
    cos, sin = math.cos(math.radians(130)), math.sin(math.radians(130))

    def along(points: list[Point]) -> list[Point]:
        return [(x + (a * cos - b * sin) * size, y + (a * sin + b * cos) * size) for a, b in points]

    sheet.cut("#e4572e", along([(-0.62, -0.17), (-0.4, -0.17), (-0.4, 0.17), (-0.62, 0.17)]), lift=0)
    sheet.cut("#f2b134", along([(-0.34, -0.17), (0.32, -0.17), (0.32, 0.17), (-0.34, 0.17)]), lift=0)
    sheet.cut("#2b2140", along([(0.32, -0.17), (0.68, 0), (0.32, 0.17)]), lift=0)
