"""From counts and figures to what a report shows."""

from collections.abc import Mapping, Sequence

from app.enums import FiguresMoment, SubmissionKind, SubmissionState
from app.measure import wording
from app.measure.contexts import FiguresTable
from app.measure.letters import days_said
from app.measure.queries import CityRow, Tally, span_asked
from app.measure.rules import can_compare, change
from app.measure.wording import FIGURES, Figure, counted, with_sign
from app.models import AudienceFigures, Campaign, City
from app.moderation.wording import KINDS
from app.submissions.languages import UNDETERMINED
from app.web.i18n import Translator, _

S = SubmissionState
WORD, NUMBER = "word", "number"
WAITING = (S.RECEIVED, S.PENDING)
EACH_SUM = _(
    "Each sum is that of the cities that gave this number, and of no other; a change is that of the cities that gave both."
)
CHANGED_AFTER = (FiguresMoment.ON, FiguresMoment.AFTER)


def kinds_table(tally: Tally, speech: Translator) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Contributions by what they are and how they stand, with their sum; kinds that nobody sent are left out."""
    states = (
        (_("Sent"), tuple(S)),
        (_("Approved"), (S.APPROVED,)),
        (_("Waiting"), WAITING),
        (_("Not shown"), (S.REJECTED,)),
        (_("Could not be prepared"), (S.FAILED,)),
        (_("Taken back"), (S.WITHDRAWN,)),
    )
    used = [(label, within) for label, within in states if label == "Sent" or any(tally.by_state.get(each) for each in within)]
    columns = [(speech.gettext(_("What")), WORD), *((speech.gettext(label), NUMBER) for label, _within in used)]
    rows = [
        [speech.gettext(KINDS[kind]), *_cells(tally.by_kind[kind], used, speech)]
        for kind in SubmissionKind
        if kind in tally.by_kind
    ]
    return columns, [*rows, [speech.gettext(_("Together")), *_cells(tally.by_state, used, speech)]]


def _cells(
    counts: Mapping[SubmissionState, int], used: Sequence[tuple[str, tuple[SubmissionState, ...]]], speech: Translator
) -> list[str]:
    return [speech.number(sum(counts.get(state, 0) for state in within)) for _label, within in used]


def languages_said(tally: Tally, speech: Translator) -> list[str]:
    """Languages with how many contributions are in each, the most spoken first."""
    named = {
        speech.gettext(_("language not known")) if tag == UNDETERMINED else speech.language_name(tag): count
        for tag, count in tally.by_language.items()
    }
    ordered = sorted(named.items(), key=lambda each: (-each[1], each[0]))
    return [f"{name}: {speech.number(count)}" for name, count in ordered]


def counts_said(tally: Tally, speech: Translator) -> str:
    """What came and what is shown, in sentences."""
    if not tally.came:
        return speech.gettext(_("Nothing was sent."))
    sentences = [
        (tally.came, speech.ngettext("%(num)s contribution was sent.", "%(num)s contributions were sent.", tally.came)),
        (
            tally.by_state.get(S.APPROVED, 0),
            speech.ngettext("%(num)s is approved.", "%(num)s are approved.", tally.by_state.get(S.APPROVED, 0)),
        ),
        (tally.shown, speech.ngettext("%(num)s is shown to everyone.", "%(num)s are shown to everyone.", tally.shown)),
        (
            tally.by_state.get(S.WITHDRAWN, 0),
            speech.ngettext("%(num)s was taken back.", "%(num)s were taken back.", tally.by_state.get(S.WITHDRAWN, 0)),
        ),
    ]
    return " ".join(counted(sentence, count, speech) for count, sentence in sentences if count)


def gaps_said(tally: Tally, speech: Translator) -> list[str]:
    """What the counts do not tell, one sentence each."""
    waiting = sum(tally.by_state.get(state, 0) for state in WAITING)
    failed, unknown = tally.by_state.get(S.FAILED, 0), tally.by_language.get(UNDETERMINED, 0)
    found = (
        (waiting, speech.ngettext("%(num)s still waits for a person.", "%(num)s still wait for a person.", waiting)),
        (
            failed,
            speech.ngettext(
                "%(num)s could not be prepared; its person was told.",
                "%(num)s could not be prepared; their people were told.",
                failed,
            ),
        ),
        (unknown, speech.ngettext("Of %(num)s nobody knows the language.", "Of %(num)s nobody knows the language.", unknown)),
        (tally.samples, speech.ngettext("%(num)s of them is a sample.", "%(num)s of them are samples.", tally.samples)),
    )
    return [counted(sentence, count, speech) for count, sentence in found if count]


def city_figures(row: CityRow, campaign: Campaign, speech: Translator) -> FiguresTable:
    """A city's figures by moment; a change is told where the two numbers are about as many days."""
    columns = [(speech.gettext(_("What")), WORD)]
    for moment in FiguresMoment:
        columns.append((speech.gettext(wording.MOMENTS[moment]), NUMBER))
        if moment in CHANGED_AFTER:
            columns.append((speech.gettext(_("Change since before")), NUMBER))
    rows = []
    for figure in FIGURES:
        cells = [speech.gettext(figure.label)]
        for moment in FiguresMoment:
            cells.append(_cell(row.figures.get(moment), figure, speech))
            if moment in CHANGED_AFTER:
                cells.append(_change_cell(row, campaign, figure, moment, speech))
        rows.append(cells)
    return FiguresTable(columns, rows, _spans_said(row, campaign, speech))


