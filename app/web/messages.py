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
    options: Mapping[str, object],  # noqa: ARG001
) -> Iterator[Found]:
    """Every code of a catalogue, as Babel's extractors give what they find."""
    for message in read_po(catalogue):
        if message.context == REFUSAL_CONTEXT:
            yield message.lineno or 1, "pgettext", (REFUSAL_CONTEXT, str(message.id)), []
