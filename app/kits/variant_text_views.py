"""What the form says in which a toolkit's texts are corrected, in the person's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.errors import Refused
from app.kits.handles import NETWORKS
from app.kits.toolkit import PLACEHOLDERS, Toolkit, most_chars
from app.kits.toolkit_contexts import LanguageLine, ToolkitLine
from app.kits.toolkit_files import MAX_QUOTE_CHARS, Networks, Prints
from app.kits.toolkit_views import key_label, part_label
from app.kits.variant_contexts import CorrectPage, TextField, TextGroup
from app.kits.variant_forms import MAX_NOTE_CHARS, texts_of
from app.kits.variant_queries import Whose
from app.web.errors import field_errors
from app.web.i18n import Translator, _

ROW_CHARS = 60  # about so many stand in a line of the field
MOST_ROWS = 18
INVITATION_CHARS = next(each.max_length for each in Prints.model_fields["invitation"].metadata if hasattr(each, "max_length"))
CHARS = {"mayor_quote.text": MAX_QUOTE_CHARS, "prints.invitation": INVITATION_CHARS}


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form of a language, and the number of the variant that it was made from."""

    texts: Mapping[str, str]
    read: int
    reviewed_by: str = ""
    reviewed_on: str = ""
    note: str = ""
    clashes: Mapping[str, str] = field(default_factory=dict)  # what somebody else wrote where this person did, too
    refused: Refused | None = None


def correct_page(
    toolkit: Toolkit,
    networks: Networks,
    line: ToolkitLine,
    language: LanguageLine,
    whose: Whose,
    filled: Filled,
    actor: Actor,
    speech: Translator,
) -> CorrectPage:
    """The form with what stands, or with what was typed."""
    source = toolkit.manifest.source_language
    errors = field_errors(filled.refused, speech) if filled.refused else []
    wrong = {each.field: each.sentence for each in errors}
    labels = {key: f"{part_label(key.split('.')[0], speech)}: {key_label(key, speech)}" for key in filled.texts}
    known = {*labels, "note", "reviewed_by", "reviewed_on", "meanwhile"}
    return CorrectPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        toolkit=line,
        language=language,
        source=source if source != language.tag else None,
        source_name=speech.language_name(source),
        whose=speech.choose(whose.names, "en"),
        of_network=not whose.slug,
        action=f"/desk/toolkits/{toolkit.slug}/{language.tag}/correct{whose.query}",
        read=filled.read,
        groups=list(_groups(toolkit, networks, filled, wrong, language.tag, speech)),
        reviewed_by=filled.reviewed_by,
        reviewed_on=filled.reviewed_on,
        note=filled.note,
        max_note_chars=MAX_NOTE_CHARS,
        has_moved="meanwhile" in wrong,
        labels=labels
        | {
            "note": speech.gettext(_("What changed, in a sentence")),
            "reviewed_by": speech.gettext(_("Name of the reader")),
            "reviewed_on": speech.gettext(_("Read on")),
        },
        wrong=wrong,
        errors=[each if each.field in known else type(each)("form", each.sentence) for each in errors],
    )


def _groups(
    toolkit: Toolkit, networks: Networks, filled: Filled, wrong: Mapping[str, str], tag: str, speech: Translator
) -> Iterator[TextGroup]:
    source = toolkit.manifest.source_language
    originals = texts_of(toolkit, source) if source != tag else {}
    for part, keys in groupby(filled.texts, key=lambda key: key.split(".")[0]):
        fields = [
            TextField(
                key=key,
                label=key_label(key, speech),
                value=filled.texts[key],
                original=originals.get(key),
                hint=_hint(key, networks, speech),
                now=filled.clashes.get(key),
                rows=_rows(filled.texts[key]),
                max_chars=CHARS.get(key) or most_chars(key, filled.texts[key], toolkit.manifest, networks, tag),
                error=wrong.get(key),
            )
            for key in keys
        ]
        yield TextGroup(part_label(part, speech), [f"{{{name}}}" for name in sorted(PLACEHOLDERS[part])], fields)


def _hint(key: str, networks: Networks, speech: Translator) -> str | None:
    """What this text may hold besides, or how long it may be."""
    part, _dot, name = key.partition(".")
    said = []
    if part == "posts":
        allowed = getattr(networks, name).post_characters
        sentence = _("%(network)s takes %(count)s characters, counted with a long city name and the message filled in.")
        said.append(speech.gettext(sentence) % {"network": NETWORKS[name], "count": speech.number(allowed)})
    elif part == "plan":
        allowed = min(getattr(networks, each).post_characters for each in Networks.model_fields if each in NETWORKS)
        sentence = _(
            "It goes to every network; the shortest takes %(count)s characters, counted with a long city name filled in."
        )
        said.append(speech.gettext(sentence) % {"count": speech.number(allowed)})
    elif key in CHARS:
        said.append(speech.gettext(_("At most %(count)s characters.")) % {"count": speech.number(CHARS[key])})
    if key in PLACEHOLDERS:
        names = " ".join(f"{{{each}}}" for each in sorted(PLACEHOLDERS[key]))
        said.append(speech.gettext(_("Here may stand: %(placeholders)s")) % {"placeholders": names})
    return " ".join(said) or None


def _rows(text: str) -> int:
    lines = sum(1 + len(line) // ROW_CHARS for line in text.split("\n"))
    return max(2, min(MOST_ROWS, lines + 1))
