"""The days of the year that a network adds itself, at the desk of its manager."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.dates import get_day_names, get_month_names
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns import own_days
from app.campaigns.calendar_events import MAX_NAME_CHARS
from app.campaigns.contexts import Nav, Told
from app.campaigns.occasions import campaigns_on
from app.campaigns.own_days import MAX_LENGTH_DAYS, OwnDayDraft
from app.campaigns.toolkits import named_toolkits, roots_by_slug
from app.campaigns.views import named_languages
from app.campaigns.year import MONTHS, ORDINALS, WEEKDAYS, ends_on, next_on
from app.errors import RefusedFields
from app.models import InternationalDay
from app.network.rows import LANGUAGE_TAG
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import FieldError, field_errors
from app.web.forms import FORM_TOKEN, Fields, new_form_token
from app.web.i18n import Translator, _, calendar_locale, page_languages
from app.web.templating import render
from app.words import Chosen, Words

router = APIRouter(include_in_schema=False)

LIST = "/desk/calendar/days"
ON_A_DATE = "date"  # as the value of the field that says how it comes
ORDINAL_WORDS = {
    "first": _("on the first ..."),
    "second": _("on the second ..."),
    "third": _("on the third ..."),
    "fourth": _("on the fourth ..."),
    "last": _("on the last ..."),
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """An own day of the year in the list."""

    name: Chosen
    next_on: date
    until: date | None  # of one that is longer
    href: str
    campaign_href: str  # where one is prepared


@dataclass(frozen=True, slots=True)
class DaysPage:
    """All of them."""

    desk_nav: Nav
    days: Sequence[DayLine]
    told: Told | None


@dataclass(frozen=True, slots=True)
class DayPage:
    """The form of one."""

    desk_nav: Nav
    is_new: bool
    action: str
    form_token: str
    languages: Sequence[tuple[str, str]]
    names: dict[str, str]
    comes: str
    ways: Sequence[tuple[str, str]]
    month: str
    months: Sequence[tuple[str, str]]
    day: str
    weekday: str
    weekdays: Sequence[tuple[str, str]]
    length_days: str
    toolkit_slug: str
    toolkits: Sequence[tuple[str, str]]
    campaigns: Sequence[tuple[Chosen, date, str]]  # that hang on it: title, day, address
    max_name_chars: int
    errors: Sequence[FieldError]
    wrong: dict[str, str]


@router.get(LIST)
def list_days(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now) -> Response:
    """The network's own days of the year, the next one first."""
    page = DaysPage(
        desk_nav=desk_nav(actor, speech, "calendar"),
        days=sorted((_line(day, now.date(), speech) for day in own_days.own_days(session, actor)), key=lambda line: line.next_on),
        told=_told(request, speech),
    )
    return render(request, "campaigns/own_days.html", page)


@router.get(f"{LIST}/new")
def new_day(request: Request, actor: CurrentActor, session: ReadSession, runtime: RuntimeDep, speech: Speech) -> Response:
    """The form of a new one."""
    own_days.managing(actor)
    return _form(request, session, runtime, actor, speech, Fields({"length_days": ["1"], FORM_TOKEN: [new_form_token()]}))


@router.post(f"{LIST}/new")
def add_day(
    request: Request,
    actor: CurrentActor,
    session: WriteSession,
    runtime: RuntimeDep,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
) -> Response:
    """Put it into the calendar."""
    own_days.managing(actor)
    toolkits = _toolkits(session, runtime, actor)
    try:
        form_sha256 = fields.sha256(person_id=actor.person_id)
        draft = _draft(fields, toolkits, speech)
        own_days.add_day(session, draft, toolkits=toolkits, actor=actor, now=now, form_sha256=form_sha256)
    except RefusedFields as refused:
        return _form(request, session, runtime, actor, speech, fields, refused=refused)
    return RedirectResponse(f"{LIST}?told=added", status_code=303)


@router.get(f"{LIST}/{{slug}}")
def show_day(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, runtime: RuntimeDep, speech: Speech
) -> Response:
    """The form of one that is there."""
    day = own_days.own_day(session, actor, slug)
    return _form(request, session, runtime, actor, speech, _as_typed(day), day=day)


@router.post(f"{LIST}/{{slug}}")
def change_day(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: WriteSession,
    runtime: RuntimeDep,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
) -> Response:
    """Write it anew."""
    day = own_days.own_day(session, actor, slug, locked=True)
    # one that its network has no more may stay, until somebody chooses another
    toolkits = [*_toolkits(session, runtime, actor), day.toolkit_slug]
    try:
        own_days.change_day(session, day, _draft(fields, toolkits, speech), toolkits=toolkits, actor=actor, now=now)
    except RefusedFields as refused:
        return _form(request, session, runtime, actor, speech, fields, day=day, refused=refused)
    return RedirectResponse(f"{LIST}?told=changed", status_code=303)


