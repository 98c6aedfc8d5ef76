"""What the page of a campaign's kit versions says, in the person's language."""

from collections.abc import Collection, Iterator, Sequence

from app.kits.changes import Changes
from app.kits.foresight import Foreseen
from app.kits.pieces import Group
from app.kits.takings import CityTaking, Taken
from app.kits.toolkit_views import key_label, part_label
from app.kits.version_contexts import PublishForm, TakenLine, TakingLine, VersionLine, WithoutButton
from app.kits.versions import MAX_NOTE_CHARS
from app.kits.views import LABELS
from app.models import Chapter, KitVersion, Person
from app.web.i18n import Translator, _

# Frames are around every contribution on the public pages from the first day on, and the code is that of the public form:
# an embargo on them would promise what cannot be kept.
EMBARGOABLE = tuple(group for group in Group if group not in {Group.FRAMES, Group.CODE})
DEFAULT_EMBARGO = (Group.DAY.value,)
KEYS_SHOWN = 12
CHANGE_SENTENCES = {
    "added": _("New pieces: %(names)s"),
    "removed": _("Pieces that are gone: %(names)s"),
    "redrawn": _("Pieces drawn in another way: %(names)s"),
    "languages_added": _("New languages: %(names)s"),
    "languages_removed": _("Languages that are gone: %(names)s"),
}


def group_label(value: str, speech: Translator) -> str:
    """What a group of pieces is called; one that is no longer known, by its own name."""
    return speech.gettext(LABELS[Group(value)][0]) if value in set(Group) else value


def version_line(version: KitVersion, person: Person | None, speech: Translator, *, zone: str) -> VersionLine:
    """A version with its note."""
    note = speech.choose(version.note)
    return VersionLine(
        number=version.number,
        note=note if note.text else None,
        published=speech.at_time(version.published_at, zone),
        by=person.name if person else None,
        embargoed=[group_label(value, speech) for value in version.embargoed],
    )


def taking_line(each: CityTaking, speech: Translator) -> TakingLine:
    """What a city took, by its own clock: the whole kit and the pieces since, or the pieces where nobody took all of it."""
    city, zone = speech.choose(each.city.names, "en"), each.city.time_zone
    held = each.whole or each.piece
    if held is None:
        nothing = speech.gettext(_("nothing yet"))
        return TakingLine(city, None, is_older=False, what=nothing, since=None, when="", who="", latest=(), more=None)
    since = None
    if each.whole is None:
        what = speech.ngettext("%(count)s piece", "%(count)s pieces", each.piece_count)
        what = what % {"count": speech.number(each.piece_count)}
    else:
        what = _with_languages(speech.gettext(_("all of it")), held, speech)
        since = _since(each, speech) if each.piece else None
    older = speech.ngettext("and %(count)s older one", "and %(count)s older ones", each.more_count)
    return TakingLine(
        city=city,
        version=held.version.number,
        is_older=each.is_older,
        what=what,
        since=since,
        when=speech.at_time(held.taking.taken_at, zone),
        who=held.person.name,
        latest=[_taken_line(one, speech, zone=zone) for one in each.latest] if each.piece or len(each.latest) > 1 else (),
        more=older % {"count": speech.number(each.more_count)} if each.more_count else None,
    )


def _taken_line(one: Taken, speech: Translator, *, zone: str) -> TakenLine:
    what = speech.gettext(_("all of it") if one.taking.path is None else _("a piece"))
    return TakenLine(
        what=_with_languages(what, one, speech),
        file=one.taking.path or "",
        version=one.version.number,
        when=speech.at_time(one.taking.taken_at, zone),
        who=one.person.name,
    )


def _with_languages(what: str, one: Taken, speech: Translator) -> str:
    languages = ", ".join(speech.language_name(tag) for tag in one.taking.languages)
    return f"{what} ({languages})" if languages else what


def _since(each: CityTaking, speech: Translator) -> str:
    assert each.piece is not None  # noqa: S101 - asked only where there is one
    sentence = speech.ngettext(
        "and %(count)s piece alone since then, on %(moment)s",
        "and %(count)s pieces alone since then, the last on %(moment)s",
        each.piece_count,
    )
    moment = speech.at_time(each.piece.taking.taken_at, each.city.time_zone)
    return sentence % {"count": speech.number(each.piece_count), "moment": moment}


