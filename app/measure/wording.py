"""How figures and counts are said."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.enums import FiguresMoment
from app.models import AudienceFigures
from app.web.i18n import Translator, _

MOMENTS: Mapping[FiguresMoment, str] = {
    FiguresMoment.BEFORE: _("Before the day"),
    FiguresMoment.ON: _("On the day"),
    FiguresMoment.AFTER: _("After the day"),
}
GIVE: Mapping[FiguresMoment, str] = {
    FiguresMoment.BEFORE: _("Give the numbers before the day"),
    FiguresMoment.ON: _("Give the numbers of the day"),
    FiguresMoment.AFTER: _("Give the numbers after the day"),
}
CHANGE: Mapping[FiguresMoment, str] = {
    FiguresMoment.BEFORE: _("Change the numbers before the day"),
    FiguresMoment.ON: _("Change the numbers of the day"),
    FiguresMoment.AFTER: _("Change the numbers after the day"),
}
NOT_KNOWN = _("not known")
NOT_ASKED = _("not asked")
NO_ANSWER = _("no answer")


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the three numbers."""

    name: str  # of the column and of the field
    label: str
    is_stock: bool  # it stands at a value at any moment, so that two of them can always be compared

    def of(self, figures: AudienceFigures) -> int | None:
        """What a city said."""
        value: int | None = getattr(figures, self.name)
        return value


FIGURES = (
    Figure("followers", _("Followers of all accounts"), is_stock=True),
    Figure("reached", _("People reached by the posts"), is_stock=False),
    Figure("reactions", _("Reactions to them"), is_stock=False),
)


def number_or_not(value: int | None, speech: Translator) -> str:
    """A number, or that nobody knows it."""
    return speech.gettext(NOT_KNOWN) if value is None else speech.number(value)


def with_sign(value: int, speech: Translator) -> str:
    """A change, with its sign; no change is none."""
    if value == 0:
        return speech.gettext(_("no change"))
    number = speech.number(abs(value))
    return f"+{number}" if value > 0 else f"\N{MINUS SIGN}{number}"


def counted(sentence: str, count: int, speech: Translator) -> str:
    """A sentence with its one number."""
    return sentence % {"num": speech.number(count)}
