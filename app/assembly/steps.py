"""The steps of a time-line that assemble: the collage of a campaign, the film of a city."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.assembly.service import request_city_film, request_collage
from app.campaigns.plan import StepName
from app.campaigns.steps import DueStep, Outcome, StepAction
from app.web.i18n import Translator, _


def _is_final(step: DueStep) -> bool:
    """On the day it is made for the first time; once the day is over, for good."""
    return step.offset_days > 0


@dataclass(frozen=True, slots=True)
class BuildCollage:
    """Has the collage of the campaign made."""

    name: str = StepName.BUILD_COLLAGE.value
    expires_after: timedelta | None = None  # it is worth making however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        if _is_final(step):
            return speech.gettext(_("The collage is made for good, of every contribution approved by then"))
        return speech.gettext(_("The collage is made and stands on the campaign's page"))

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Ask for it."""
        request_collage(session, step.campaign, now=now, final=_is_final(step))
        return {"final": int(_is_final(step))}


@dataclass(frozen=True, slots=True)
class BuildCityFilm:
    """Has the film of one city made."""

    name: str = StepName.BUILD_CITY_FILM.value
    expires_after: timedelta | None = None  # it is worth making however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        assert step.city is not None  # noqa: S101 - a step of each city has one
        said = _("the film is made for good") if _is_final(step) else _("the film is made and stands on the city's page")
        return f"{speech.choose(step.city.names)}: {speech.gettext(said)}"

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Ask for it."""
        assert step.city is not None  # noqa: S101 - a step of each city has one
        request_city_film(session, step.campaign, step.city.id, now=now, final=_is_final(step))
        return {"final": int(_is_final(step))}


ACTIONS: list[StepAction] = [BuildCollage(), BuildCityFilm()]
