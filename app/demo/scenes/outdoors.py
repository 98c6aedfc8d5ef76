"""The drawn scenes of hills, gardens and trees."""

import math

from app.demo.figures import cloud, crown, fir, house, kite, plant, skyline
from app.demo.palettes import DAYS, NIGHTS
from app.demo.paper import Sheet, box, disc, drift, kindle, leaf, mix, ribbon, ridge, shade, sway
from app.demo.people import person


def kites(sheet: Sheet) -> None:
    """Kites high over green hills, and the children who fly them."""
    p, rng, u, w, h = sheet.rng.choice(DAYS), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.glow(w * 0.14, h * 0.18, u * 0.3, p.light, 0.5)
    sheet.cut(p.light, disc(w * 0.14, h * 0.18, u * 0.085))
    for x, y, size in ((0.42, 0.12, 0.26), (0.86, 0.4, 0.3), (0.1, 0.44, 0.24)):
        cloud(sheet, w * x, h * y, u * size, "#fffaf0")
    sheet.cut(p.far, ridge(sheet, h * 0.68, u * 0.05, 1.2))
    skyline(sheet, h * 0.82, u * 0.24, mix(p.far, p.middle, 0.5))
    sheet.cut(p.middle, ridge(sheet, h * 0.76, u * 0.03, 1.4))
    spots = ((0.3, 0.3, 0.21, 0.36), (0.55, 0.24, 0.27, 0.5), (0.77, 0.33, 0.17, 0.66), (0.9, 0.56, 0.13, 0.82))
    for i, (x, y, size, hand) in enumerate(spots):
        pair = (p.accents[i % 4], ("#fff6e6", p.accents[(i + 2) % 4])[i % 2])
        kite(
            sheet,
            w * x,
            h * y,
            u * size,
            (w * hand + u * 0.02, h * 0.83),
            pair,
            sway(u * 0.035, u * 0.025, phase=i * 0.27),
        )
    sheet.cut(p.near, ridge(sheet, h * 0.85, u * 0.018, 1))
    for i, (*_, hand) in enumerate(spots):
        foot, size = h * (0.92 + 0.015 * (i % 2)), u * (0.2 if i % 2 else 0.16)
        person(sheet, w * hand, foot, size)
    sheet.cut(p.front, ridge(sheet, h * 0.95, u * 0.012, 1.5))
    for i in range(22):
        plant(
            sheet,
            w * (i + 0.5) / 22,
            h * 1.0,
            u * rng.uniform(0.05, 0.1),
            shade(p.near, 1.2),
            rng.choice(p.accents),
            motion=sway(u * 0.003, 0, phase=i / 9),
        )


def tree(sheet: Sheet) -> None:
    """A wide old tree with fruit, and two people in its shade."""
    p, rng, u, w, h = sheet.rng.choice((DAYS[0], DAYS[1], DAYS[3])), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.cut(p.light, disc(w * 0.17, h * 0.16, u * 0.09))
    cloud(sheet, w * 0.84, h * 0.27, u * 0.24, "#fffaf0")
    sheet.cut(p.far, ridge(sheet, h * 0.66, u * 0.05))
    for i in range(4):
        house(
            sheet,
            w * (0.02 + 0.25 * i) + u * 0.02,
            h * 0.74,
            u * 0.14,
            u * rng.uniform(0.1, 0.16),
            mix("#fff3e0", p.accents[i], 0.3),
            roof=mix("#a0482f", p.accents[i], 0.3),
            lit=0.2,
            light=p.light,
        )
    sheet.cut(p.middle, ridge(sheet, h * 0.74, u * 0.02))
    sheet.cut(p.near, ridge(sheet, h * 0.84, u * 0.015, 1))
    x, foot = w * 0.47, h * 0.9
    trunk = "#6e4630"
    for dx, dy in ((-0.26, -0.42), (0.24, -0.44), (-0.08, -0.55), (0.12, -0.58)):
        path = [(x + u * dx * t**1.6, foot - u * 0.2 + u * (dy + 0.2) * t) for t in (i / 10 for i in range(11))]
        sheet.cut(trunk, ribbon(path, u * 0.055, u * 0.02), lift=0.5)
    sheet.cut(
        trunk,
        [
            (x - u * 0.1, foot + u * 0.015),
            (x - u * 0.045, foot - u * 0.12),
            (x - u * 0.04, foot - u * 0.34),
            (x + u * 0.04, foot - u * 0.34),
            (x + u * 0.05, foot - u * 0.12),
            (x + u * 0.11, foot + u * 0.015),
        ],
        lift=0.8,
    )
    green = mix("#4f8a4a", p.middle, 0.35)
    for dx, dy, r in ((-0.29, -0.46, 0.19), (0.29, -0.47, 0.2), (0.0, -0.6, 0.26)):
        crown(sheet, x + u * dx, foot + u * dy, u * r, green, fruit="#f5a623")
    for dx, size in ((0.2, 0.28), (0.33, 0.24)):
        person(sheet, x + u * dx, foot + u * 0.015, u * size)
    bench = x + u * 0.265
    sheet.cut(
        "#8a5a3c",
        box(bench - u * 0.16, foot - u * 0.035, bench + u * 0.16, foot - u * 0.01),
        *(
            box(bench + s * u * 0.12 - u * 0.01, foot - u * 0.03, bench + s * u * 0.12 + u * 0.01, foot + u * 0.05)
            for s in (-1, 1)
        ),
        lift=0.5,
    )
    sheet.cut(p.front, ridge(sheet, h * 0.97, u * 0.012, 2))
    for i in range(5):
        bx, by, size = w * (0.58 + 0.045 * i), h * (0.14 + 0.035 * ((i * 2) % 3)), u * 0.022
        wings = ribbon(
            [
                (bx - size, by - size * 0.5),
                (bx - size * 0.4, by - size * 0.35),
                (bx, by),
                (bx + size * 0.4, by - size * 0.35),
                (bx + size, by - size * 0.5),
            ],
            size * 0.22,
        )
        sheet.cut(p.front, wings, lift=0, motion=drift(u * 0.2, -u * 0.04))


