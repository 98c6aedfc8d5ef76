"""The drawn scenes of homes, tables and winter."""

import math

from app.demo.figures import fir, pane, skyline
from app.demo.palettes import DUSKS, NIGHTS
from app.demo.paper import Motion, Sheet, box, disc, dome, kindle, leaf, mix, ribbon, ridge, shade, sway
from app.demo.people import CLOTHS, SKINS, person


def windows(sheet: Sheet) -> None:
    """Tall houses at night whose windows light up one after another, each with somebody's life in it."""
    p, rng, u, w, h = sheet.rng.choice((*NIGHTS, DUSKS[0])), sheet.rng, sheet.unit, sheet.width, sheet.height
    sheet.sky(p.sky_top, p.sky_low)
    sheet.glow(w * 0.52, h * 0.13, u * 0.26, p.light, 0.5)
    sheet.cut(p.light, disc(w * 0.52, h * 0.13, u * 0.07), lift=0.4)
    skyline(sheet, h * 0.62, u * 0.5, mix(p.far, p.sky_low, 0.35))
    count = max(2, round(w / (u * 0.46)))
    for i in range(count):
        left, right = w * i / count - u * 0.01, w * (i + 1) / count + u * 0.005
        top = h * rng.uniform(0.2, 0.36)
        wall = shade(mix(p.middle, rng.choice(p.accents[:3]), rng.uniform(0.12, 0.3)), 0.95)
        sheet.cut(wall, box(left, top, right, h + 9), lift=1.2)
        sheet.cut(shade(wall, 0.7), box(left - u * 0.012, top - u * 0.025, right + u * 0.012, top), lift=0.6)
        sheet.cut(shade(wall, 0.8), box(left + u * 0.06, top - u * 0.085, left + u * 0.11, top - u * 0.025), lift=0.3)
        columns, rows = 3, max(3, math.ceil((h - top) / (u * 0.21)))
        cell_w, cell_h = (right - left) / columns, u * 0.21
        for row in range(rows):
            for column in range(columns):
                x, y = left + cell_w * (column + 0.5), top + u * 0.055 + cell_h * row
                _window(sheet, x, y, cell_w * 0.3, cell_h * 0.66, wall, p.light, p.accents)


def _window(
    sheet: Sheet, x: float, y: float, half: float, height: float, wall: str, light: str, accents: tuple[str, ...]
) -> None:
    rng, low = sheet.rng, y + height
    sheet.cut(shade(wall, 0.55), box(x - half, y, x + half, low), lift=0)
    if rng.random() < 0.72:
        on = kindle(rng.uniform(-0.3, 0.8))
        warm = mix(light, rng.choice(accents[:2]), rng.uniform(0, 0.45))
        sheet.glow(x, y + height / 2, height * 0.95, light, 0.35, motion=on)
        sheet.cut(warm, box(x - half, y, x + half, low), lift=0, motion=on)
        dark, kind = mix(wall, "#1a1226", 0.55), rng.randrange(6)
        if kind == 0:
            sheet.cut(
                dark,
                disc(x, low - height * 0.44, half * 0.3),
                [*disc(x, low - height * 0.08, half * 0.6, height * 0.24, start=180, end=360)],
                lift=0,
                motion=on,
            )
        elif kind == 1:
            pot = [
                (x - half * 0.3, low - height * 0.2),
                (x + half * 0.3, low - height * 0.2),
                (x + half * 0.2, low),
                (x - half * 0.2, low),
            ]
            sheet.cut(
                mix(dark, "#3d7a4d", 0.6),
                *(leaf(x, low - height * 0.18, height * 0.42, half * 0.3, a) for a in (-150, -120, -90, -60, -30)),
                lift=0,
                motion=on,
            )
            sheet.cut(accents[1], pot, lift=0, motion=on)
        elif kind == 2:
            cx = x + half * 0.2
            ears = [
                (cx - half * 0.3, low - height * 0.3),
                (cx - half * 0.27, low - height * 0.47),
                (cx, low - height * 0.38),
                (cx + half * 0.27, low - height * 0.47),
                (cx + half * 0.3, low - height * 0.3),
            ]
            tail = ribbon(
                [
                    (cx - half * 0.3, low - half * 0.1),
                    (cx - half * 0.75, low - half * 0.15),
                    (cx - half * 0.8, low - half * 0.6),
                ],
                half * 0.14,
            )
            sheet.cut(
                dark,
                ears,
                disc(cx, low - height * 0.28, half * 0.3),
                disc(cx, low - height * 0.08, half * 0.42, height * 0.15),
                tail,
                lift=0,
                motion=on,
            )
        elif kind == 3:
            sheet.cut(
                accents[2],
                [(x - half, y), (x - half * 0.4, y), (x - half * 0.75, low), (x - half, low)],
                [(x + half, y), (x + half * 0.4, y), (x + half * 0.75, low), (x + half, low)],
                lift=0,
                motion=on,
            )
        elif kind == 4:
            sheet.cut(
                dark,
                box(x - half * 0.03, y, x + half * 0.03, y + height * 0.25),
                [*disc(x, y + height * 0.38, half * 0.45, height * 0.16, start=180, end=360)],
                lift=0,
                motion=on,
            )
            sheet.cut("#fffbe6", disc(x, y + height * 0.4, half * 0.14), lift=0, motion=on)
    bar = half * 0.09
    frame = [box(x - half - bar, y - bar, x + half + bar, low + bar)]
    pane_holes = [box(x - half, y, x - bar / 2, low), box(x + bar / 2, y, x + half, low)]
    sheet.cut(mix(wall, "#fff3df", 0.5), *frame, holes=pane_holes, lift=0)
    sheet.cut(mix(wall, "#fff3df", 0.38), box(x - half * 1.25, low + bar, x + half * 1.25, low + bar * 2.6), lift=0.3)


