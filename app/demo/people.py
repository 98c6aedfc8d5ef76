"""The people of the drawn scenes, each with a skin, hair and clothes of their own."""

from app.demo.paper import Motion, Sheet, box, disc, dome, shade

SKINS = ("#f1c9a5", "#d9a074", "#b97a4f", "#8d5a3a", "#5f3b28")
CLOTHS = ("#e4572e", "#f2b134", "#2e86ab", "#7a3b69", "#4a8f5c", "#f4ece0", "#c8457a", "#1f5f7a")


def person(sheet: Sheet, x: float, foot: float, height: float, *, motion: Motion | None = None, seated: bool = False) -> None:
    """Draw somebody, in colours of their own; seated people are seen from behind and end at the seat."""
    rng, head = sheet.rng, height * 0.125
    skin, cloth, other = rng.choice(SKINS), *rng.sample(CLOTHS, 2)
    hair = rng.choice(("#2b1d1a", "#4a2c20", "#7a4a2a", "#1a1a22", "#b9a48c"))
    chin = foot - height * (0.62 if seated else 0.74)
    wide = height * (0.23 if seated else 0.17)
    shoulders = disc(x, chin + wide * 0.75, wide, wide * 0.75, start=180, end=360)
    if seated or rng.random() < 0.45:
        sheet.cut(cloth, [*shoulders, (x + wide * 1.3, foot), (x - wide * 1.3, foot)], lift=0.5, motion=motion)
        sheet.cut(
            other,
            box(x - wide * 1.12, foot - height * 0.2, x + wide * 1.12, foot - height * 0.165),
            lift=0,
            motion=motion,
        )
    else:
        waist = foot - height * 0.36
        legs = [box(x + wide * a, waist - 2, x + wide * b, foot) for a, b in ((-0.82, -0.1), (0.1, 0.82))]
        sheet.cut(
            shade(other, 0.85),
            *legs,
            box(x - wide * 0.82, waist - 2, x + wide * 0.82, waist + wide * 0.5),
            lift=0.4,
            motion=motion,
        )
        sheet.cut(
            cloth,
            [*shoulders, (x + wide * 1.04, waist + wide * 0.3), (x - wide * 1.04, waist + wide * 0.3)],
            lift=0.5,
            motion=motion,
        )
    look = rng.choice(("short", "long", "bun", "cap", "scarf"))
    crown_y = chin - head * 0.95
    if look == "scarf":
        sheet.cut(
            other,
            disc(x, chin - head * 0.6, head * 1.2, head * 1.4),
            disc(x, chin + head * 0.35, head * 1.35, head * 0.75),
            lift=0.3,
            motion=motion,
        )
    else:
        locks = {
            "long": [dome(x - head * 1.15, crown_y - head * 1.1, x + head * 1.15, chin + head * 0.5)],
            "bun": [disc(x, crown_y - head * 1.15, head * 0.5)],
        }
        neck = box(x - head * 0.38, chin - head, x + head * 0.38, chin + head * 0.3)
        sheet.cut(skin, neck, lift=0, motion=motion)
        sheet.cut(hair, disc(x, crown_y + head * 0.1, head * 1.1, head * 1.12), *locks.get(look, []), lift=0.3, motion=motion)
    if not seated:
        sheet.cut(
            skin,
            disc(x, chin - head * 0.5, head * 0.86, head * (0.9 if look == "scarf" else 0.98)),
            lift=0,
            motion=motion,
        )
    if look == "cap":
        brim = disc(x, crown_y - head * 0.1, head * 1.18, head * 1.05, start=180, end=360)
        sheet.cut(
            other,
            [*brim, (x + head * 1.18, crown_y + head * 0.1), (x - head * 1.18, crown_y + head * 0.1)],
            lift=0.3,
            motion=motion,
        )