def _cell(figures: AudienceFigures | None, figure: Figure, speech: Translator) -> str:
    if figures is None:
        return speech.gettext(wording.NOT_ASKED)
    if figures.answered_at is None:
        return speech.gettext(wording.NO_ANSWER)
    return wording.number_or_not(figure.of(figures), speech)


def change_of(row: CityRow, campaign: Campaign, figure: Figure, moment: FiguresMoment) -> int | None:
    """What changed since before the day; None where a number is not known, or the two are about unlike lengths of time."""
    before, later = row.figures.get(FiguresMoment.BEFORE), row.figures.get(moment)
    if before is None or later is None:
        return None
    spans = span_asked(before, campaign, row.city), span_asked(later, campaign, row.city)
    if not figure.is_stock and not can_compare(*spans):
        return None
    return change(figure.of(before), figure.of(later))


def _change_cell(row: CityRow, campaign: Campaign, figure: Figure, moment: FiguresMoment, speech: Translator) -> str:
    found = change_of(row, campaign, figure, moment)
    return "\N{EN DASH}" if found is None else with_sign(found, speech)


def _spans_said(row: CityRow, campaign: Campaign, speech: Translator) -> list[str]:
    said = [
        f"{speech.gettext(wording.MOMENTS[moment])}: {days_said(span_asked(row.figures[moment], campaign, row.city), speech)}."
        for moment in FiguresMoment
        if moment in row.figures
    ]
    if len(said) > 1:
        said.append(speech.gettext(_("What posts did in one day is not set against what they did in a week.")))
    return said


def figures_missing(row: CityRow, speech: Translator) -> list[str]:
    """Which figures are not there, and why."""
    found = []
    for moment in FiguresMoment:
        figures, name = row.figures.get(moment), speech.gettext(wording.MOMENTS[moment])
        if figures is None:
            found.append(speech.gettext(_("%(moment)s: the city was not asked for figures.")) % {"moment": name})
        elif figures.answered_at is None:
            found.append(speech.gettext(_("%(moment)s: the city was asked for figures and has not answered.")) % {"moment": name})
    return found


def together(rows: Sequence[CityRow], campaign: Campaign, speech: Translator) -> FiguresTable:
    """The figures of many cities: each sum with how many cities it is the sum of; a change of those alone that gave both."""
    asked = [row for row in rows if not row.city.is_elsewhere]
    columns = [(speech.gettext(_("What")), WORD)]
    for moment in FiguresMoment:
        columns.append((speech.gettext(wording.MOMENTS[moment]), NUMBER))
        if moment in CHANGED_AFTER:
            columns.append((speech.gettext(_("Change since before")), NUMBER))
    table = []
    for figure in FIGURES:
        cells = [speech.gettext(figure.label)]
        for moment in FiguresMoment:
            given = [figure.of(row.figures[moment]) for row in asked if moment in row.figures]
            cells.append(_sum_said([value for value in given if value is not None], len(asked), speech))
            if moment in CHANGED_AFTER:
                changes = [change_of(row, campaign, figure, moment) for row in asked]
                cells.append(_change_said([value for value in changes if value is not None], speech))
        table.append(cells)
    notes = [
        speech.gettext(EACH_SUM),
        speech.gettext(_("Somebody who follows two cities is counted in both.")),
    ]
    return FiguresTable(columns, table, notes)


def _sum_said(values: Sequence[int], of: int, speech: Translator) -> str:
    if not values:
        return speech.gettext(wording.NOT_KNOWN)
    sentence = speech.ngettext("%(sum)s (%(num)s city of %(of)s)", "%(sum)s (%(num)s cities of %(of)s)", len(values))
    return sentence % {"sum": speech.number(sum(values)), "num": speech.number(len(values)), "of": speech.number(of)}


def _change_said(values: Sequence[int], speech: Translator) -> str:
    if not values:
        return "\N{EN DASH}"
    sentence = speech.ngettext("%(sum)s (%(num)s city)", "%(sum)s (%(num)s cities)", len(values))
    return sentence % {"sum": with_sign(sum(values), speech), "num": speech.number(len(values))}


def has_answered(row: CityRow) -> bool:
    """Whether the city has given any of its figures, or said that it knows none."""
    return any(figures.answered_at is not None for figures in row.figures.values())


def city_label(city: City, speech: Translator) -> str:
    """The city's name to this reader."""
    return speech.place(city.names, *city.languages).text
