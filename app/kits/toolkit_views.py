"""What the pages of toolkits show, in the person's language."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.campaigns.brief import is_fixed
from app.errors import Refused
from app.kits.handles import NETWORKS
from app.kits.releases import KitChange
from app.kits.slots import day_in_words
from app.kits.toolkit import Toolkit, patterns_of
from app.kits.toolkit_contexts import LanguageLine, LanguagePage, TextPart, ToolkitLine
from app.kits.variant_queries import Whose
from app.kits.variant_service import may_keep
from app.models import Campaign, City, Person, TextRelease
from app.web.errors import field_errors
from app.web.i18n import Translator, _, calendar_locale
from app.words import Chosen, Words, choose

LEAP_YEAR = 2028
Releases = dict[str, tuple[TextRelease, Person | None]]
READ, DRAFT = _("read by %(person)s on %(day)s"), _("a draft: nobody who speaks it has read it yet; kits leave it out")
RELEASED_BY = _("a draft, released by %(person)s on %(day)s")
RELEASED = _("a draft, handed out since %(day)s")
UNSPOKEN = _("No campaign speaks it yet: add it to the brief of %(campaigns)s.")
UNSPOKEN_AND_FIXED = _("No campaign speaks it yet, and the brief of %(campaigns)s is fixed: the next campaign can have it.")
PARTS = {
    "posts": _("Posts"),
    "contribution": _("The post that goes with a contribution"),
    "note": _("Briefing note"),
    "alt": _("What is said to those who do not see or hear"),
    "prints": _("On paper, beside the code of the form"),
    "plan": _("Posts of the time-line"),
    "press_release": _("Press release"),
    "mayor_quote": _("A quote for the mayor"),
    "bulletin": _("For the municipal bulletin"),
    "colleagues": _("For colleagues"),
    "replies": _("Reply sheet"),
    "labels": _("Headings"),
}
TITLE, BODY = _("Heading"), _("Text")
KEYS = {  # by part and key, without the numbers of lists
    "contribution.named": _("With the person's name"),
    "contribution.unnamed": _("Without a name"),
    "note.title": TITLE,
    "note.body": BODY,
    "note.do": _("Do: point %(number)s"),
    "note.dont": _("Do not: point %(number)s"),
    "alt.photo": _("A photo"),
    "alt.clip": _("A film"),
    "alt.sound": _("A sound"),
    "alt.card": _("Words shown as a picture"),
    "alt.frame": _("A picture in the frame"),
    "alt.picture": _("Everything that shows the message"),
    "alt.countdown": _("The countdown"),
    "prints.invitation": _("Invitation"),
    "plan.countdown": _("Countdown"),
    "plan.day": _("On the day"),
    "plan.after": _("After the day"),
    "press_release.title": TITLE,
    "press_release.body": BODY,
    "mayor_quote.text": _("The quote"),
    "bulletin.title": TITLE,
    "bulletin.body": BODY,
    "colleagues.title": TITLE,
    "colleagues.body": BODY,
    "replies.house_rules": _("House rule %(number)s"),
    "replies.hide": _("When to hide a comment"),
    "replies.report": _("When to report it"),
    "replies.call": _("When to call whom"),
    "replies.rumours.says": _("Rumour %(number)s: what one says"),
    "replies.rumours.answer": _("Rumour %(number)s: what we answer"),
}


def toolkit_line(toolkit: Toolkit, releases: Releases, speech: Translator, *, zone: str, query: str = "") -> ToolkitLine:
    """A toolkit with its languages, the one it was written in first; `query` says whose it is."""
    source = toolkit.manifest.source_language
    tags = sorted(toolkit.texts, key=lambda tag: (tag != source, speech.language_name(tag).casefold()))
    return ToolkitLine(
        name=name_of(toolkit, speech),
        href=f"/desk/toolkits/{toolkit.slug}{query}",
        picture_href=f"/desk/toolkits/{toolkit.slug}/post.webp{query}",
        day=_day(toolkit.manifest.day, speech),
        version=toolkit.version,
        languages=[language_line(toolkit, tag, releases, speech, zone=zone, query=query) for tag in tags],
    )


def trouble_said(refused: Refused, speech: Translator) -> str:
    """Why a toolkit cannot be loaded, all of it."""
    return " ".join(each.sentence for each in field_errors(refused, speech))


def name_of(toolkit: Toolkit, speech: Translator) -> Chosen:
    """What its day is called."""
    return choose(Words(toolkit.manifest.source_language, toolkit.names), [speech.language])


def language_line(
    toolkit: Toolkit, tag: str, releases: Releases, speech: Translator, *, zone: str, query: str = ""
) -> LanguageLine:
    """How a language stands."""
    meta = toolkit.texts[tag].meta
    released = releases.get(tag)
    if meta.reviewed_by and meta.reviewed_on:
        stands = speech.gettext(READ) % {"person": meta.reviewed_by, "day": speech.on_date(meta.reviewed_on)}
    elif released is None:
        stands = speech.gettext(DRAFT)
    else:
        row, person = released
        day = speech.on_date(row.released_at.astimezone(ZoneInfo(zone)))
        stands = speech.gettext(RELEASED_BY if person else RELEASED) % {"person": person.name if person else "", "day": day}
    return LanguageLine(
        tag=tag,
        name=speech.language_name(tag),
        stands=stands,
        is_used=released is not None or meta.reviewed_by is not None,
        is_draft=meta.reviewed_by is None,
        href=f"/desk/toolkits/{toolkit.slug}/{tag}{query}",
    )


def language_page(
    toolkit: Toolkit,
    tag: str,
    releases: Releases,
    change: KitChange | None,
    silent: Sequence[Campaign],
    whose: Whose,
    actor: Actor,
    speech: Translator,
    *,
    zone: str,
) -> LanguagePage:
    """The texts of a language, and what deciding about them does."""
    line = language_line(toolkit, tag, releases, speech, zone=zone, query=whose.query)
    base = f"/desk/toolkits/{toolkit.slug}/{tag}"
    by_part = groupby(patterns_of(toolkit.texts[tag]), key=lambda pair: pair[0].split(".")[0])
    return LanguagePage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        toolkit=toolkit_line(toolkit, releases, speech, zone=zone, query=whose.query),
        whose=speech.choose(whose.names, "en"),
        of_network=not whose.slug,
        language=line,
        parts=[
            TextPart(part_label(part, speech), [(key_label(key, speech), text) for key, text in found]) for part, found in by_part
        ],
        effect=effect_of(change, line, speech) if change else None,
        unspoken=unspoken(silent, speech),
        act_href=f"{base}/{'take-back' if line.is_used else 'release'}{whose.query}",
        button=speech.gettext(_("Take it back") if line.is_used else _("Release this draft")),
        correct_href=f"{base}/correct{whose.query}" if may_keep(actor, whose.scope) else None,
    )


def part_label(part: str, speech: Translator) -> str:
    """What a part of the texts is called."""
    return speech.gettext(PARTS[part]) if part in PARTS else part


def key_label(key: str, speech: Translator) -> str:
    """What a text is called within its part; those of a list are counted from one."""
    part, *inner = key.split(".")
    if part == "posts":
        return NETWORKS.get(inner[0], inner[0])
    number = next((int(each) + 1 for each in inner if each.isdigit()), 0)
    name = ".".join([part, *(each for each in inner if not each.isdigit())])
    return speech.gettext(KEYS[name]) % {"number": speech.number(number)} if name in KEYS else ".".join(inner)


def effect_of(change: KitChange, line: LanguageLine, speech: Translator) -> str:
    """What will change, in a sentence."""
    if not change.city_count:
        return speech.gettext(_("No city's kit changes today: no running campaign has this look in a city that speaks it."))
    names = ", ".join(speech.choose(each.title).text for each in change.campaigns)
    if line.is_used:
        sentence = speech.ngettext(
            "The kit of %(count)s city (%(campaigns)s) loses its texts in %(language)s. What was taken stays taken.",
            "The kits of %(count)s cities (%(campaigns)s) lose their texts in %(language)s. What was taken stays taken.",
            change.city_count,
        )
    else:
        sentence = speech.ngettext(
            "The texts in %(language)s go into the kit of %(count)s city (%(campaigns)s), unread as they are.",
            "The texts in %(language)s go into the kits of %(count)s cities (%(campaigns)s), unread as they are.",
            change.city_count,
        )
    return sentence % {"count": speech.number(change.city_count), "campaigns": names, "language": line.name}


def unspoken(campaigns: Sequence[Campaign], speech: Translator) -> str | None:
    """That no running campaign speaks a language, and what to do about it; None where there is none that lacks it."""
    if not campaigns:
        return None
    open_briefs = [each for each in campaigns if not is_fixed(each)]
    sentence = UNSPOKEN if open_briefs else UNSPOKEN_AND_FIXED
    names = ", ".join(speech.choose(each.title).text for each in open_briefs or campaigns)
    return speech.gettext(sentence) % {"campaigns": names}


def example_slots(toolkit: Toolkit, city: City | None, on: date, speech: Translator) -> tuple[dict[str, str], str]:
    """Words for a picture of the toolkit, in the reader's language where it has a message there; and that language."""
    message = choose(Words(toolkit.manifest.source_language, toolkit.messages), [speech.language])
    name = choose(city.names, [message.language, *city.languages]).text if city else "Polyphony"
    words = {"message": message.text, "city": name, "hashtag": toolkit.manifest.hashtag}
    return {**words, "day": day_in_words(on, message.language)}, message.language


def next_day(toolkit: Toolkit, today: date) -> date:
    """The toolkit's day as it comes next; of one without a day, today."""
    if toolkit.manifest.day is None:
        return today
    month, day = map(int, toolkit.manifest.day.split("-"))
    return next(on for on in (date(today.year, month, day), date(today.year + 1, month, day)) if on >= today)


def _day(month_and_day: str | None, speech: Translator) -> str | None:
    if month_and_day is None:
        return None
    on = date.fromisoformat(f"{LEAP_YEAR}-{month_and_day}")
    return str(format_skeleton("MMMMd", on, locale=calendar_locale(speech.language)))