def snow(sheet: Sheet) -> None:
    """Snow falling on houses with lit windows."""
    p, rng, u, w, h = (
        sheet.rng.choice((NIGHTS[0], NIGHTS[1], DUSKS[0])),
        sheet.rng,
        sheet.unit,
        sheet.width,
        sheet.height,
    )
    white = mix("#ffffff", p.sky_low, 0.12)
    sheet.sky(p.sky_top, p.sky_low)
    sheet.cut(mix(p.far, white, 0.25), ridge(sheet, h * 0.55, u * 0.05, 1.2))
    for i in range(round(w / (u * 0.13))):
        fir(sheet, u * 0.13 * (i + rng.random()), h * 0.66, u * rng.uniform(0.2, 0.32), mix(p.middle, white, 0.2))
    sheet.cut(mix(p.middle, white, 0.5), ridge(sheet, h * 0.66, u * 0.02, 1.4))
    foot, left = h * 0.86, u * 0.02
    while left < w:
        width, height = u * rng.uniform(0.22, 0.3), u * rng.uniform(0.26, 0.42)
        top = foot - height
        wall = rng.choice(("#a8453a", "#c98b4e", "#4f7f8f", "#8a5a7d", "#b9a05a"))
        sheet.cut(wall, box(left, top, left + width, foot), lift=0.8)
        sheet.cut(
            white,
            [
                (left - u * 0.015, top + u * 0.01),
                (left + width / 2, top - width * 0.5),
                (left + width + u * 0.015, top + u * 0.01),
                *(
                    point
                    for k in range(5)
                    for point in disc(left + width * (0.9 - 0.2 * k), top + u * 0.01, width * 0.1, u * 0.018, start=0, end=180)
                ),
            ],
            lift=0.8,
        )
        for row in range(2):
            for column in range(2):
                x, y = left + width * (0.3 + 0.4 * column), top + height * (0.14 + 0.36 * row)
                sheet.glow(x, y + height * 0.1, u * 0.1, p.light, 0.4)
                pane(sheet, x, y, width * 0.2, height * 0.22, p.light, white)
        sheet.cut(shade(wall, 0.6), dome(left + width * 0.42, foot - height * 0.2, left + width * 0.58, foot), lift=0)
        left += width + u * rng.uniform(0.02, 0.09)
    sheet.cut(white, ridge(sheet, h * 0.86, u * 0.012, 2), lift=0.7)
    for k in range(4):
        person(
            sheet,
            w * (0.22 + 0.17 * k),
            h * 0.94,
            u * (0.2, 0.14, 0.22, 0.19)[k],
            motion=sway(u * 0.01, 0, phase=k / 4, turns=1),
        )
    sheet.cut(mix(white, p.sky_low, 0.15), ridge(sheet, h * 0.95, u * 0.014, 1.3))
    for layer, (size, turns) in enumerate(((0.005, 1), (0.008, 1), (0.012, 2))):
        # the same flakes twice, one sheet apart, so that a whole fall ends where it began
        spots = [(rng.uniform(0, w), rng.uniform(0, h), u * size * rng.uniform(0.7, 1.2)) for _ in range(70 - 18 * layer)]
        flakes = [disc(x, y + shift, r) for x, y, r in spots for shift in (0, -h)]
        sheet.cut("#ffffff", *flakes, lift=0, motion=_fall(h, u * 0.02 * (layer + 1), turns))


def _fall(height: float, swing: float, turns: int) -> Motion:
    return lambda moment: (swing * math.sin(math.tau * moment), height * (moment * turns % 1), 0.95)


