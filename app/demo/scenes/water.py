"""The drawn scenes beside rivers, lakes and the sea."""

import math

from app.demo.figures import boat, cloud, plant, skyline
from app.demo.palettes import DAYS, DUSKS, NIGHTS
from app.demo.paper import Sheet, box, disc, drift, leaf, mix, ribbon, ridge, shade, sway
from app.demo.people import person


def bridge(sheet: Sheet) -> None:
    """A bridge of three arches with somebody on a bicycle, a river and a low sun."""
    p, u, w, h = sheet.rng.choice((*DAYS[:2], *DUSKS)), sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.glow(w * 0.64, h * 0.4, u * 0.5, p.light, 0.7)
    sheet.cut(p.light, disc(w * 0.64, h * 0.4, u * 0.11))
    cloud(sheet, w * 0.24, h * 0.2, u * 0.3, mix(p.sky_low, "#ffffff", 0.5))
    sheet.cut(mix(p.far, p.sky_low, 0.45), ridge(sheet, h * 0.52, u * 0.05))
    skyline(sheet, h * 0.66, u * 0.32, p.far)
    water = h * 0.66
    for i in range(7):
        y = water + (h - water) * i / 6.5
        sheet.cut(
            mix(p.middle, mix(p.sky_low, "#2e86ab", 0.5), 0.75 - i * 0.1),
            ridge(sheet, y, u * 0.006, 5),
            lift=0.5,
            motion=sway(u * 0.012, 0, phase=i / 7, turns=1),
        )
        wide = u * (0.1 - i * 0.008)
        sheet.cut(
            p.light,
            leaf(w * 0.64 - wide, y + u * 0.018, wide * 2, u * 0.014, 0),
            lift=0,
            motion=sway(u * 0.02, 0, phase=i / 5),
        )
    deck = [(x * w, h * 0.56 - u * 0.07 * math.sin(math.pi * x)) for x in (i / 40 for i in range(-2, 43))]
    arches = []
    for i in range(3):
        mid, half = w * (0.2 + 0.3 * i), w * 0.115
        crest = h * 0.62 - u * 0.05 * math.sin(math.pi * mid / w)
        arches.append([*disc(mid, h * 0.74, half, h * 0.74 - crest, start=180, end=360), (mid + half, h), (mid - half, h)])
    road = h * 0.56 - u * 0.07
    ride = drift(w * 0.3, 0)
    wheel, bx, by = u * 0.038, w * 0.42, road - u * 0.034
    person(sheet, bx, by, u * 0.15, motion=ride)
    for dx in (-1.15, 1.15):
        sheet.cut(
            "#2b2140",
            disc(bx + wheel * dx, by, wheel),
            holes=[disc(bx + wheel * dx, by, wheel * 0.8)],
            lift=0,
            motion=ride,
        )
    sheet.cut(
        p.accents[0],
        ribbon([(bx - wheel * 1.15, by), (bx, by - wheel * 0.9), (bx + wheel * 1.15, by)], wheel * 0.2),
        lift=0,
        motion=ride,
    )
    stone = mix(p.near, "#caa27e", 0.45)
    sheet.cut(stone, [*deck, (w * 1.05, h * 0.87), (-w * 0.05, h * 0.87)], holes=arches, lift=1.6)
    sheet.cut(shade(stone, 1.18), ribbon([(x, y + u * 0.008) for x, y in deck], u * 0.022), lift=0.5)
    for arch in arches:
        sheet.cut(shade(stone, 1.1), ribbon(arch[:-2], u * 0.016), lift=0.4)
    for i in range(2):
        x = w * (0.35 + 0.3 * i)
        sheet.cut(
            shade(stone, 0.9),
            [
                (x, h * 0.67),
                (x + u * 0.03, h * 0.72),
                (x + u * 0.036, h * 0.9),
                (x - u * 0.036, h * 0.9),
                (x - u * 0.03, h * 0.72),
            ],
            lift=0.7,
        )
    sheet.cut(
        mix(p.middle, "#1d4e63", 0.5),
        ridge(sheet, h * 0.83, u * 0.008, 6),
        lift=0.6,
        motion=sway(u * 0.015, 0, turns=1),
    )
    sheet.cut(p.front, ridge(sheet, h * 0.95, u * 0.02, 1.4))
    for i in range(16):
        x = w * (0.02 + i * 0.012 if i < 9 else 0.8 + i * 0.013)
        plant(
            sheet,
            x,
            h * 0.97,
            u * sheet.rng.uniform(0.1, 0.2),
            shade(p.front, 1.25),
            sheet.rng.choice(p.accents),
            motion=sway(u * 0.004, 0, phase=i / 9),
        )