def publish_form(
    seen: Foreseen,
    note: str,
    embargoed: Collection[str],
    speech: Translator,
    *,
    chapter: Chapter | None,
    without: WithoutButton | None = None,
    without_alone: bool = False,
) -> PublishForm:
    """What can be published, and what it will do; for one chapter only what is its own."""
    button = speech.gettext(_("Publish version %(number)s")) % {"number": speech.number(seen.number)}
    changes = list(change_sentences(seen.changes, speech)) if seen.changes is not None else []
    for each, own in seen.of_chapters:
        name = speech.choose(each.names, "en").text
        changes += [line if chapter else f"{name}: {line}" for line in change_sentences(own, speech)]
    return PublishForm(
        title=button,
        number=seen.number,
        is_new=seen.is_new,
        changes=changes,
        effects=list(_effects(seen, speech, chapter)),
        note=note,
        needs_note=seen.number > 1,
        max_note_chars=MAX_NOTE_CHARS,
        groups=[(group.value, group_label(group.value, speech), group.value in embargoed) for group in EMBARGOABLE]
        if chapter is None
        else [],
        button=None if without_alone else button,
        without=without,
    )


def without_button(chapters: Sequence[tuple[Chapter, bool]], speech: Translator) -> WithoutButton:
    """For everybody but these chapters, of each of which something is published already, or not."""
    names = {chapter.id: speech.choose(chapter.names, "en").text for chapter, _is_kept in chapters}
    label = speech.gettext(_("Publish without the variant of %(chapters)s: its cities keep what they have"))
    kept = ", ".join(names[chapter.id] for chapter, is_kept in chapters if is_kept)
    new = ", ".join(names[chapter.id] for chapter, is_kept in chapters if not is_kept)
    effects = []
    if kept:
        sentence = speech.gettext(_("The cities of %(chapters)s keep the kit that they have; all others get the new version."))
        effects.append(sentence % {"chapters": kept})
    if new:
        sentence = speech.gettext(
            _("Nothing of %(chapters)s is published yet: its cities get what the network has until its variant is mended.")
        )
        effects.append(sentence % {"chapters": new})
        if not kept:
            label = speech.gettext(_("Publish without the variant of %(chapters)s: its cities get the network's"))
    return WithoutButton(
        value=" ".join(chapter.slug for chapter, _is_kept in chapters),
        label=label % {"chapters": ", ".join(names.values())},
        effect=" ".join(effects),
    )


def change_sentences(changes: Changes, speech: Translator) -> Iterator[str]:
    """What is different, a sentence each."""
    for name, sentence in CHANGE_SENTENCES.items():
        found: Sequence[str] = getattr(changes, name)
        if found:
            is_language = name.startswith("languages")
            names = [speech.language_name(each) if is_language else each.replace("_", " ") for each in found]
            yield speech.gettext(sentence) % {"names": ", ".join(names)}
    if changes.look:
        yield speech.gettext(_("Colours or artwork are different."))
    for tag, keys in changes.texts.items():
        shown = ", ".join(_text_name(key, speech) for key in keys[:KEYS_SHOWN])
        if len(keys) > KEYS_SHOWN:
            more = speech.gettext(_("and %(count)s more")) % {"count": speech.number(len(keys) - KEYS_SHOWN)}
            shown = f"{shown} {more}"
        yield speech.gettext(_("Texts in %(language)s: %(keys)s")) % {"language": speech.language_name(tag), "keys": shown}


def _text_name(key: str, speech: Translator) -> str:
    """A text as its readers know it, such as “Posts: Facebook”."""
    return f"{part_label(key.split('.', maxsplit=1)[0], speech)}: {key_label(key, speech)}"


def _effects(seen: Foreseen, speech: Translator, chapter: Chapter | None) -> Iterator[str]:
    yield speech.gettext(
        _("The gate draws every piece and measures it. When nothing is found, the version is published by itself; you can leave.")
    )
    if chapter is not None:
        said = speech.gettext(_("Only the cities of %(chapter)s get something else; the kits of all others stay as they are."))
        yield said % {"chapter": speech.choose(chapter.names, "en").text}
    else:
        yield speech.gettext(
            _("The toolkit is frozen as it is then: kits are made of this version, and later changes wait for the next one.")
        )
    yield speech.gettext(_("The kits of all cities that take part are drawn ahead."))
    if seen.number == 1:
        yield speech.gettext(_("Every city that takes part finds its kit from then on."))
        if seen.late:
            sentence = speech.ngettext(
                "%(count)s city should have had its kit by now: its officers get a mail.",
                "%(count)s cities should have had their kits by now: their officers get a mail.",
                len(seen.late),
            )
            yield sentence % {"count": speech.number(len(seen.late))}
        return
    if seen.told:
        sentence = speech.ngettext(
            "%(count)s city took an older version: its officers get a mail with your note.",
            "%(count)s cities took an older version: their officers get a mail with your note.",
            len(seen.told),
        )
        yield sentence % {"count": speech.number(len(seen.told))}
    else:
        yield speech.gettext(_("Nobody who could be told took an older version, so nobody gets a mail."))
    if seen.silent:
        sentence = speech.ngettext(
            "%(count)s city took one and has nobody at the desk: nobody is told there.",
            "%(count)s cities took one and have nobody at the desk: nobody is told there.",
            len(seen.silent),
        )
        yield sentence % {"count": speech.number(len(seen.silent))}