def bowls(sheet: Sheet) -> None:
    """A table seen from above: hands bring bowls of food from every side."""
    rng, u, w, h = sheet.rng, sheet.unit, sheet.width, sheet.height
    ground, cloth, edge = rng.choice(
        (("#1f5f7a", "#f7e7ce", "#e4572e"), ("#7a3b50", "#fbeed7", "#2a9d8f"), ("#2f5d50", "#f9e8d0", "#d9603b"))
    )
    sheet.sky(shade(ground, 1.15), shade(ground, 0.85))
    cx, cy, big = w / 2, h / 2, u * 0.4
    tiles = [
        [(x, y - u * 0.02), (x + u * 0.02, y), (x, y + u * 0.02), (x - u * 0.02, y)]
        for x in (u * 0.1 * i for i in range(round(w / (u * 0.1)) + 1))
        for y in (u * 0.1 * j for j in range(round(h / (u * 0.1)) + 1))
    ]
    sheet.cut(shade(ground, 1.2), *tiles, lift=0)
    stretch = min(1.5, max(w, h) / u * 0.9)
    rx, ry = (big * stretch, big) if w > h else (big, big * stretch)
    sheet.cut(cloth, disc(cx, cy, rx, ry), lift=2)
    for share, size, colour in ((0.93, 0.016, edge), (0.86, 0.009, ground)):
        sheet.cut(
            colour,
            *(
                disc(cx + rx * share * math.cos(a), cy + ry * share * math.sin(a), u * size)
                for a in (math.tau * i / 44 for i in range(44))
            ),
            lift=0,
        )
    people = 7
    skins, sleeves = list(SKINS) * 2, list(CLOTHS)
    rng.shuffle(skins)
    rng.shuffle(sleeves)
    for i in range(people):
        angle = math.tau * (i + 0.25) / people
        x, y = cx + rx * 0.66 * math.cos(angle), cy + ry * 0.66 * math.sin(angle)
        reach = sway(-u * 0.012 * math.cos(angle), -u * 0.012 * math.sin(angle), phase=i / people)
        _hand(sheet, x, y, math.atan2(y - cy, x - cx), skins[i], sleeves[i], reach)
        _bowl(sheet, x, y, u * 0.083, i, reach)
    _bowl(sheet, cx, cy, u * 0.135, 2)


def _hand(sheet: Sheet, x: float, y: float, angle: float, skin: str, sleeve: str, motion: Motion) -> None:
    u, cos, sin = sheet.unit, math.cos(angle), math.sin(angle)

    def at(out: float, side: float) -> tuple[float, float]:
        return (x + u * (out * cos - side * sin), y + u * (out * sin + side * cos))

    fingers = [
        ribbon([at(0.1, s * 0.6), at(0.06, s), at(0.015, s * 1.25)], u * 0.026, u * 0.02) for s in (-0.075, -0.05, 0.05, 0.075)
    ]
    tips = [disc(*at(0.015, s * 1.25), u * 0.0105) for s in (-0.075, -0.05, 0.05, 0.075)]
    sheet.cut(
        skin,
        ribbon([at(0.35, 0), at(0.12, 0)], u * 0.065, u * 0.06),
        disc(*at(0.115, 0), u * 0.058),
        *fingers,
        *tips,
        lift=1,
        motion=motion,
    )
    sheet.cut(sleeve, ribbon([at(1.3, 0), at(0.2, 0)], u * 0.17, u * 0.1), lift=1.2, motion=motion)
    sheet.cut(shade(sleeve, 0.75), ribbon([at(0.235, 0), at(0.2, 0)], u * 0.108, u * 0.102), lift=0.4, motion=motion)


def _bowl(sheet: Sheet, x: float, y: float, radius: float, food: int, motion: Motion | None = None) -> None:
    rng = sheet.rng
    rim = ("#fff6e6", "#2e86ab", "#e9c46a", "#c8553d", "#7fb0a3")[food % 5]
    base, bits = (
        ("#e9a23b", "#c8457a"),
        ("#fbf3dc", "#5f9e4f"),
        ("#c8553d", "#f7d488"),
        ("#7fae5a", "#fff6e6"),
        ("#f4ead2", "#8a5a3c"),
    )[food % 5]
    sheet.cut(rim, disc(x, y, radius), lift=1.2, motion=motion)
    sheet.cut(shade(rim, 0.78), disc(x, y, radius * 0.88), lift=0, motion=motion)
    sheet.cut(base, disc(x, y, radius * 0.8), lift=0.3, motion=motion)
    for _ in range(16):
        angle, far = rng.uniform(0, math.tau), radius * 0.7 * math.sqrt(rng.random())
        bit = leaf(x + far * math.cos(angle), y + far * math.sin(angle), radius * 0.24, radius * 0.13, rng.uniform(0, 360))
        sheet.cut(shade(bits, rng.uniform(0.9, 1.1)), bit, lift=0.2, motion=motion)
