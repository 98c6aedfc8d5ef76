"""Post texts: a toolkit's patterns filled with a city's words, never longer than the network takes."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from app.kits.lengths import length_on
from app.kits.toolkit import BASE, TOOLKITS_DIR, Toolkit, fill
from app.kits.toolkit_files import Networks, Posts
from media_pipeline.typeset import is_right_to_left, isolate_sizes

MAX_ALT_CHARS = 1000  # the least that a network takes (X)
ELLIPSIS = "…"
# "day" ends a sentence before its link on some networks, so only these two may be held back and set again at the end
_TAIL = ("link", "hashtag")
_LEFT_TO_RIGHT_MARK = "\u200e"
_FIRST_HASHTAG = re.compile(r"^(?=#(\w))", re.MULTILINE)


@lru_cache(maxsize=1)
def post_limits() -> dict[str, int]:
    """How many characters a post may have, by network."""
    raw = tomllib.loads((TOOLKITS_DIR / BASE / "networks.toml").read_text("utf-8"))
    return {name: getattr(Networks.model_validate(raw), name).post_characters for name in Posts.model_fields}


def directed(text: str, language: str, network: str = "") -> str:
    """The text; in a right-to-left language with a mark before each line that begins with a Latin hashtag: `#` stays first.

    Sizes are isolated there: a width stays before its height.

    Bluesky takes a hashtag only after a space or at the beginning of a line, so there a space follows the mark.
    """
    if not is_right_to_left(language):
        return text
    mark = _LEFT_TO_RIGHT_MARK + " " * (network == "bluesky")
    marked = _FIRST_HASHTAG.sub(lambda found: mark if unicodedata.bidirectional(found.group(1)) == "L" else "", text)
    return isolate_sizes(marked)


def filled_post(network: str, pattern: str, values: Mapping[str, str], *, language: str = "", shorten: str | None = None) -> str:
    """The pattern with these values, within the network's limit; in a right-to-left language as it is `directed`.

    When it is too long, the value named by `shorten` is cut between two words; else the prose is: link and hashtag stay whole.
    """
    link = values["link"]

    def filled(own: Mapping[str, str]) -> str:
        return directed(fill(pattern, own).strip(), language, network)

    def fits(text: str) -> bool:
        return length_on(network, text, link=link) <= post_limits()[network]

    whole = filled(values)
    if fits(whole):
        return whole
    if shorten is not None:
        found = _longest(values[shorten], lambda cut: filled({**values, shorten: cut}), fits)
        if found:
            return found
    tail = " ".join(values[name] for name in _TAIL if "{" + name + "}" in pattern)
    prose = fill(pattern, {**values, **dict.fromkeys(_TAIL, "")}).strip().rstrip(":").rstrip()
    return _longest(prose, lambda cut: directed(f"{cut}\n\n{tail}".strip(), language, network), fits) or tail


def _longest(text: str, whole: Callable[[str], str], fits: Callable[[str], bool]) -> str:
    """`whole` of as much of the text as fits, cut at a space where there is one near; empty when not even a letter does."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(whole(text[:middle] + ELLIPSIS)):
            low = middle
        else:
            high = middle - 1
    if not low:
        return ""
    cut = text[:low]
    at_space = cut.rfind(" ")
    if at_space > low * 2 // 3:
        cut = cut[:at_space]
    return whole(cut.rstrip(" ,;:.\n") + ELLIPSIS)


def city_posts(toolkit: Toolkit, language: str, values: Mapping[str, str]) -> dict[str, str]:
    """A city's own post for each network; `values` are city, day, hashtag, message, link."""
    patterns = toolkit.texts[language].posts.model_dump()
    return {network: filled_post(network, pattern, values, language=language) for network, pattern in patterns.items()}


def contribution_posts(toolkit: Toolkit, language: str, values: Mapping[str, str], *, kind: str) -> dict[str, str]:
    """The post that goes with one contribution, for each network; `values` are a city's, name and words (perhaps empty)."""
    texts = toolkit.texts[language]
    if not values["words"]:  # a picture or sound without words is introduced by what it is
        pattern = f"{getattr(texts.alt, kind)}\n\n{{hashtag}} {{link}}"
    else:
        pattern = texts.contribution.named if values["name"] else texts.contribution.unnamed
    cut = "words" if values["words"] else None
    return {network: filled_post(network, pattern, values, language=language, shorten=cut) for network in post_limits()}


def alt_text(toolkit: Toolkit, language: str, values: Mapping[str, str], *, kind: str) -> str:
    """What stands for a picture, film or sound whose author wrote no alt text; words alone are a card."""
    pattern = getattr(toolkit.texts[language].alt, "card" if kind == "text" else kind)
    text = fill(pattern, values)
    if len(text) <= MAX_ALT_CHARS:
        return text
    return text[: MAX_ALT_CHARS - 1].rsplit(" ", 1)[0] + ELLIPSIS
