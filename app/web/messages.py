"""How `make messages` finds the sentences of refusals: their codes are names, so the English catalogue is the list of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from babel.messages.pofile import read_po

from app.web.i18n import REFUSAL_CONTEXT

Found = tuple[int, str, tuple[str, str], list[str]]


def refusals(
    catalogue: IO[bytes],
    _keywords: Sequence[str],
    _comment_tags: Sequence[str],
    *,
    options: Mapping[str, object],
) -> Iterator[Found]:
    """The codes of a catalogue, as Babel's extractors give what they find; with `only`, those that begin with one of these."""
    only = options.get("only", [""])
    beginnings = tuple(str(each) for each in only) if isinstance(only, list) else (str(only),)
    for message in read_po(catalogue):
        if message.context == REFUSAL_CONTEXT and str(message.id).startswith(beginnings):
            yield message.lineno or 1, "pgettext", (REFUSAL_CONTEXT, str(message.id)), []
