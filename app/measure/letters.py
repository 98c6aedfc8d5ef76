"""The mails that ask for figures, thank, and hand out a report."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.enums import FiguresMoment, SubmissionKind
from app.mail import Written
from app.measure.queries import KEPT, AskedFigures, Tally
from app.measure.rules import Span
from app.models import Campaign, Chapter, City, Network, Person
from app.submissions.languages import UNDETERMINED
from app.web.i18n import Translator, _, translator
from app.web.letters import Letter, write_letter
from app.words import Words, choose

FIGURES_SUBJECTS = {
    FiguresMoment.BEFORE: _("%(title)s: three numbers from %(city)s before the day"),
    FiguresMoment.ON: _("%(title)s: three numbers from %(city)s about the day"),
    FiguresMoment.AFTER: _("%(title)s: three numbers from %(city)s after the day"),
}
FIGURES_OPENINGS = {
    FiguresMoment.BEFORE: _(
        "“%(title)s” wants to know what it changes, and for that where %(city)s stands before the day. Three numbers are enough: "
        "how many people follow your city's accounts, how many its posts reached (%(days)s), and how many reacted."
    ),
    FiguresMoment.ON: _(
        "the day of “%(title)s” is over in %(city)s. Three numbers tell what it was: how many people follow your city's "
        "accounts, how many its posts reached on %(days)s, and how many reacted."
    ),
    FiguresMoment.AFTER: _(
        "some time has passed since the day of “%(title)s”. Three numbers tell what stays in %(city)s: how many people "
        "follow your city's accounts now, how many its posts reached (%(days)s), and how many reacted."
    ),
}
FIGURES_ACT = _("Give the three numbers")
FIGURES_CLOSING = _(
    "The link needs no account: whoever has the numbers can use it. Leave empty what nobody knows. "
    "You can change them until the campaign closes."
)
THANKS_SUBJECT = _("%(title)s: thank you, %(city)s")
THANKS_OPENING = _("thank you for “%(title)s”. %(counts)s Without %(city)s something would be missing.")
THANKS_ACT = _("See your city's page")
THANKS_CLOSING = _("Everybody who sent something finds our thanks on their own receipt. Please thank those who helped you too.")
REPORT_SUBJECT = _("%(title)s: the report of %(place)s")
REPORT_OPENINGS = (
    _("the report of “%(title)s” in %(place)s is ready: what people sent, your figures, and all that was made of it."),
    _("the report of “%(title)s” for the cities of %(place)s is ready: what people sent, and the figures that the cities gave."),
)
REPORT_ACT = _("Read the report")
REPORT_CLOSING = _("If a link to sign in is asked for, type this e-mail address; there is no password.")


@dataclass(frozen=True, slots=True)
class CityOf:
    """A report of one city."""

    city: City

    def named(self, network: Network) -> Words:  # noqa: ARG002 - the other kind of report asks for it
        """What it is about."""
        return self.city.names


@dataclass(frozen=True, slots=True)
class ChapterOf:
    """A report of a chapter's cities; None: of all cities of the network."""

    chapter: Chapter | None

    def named(self, network: Network) -> Words:
        """What it is about."""
        return self.chapter.names if self.chapter else network.names


def figures_letter(asked: AskedFigures, person: Person, link: str) -> Written:
    """The mail that asks for three numbers."""
    speech, moment = translator(person.language), asked.figures.moment
    said = _said(person, title=asked.campaign.title, city=asked.city.names) | {"days": days_said(asked.span, speech)}
    letter = Letter(
        name=person.name,
        opening=speech.gettext(FIGURES_OPENINGS[moment]) % said,
        about=None,
        act=speech.gettext(FIGURES_ACT),
        link=link,
        closing=speech.gettext(FIGURES_CLOSING),
    )
    return _written(letter, speech.gettext(FIGURES_SUBJECTS[moment]) % said, asked.network, person)


