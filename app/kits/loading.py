"""Toolkits that were read already: the files of a frozen one never change, those that ship only with a new start."""

import re
from functools import lru_cache
from pathlib import Path

from app.kits.toolkit import TOOLKITS_DIR, Toolkit, load_toolkit

_CONTENT_ADDRESS = re.compile(r"[0-9a-f]{64}")
_read_once = lru_cache(maxsize=32)(load_toolkit)


def toolkit_at(slug: str, root: Path) -> Toolkit:
    """The toolkit, read once where its folder is named by what it holds; refuses what `load_toolkit` refuses."""
    never_changes = root == TOOLKITS_DIR or _CONTENT_ADDRESS.fullmatch(root.name) is not None
    return (_read_once if never_changes else load_toolkit)(slug, root)
