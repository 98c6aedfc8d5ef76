"""The drawn scenes of streets, stalls and roofs."""

import math

from app.demo.figures import cloud, crown, house, skyline
from app.demo.palettes import DAYS, DUSKS, NIGHTS
from app.demo.paper import Motion, Sheet, box, disc, dome, kindle, leaf, mix, ribbon, ridge, shade, sway
from app.demo.people import person


def market(sheet: Sheet) -> None:
    """Stalls with striped awnings, crates of fruit and the people behind them."""
    p, rng, u, w, h = sheet.rng.choice(DAYS), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.cut(p.light, disc(w * 0.2, h * 0.2, u * 0.09))
    cloud(sheet, w * 0.62, h * 0.17, u * 0.34, "#fffaf0")
    skyline(sheet, h * 0.66, u * 0.38, mix(p.sky_low, p.far, 0.55))
    for x in (0.06, 0.36, 0.7, 0.97):
        crown(sheet, w * x, h * 0.56, u * 0.12, p.middle)
    sheet.cut(mix(p.sky_low, p.accents[1], 0.35), box(-5, h * 0.64, w + 5, h + 5), lift=0)
    count = max(2, round(w / (u * 0.56)))
    stall = w / count
    foot = h * 0.86
    for i in range(count):
        left, right = stall * (i + 0.09), stall * (i + 0.91)
        top, table = foot - u * 0.6, foot - u * 0.2
        for k in range(rng.choice((1, 2))):
            person(sheet, left + (right - left) * (0.32 + 0.38 * k), foot - u * 0.05, u * 0.37)
        sheet.cut(
            "#7b5138",
            *(box(x - u * 0.008, top, x + u * 0.008, foot + u * 0.03) for x in (left + u * 0.015, right - u * 0.015)),
            lift=0.3,
        )
        colour = p.accents[i % len(p.accents)]
        sheet.cut(mix(colour, "#5a3825", 0.55), box(left, table, right, foot + u * 0.03), lift=0.8)
        crate = (right - left) / 3
        for c in range(3):
            fruit = rng.choice(("#e4572e", "#f2b134", "#7fb05a", "#c8457a", "#f4a259", "#7a3b69"))
            cx = left + crate * (c + 0.5)
            heap = [
                disc(cx + (k - (n - 1) / 2) * crate * 0.21, table - r * crate * 0.17 - crate * 0.02, crate * 0.12)
                for r, n in ((0, 4), (1, 3), (2, 2))
                for k in range(n)
            ]
            for piece in heap:
                sheet.cut(shade(fruit, rng.uniform(0.9, 1.1)), piece, lift=0.25)
            sheet.cut("#c99a66", box(cx - crate * 0.45, table, cx + crate * 0.45, table + crate * 0.26), lift=0.4)
            sheet.cut("#a97c4e", box(cx - crate * 0.45, table + crate * 0.1, cx + crate * 0.45, table + crate * 0.14), lift=0)
        stripes, eave = 8, top + u * 0.13
        for s in range(stripes):
            a, b = s / stripes, (s + 1) / stripes
            x0, x1, y0, y1 = (
                left + (right - left) * a,
                left + (right - left) * b,
                left - u * 0.03 + (right - left + u * 0.06) * a,
                left - u * 0.03 + (right - left + u * 0.06) * b,
            )
            sheet.cut(
                colour if s % 2 else "#fff6e6",
                [
                    (x0, top - u * 0.02),
                    (x1, top - u * 0.02),
                    (y1, eave),
                    *disc((y0 + y1) / 2, eave, (y1 - y0) / 2, start=0, end=180),
                    (y0, eave),
                ],
                lift=0.5,
            )
    sheet.cut(mix(p.near, "#6b4a3a", 0.4), ridge(sheet, h * 0.97, u * 0.008), lift=0.6)
    for i in range(count):
        person(
            sheet,
            stall * (i + rng.choice((0.02, 0.98))),
            h * 1.03,
            u * 0.38,
            seated=True,
            motion=sway(u * 0.006, 0, phase=i / 3, turns=1),
        )


