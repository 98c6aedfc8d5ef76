"""A network's or a chapter's own toolkits: texts corrected at the desk, a ZIP uploaded, an earlier number taken back."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.kits import releases, variant_service
from app.kits.archive import Entry, write_archive
from app.kits.downloads import archive_answer
from app.kits.lint_texts import read_networks
from app.kits.snapshots import frozen_files
from app.kits.toolkit import Toolkit, load_toolkit
from app.kits.toolkit_pages import For, list_answer, own_answer, told_at, whose_for
from app.kits.toolkit_views import language_line, toolkit_line
from app.kits.variant_forms import FILE_FIELD, MAX_NOTE_CHARS, Merged, TypedTexts, merge, read_texts, read_zip, texts_of
from app.kits.variant_queries import Whose, edited_root, working_toolkit
from app.kits.variant_text_views import Filled, correct_page
from app.kits.variant_views import Typed
from app.models import Network
from app.runtime import Runtime
from app.variants import beneath_root, root_with, variants_of, working_variant
from app.web.deps import FieldsDep, FormDep, Now, ReadSession, RuntimeDep, Speech
from app.web.errors import STATUS, FieldError, field_errors
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render
from app.web.uploads import ReceivedForm

router = APIRouter(prefix="/desk/toolkits", include_in_schema=False)
MOST_NUMBER = 1_000_000


@router.get("/{slug}/toolkit.zip")
def download(slug: str, actor: CurrentActor, session: ReadSession, runtime: RuntimeDep, place: For = "") -> Response:
    """The whole toolkit as it is edited, as a folder that can be changed and uploaded again."""
    whose = whose_for(session, actor, place)
    root = edited_root(session, runtime, whose, slug)
    files = {name: path for name, path in frozen_files(slug, root).items() if name.startswith(f"{slug}/")}
    entries = (Entry(name, [path.read_bytes()]) for name, path in sorted(files.items()))
    return archive_answer(write_archive(entries, folder=runtime.settings.incoming_dir), f"{slug}.zip")


@router.post("")
def upload_any(request: Request, actor: CurrentActor, form: FormDep, runtime: RuntimeDep, speech: Speech, now: Now) -> Response:
    """Take a toolkit as a ZIP, a new one or what is different in one that is there."""
    fields = Fields(form.fields)
    place, note = fields.raw("place"), fields.text("note", max_chars=MAX_NOTE_CHARS)
    with runtime.database.reading() as session:
        whose = _kept_by(session, actor, place)
    try:
        slug = _take(runtime, whose, fields, form, note, None, actor, now)
    except Refused as refused:
        typed = Typed(place, fields.raw("note"), _at_fields(refused, speech))
        with runtime.database.reading() as session:
            return list_answer(request, session, runtime, actor, speech, typed=typed)
    return told_at(slug, whose, "uploaded")


@router.post("/{slug}")
def upload(
    request: Request,
    slug: str,
    actor: CurrentActor,
    form: FormDep,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
    place: For = "",
) -> Response:
    """Take a ZIP of this toolkit."""
    fields = Fields(form.fields)
    note = fields.text("note", max_chars=MAX_NOTE_CHARS)
    with runtime.database.reading() as session:
        whose = _kept_by(session, actor, place)
    try:
        _take(runtime, whose, fields, form, note, slug, actor, now)
    except Refused as refused:
        typed = Typed(place, fields.raw("note"), _at_fields(refused, speech))
        with runtime.database.reading() as session:
            return own_answer(request, session, runtime, whose, slug, actor, speech, now=now, typed=typed)
    return told_at(slug, whose, "uploaded")


@router.post("/{slug}/back")
def take_back(slug: str, actor: CurrentActor, fields: FieldsDep, runtime: RuntimeDep, now: Now, place: For = "") -> Response:
    """An earlier number stands again, or nothing of one's own."""
    number = fields.whole_number("number", at_least=0, at_most=MOST_NUMBER)
    fields.refuse_if_wrong()
    with runtime.database.writing() as session:
        whose = _kept_by(session, actor, place)
        variant_service.take_back(session, runtime, whose.scope, slug, number, actor=actor, now=now)
    return told_at(slug, whose, "back")


@router.post("/{slug}/check")
def check_again(slug: str, actor: CurrentActor, runtime: RuntimeDep, now: Now, place: For = "") -> Response:
    """Have the newest number checked once more that could not be checked."""
    with runtime.database.writing() as session:
        whose = _kept_by(session, actor, place)
        variant_service.check_again(session, runtime, whose.scope, slug, actor=actor, now=now)
    return RedirectResponse(f"/desk/toolkits/{slug}{whose.query}", status_code=303)


@router.get("/{slug}/{language}/correct")
def show_texts(
    request: Request,
    slug: str,
    language: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
    speech: Speech,
    place: For = "",
) -> Response:
    """The texts of a language, each in a field."""
    whose = _kept_by(session, actor, place)
    toolkit = _with_language(session, runtime, whose, slug, language)
    meta = toolkit.texts[language].meta
    filled = Filled(
        texts=texts_of(toolkit, language),
        read=_newest(session, whose, slug),
        reviewed_by=meta.reviewed_by or "",
        reviewed_on=meta.reviewed_on.isoformat() if meta.reviewed_on else "",
    )
    return _texts_answer(request, session, whose, toolkit, language, filled, actor, speech)