def harbour(sheet: Sheet) -> None:
    """Sails on an evening sea under a great moon."""
    p, rng, u, w, h = sheet.rng.choice((*DUSKS, NIGHTS[0])), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    for _ in range(40):
        sheet.cut("#fdf3d7", disc(rng.uniform(0, w), rng.uniform(0, h * 0.35), u * rng.uniform(0.0012, 0.003)), lift=0)
    moon = w * rng.choice((0.34, 0.6))
    sheet.glow(moon, h * 0.34, u * 0.46, p.light, 0.55)
    sheet.cut(p.light, disc(moon, h * 0.34, u * 0.15), lift=0.5)
    sheet.cut(
        shade(p.light, 0.94),
        *(
            disc(moon + u * dx, h * 0.34 + u * dy, u * r)
            for dx, dy, r in ((-0.05, -0.03, 0.025), (0.04, 0.05, 0.035), (0.06, -0.06, 0.015))
        ),
        lift=0,
    )
    cloud(sheet, w * 0.87, h * 0.3, u * 0.26, mix(p.sky_low, p.far, 0.4))
    sheet.cut(p.far, ridge(sheet, h * 0.53, u * 0.035, 1.6))
    tower = w * 0.12
    sheet.cut(
        "#f7efe2",
        [
            (tower - u * 0.022, h * 0.36),
            (tower + u * 0.022, h * 0.36),
            (tower + u * 0.035, h * 0.56),
            (tower - u * 0.035, h * 0.56),
        ],
        lift=0.6,
    )
    sheet.cut(
        p.accents[1],
        box(tower - u * 0.028, h * 0.42, tower + u * 0.028, h * 0.455),
        [(tower - u * 0.03, h * 0.335), (tower, h * 0.295), (tower + u * 0.03, h * 0.335)],
        lift=0.2,
    )
    sheet.cut(p.light, box(tower - u * 0.018, h * 0.335, tower + u * 0.018, h * 0.36), lift=0)
    sheet.glow(tower, h * 0.347, u * 0.12, p.light, 0.8)
    rows = 8
    for i in range(rows):
        y = h * (0.55 + 0.5 * (i / rows) ** 1.25)
        sheet.cut(
            mix(mix(p.middle, "#1f6f8b", 0.35), p.front, i / rows),
            ridge(sheet, y, u * (0.005 + 0.0022 * i), 4),
            lift=0.7,
            motion=sway(u * 0.014, u * 0.004, phase=i / rows, turns=1),
        )
        wide = u * (0.07 + 0.02 * i) * rng.uniform(0.8, 1.1)
        sheet.cut(
            p.light,
            leaf(moon - wide, y + u * 0.025, wide * 2, u * (0.008 + 0.002 * i), 0),
            lift=0,
            motion=sway(u * 0.02, 0, phase=i / 5),
        )
        spots = {1: (0.78, 0.09), 2: (0.47, 0.1), 4: (0.24, 0.19), 5: (0.72, 0.24)}
        if i in spots:
            x, size = spots[i]
            boat(
                sheet,
                w * x,
                y + u * 0.03,
                u * size,
                rng.choice(p.accents[:2]),
                rng.choice(("#fff6e6", p.accents[3], p.accents[2])),
                motion=sway(u * 0.03, u * 0.008, phase=i / 6, turns=1),
            )


def lake(sheet: Sheet) -> None:
    """A lake among mountains with small white sails, and somebody on a bench."""
    p, rng, u, w, h = sheet.rng.choice((DAYS[0], DAYS[2], DAYS[1])), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.cut(p.light, disc(w * 0.6, h * 0.19, u * 0.085))
    cloud(sheet, w * 0.3, h * 0.16, u * 0.32, "#ffffff")
    for layer, (base, tall, tone) in enumerate(((0.5, 0.3, 0.75), (0.53, 0.22, 0.35))):
        colour = mix(p.middle, p.sky_low, tone)
        for i in range(round(w / (u * 0.3)) + 2):
            x, top = u * 0.3 * i - u * 0.15 * layer, h * base - u * tall * rng.uniform(0.7, 1.15)
            half = u * rng.uniform(0.24, 0.32)
            sheet.cut(
                shade(colour, rng.uniform(0.95, 1.05)),
                [
                    (x - half, h * 0.57),
                    (x - half * 0.3, top + (h * 0.57 - top) * 0.34),
                    (x, top),
                    (x + half * 0.36, top + (h * 0.57 - top) * 0.3),
                    (x + half, h * 0.57),
                ],
                lift=0.8,
            )
            snow = (h * 0.57 - top) * 0.26
            if not layer:
                sheet.cut(
                    "#ffffff",
                    [
                        (x, top),
                        (x + half * 0.31, top + snow),
                        (x + half * 0.12, top + snow * 0.8),
                        (x, top + snow * 1.2),
                        (x - half * 0.14, top + snow * 0.85),
                        (x - half * 0.23, top + snow),
                    ],
                    lift=0.2,
                )
    sheet.cut(p.near, ridge(sheet, h * 0.555, u * 0.012, 3), lift=0.5)
    for i in range(6):
        y = h * (0.57 + 0.065 * i)
        sheet.cut(
            mix(mix("#3b8ea5", p.sky_low, 0.45), p.near, i / 8),
            ridge(sheet, y, u * 0.006, 4),
            lift=0.5,
            motion=sway(u * 0.014, 0, phase=i / 6, turns=1),
        )
        if i in {0, 1, 2, 3}:
            boat(
                sheet,
                w * (0.2, 0.66, 0.38, 0.82)[i],
                y + u * 0.025,
                u * (0.05 + 0.025 * i),
                rng.choice(p.accents),
                "#ffffff",
                motion=sway(u * 0.03, u * 0.004, phase=i / 4, turns=1),
            )
    sheet.cut(p.front, ridge(sheet, h * 0.87, u * 0.015, 1.2))
    x, seat = w * 0.3, h * 0.83
    person(sheet, x, seat + u * 0.02, u * 0.3, seated=True)
    sheet.cut(
        "#6b4530",
        *(box(x - u * 0.15, y, x + u * 0.15, y + u * 0.022) for y in (seat - u * 0.06, seat - u * 0.028, seat + u * 0.01)),
        *(box(x + s * u * 0.12 - u * 0.01, seat - u * 0.07, x + s * u * 0.12 + u * 0.01, seat + u * 0.1) for s in (-1, 1)),
        lift=0.5,
    )
    for i in range(14):
        plant(
            sheet,
            w * (0.5 + i * 0.037),
            h * (0.97 + 0.02 * (i % 2)),
            u * rng.uniform(0.1, 0.19),
            shade(p.near, 1.15),
            rng.choice(p.accents),
            motion=sway(u * 0.004, 0, phase=i / 9),
        )