def garlands(sheet: Sheet) -> None:
    """A street of bright houses with garlands of cut paper from side to side."""
    p, rng, u, w, h = sheet.rng.choice(DAYS[:3]), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.cut(p.light, disc(w * 0.5, h * 0.4, u * 0.12))
    sheet.cut(p.far, ridge(sheet, h * 0.62, u * 0.06, 1.2))
    walls = ["#e76f51", "#f2b134", "#2a9d8f", "#d95d8a", "#5b8fd6", "#8f5fb0", "#f4a259"]
    rng.shuffle(walls)
    foot, x, i = h * 0.86, -u * 0.05, 0
    while x < w:
        width = u * rng.uniform(0.24, 0.34)
        middle = abs((x + width / 2) / w - 0.5) * 2
        house(
            sheet,
            x,
            foot,
            width,
            u * (0.24 + 0.34 * middle) * rng.uniform(0.95, 1.1),
            walls[i % len(walls)],
            roof=shade(walls[(i + 3) % len(walls)], 0.8),
            lit=0.15,
            light=p.light,
        )
        x, i = x + width, i + 1
    sheet.cut("#e9d3b0", box(-5, foot, w + 5, h + 5), lift=0.5)
    for k in range(max(4, round(w / (u * 0.3)))):
        person(
            sheet,
            w * (0.1 + 0.8 * (k + rng.uniform(0.2, 0.8)) / max(4, round(w / (u * 0.3)))),
            h * 0.95,
            u * rng.uniform(0.18, 0.24),
            motion=sway(u * 0.012, 0, phase=k / 5, turns=1),
        )
    for row, (start, sag, size) in enumerate(((0.34, 0.1, 0.07), (0.2, 0.12, 0.095), (0.05, 0.13, 0.12))):
        flags = max(6, round(w / (u * size * 1.12)))
        motion = sway(u * 0.008, u * 0.012, phase=row / 3)
        rope = [(w * t, h * start + u * sag * math.sin(math.pi * t)) for t in (i / 60 for i in range(-2, 63))]
        sheet.cut("#fff6e6", ribbon(rope, max(2, u * 0.003)), lift=0.2, motion=motion)
        for i in range(flags):
            t = (i + 0.5) / flags
            fx, fy, half = w * t, h * start + u * sag * math.sin(math.pi * t), u * size * 0.46
            low = fy + half * 2.1
            edge = [point for k in range(4) for point in disc(fx + half * (0.75 - 0.5 * k), low, half * 0.25, start=0, end=180)]
            holes = [
                disc(fx, fy + half * 0.95, half * 0.2),
                *(
                    leaf(
                        fx + half * 0.27 * math.cos(a),
                        fy + half * 0.95 + half * 0.27 * math.sin(a),
                        half * 0.42,
                        half * 0.2,
                        math.degrees(a),
                    )
                    for a in (math.tau * k / 6 for k in range(6))
                ),
                *(disc(fx + half * dx, fy + half * 1.8, half * 0.09) for dx in (-0.6, -0.2, 0.2, 0.6)),
            ]
            sheet.cut(
                (*p.accents[:3], "#d95d8a", "#fff6e6")[(i + row) % 5],
                [(fx - half, fy), (fx + half, fy), *edge],
                holes=holes,
                lift=0.6,
                motion=motion,
            )


