"""The mail that reminds somebody at the desk of what their cities miss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.campaigns.brief_letters import CLOSING
from app.campaigns.missing import Cell, Point
from app.mail import Written
from app.models import Campaign, City, Network, Person
from app.web.i18n import Translator, _, translator
from app.web.letters import Letter, LetterPoint, write_letter
from app.words import choose

SUBJECT = _("%(title)s: what is still missing")
OPENING = _("this is still missing from %(cities)s for “%(title)s”; the day is %(day)s.")
OPEN_CAMPAIGN, SEE_TO_IT = _("Open the campaign"), _("See to it")
THANKS = _("If it has been done in the meantime: thank you.")
SENTENCES = {
    Point.JOIN: _("%(city)s is invited and has not joined yet."),
    Point.BRIEF: _("Nobody from %(city)s has read the brief yet. It can still be changed, and comments are welcome."),
    Point.FIGURES_BEFORE: _(
        "%(city)s was asked for three numbers about its audience before the day. The link is in the mail of %(day)s."
    ),
    Point.FIGURES_ON: _(
        "%(city)s was asked for three numbers about its audience on the day. The link is in the mail of %(day)s."
    ),
    Point.FIGURES_AFTER: _(
        "%(city)s was asked for three numbers about its audience after the day. The link is in the mail of %(day)s."
    ),
}


@dataclass(frozen=True, slots=True)
class CityReminder:
    """What one city is reminded of."""

    city: City
    points: Sequence[Point]
    cells: Mapping[Point, Cell]


def reminder(campaign: Campaign, network: Network, person: Person, cities: Sequence[CityReminder], *, base_url: str) -> Written:
    """The mail to this person about these cities, in the person's language."""
    speech = translator(person.language)
    languages = (person.language, speech.language)
    title = choose(campaign.title, languages).text
    placed = [(link_of(campaign, each.city, point, base_url), each, point) for each in cities for point in each.points]
    links = {link for link, _each, _point in placed}
    at_campaign = campaign_link(campaign, base_url)
    link = links.pop() if len(links) == 1 else at_campaign
    letter = Letter(
        name=person.name,
        opening=speech.gettext(OPENING)
        % {
            "cities": ", ".join(choose(each.city.names, languages).text for each in cities),
            "title": title,
            "day": speech.on_date(campaign.day_on),
        },
        about=None,
        points=[
            LetterPoint(
                sentence_of(point, each.cells[point], choose(each.city.names, languages).text, speech),
                None if its_link == link else its_link,
            )
            for its_link, each, point in placed
        ],
        act=speech.gettext(OPEN_CAMPAIGN if link == at_campaign else SEE_TO_IT),
        link=link,
        closing=f"{speech.gettext(THANKS)} {speech.gettext(CLOSING)}",
    )
    subject = speech.gettext(SUBJECT) % {"title": title}
    return write_letter(letter, subject=subject, network_names=network.names, language=person.language)


def sentence_of(point: Point, cell: Cell, city: str, speech: Translator) -> str:
    """What a city misses, in a sentence."""
    if point is Point.CONTRIBUTIONS:
        return _of_contributions(cell, speech) % {"city": city, "count": speech.number(cell.count)}
    day = speech.on_date(cell.since) if cell.since else ""
    if point is Point.DECISIONS:
        sentence = speech.ngettext(
            "%(count)s contribution from %(city)s waits for a decision, since %(day)s.",
            "%(count)s contributions from %(city)s wait for a decision, the oldest since %(day)s.",
            cell.count,
        )
        return sentence % {"city": city, "count": speech.number(cell.count), "day": day}
    return speech.gettext(SENTENCES[point]) % {"city": city, "day": day}


def _of_contributions(cell: Cell, speech: Translator) -> str:
    if not cell.count:
        return speech.gettext("Nothing has come in from %(city)s yet. Its page has the link and the kit to invite people with.")
    return speech.ngettext(
        "%(count)s contribution has come in from %(city)s so far; a few more voices would be good.",
        "%(count)s contributions have come in from %(city)s so far; a few more voices would be good.",
        cell.count,
    )


def link_of(campaign: Campaign, city: City, point: Point, base_url: str) -> str:
    """The page at the desk where it is done."""
    if point is Point.DECISIONS:
        return f"{base_url}/desk/queue"
    if point is Point.BRIEF:
        return f"{campaign_link(campaign, base_url)}/brief"
    return campaign_link(campaign, base_url) if point is Point.JOIN else f"{base_url}/desk/c/{campaign.slug}/{city.slug}"


def campaign_link(campaign: Campaign, base_url: str) -> str:
    """The campaign's page at the desk."""
    return f"{base_url}/desk/campaigns/{campaign.slug}"