def forest(sheet: Sheet) -> None:
    """Firs and small lit houses under a big moon."""
    p, rng, u, w, h = sheet.rng.choice(NIGHTS), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    for i in range(60):
        sheet.cut(
            "#fdf3d7",
            disc(rng.uniform(0, w), rng.uniform(0, h * 0.5), u * rng.uniform(0.0012, 0.0032)),
            lift=0,
            motion=kindle(rng.uniform(0, 0.3)) if i % 3 == 0 else None,
        )
    sheet.glow(w * 0.62, h * 0.28, u * 0.46, p.light, 0.55)
    sheet.cut(p.light, disc(w * 0.62, h * 0.28, u * 0.16), lift=0.5)
    sheet.cut(p.far, ridge(sheet, h * 0.6, u * 0.06, 1.3))
    for i in range(round(w / (u * 0.085))):
        fir(sheet, u * 0.085 * (i + rng.random()), h * 0.71, u * rng.uniform(0.16, 0.26), mix(p.far, p.middle, 0.6))
    sheet.cut(p.middle, ridge(sheet, h * 0.71, u * 0.02, 1.5))
    count = round(w / (u * 0.3))
    for i in range(count):
        width = u * rng.uniform(0.16, 0.2)
        x = w * (i + 0.5) / count
        sheet.glow(x, h * 0.77, u * 0.2, p.accents[0], 0.4)
        house(
            sheet,
            x - width / 2,
            h * 0.84,
            width,
            u * rng.uniform(0.14, 0.19),
            rng.choice(("#a8453a", "#c98b4e", "#7d5a6b", "#b55d45")),
            roof=p.front,
            lit=0.9,
            light=p.light,
        )
    sheet.cut(mix(p.near, p.middle, 0.4), ridge(sheet, h * 0.84, u * 0.014, 2))
    for k in range(3):
        person(sheet, w * 0.4 + u * 0.09 * k, h * 0.9, u * (0.13, 0.1, 0.15)[k], motion=drift(u * 0.16, 0))
    for i in range(round(w / (u * 0.26)) + 1):
        if abs(i * 0.26 * u - w * 0.48) > u * 0.2:
            fir(
                sheet,
                u * 0.26 * i + u * rng.uniform(-0.05, 0.05),
                h * 0.98,
                u * rng.uniform(0.34, 0.5),
                mix(p.near, "#1f5a4c", 0.45),
            )
    sheet.cut(p.front, ridge(sheet, h * 0.965, u * 0.012, 1.2))


def garden(sheet: Sheet) -> None:
    """Beds of leaves and flowers before low hills, tended by neighbours."""
    p, rng, u, w, h = sheet.rng.choice(DAYS), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sun = w * 0.34
    sheet.glow(sun, h * 0.24, u * 0.4, p.light, 0.6)
    sheet.cut(p.light, disc(sun, h * 0.24, u * 0.12))
    sheet.cut(
        shade(p.light, 1.05),
        *(
            leaf(sun + u * 0.14 * math.cos(a), h * 0.24 + u * 0.14 * math.sin(a), u * 0.07, u * 0.03, math.degrees(a))
            for a in (math.tau * i / 14 for i in range(14))
        ),
        lift=0.5,
    )
    cloud(sheet, w * 0.74, h * 0.3, u * 0.32, "#fffaf0")
    sheet.cut(p.far, ridge(sheet, h * 0.5, u * 0.05, 1.1))
    sheet.cut(p.middle, ridge(sheet, h * 0.57, u * 0.03, 1.5))
    fence = mix("#fff6e6", p.far, 0.25)
    sheet.cut(
        fence,
        *(
            (
                [
                    (x - u * 0.016, h * 0.68),
                    (x - u * 0.016, h * 0.57),
                    (x, h * 0.55),
                    (x + u * 0.016, h * 0.57),
                    (x + u * 0.016, h * 0.68),
                ]
            )
            for x in (u * 0.06 * i for i in range(round(w / (u * 0.06)) + 1))
        ),
        box(-5, h * 0.6, w + 5, h * 0.615),
        lift=0.5,
    )
    for i in range(max(3, round(w / (u * 0.42)))):
        person(
            sheet,
            w * (i + 0.5) / max(3, round(w / (u * 0.42))) + u * rng.uniform(-0.06, 0.06),
            h * 0.72,
            u * rng.uniform(0.3, 0.36),
        )
    soils = ((0.72, 0.2, 12), (0.84, 0.26, 9), (0.97, 0.3, 8))
    for row, (y, tall, per) in enumerate(soils):
        sheet.cut(mix("#7a4f35", p.front, 0.2 * row), ridge(sheet, h * y - u * 0.01, u * 0.006, 3), lift=0.8)
        count = max(5, round(per * w / (u * 1.33)))
        for i in range(count):
            plant(
                sheet,
                w * (i + 0.5 + rng.uniform(-0.2, 0.2)) / count,
                h * y + u * 0.02,
                u * tall * rng.uniform(0.6, 0.9),
                mix("#3f8a4f", p.near, rng.uniform(0.1, 0.5)),
                rng.choice(p.accents),
                motion=sway(u * 0.006, 0, phase=i / 7 + row / 3),
            )