@router.post("/{slug}/{language}/correct")
def correct(
    request: Request,
    slug: str,
    language: str,
    actor: CurrentActor,
    fields: FieldsDep,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
    place: For = "",
) -> Response:
    """Keep the texts that say something else; what others wrote meanwhile is shown before it is written over."""
    with runtime.database.reading() as session:
        whose = _kept_by(session, actor, place)
        toolkit = _with_language(session, runtime, whose, slug, language)
        stands, number = texts_of(toolkit, language), _newest(session, whose, slug)
        typed = read_texts(fields, list(stands))
        made_from = stands if typed.read == number else _texts_at(session, runtime, whose, slug, language, typed.read)
    merged = merge(typed.texts, made_from=made_from, stands=stands)
    if typed.read != number and not fields.refusals and _is_kept(typed, merged, toolkit, language):  # sent twice
        return told_at(slug, whose, "corrected")
    try:
        if fields.refusals:  # with what is wrong in the texts, so that nobody sends them twice
            wrong = {each.field for each in fields.refusals}
            texts = {key: text for key, text in merged.changed.items() if key not in wrong}
            with runtime.database.reading() as session:
                found = variant_service.text_refusals(session, runtime, whose.scope, slug, language, texts)
            raise RefusedFields([*fields.refusals, *found])
        if typed.read != number:
            raise _moved()
        with runtime.database.writing() as session:
            if _newest(session, whose, slug) != number:  # while this was read
                raise _moved()
            variant_service.correct_texts(
                session,
                runtime,
                whose.scope,
                slug,
                language,
                merged.changed,
                reviewed_by=typed.reviewed_by,
                reviewed_on=typed.reviewed_on,
                note=typed.note,
                actor=actor,
                now=now,
            )
    except Refused as refused:
        if refused.kind not in {ErrorKind.INVALID, ErrorKind.CONFLICT}:
            raise
        filled = Filled(
            texts=merged.texts,
            read=number,
            reviewed_by=fields.raw("reviewed_by"),
            reviewed_on=fields.raw("reviewed_on"),
            note=fields.raw("note"),
            clashes=merged.clashes,
            refused=refused,
        )
        with runtime.database.reading() as session:
            return _texts_answer(request, session, whose, toolkit, language, filled, actor, speech)
    return told_at(slug, whose, "corrected")


def _kept_by(session: Session, actor: Actor, slug: str) -> Whose:
    """The place, for whoever may have something of their own there."""
    whose = whose_for(session, actor, slug)
    variant_service.keeping(actor, whose.scope)
    return whose


def _take(
    runtime: Runtime, whose: Whose, fields: Fields, form: ReceivedForm, note: str, slug: str | None, actor: Actor, now: datetime
) -> str:
    """Open the ZIP before any transaction begins, and keep it; the slug of its toolkit."""
    sent = read_zip(fields, form, runtime.settings.incoming_dir, slug)
    fields.refuse_if_wrong()
    if sent is None:
        raise AssertionError(fields.refusals)
    with runtime.database.writing() as session:
        variant_service.keep_upload(session, runtime, whose.scope, sent.files, note=note, actor=actor, now=now)
    return sent.slug


def _at_fields(refused: Refused, speech: Translator) -> list[FieldError]:
    """What is wrong with an upload; what is said of no field is said of its file."""
    if refused.kind not in {ErrorKind.INVALID, ErrorKind.CONFLICT, ErrorKind.NOT_FOUND}:
        raise refused
    known = {"note", "place"}
    return [each if each.field in known else FieldError(FILE_FIELD, each.sentence) for each in field_errors(refused, speech)]


def _moved() -> Refused:
    return Refused("variant.changed_meanwhile", kind=ErrorKind.CONFLICT, field="meanwhile")


def _newest(session: Session, whose: Whose, slug: str) -> int:
    row = working_variant(session, whose.scope, slug)
    return row.number if row else 0


def _with_language(session: Session, runtime: Runtime, whose: Whose, slug: str, language: str) -> Toolkit:
    toolkit = working_toolkit(session, runtime, whose, slug)
    if language not in toolkit.texts:
        raise NotFound("toolkit.no_such_language", language=language)
    return toolkit


def _texts_at(session: Session, runtime: Runtime, whose: Whose, slug: str, language: str, number: int) -> dict[str, str]:
    """The texts as they were at a number; nothing where they cannot be read any more, so that all that was typed counts."""
    root = beneath_root(session, runtime, whose.scope)
    row = next((row for row, _check, _person in variants_of(session, whose.scope, slug) if row.number == number), None)
    try:
        toolkit = load_toolkit(slug, root_with(session, runtime, root, slug, row) if row else root)
    except Refused:
        return {}
    return texts_of(toolkit, language) if language in toolkit.texts else {}


def _is_kept(typed: TypedTexts, merged: Merged, toolkit: Toolkit, language: str) -> bool:
    meta = toolkit.texts[language].meta
    return not merged.changed and (typed.reviewed_by, typed.reviewed_on) == (meta.reviewed_by, meta.reviewed_on)


def _texts_answer(
    request: Request,
    session: Session,
    whose: Whose,
    toolkit: Toolkit,
    language: str,
    filled: Filled,
    actor: Actor,
    speech: Translator,
) -> Response:
    zone = session.get_one(Network, actor.network_id).time_zone
    found = releases.releases_of(session, actor.network_id, toolkit.slug)
    line = toolkit_line(toolkit, found, speech, zone=zone, query=whose.query)
    tongue = language_line(toolkit, language, found, speech, zone=zone, query=whose.query)
    networks = read_networks(toolkit.folder.parent)
    page = correct_page(toolkit, networks, line, tongue, whose, filled, actor, speech)
    status = STATUS[filled.refused.kind] if filled.refused else 200
    return render(request, "kits/variant_correct.html", page, status=status)
