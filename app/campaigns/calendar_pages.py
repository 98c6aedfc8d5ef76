"""The calendar at the desk: days that the network, its chapters and its cities add, change and take off again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.campaigns import calendar_events
from app.campaigns.calendar_events import MAX_NAME_CHARS, EventDraft, Keeping, PlacedEvent
from app.campaigns.contexts import Nav, Told
from app.campaigns.views import named_languages, sorting_key
from app.enums import Permission
from app.errors import NotFound, RefusedFields
from app.models import Chapter, City
from app.network.rows import LANGUAGE_TAG
from app.web.deps import FieldsDep, Now, ReadSession, Speech, WriteSession
from app.web.errors import FieldError, field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _, page_languages
from app.web.templating import render
from app.words import Chosen, Words

router = APIRouter(include_in_schema=False)

LIST = "/desk/calendar"
NETWORK = "network"
FEW_CITIES = 5  # of more, the form offers the languages of the pages only
Options = Sequence[tuple[str, str] | tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class EventLine:
    """An own day in the list."""

    name: Chosen
    starts_on: date
    ends_on: date
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class EventsPage:
    """The own days that this person keeps."""

    desk_nav: Nav
    keeps_days: bool  # of every year, for the whole network
    events: Sequence[EventLine]  # those that are not over
    past: Sequence[EventLine]
    told: Told | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """The form of one."""

    desk_nav: Nav
    is_new: bool
    campaign_href: str | None  # where a campaign on this day is prepared
    action: str
    place: str  # of a new one, as the value of its field; else its name
    places: Options
    languages: Sequence[tuple[str, str]]
    names: dict[str, str]
    starts_on: str
    ends_on: str
    link: str
    max_name_chars: int
    errors: Sequence[FieldError]
    wrong: dict[str, str]


@router.get(LIST)
def list_events(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now) -> Response:
    """The days of one's own."""
    require(actor, Permission.KEEP_CALENDAR)
    today = now.date() - timedelta(days=1)  # somewhere it is still yesterday
    lines = [
        EventLine(
            name=speech.choose(each.event.names),
            starts_on=each.event.starts_on,
            ends_on=each.event.ends_on,
            place=_place_name(each, speech),
            href=f"{LIST}/{each.event.uid}",
        )
        for each in calendar_events.kept_events(session, actor)
    ]
    page = EventsPage(
        desk_nav=desk_nav(actor, speech, "calendar"),
        keeps_days=actor.is_manager,
        events=[line for line in lines if line.ends_on >= today],
        past=[line for line in reversed(lines) if line.ends_on < today],
        told=_told(request, speech),
    )
    return render(request, "campaigns/calendar_events.html", page)