def thanks_letter(network: Network, campaign: Campaign, city: City, tally: Tally, person: Person, link: str) -> Written:
    """The mail that thanks a city, with what it brought."""
    speech = translator(person.language)
    said = _said(person, title=campaign.title, city=city.names)
    letter = Letter(
        name=person.name,
        opening=speech.gettext(THANKS_OPENING) % (said | {"counts": brought(tally, said["city"], speech)}),
        about=None,
        act=speech.gettext(THANKS_ACT),
        link=link,
        closing=speech.gettext(THANKS_CLOSING),
    )
    return _written(letter, speech.gettext(THANKS_SUBJECT) % said, network, person)


def report_letter(network: Network, campaign: Campaign, place: CityOf | ChapterOf, person: Person, link: str) -> Written:
    """The mail that hands out a report."""
    speech = translator(person.language)
    said = _said(person, title=campaign.title, place=place.named(network))
    letter = Letter(
        name=person.name,
        opening=speech.gettext(REPORT_OPENINGS[isinstance(place, ChapterOf)]) % said,
        about=None,
        act=speech.gettext(REPORT_ACT),
        link=link,
        closing=speech.gettext(REPORT_CLOSING),
    )
    return _written(letter, speech.gettext(REPORT_SUBJECT) % said, network, person)


def brought(tally: Tally, city: str, speech: Translator) -> str:
    """What a city brought, in a sentence: how much, of which kinds, in how many languages."""
    by_kind = {kind: sum(count for state, count in states.items() if state in KEPT) for kind, states in tally.by_kind.items()}
    kinds = ", ".join(_counted_kind(kind, by_kind[kind], speech) for kind in SubmissionKind if by_kind.get(kind))
    count, languages = tally.kept, len(tally.by_language.keys() - {UNDETERMINED})
    if not languages:
        whole = speech.ngettext(
            "%(num)s contribution came from %(city)s (%(kinds)s).", "%(num)s contributions came from %(city)s (%(kinds)s).", count
        )
        return whole % {"num": speech.number(count), "city": city, "kinds": kinds}
    whole = speech.ngettext(
        "%(num)s contribution came from %(city)s (%(kinds)s)", "%(num)s contributions came from %(city)s (%(kinds)s)", count
    )
    spoken = speech.ngettext("in %(num)s language.", "in %(num)s languages.", languages)
    came = whole % {"num": speech.number(count), "city": city, "kinds": kinds}
    return f"{came} {spoken % {'num': speech.number(languages)}}"


def _counted_kind(kind: SubmissionKind, count: int, speech: Translator) -> str:
    sentences: Mapping[SubmissionKind, str] = {
        SubmissionKind.TEXT: speech.ngettext("%(num)s in words", "%(num)s in words", count),
        SubmissionKind.PHOTO: speech.ngettext("%(num)s photo", "%(num)s photos", count),
        SubmissionKind.CLIP: speech.ngettext("%(num)s film", "%(num)s films", count),
        SubmissionKind.SOUND: speech.ngettext("%(num)s sound", "%(num)s sounds", count),
    }
    return sentences[kind] % {"num": speech.number(count)}


def days_said(span: Span, speech: Translator) -> str:
    """Days in words: one by its name, more from the first to the last."""
    if span.days == 1:
        return speech.on_date(span.first_on)
    ends = {"first": speech.on_date(span.first_on), "last": speech.on_date(span.last_on)}
    return speech.gettext(_("from %(first)s to %(last)s")) % ends


def _said(person: Person, **words: Words) -> dict[str, str]:
    """Names in the person's language, else in the nearest that pages speak."""
    languages = (person.language, translator(person.language).language)
    return {name: choose(each, languages).text for name, each in words.items()}


def _written(letter: Letter, subject: str, network: Network, person: Person) -> Written:
    return write_letter(letter, subject=subject, network_names=network.names, language=person.language)
