"""The steps of a time-line that assemble: the collage of a campaign, the film of a city, the joint film of all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.assembly.joint_plan import JOINT_FILMS
from app.assembly.queries import production_at
from app.assembly.service import request
from app.campaigns.plan import StepName
from app.campaigns.steps import DueStep, Outcome, StepAction
from app.enums import HELD_IN_THIS_ORDER, ProductionKind
from app.web.i18n import Translator, _

BY_HAND = (ProductionKind.HIGHLIGHTS, ProductionKind.BOOKLET)


def _is_final(step: DueStep) -> bool:
    """On the day it is made for the first time; once the day is over, for good."""
    return step.offset_days > 0


def begun_by_hand(session: Session, campaign_id: int) -> list[ProductionKind]:
    """The works that no step begins, of those that there are."""
    standing = ((kind, production_at(session, campaign_id, None, kind)) for kind in BY_HAND)
    return [kind for kind, production in standing if production is not None and production.version]


@dataclass(frozen=True, slots=True)
class BuildCollage:
    """Has the collage of the campaign made."""

    name: str = StepName.BUILD_COLLAGE.value
    expires_after: timedelta | None = None  # it is worth making however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        if _is_final(step):
            said = _(
                "The collage and its poster for print are made for good, of every contribution approved by then, and so are best"
                " moments and booklet where they were begun"
            )
            return speech.gettext(said)
        return speech.gettext(_("The collage is made and stands on the campaign's page"))

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Ask for it, and for the one to zoom into; at last also for what is printed, and for what the manager had begun."""
        kinds = [ProductionKind.COLLAGE, ProductionKind.ZOOMABLE_COLLAGE]
        if _is_final(step):
            kinds += [ProductionKind.POSTER, *begun_by_hand(session, step.campaign.id)]
        for kind in sorted(kinds, key=HELD_IN_THIS_ORDER.index):
            request(session, step.campaign, kind, now=now, final=_is_final(step))
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
        request(session, step.campaign, ProductionKind.CITY_FILM, city_id=step.city.id, now=now, final=_is_final(step))
        return {"final": int(_is_final(step))}


@dataclass(frozen=True, slots=True)
class BuildJointFilm:
    """Has both cuts of the joint film made."""

    name: str = StepName.BUILD_JOINT_FILM.value
    expires_after: timedelta | None = None  # it is worth making however late

    def preview(self, step: DueStep, speech: Translator) -> str:
        """What it will do."""
        if _is_final(step):
            return speech.gettext(_("The joint film is made for good, of every contribution approved by then"))
        return speech.gettext(_("The joint film is made and stands on the campaign's page"))

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        """Ask for both."""
        for kind in JOINT_FILMS:
            request(session, step.campaign, kind, now=now, final=_is_final(step))
        return {"final": int(_is_final(step))}


ACTIONS: list[StepAction] = [BuildCollage(), BuildCityFilm(), BuildJointFilm()]
