"""What a rehearsal looks for in a joint film: whether the cities fit into it, and whether anybody can be seen and heard."""

from collections.abc import Iterator, Sequence

from app.assembly.joint_rules import WHOLE_FILM_S, Material, short_cut, whole_cut
from app.campaigns.plan import StepName
from app.campaigns.rehearsal import Act, Check, Finding, Script
from app.errors import Refused
from app.web.i18n import Translator, _
from app.words import choose

JOINT_FILM = "/desk/campaigns/{slug}/joint-film"


def _too_many(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """Every city that plays may join, and may have sent nothing."""
    cities = [Material(place.city.id) for place in script.places if not place.city.is_elsewhere]
    plan = script.joint_film
    said = [script.quotes[each] for each in plan.quotes if each in script.quotes] if plan else []
    guests = [len(choose(words, script.campaign.languages).text) for words in said]
    try:
        whole_cut(cities, guests=guests, budget_s=plan.budget_s if plan else WHOLE_FILM_S)
        short_cut(cities)
    except Refused as refused:
        told = {name: refused.params[name] for name in ("cities", "budget_s", "needed_s")}
        yield from (Finding({"action": act.line.action, **told}, act=act) for act in _planned(acts))


def _nobody(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """Every city is left out by choice."""
    cities = {place.city.id for place in script.places}
    if cities and script.joint_film is not None and cities <= set(script.joint_film.card_only):
        yield from (Finding({"action": act.line.action}, act=act) for act in _planned(acts))


def _guest_gone(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """A guest of honour was chosen whose quote was taken back since."""
    chosen = script.joint_film.quotes if script.joint_film is not None else []
    if gone := len(set(chosen) - script.quotes.keys()):
        yield from (Finding({"action": act.line.action, "gone": gone}, act=act) for act in _planned(acts))


def _planned(acts: Sequence[Act]) -> Iterator[Act]:
    return (act for act in acts if act.line.action == StepName.BUILD_JOINT_FILM and act.standing is None)


def _number(count: int, speech: Translator) -> str:
    return speech.number(count)


CHECKS = (
    Check(
        "joint_film_too_long",
        _too_many,
        _("%(cities)s cities do not fit into %(budget_s)s seconds: they need at least %(needed_s)s"),
        _("Give the joint film more time, or choose fewer guests of honour."),
        JOINT_FILM,
        {"cities": _number, "budget_s": _number, "needed_s": _number},
    ),
    Check(
        "joint_film_shows_nobody",
        _nobody,
        _("Every city is in it by its name alone, so nobody can be seen and no film is made"),
        _("Let at least one city show what it sends."),
        JOINT_FILM,
    ),
    Check(
        "joint_film_guest_gone",
        _guest_gone,
        _("Guests of honour whose quote was taken back, or whose city left: %(gone)s"),
        _("Choose the guests again; until then the film is made without them."),
        JOINT_FILM,
        {"gone": _number},
    ),
)
