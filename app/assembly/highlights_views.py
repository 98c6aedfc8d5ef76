"""What the desk's page of the best moments shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.assembly.film_rules import CARD_STEPS, STEP_S, TRANSITION_STEPS, makes_a_film, steps_on_screen
from app.assembly.highlights import MAX_HIGHLIGHTS
from app.assembly.highlights_queries import ON_A_PAGE, Shown
from app.assembly.shots import FILMED
from app.assembly.works_views import WorkView
from app.enums import SubmissionKind
from app.models import Campaign, City
from app.web.i18n import Translator, _
from app.words import Chosen

WORDS_CHARS = 160
KINDS = {
    SubmissionKind.PHOTO: _("Photo"),
    SubmissionKind.CLIP: _("Film"),
    SubmissionKind.TEXT: _("Words"),
    SubmissionKind.SOUND: _("Sound"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A contribution among the best moments, or one that could be."""

    public_id: str
    href: str  # of its page at the desk
    preview_url: str | None
    kind: str
    name: str | None
    words: str
    language: str
    city: Chosen
    place: int | None  # among the best moments, from 1
    why_not_filmed: str | None
    city_has_none: bool  # nothing of its city is chosen yet


@dataclass(frozen=True, slots=True)
class HighlightsPage:
    """The context of highlights.html."""

    desk_nav: list[tuple[str, str, bool]]
    title: Chosen
    back_href: str
    url: str
    public_href: str | None  # None: nobody sees it yet
    chosen: Sequence[Line]
    others: Sequence[Line]
    fairness: str
    length: str | None  # of the film, in a sentence
    is_full: bool
    limit: int
    total: int
    cities: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    city: str
    kind: str
    here: str  # this page with its choice, for the answers that lead back
    newer_href: str | None
    older_href: str | None
    work: WorkView
    captions_language: str  # beneath the original words; empty: these alone
    caption_languages: Sequence[tuple[str, str]]
    told: str | None  # why what was asked for was not done


def line(each: Shown, speech: Translator, *, place: int | None, chosen_cities: frozenset[int]) -> Line:
    """One of them."""
    row = each.submission
    words = row.text or row.spoken_words
    preview = f"/media/{row.public_id}/{each.preview[0]}-{each.preview[1]}" if each.preview else None
    return Line(
        public_id=row.public_id,
        href=f"/desk/contributions/{row.public_id}",
        preview_url=preview,
        kind=speech.gettext(KINDS[row.kind]),
        name=row.name,
        words=words if len(words) <= WORDS_CHARS else words[: WORDS_CHARS - 1].rsplit(" ", 1)[0] + "…",
        language=row.language,
        city=speech.place(each.city.names, *each.city.languages),
        place=place,
        why_not_filmed=_why_not_filmed(each, speech),
        city_has_none=each.city.id not in chosen_cities,
    )


def _why_not_filmed(each: Shown, speech: Translator) -> str | None:
    if not each.may_be_filmed:
        return speech.gettext(_("On the page only: its person did not agree to the joint film."))
    return None


def fairness(chosen: Sequence[Shown], with_something: Sequence[City], speech: Translator) -> str:
    """From how many cities they are, and which has the most."""
    if not chosen:
        return speech.gettext(_("Nothing is chosen yet."))
    cities = Counter(each.city.id for each in chosen)
    sentence = speech.ngettext(
        "%(chosen)s chosen, from %(cities)s of the %(count)s city that has something to show.",
        "%(chosen)s chosen, from %(cities)s of the %(count)s cities that have something to show.",
        len(with_something),
    )
    said = {"chosen": len(chosen), "cities": len(cities), "count": len(with_something)}
    told = sentence % {name: speech.number(number) for name, number in said.items()}
    most_id, most = max(cities.items(), key=lambda pair: (pair[1], -pair[0]))
    if len(cities) == 1 or most == 1:
        return told
    city = next(each.city for each in chosen if each.city.id == most_id)
    more = speech.gettext(_("Most come from %(city)s: %(most)s."))
    return f"{told} {more % {'city': speech.place(city.names, *city.languages).text, 'most': speech.number(most)}}"


def length_in_words(chosen: Sequence[Shown], speech: Translator) -> str | None:
    """How long the film will be; None: what is chosen makes none."""
    filmed = [each.submission for each in chosen if each.may_be_filmed and each.submission.kind in FILMED]
    if not makes_a_film(row.kind for row in filmed):
        return None
    steps = 2 * CARD_STEPS + TRANSITION_STEPS
    for row in filmed:
        steps += TRANSITION_STEPS + steps_on_screen(row.kind, duration_s=row.duration_s, characters=len(row.text))
    return speech.gettext(_("The film of it will last about %(length)s.")) % {"length": speech.duration(round(steps * STEP_S))}


def caption_languages(campaign: Campaign, speech: Translator) -> list[tuple[str, str]]:
    """Into which captions can be translated: the campaign's languages, or none."""
    none = ("", speech.gettext(_("None: the original words alone")))
    return [none, *((tag, speech.language_name(tag)) for tag in campaign.languages)]


def address(campaign: Campaign, *, city: str = "", kind: str = "", page: int = 1) -> str:
    """The page with this choice."""
    query = urlencode({name: value for name, value in (("city", city), ("kind", kind)) if value} | _page(page))
    return f"/desk/campaigns/{campaign.slug}/highlights{'?' if query else ''}{query}"


def _page(page: int) -> dict[str, str]:
    return {"page": str(page)} if page > 1 else {}


def has_more(total: int, page: int) -> bool:
    """Whether another page follows."""
    return total > page * ON_A_PAGE


def is_full(chosen_count: int) -> bool:
    """Whether there is no room for another one."""
    return chosen_count >= MAX_HIGHLIGHTS
