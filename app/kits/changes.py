"""What is different between two states of a toolkit, as far as a city can see it; pure."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.kits.toolkit import Toolkit, patterns_of


@dataclass(frozen=True, slots=True)
class Changes:
    """What came, went and changed: templates by name, texts by language and key."""

    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    redrawn: Sequence[str] = ()
    look: bool = False  # colours or artwork
    languages_added: Sequence[str] = ()
    languages_removed: Sequence[str] = ()
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the keys that say something else, by language

    def __bool__(self) -> bool:
        """Whether anything is different."""
        return any((self.added, self.removed, self.redrawn, self.look, self.languages_added, self.languages_removed, self.texts))

    def within(self, languages: Collection[str]) -> "Changes":
        """Those that a city of these languages sees."""
        return Changes(
            added=self.added,
            removed=self.removed,
            redrawn=self.redrawn,
            look=self.look,
            languages_added=[tag for tag in self.languages_added if tag in languages],
            languages_removed=[tag for tag in self.languages_removed if tag in languages],
            texts={tag: keys for tag, keys in self.texts.items() if tag in languages},
        )


def compare(before: Toolkit, after: Toolkit) -> Changes:
    """What is different in the second."""
    were, are = set(before.loaded), set(after.loaded)
    spoke, speak = set(before.texts), set(after.texts)
    texts = {tag: _changed_keys(before, after, tag) for tag in sorted(spoke & speak)}
    return Changes(
        added=sorted(are - were),
        removed=sorted(were - are),
        redrawn=sorted(name for name in were & are if repr(before.loaded[name]) != repr(after.loaded[name])),
        look=_look(before) != _look(after),
        languages_added=sorted(speak - spoke),
        languages_removed=sorted(spoke - speak),
        texts={tag: keys for tag, keys in texts.items() if keys},
    )


def _changed_keys(before: Toolkit, after: Toolkit, tag: str) -> list[str]:
    said, says = (dict(patterns_of(each.texts[tag])) for each in (before, after))
    return [key for key in dict.fromkeys([*says, *said]) if said.get(key) != says.get(key)]


def _look(toolkit: Toolkit) -> list[object]:
    pictures = sorted(path for path in toolkit.artwork.rglob("*") if path.is_file())
    return [sorted(toolkit.palette.items()), toolkit.manifest.partners, [(path.name, _sha256(path)) for path in pictures]]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
