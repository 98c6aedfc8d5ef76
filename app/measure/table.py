"""The report of many cities as CSV: one line each, what is not known left empty."""

import csv
import io
from collections.abc import Iterable, Sequence

from app.enums import FiguresMoment, SubmissionState
from app.measure.queries import CityRow, span_asked
from app.measure.views import city_label
from app.measure.wording import FIGURES
from app.models import Campaign
from app.web.i18n import Translator

STATES = (
    ("approved", (SubmissionState.APPROVED,)),
    ("waiting", (SubmissionState.RECEIVED, SubmissionState.PENDING)),
    ("not_shown", (SubmissionState.REJECTED,)),
    ("not_prepared", (SubmissionState.FAILED,)),
    ("taken_back", (SubmissionState.WITHDRAWN,)),
)
MOMENT_COLUMNS = tuple(
    f"{name}_{moment.value}"
    for moment in FiguresMoment
    for name in ("asked", "answered", "first_day", "last_day", *(figure.name for figure in FIGURES))
)
COLUMNS = ("city", "name", "country", "elsewhere", "sent", *(name for name, _states in STATES), "shown", *MOMENT_COLUMNS)
BYTE_ORDER_MARK = "\ufeff"  # by it the spreadsheets of offices know UTF-8


def csv_of(rows: Iterable[CityRow], campaign: Campaign, speech: Translator) -> bytes:
    """The table, its columns by names that stay the same in every language."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(_line(row, campaign, speech))
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def _line(row: CityRow, campaign: Campaign, speech: Translator) -> Sequence[str | int | None]:
    cells: list[str | int | None] = [
        row.city.slug,
        _harmless(city_label(row.city, speech)),
        row.city.country,
        "yes" if row.city.is_elsewhere else "no",
        row.tally.came,
        *(sum(row.tally.by_state.get(state, 0) for state in states) for _name, states in STATES),
        row.tally.shown,
    ]
    for moment in FiguresMoment:
        figures = row.figures.get(moment)
        if figures is None:
            cells += [None] * (4 + len(FIGURES))
            continue
        span = span_asked(figures, campaign, row.city)
        answered = figures.answered_at.date().isoformat() if figures.answered_at else None
        cells += [figures.asked_at.date().isoformat(), answered, span.first_on.isoformat(), span.last_on.isoformat()]
        cells += [figure.of(figures) for figure in FIGURES]
    return cells


def _harmless(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