def hills(sheet: Sheet) -> None:
    """Flat-roofed houses stepping up a hill at dusk under a crescent."""
    p, rng, u, w, h = sheet.rng.choice(DUSKS), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    for _ in range(30):
        sheet.cut("#fdf3d7", disc(rng.uniform(0, w), rng.uniform(0, h * 0.3), u * rng.uniform(0.0014, 0.003)), lift=0)
    x, y, r = w * 0.36, h * 0.18, u * 0.085
    sheet.glow(x, y, u * 0.3, p.light, 0.4)
    sheet.cut(p.light, disc(x, y, r), holes=[disc(x + r * 0.42, y - r * 0.2, r * 0.85)], lift=0.4)
    sheet.cut(mix(p.far, p.sky_low, 0.5), ridge(sheet, h * 0.45, u * 0.06, 1.2))
    walls, rows = ("#f3dcc0", "#e8b98a", "#d98f6a", "#f0cfa0", "#cf8f86", "#fbeedb"), 7
    for row in range(rows):
        near = row / (rows - 1)
        base = h * (0.5 + 0.56 * near)
        left = -u * rng.uniform(0, 0.1)
        while left < w:
            width = u * rng.uniform(0.1, 0.17) * (0.75 + 0.5 * near)
            rise = u * 0.13 * math.sin(math.pi * min(1, max(0, (left + width / 2) / w))) * (1 - near)
            height = u * rng.uniform(0.1, 0.2) * (0.8 + 0.5 * near)
            _cube(
                sheet,
                left,
                base - rise,
                width,
                height,
                mix(rng.choice(walls), mix(p.sky_low, p.near, near), 0.5 - 0.22 * near),
                p.light,
            )
            left += width * rng.uniform(0.92, 1.02)
        if row in {1, 3, 5}:
            tx, size = w * (0.24, 0.83, 0.12)[row // 2], u * 0.12 * (0.8 + near * 0.5)
            fronds = [leaf(tx, base - size * 2.1, size * 0.8, size * 0.2, a) for a in (-170, -145, -110, -70, -35, -10, 15, 165)]
            sheet.cut(
                "#5d4032",
                ribbon([(tx, base), (tx + size * 0.05, base - size), (tx, base - size * 2.1)], size * 0.12),
                lift=0.3,
            )
            sheet.cut(mix("#3f7d5a", p.near, 0.4), *fronds, lift=0.5, motion=sway(u * 0.004, 0, phase=row / 6))


def _cube(sheet: Sheet, left: float, base: float, width: float, height: float, wall: str, light: str) -> None:
    rng, top = sheet.rng, base - height
    sheet.cut(wall, box(left, top, left + width, base + sheet.unit * 0.2), lift=0.7)
    sheet.cut(
        shade(wall, 1.12),
        box(left - width * 0.02, top - width * 0.05, left + width * 1.02, top + width * 0.03),
        lift=0.2,
    )
    if rng.random() < 0.3:
        tank = left + width * rng.uniform(0.15, 0.7)
        sheet.cut(shade(wall, 0.75), dome(tank, top - width * 0.24, tank + width * 0.18, top - width * 0.04), lift=0.2)
    for column in range(2):
        for row in range(2):
            x, y = left + width * (0.3 + 0.4 * column), top + width * (0.2 + 0.42 * row)
            lit = rng.random() < 0.55
            shape = dome(x - width * 0.075, y, x + width * 0.075, y + width * 0.22)
            sheet.cut(
                light if lit else mix(wall, "#2a1d3d", 0.6),
                shape,
                lift=0,
                motion=kindle(rng.uniform(-0.3, 0.8)) if lit else None,
            )


def lanterns(sheet: Sheet) -> None:
    """Paper lanterns rising over the roofs of a town at night."""
    p, rng, u, w, h = sheet.rng.choice(NIGHTS), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    for _ in range(50):
        sheet.cut("#fdf3d7", disc(rng.uniform(0, w), rng.uniform(0, h * 0.6), u * rng.uniform(0.0012, 0.003)), lift=0)
    sheet.cut(p.far, ridge(sheet, h * 0.66, u * 0.05, 1.3))
    skyline(sheet, h * 0.86, u * 0.3, p.middle)
    count = round(22 * w / (u * 1.33))
    spots = sorted(
        (0.03 + 0.055 * rng.random() ** 1.6, (i + rng.random()) / count, rng.uniform(0.04, 0.68)) for i in range(count)
    )
    for size, x, y in spots:
        if math.hypot(w * (x - 0.5) - u * 0.41, h * (y - 0.5) + u * 0.41) < u * (0.12 + size):
            continue  # leaves room for the mark of a sample
        motion = _rise(u * (1.2 * size + 0.04), u * 0.012, rng.random())
        cx, cy, r = w * x, h * y, u * size
        colour = rng.choice((*p.accents[:2], "#ffd98a"))
        sheet.glow(cx, cy, r * 2.6, colour, 0.55, motion=motion)
        body = [
            (cx - r * 0.52, cy + r * 0.8),
            *disc(cx, cy - r * 0.25, r * 0.78, r * 0.7, start=180, end=360),
            (cx + r * 0.52, cy + r * 0.8),
        ]
        sheet.cut(colour, body, lift=0.6, motion=motion)
        sheet.cut(mix(colour, "#fffbe0", 0.65), disc(cx, cy + r * 0.3, r * 0.36, r * 0.45), lift=0, motion=motion)
        sheet.cut(shade(colour, 0.7), box(cx - r * 0.52, cy + r * 0.74, cx + r * 0.52, cy + r * 0.86), lift=0, motion=motion)
    left = -u * 0.03
    while left < w:
        width = u * rng.uniform(0.2, 0.28)
        house(
            sheet,
            left,
            h * 0.96,
            width,
            u * rng.uniform(0.14, 0.24),
            mix(p.near, rng.choice(p.accents[:3]), 0.28),
            roof=p.front,
            lit=0.7,
            light=p.light,
        )
        left += width + u * 0.01
    sheet.cut(p.front, ridge(sheet, h * 0.955, u * 0.008, 2))
    for k in range(max(4, round(w / (u * 0.28)))):
        person(sheet, w * (k + 0.6) / max(4, round(w / (u * 0.28))), h * 1.01, u * rng.uniform(0.15, 0.2))


def _rise(way: float, swing: float, phase: float) -> Motion:
    return lambda moment: (swing * math.sin(math.tau * (moment + phase)), way * (0.5 - moment) * 2, 1.0)
