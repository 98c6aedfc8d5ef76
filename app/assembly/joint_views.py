"""From a campaign's joint film, as it would be cut now, to what its page at the desk shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.assembly.film_rules import STEP_S
from app.assembly.joint_contexts import CityLine, GuestLine
from app.assembly.joint_guests import Guest
from app.assembly.joint_material import Joint
from app.assembly.joint_rules import CityPart
from app.enums import QuoteRole
from app.errors import Refused
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.words import Chosen, choose

T = TypeVar("T")
ROLES = {QuoteRole.VIP: _("A guest of honour"), QuoteRole.MAYOR: _("The mayor")}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Both cuts before they are made."""

    whole: str | None = None
    short: str | None = None
    each_city: str | None = None
    fairness: str | None = None
    too_many: tuple[str, ...] = ()
    times: tuple[CityPart, ...] = ()  # in the order of the parts


def reckoned(joint: Joint, speech: Translator) -> Reckoned:
    """How long they would be, and how fair the whole is; what cannot be made says why."""
    too_many: list[str] = []
    whole, short = _cut(joint.whole, too_many, speech), _cut(joint.short, too_many, speech)
    times = whole.cities if whole else ()
    seen = sum(len(time.shots) for time in times)
    sent = sum(len(part.material.candidates) for part in joint.parts)
    fairness = speech.gettext(_("%(seen)s of %(sent)s contributions are seen in the whole film."))
    city_s = times[0].steps() * STEP_S if times else 0.0
    return Reckoned(
        whole=speech.duration(whole.seconds) if whole and joint.has_voices else None,
        short=speech.duration(short.seconds) if short and joint.has_voices else None,
        each_city=_seconds(city_s, speech) if times else None,
        fairness=fairness % {"seen": speech.number(seen), "sent": speech.number(sent)} if times and sent else None,
        too_many=tuple(too_many),
        times=times,
    )


def _cut(cut: Callable[[], T], too_many: list[str], speech: Translator) -> T | None:
    try:
        return cut()
    except Refused as refused:
        too_many.append(speech.refusal(refused))
        return None


def city_lines(joint: Joint, found: Reckoned, card_only: frozenset[int], speech: Translator) -> list[CityLine]:
    """A row for each city, in the order of the film."""
    return [
        CityLine(
            id=part.city.id,
            place=place,
            name=speech.place(part.city.names, *part.city.languages),
            seconds=_seconds(time.steps() * STEP_S, speech) if time else "",
            seen=len(time.shots) if time else 0,
            sent=len(part.material.candidates),
            is_card_only=part.city.id in card_only,
            is_elsewhere=part.city.is_elsewhere,
        )
        for place, (part, time) in enumerate(zip(joint.parts, found.times or [None] * len(joint.parts), strict=True), start=1)
    ]


def silent_cities(joint: Joint, speech: Translator) -> list[Chosen]:
    """Cities of which only the name can be seen, because nothing of theirs may be in it."""
    return [speech.place(part.city.names, *part.city.languages) for part in joint.parts if not part.material.candidates]


def guest_lines(guests: Sequence[Guest], chosen: Sequence[int], fields: Fields | None, speech: Translator) -> list[GuestLine]:
    """Everybody who could be in it; with what was typed, or the place that each has."""
    places = {quote_id: str(place) for place, quote_id in enumerate(chosen, start=1)}
    return [
        GuestLine(
            id=guest.id,
            name=guest.quote.name,
            office=choose(guest.quote.office, [speech.language]),
            role=speech.gettext(ROLES[guest.quote.role]),
            city=speech.place(guest.city.names, *guest.city.languages),
            text=choose(guest.quote.text, [speech.language]),
            place=fields.raw(f"guest_{guest.id}") if fields else places.get(guest.id, ""),
        )
        for guest in guests
    ]


def _seconds(length_s: float, speech: Translator) -> str:
    return speech.gettext(_("%(seconds)s s")) % {"seconds": speech.number(round(length_s, 1))}
