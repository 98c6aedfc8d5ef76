"""Makes what the pages about missing things show out of rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.campaigns.missing import Cell, Point, Standing, most_missing_first
from app.campaigns.missing_contexts import POINT_WORDS, CellView, CityRow, ColumnView, LeftOut, LetterView
from app.campaigns.missing_queries import CityStanding
from app.campaigns.reminder_letters import CityReminder, reminder, sentence_of
from app.campaigns.reminders import PersonReminder, ReminderPlan
from app.campaigns.timeline_views import name_of
from app.campaigns.views import desk_href, sorting_key
from app.models import Campaign, City, Network
from app.web.i18n import Translator, _, babel_locale, translator
from app.words import Chosen

DONE_WORDS = {Point.JOIN: _("joined"), Point.BRIEF: _("read"), Point.DECISIONS: _("nothing waits")}
MISSING_WORDS = {Point.DESK: _("nobody"), Point.JOIN: _("not joined"), Point.BRIEF: _("not read")}
ANSWERED, NO_ANSWER, AWAITED, NOT_ASKED = _("answered"), _("no answer"), _("awaited"), _("not asked")


def country_name(city: City, speech: Translator) -> str:
    """A city's country as the reader calls it."""
    return str(babel_locale(speech.language).territories.get(city.country, city.country))


def column_views(points: Iterable[Point], rows: Sequence[CityStanding], speech: Translator) -> list[ColumnView]:
    """The columns, each with how many of these cities miss it."""
    return [ColumnView(speech.gettext(POINT_WORDS[point]), sum(point in row.missing for row in rows)) for point in points]


def in_order(rows: Iterable[CityStanding], speech: Translator, *, by_name: bool) -> list[CityStanding]:
    """The cities by name, or those that miss most first."""
    named = sorted(rows, key=lambda row: sorting_key(name_of(row.city, speech).text))
    return named if by_name else sorted(named, key=lambda row: most_missing_first(row.cells))


def city_row(
    campaign: Campaign, row: CityStanding, points: Iterable[Point], speech: Translator, *, is_ticked: bool, now: datetime
) -> CityRow:
    """One city of the table."""
    may_be_ticked = campaign.status.is_running and not row.rests and bool(row.missing)
    return CityRow(
        slug=row.city.slug,
        name=name_of(row.city, speech),
        country=country_name(row.city, speech),
        href=desk_href(campaign, row.city),
        cells=[cell_view(point, row.cells[point], speech, now=now) for point in points],
        rests=row.rests,
        may_be_ticked=may_be_ticked,
        is_ticked=is_ticked and may_be_ticked,
        reminded=days_ago(row.reminded_at, speech, now=now) if row.reminded_at else None,
    )


def cell_view(point: Point, cell: Cell, speech: Translator, *, now: datetime) -> CellView:
    """How a city stands with a point, in a few words."""
    return CellView(speech.gettext(POINT_WORDS[point]), cell.standing.value, _words(point, cell, speech, now=now))


def _words(point: Point, cell: Cell, speech: Translator, *, now: datetime) -> str:
    if point is Point.CONTRIBUTIONS and (cell.count or cell.since):
        return speech.number(cell.count) if cell.count else speech.gettext(_("nothing yet"))
    if point is Point.DECISIONS and cell.since is not None:
        days = (now - cell.since).days
        return _waiting(cell.count, days, speech)
    if cell.standing is Standing.OFF:
        return speech.gettext(DONE_WORDS[point] if point is Point.DECISIONS else NOT_ASKED)
    if cell.standing is Standing.DUE:
        return speech.gettext(AWAITED)
    if point is Point.DESK and cell.count:
        said = speech.ngettext("%(count)s person", "%(count)s people", cell.count)
        return said % {"count": speech.number(cell.count)}
    is_done = cell.standing is Standing.DONE
    sentences = DONE_WORDS if is_done else MISSING_WORDS
    return speech.gettext(sentences.get(point, ANSWERED if is_done else NO_ANSWER))


def _waiting(count: int, days: int, speech: Translator) -> str:
    waiting = speech.ngettext("%(count)s waits", "%(count)s wait", count) % {"count": speech.number(count)}
    if not days:
        return waiting
    since = speech.ngettext("since yesterday", "for %(days)s days", days) % {"days": speech.number(days)}
    return f"{waiting}, {since}"


def days_ago(instant: datetime, speech: Translator, *, now: datetime) -> str:
    """How long ago, in days as people say it."""
    days = (now.date() - instant.date()).days
    if days <= 0:
        return speech.gettext(_("today"))
    return speech.ngettext("yesterday", "%(days)s days ago", days) % {"days": speech.number(days)}


def letter_view(campaign: Campaign, network: Network, each: PersonReminder, speech: Translator, *, base_url: str) -> LetterView:
    """A mail before it is sent."""
    written = reminder(campaign, network, each.person, each.cities, base_url=base_url)
    tag = translator(each.person.language).language
    return LetterView(
        name=each.person.name,
        email=each.person.email,
        language=speech.language_name(tag),
        language_tag=tag,
        subject=written.subject,
        sentences=[(name_of(city.city, speech), _sentences(city, speech)) for city in each.cities],
        text=written.text,
    )


def left_out(plan: ReminderPlan, speech: Translator) -> list[LeftOut]:
    """Whom the act does not reach, with the reason; nothing that is empty."""
    groups: list[tuple[str, str, list[Chosen]]] = [
        (
            _("Nobody to write to"),
            _("These cities have nobody at the desk. They can only be called."),
            [name_of(each.city, speech) for each in plan.unreachable],
        ),
        (
            _("They rest"),
            _("These cities have asked for a rest and are not reminded."),
            [name_of(city, speech) for city in plan.resting],
        ),
        (
            _("Nothing is missing"),
            _("From these cities nothing is missing now."),
            [name_of(city, speech) for city in plan.complete],
        ),
        (
            _("Reminded a short while ago"),
            _("These people got a reminder within the last twelve hours, and get no other now."),
            [Chosen(speech.language, each.person.name) for each in plan.just_reminded],
        ),
    ]
    return [
        LeftOut(speech.gettext(label), speech.gettext(why), sorted(names, key=lambda name: sorting_key(name.text)))
        for label, why, names in groups
        if names
    ]


def _sentences(each: CityReminder, speech: Translator) -> list[str]:
    city = name_of(each.city, speech).text
    return [sentence_of(point, each.cells[point], city, speech) for point in each.points]
