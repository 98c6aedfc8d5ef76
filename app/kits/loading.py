"""Toolkits that were read already: the files of a frozen one never change, those that ship only with a new start."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app.campaigns.template import read_template
from app.errors import Refused
from app.kits.toolkit import TOOLKITS_DIR, Toolkit, load_toolkit

_CONTENT_ADDRESS = re.compile(r"[0-9a-f]{64}")
_read_once = lru_cache(maxsize=32)(load_toolkit)


def _questions(slug: str, root: Path) -> Mapping[str, str]:
    try:
        return read_template(slug, root).file.question
    except Refused:  # it was frozen when templates were checked less strictly; its kits are drawn all the same
        return {}


_asked_once = lru_cache(maxsize=32)(_questions)


def toolkit_at(slug: str, root: Path) -> Toolkit:
    """The toolkit, read once where its folder is named by what it holds; refuses what `load_toolkit` refuses."""
    return (_read_once if _never_changes(root) else load_toolkit)(slug, root)


def questions_at(slug: str, root: Path) -> Mapping[str, str]:
    """The question to residents that campaigns with this toolkit begin with, by language; read as often as the toolkit."""
    return (_asked_once if _never_changes(root) else _questions)(slug, root)


def _never_changes(root: Path) -> bool:
    return root == TOOLKITS_DIR or _CONTENT_ADDRESS.fullmatch(root.name) is not None
