"""The network at the desk: its cities, and tables that bring more of them in."""

import unicodedata
from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.enums import Permission
from app.errors import NotFound, Refused
from app.network.contexts import Imported, MemberLine, NetworkPage
from app.network.network_clock import UTC, set_clock, zones_by_area
from app.network.queries import Member, chapters_of, members_of, the_network
from app.network.samples import SAMPLES
from app.network.service import import_cities
from app.network.table import MAX_TABLE_BYTES, TableKind, decode
from app.web.deps import FieldsDep, FormDep, Now, ReadSession, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, babel_locale
from app.web.templating import render
from app.web.uploads import ReceivedForm
from app.words import Chosen

router = APIRouter(include_in_schema=False)


@router.get("/desk/network")
def show_network(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The cities of the network."""
    require(actor, Permission.MANAGE_NETWORK)
    page = _page(session, actor, speech, imported=_imported(request), is_clock_set="clock" in request.query_params)
    return render(request, "network/network.html", page)


@router.get("/desk/network/sample/{name}.csv")
def download_sample(name: str, actor: CurrentActor) -> Response:
    """A small table to begin with, as spreadsheets read it: with the mark that says it is UTF-8."""
    require(actor, Permission.MANAGE_NETWORK)
    if name not in set(TableKind):
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(SAMPLES[TableKind(name)].encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/desk/network/import")
def import_table(
    request: Request, actor: CurrentActor, form: FormDep, session: WriteSession, speech: Speech, now: Now
) -> Response:
    """Bring a table in, uploaded or pasted: all of it or nothing."""
    require(actor, Permission.MANAGE_NETWORK)
    fields = Fields(form.fields)
    text = fields.raw("table")
    was_guessed = False
    try:
        data = _uploaded(form)
        if data is not None:
            decoded = decode(data)
            text, was_guessed = decoded.text, decoded.is_guess
        with session.begin_nested():
            result = import_cities(session, network=the_network(session), text=text, now=now, actor_id=actor.person_id)
    except Refused as refused:
        page = _page(session, actor, speech, typed=text, refused=refused)
        return render(request, "network/network.html", page, status=422)
    kind = next(name for name in TableKind if getattr(result, name.value))
    query = f"imported={kind.value}&created={result.created}&updated={result.updated}&unchanged={result.unchanged}"
    return RedirectResponse(f"/desk/network?{query}{'&guessed=1' if was_guessed else ''}", status_code=303)


@router.post("/desk/network/clock")
def set_network_clock(
    request: Request, actor: CurrentActor, fields: FieldsDep, session: WriteSession, speech: Speech, now: Now
) -> Response:
    """The network goes by this clock from now on."""
    require(actor, Permission.MANAGE_NETWORK)
    try:
        set_clock(session, the_network(session), fields.raw("time_zone"), now=now, actor_id=actor.person_id)
    except Refused as refused:
        page = _page(session, actor, speech, refused=refused)
        return render(request, "network/network.html", page, status=422)
    return RedirectResponse("/desk/network?clock=set#clock", status_code=303)


def _uploaded(form: ReceivedForm) -> bytes | None:
    for file in form.files:
        if file.field_name == "file":
            with file.path.open("rb") as opened:
                return opened.read(MAX_TABLE_BYTES + 1)
    return None


def _page(
    session: Session,
    actor: Actor,
    speech: Translator,
    *,
    imported: Imported | None = None,
    is_clock_set: bool = False,
    typed: str = "",
    refused: Refused | None = None,
) -> NetworkPage:
    members = members_of(session, actor.network_id)
    errors = field_errors(refused, speech) if refused else []
    counts = Counter(chapter.id for member in members for chapter in member.chapters)
    chapters = [(speech.choose(each.names), counts[each.id]) for each in chapters_of(session, actor.network_id)]
    return NetworkPage(
        desk_nav=desk_nav(actor, speech, "network"),
        members=sorted((_line(member, speech) for member in members), key=lambda line: _order(line.name.text)),
        country_count=len({member.city.country for member in members}),
        chapters=sorted(chapters, key=lambda pair: _order(pair[0].text)),
        without_officer_count=sum(member.officer_count == 0 for member in members),
        max_table_bytes=MAX_TABLE_BYTES,
        time_zone=the_network(session).time_zone,
        zones=[(UTC, UTC), *((area, [(name, name.replace("_", " ")) for name in names]) for area, names in zones_by_area())],
        imported=imported,
        is_clock_set=is_clock_set,
        typed=typed,
        errors=errors,
        wrong_clock=next((error.sentence for error in errors if error.field == "time_zone"), None),
    )


def _line(member: Member, speech: Translator) -> MemberLine:
    city = member.city
    name = speech.choose(city.names, "en")
    first = city.languages[0]
    own = city.names.texts.get(first)
    return MemberLine(
        look_href=f"/desk/cities/{city.slug}/look",
        name=name,
        own_name=Chosen(first, own) if own and own != name.text else None,
        country=str(babel_locale(speech.language).territories.get(city.country, city.country)),
        time_zone=city.time_zone,
        languages=[speech.language_name(tag) for tag in city.languages],
        chapters=[speech.choose(chapter.names) for chapter in member.chapters],
        officer_count=member.officer_count,
    )


def _imported(request: Request) -> Imported | None:
    said = request.query_params
    if said.get("imported") not in set(TableKind):
        return None
    count = {name: int(said[name]) if said.get(name, "").isdecimal() else 0 for name in ("created", "updated", "unchanged")}
    return Imported(table=said["imported"], was_guessed="guessed" in said, **count)


def _order(name: str) -> str:
    """Letters without their accents, so that Évora stands at E."""
    return "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)).casefold()
