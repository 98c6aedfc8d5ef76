"""The design system keeps its promises: contrast, direction, and nothing inline."""

import itertools
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "app" / "web"
SHEETS = sorted((WEB / "static").glob("*.css"))
SCRIPTS = sorted((WEB / "static").glob("*.js"))
LETTER = WEB / "templates" / "letter.html"  # a mail, which no sheet reaches
POSTING_PLAN = WEB.parent / "kits" / "templates" / "posting-plan.html"  # a file of the kit, opened from somebody's disk
TEMPLATES = sorted(set(WEB.parent.glob("**/templates/**/*.html")) - {LETTER, POSTING_PLAN})

SURFACES = ("--paper", "--field", "--wash")
# foreground, background, least ratio (WCAG 2.2): 4.5 for words, 3 for edges of controls, 7 for what is read at length
PAIRS = (
    *(("--ink", surface, 7.0) for surface in SURFACES),
    *(
        (colour, surface, 4.5)
        for colour, surface in itertools.product(("--muted", "--accent", "--good", "--warn", "--bad"), SURFACES)
    ),
    *(("--edge", surface, 3.0) for surface in SURFACES),
    *(("--focus", surface, 3.0) for surface in SURFACES),
    ("--accent-ink", "--accent", 4.5),
    ("--bad-ink", "--bad", 4.5),
    ("--poster-ink", "--poster", 4.5),
)
# properties of CSS that carry a direction's word in their name and have no direction
NAMED_BY_SIZE = {"line-height", "border-width", "stroke-width", "scrollbar-width"}


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def tokens(scheme: str) -> dict[str, str]:
    css = without_comments((WEB / "static" / "polyphony.css").read_text())
    blocks = re.findall(r"(@media screen and \(prefers-color-scheme: dark\) \{\s*)?:root \{(.*?)\}", css, re.DOTALL)
    light, dark = (
        dict(re.findall(r"(--[\w-]+):\s*([^;]+);", next(body for media, body in blocks if bool(media) is is_dark)))
        for is_dark in (False, True)
    )
    return light if scheme == "light" else light | dark


def luminance(hex_colour: str) -> float:
    channels = (int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def resolved(values: dict[str, str], name: str) -> str:
    value = values[name]
    while inner := re.fullmatch(r"var\((--[\w-]+)\)", value):
        value = values[inner[1]]
    return value


def contrast(first: str, second: str) -> float:
    brighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("foreground", "background", "least"), PAIRS)
def test_every_pair_of_tokens_can_be_read(scheme: str, foreground: str, background: str, least: float) -> None:
    values = tokens(scheme)
    assert contrast(resolved(values, foreground), resolved(values, background)) >= least


def test_the_dark_paper_is_darker_than_the_light_one() -> None:
    assert luminance(tokens("dark")["--paper"]) < luminance(tokens("light")["--paper"])


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_knows_no_left_and_no_right(sheet: Path) -> None:
    declarations = re.findall(r"(?<![\w-])([\w-]+)\s*:\s*([^;{}]+)(?=[;}])", without_comments(sheet.read_text()))
    physical = [
        f"{name}: {value}"
        for name, value in declarations
        if (re.search(r"(^|-)(left|right|width|height|top|bottom)($|-)", name) and name not in NAMED_BY_SIZE)
        or re.search(r"(?<![\w-])(left|right)(?![\w-])", value)
    ]
    assert physical == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_shorthand_gives_both_sides_the_same(sheet: Path) -> None:
    shorthands = re.findall(r"(?<![\w-])(?:padding|margin|inset):\s*([^;}]+)", without_comments(sheet.read_text()))
    sides = [re.findall(r"[^\s(]+(?:\((?:[^()]|\([^()]*\))*\))?", value) for value in shorthands]
    assert [parts for parts in sides if len(parts) == 4 and parts[1] != parts[3]] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_fetches_nothing(sheet: Path) -> None:
    assert re.findall(r"@import|@font-face|url\(", without_comments(sheet.read_text())) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_uses_only_tokens_that_exist(sheet: Path) -> None:
    known = set(re.findall(r"(?<![\w-])(--[\w-]+)\s*:", "".join(without_comments(each.read_text()) for each in SHEETS)))
    assert set(re.findall(r"var\((--[\w-]+)", without_comments(sheet.read_text()))) - known == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_template_carries_no_style_and_no_script_inline(template: Path) -> None:
    html = re.sub(r"\{#.*?#\}", "", template.read_text(), flags=re.DOTALL)
    inline = r"<style|\sstyle\s*=|\son\w+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)[^>]*>"
    assert re.findall(inline, html, re.IGNORECASE) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_sets_no_style_and_writes_no_markup(script: Path) -> None:
    forbidden = r"\.style\b|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?://"
    assert re.findall(forbidden, script.read_text()) == []