@router.post(f"{LIST}/{{slug}}/remove")
def remove_day(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Take it off the calendar."""
    own_days.remove_day(session, own_days.own_day(session, actor, slug, locked=True), actor=actor, now=now)
    return RedirectResponse(f"{LIST}?told=removed", status_code=303)


def _line(day: InternationalDay, today: date, speech: Translator) -> DayLine:
    begins_on = next_on(day, today)
    return DayLine(
        name=speech.choose(day.names),
        next_on=begins_on,
        until=ends_on(day, begins_on) if day.length_days > 1 else None,
        href=f"{LIST}/{day.slug}",
        campaign_href=f"/desk/campaigns/new?day={day.slug}",
    )


def _draft(fields: Fields, toolkits: Collection[str], speech: Translator) -> OwnDayDraft:
    """What was typed; refuses everything that is wrong with it at once."""
    texts = {tag: fields.raw(f"name-{tag}").strip() for tag in _written(fields.values)}
    written = {tag: text for tag, text in texts.items() if text} or {speech.language: ""}
    source = speech.language if speech.language in written else next(iter(written))
    comes = fields.raw("comes")
    if comes not in {ON_A_DATE, *ORDINALS}:
        fields.refuse("comes", "form.not_a_choice")
    month = fields.whole_number("month", at_least=1, at_most=len(MONTHS))
    day, rule = 1, None
    if comes == ON_A_DATE:
        day = fields.whole_number("day", at_least=1, at_most=31)
    elif fields.raw("weekday") not in WEEKDAYS:
        fields.refuse("weekday", "form.not_a_choice")
    elif comes in ORDINALS:
        rule = f"{comes} {fields.raw('weekday')} of {MONTHS[month - 1]}"
    length_days = fields.whole_number("length_days", at_least=1, at_most=MAX_LENGTH_DAYS)
    draft = OwnDayDraft(Words(source, written), month, day, rule, length_days, fields.raw("toolkit_slug"))
    noted = {each.field for each in fields.refusals}
    try:
        own_days.check(draft, toolkits=toolkits)
    except RefusedFields as wrong:
        fields.refusals += [each for each in wrong.refusals if each.field not in noted]
    fields.refuse_if_wrong()
    return draft


def _toolkits(session: Session, runtime: Runtime, actor: Actor) -> dict[str, Path]:
    return roots_by_slug(session, runtime, actor.network_id, [None])


def _as_typed(day: InternationalDay) -> Fields:
    names = {f"name-{tag}": [text] for tag, text in day.names.texts.items()}
    comes, weekday = ON_A_DATE, ""
    if day.rule is not None:
        comes, weekday, _of, _month = day.rule.split(" ")
    return Fields(
        names
        | {
            "comes": [comes],
            "weekday": [weekday],
            "month": [str(day.month)],
            "day": ["" if day.rule else str(day.day)],
            "length_days": [str(day.length_days)],
            "toolkit_slug": [day.toolkit_slug],
        }
    )


def _written(names: Collection[str]) -> list[str]:
    tags = [name.removeprefix("name-") for name in names if name.startswith("name-")]
    return [tag for tag in tags if LANGUAGE_TAG.fullmatch(tag)]


def _form(
    request: Request,
    session: Session,
    runtime: Runtime,
    actor: Actor,
    speech: Translator,
    fields: Fields,
    *,
    day: InternationalDay | None = None,
    refused: RefusedFields | None = None,
) -> Response:
    tags = list(dict.fromkeys([speech.language, *page_languages(), *_written(fields.values)]))
    named, locale = dict(named_languages(tags, speech)), calendar_locale(speech.language)
    months, weekdays = get_month_names("wide", "stand-alone", locale), get_day_names("wide", "stand-alone", locale)
    errors = field_errors(refused, speech) if refused else []
    on_a_date = (ON_A_DATE, speech.gettext(_("on a date, the same each year")))
    page = DayPage(
        desk_nav=desk_nav(actor, speech, "calendar"),
        is_new=day is None,
        action=f"{LIST}/{day.slug}" if day else f"{LIST}/new",
        form_token=fields.raw(FORM_TOKEN),
        languages=[(tag, named[tag]) for tag in tags],
        names={tag: fields.raw(f"name-{tag}") for tag in tags},
        comes=fields.raw("comes") or ON_A_DATE,
        ways=[on_a_date, *((ordinal, speech.gettext(words)) for ordinal, words in ORDINAL_WORDS.items())],
        month=fields.raw("month"),
        months=[(str(number), months[number]) for number in range(1, len(MONTHS) + 1)],
        day=fields.raw("day"),
        weekday=fields.raw("weekday") or WEEKDAYS[-1],
        weekdays=[(name, weekdays[number]) for number, name in enumerate(WEEKDAYS)],
        length_days=fields.raw("length_days"),
        toolkit_slug=fields.raw("toolkit_slug"),
        toolkits=named_toolkits(_toolkits(session, runtime, actor), speech, kept=day.toolkit_slug if day else None),
        campaigns=[
            (speech.choose(each.title), each.day_on, f"/desk/campaigns/{each.slug}")
            for each in (campaigns_on(session, day) if day else ())
        ],
        max_name_chars=MAX_NAME_CHARS,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
    )
    return render(request, "campaigns/own_day.html", page, status=422 if refused else 200)


DONE = {
    "added": _("It is in the calendar"),
    "changed": _("The calendar is changed"),
    "removed": _("It is taken off the calendar"),
}


def _told(request: Request, speech: Translator) -> Told | None:
    title = DONE.get(request.query_params.get("told", ""))
    return Told("good", speech.gettext(title)) if title else None