@router.get(f"{LIST}/new")
def new_event(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The form of a new one."""
    require(actor, Permission.KEEP_CALENDAR)
    return _form(request, session, actor, speech, Fields({}))


@router.post(f"{LIST}/new")
def add_event(
    request: Request, actor: CurrentActor, session: WriteSession, fields: FieldsDep, speech: Speech, now: Now
) -> Response:
    """Put it into the calendar."""
    require(actor, Permission.KEEP_CALENDAR)
    kept = calendar_events.keeping(session, actor)
    chapter, city = _chosen_place(kept, fields)
    try:
        draft = _draft(fields, speech)
        calendar_events.add_event(session, draft, chapter=chapter, city=city, actor=actor, now=now)
    except RefusedFields as refused:
        return _form(request, session, actor, speech, fields, refused=refused)
    return RedirectResponse(f"{LIST}?told=added", status_code=303)


@router.get(f"{LIST}/{{uid}}")
def show_event(request: Request, uid: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The form of one that is there."""
    placed = calendar_events.kept_event(session, actor, uid)
    return _form(request, session, actor, speech, _as_typed(placed), placed=placed)


@router.post(f"{LIST}/{{uid}}")
def change_event(
    request: Request, uid: str, actor: CurrentActor, session: WriteSession, fields: FieldsDep, speech: Speech, now: Now
) -> Response:
    """Write it anew."""
    placed = calendar_events.kept_event(session, actor, uid, locked=True)
    try:
        draft = _draft(fields, speech)
        calendar_events.change_event(session, placed.event, draft, actor=actor, now=now)
    except RefusedFields as refused:
        return _form(request, session, actor, speech, fields, placed=placed, refused=refused)
    return RedirectResponse(f"{LIST}?told=changed", status_code=303)


@router.post(f"{LIST}/{{uid}}/remove")
def remove_event(uid: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Take it off the calendar."""
    placed = calendar_events.kept_event(session, actor, uid, locked=True)
    calendar_events.remove_event(session, placed.event, actor=actor, now=now)
    return RedirectResponse(f"{LIST}?told=removed", status_code=303)


def _draft(fields: Fields, speech: Translator) -> EventDraft:
    """What was typed; refuses everything that is wrong with it at once."""
    texts = {
        name.removeprefix("name-"): fields.raw(name).strip()
        for name in fields.values
        if name.startswith("name-") and LANGUAGE_TAG.fullmatch(name.removeprefix("name-"))
    }
    written = {tag: text for tag, text in texts.items() if text} or {speech.language: ""}
    source = speech.language if speech.language in written else next(iter(written))
    starts_on = fields.day("starts_on")
    ends_on = fields.day("ends_on") if fields.raw("ends_on").strip() else starts_on
    noted = {each.field for each in fields.refusals}
    draft = EventDraft(Words(source, written), starts_on, ends_on, fields.raw("link").strip() or None)
    try:
        calendar_events.check(draft)
    except RefusedFields as wrong:
        fields.refusals += [each for each in wrong.refusals if each.field not in noted]
    fields.refuse_if_wrong()
    return draft


def _as_typed(placed: PlacedEvent) -> Fields:
    event = placed.event
    names = {f"name-{tag}": [text] for tag, text in event.names.texts.items()}
    days = {"starts_on": [event.starts_on.isoformat()], "ends_on": [event.ends_on.isoformat()]}
    return Fields(names | days | {"link": [event.link or ""]})


def _chosen_place(kept: Keeping, fields: Fields) -> tuple[Chapter | None, City | None]:
    """The chapter or the city, or neither for the network; NotFound `calendar.unknown` for one that is not this person's."""
    kind, _colon, slug = fields.raw("place").partition(":")
    if kind == NETWORK and kept.network:
        return None, None
    chapter = next((each for each in kept.chapters if kind == "chapter" and each.slug == slug), None)
    city = next((each for each in kept.cities if kind == "city" and each.slug == slug), None)
    if chapter is None and city is None:
        raise NotFound("calendar.unknown")
    return chapter, city


def _places(kept: Keeping, speech: Translator) -> Options:
    def named(kind: str, places: Sequence[Chapter] | Sequence[City]) -> list[tuple[str, str]]:
        options = [(f"{kind}:{each.slug}", speech.choose(each.names, "en").text) for each in places]
        return sorted(options, key=lambda option: sorting_key(option[1]))

    network = [(NETWORK, speech.gettext(_("The whole network")))] if kept.network else []
    chapters, cities = named("chapter", kept.chapters), named("city", kept.cities)
    if not network and not chapters:
        return cities
    groups = ((speech.gettext(_("Chapters")), chapters), (speech.gettext(_("Cities")), cities))
    return [*network, *(group for group in groups if group[1])]


def _place_name(placed: PlacedEvent, speech: Translator) -> str:
    place = placed.city or placed.chapter
    return speech.choose(place.names, "en").text if place else speech.gettext(_("The whole network"))


def _languages(cities: Sequence[City], written: Collection[str], speech: Translator) -> list[tuple[str, str]]:
    """The reader's language first; then those of the pages, of the reader's few cities, and those already written."""
    of_cities = [tag for city in cities for tag in city.languages] if len(cities) <= FEW_CITIES else []
    tags = dict.fromkeys([speech.language, *page_languages(), *of_cities, *written])
    names = dict(named_languages(tags, speech))
    return [(tag, names[tag]) for tag in tags]


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    speech: Translator,
    fields: Fields,
    *,
    placed: PlacedEvent | None = None,
    refused: RefusedFields | None = None,
) -> Response:
    kept = calendar_events.keeping(session, actor)
    written = [name.removeprefix("name-") for name in fields.values if name.startswith("name-") and fields.raw(name)]
    languages = _languages(kept.cities, [tag for tag in written if LANGUAGE_TAG.fullmatch(tag)], speech)
    errors = field_errors(refused, speech) if refused else []
    page = EventPage(
        desk_nav=desk_nav(actor, speech, "calendar"),
        is_new=placed is None,
        campaign_href=_campaign_href(actor, placed) if placed else None,
        action=f"{LIST}/{placed.event.uid}" if placed else f"{LIST}/new",
        place=_place_name(placed, speech) if placed else fields.raw("place"),
        places=_places(kept, speech),
        languages=languages,
        names={tag: fields.raw(f"name-{tag}") for tag, _name in languages},
        starts_on=fields.raw("starts_on"),
        ends_on=fields.raw("ends_on"),
        link=fields.raw("link"),
        max_name_chars=MAX_NAME_CHARS,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
    )
    return render(request, "campaigns/calendar_event.html", page, status=422 if refused else 200)


def _campaign_href(actor: Actor, placed: PlacedEvent) -> str | None:
    """A campaign hangs on a day of the network or of a chapter."""
    can = actor.may(Permission.MANAGE_CAMPAIGNS) and placed.city is None
    return f"/desk/campaigns/new?event={placed.event.uid}" if can else None


DONE = {
    "added": _("It is in the calendar"),
    "changed": _("The calendar is changed"),
    "removed": _("It is taken off the calendar"),
}


def _told(request: Request, speech: Translator) -> Told | None:
    title = DONE.get(request.query_params.get("told", ""))
    return Told("good", speech.gettext(title)) if title else None
