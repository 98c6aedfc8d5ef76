"""Keeps what a network or a chapter has of its own in a toolkit: each change is the next number, checked before it is used."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import derivation
from app.accounts.actor import Actor
from app.audit import record
from app.campaigns.access import chapter_ids
from app.campaigns.template import read_template
from app.derivation import Made
from app.enums import ArtefactKind, CheckState, Permission
from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.kits.archive import Entry, chunks_of, write_archive
from app.kits.checks import ask_for_check
from app.kits.toolkit import load_toolkit, patterns_of
from app.kits.toolkit_files import Review
from app.kits.variant_locks import refuse_other_mark, refuse_without_mark
from app.kits.variant_overlays import laid_over, overlay_of, overlay_sha256
from app.models import Artefact, Campaign, Chapter, InternationalDay, Network, ToolkitCheck, ToolkitVariant
from app.runtime import Runtime
from app.variants import (
    BASE,
    Scope,
    beneath_root,
    copy_root,
    files_of,
    parsed,
    root_with,
    variant_files,
    working_root,
    working_variant,
    written,
)

KEPT, TAKEN_BACK, CHECKED_AGAIN = "toolkit_variant.kept", "toolkit_variant.taken_back", "toolkit_variant.checked_again"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_SLUG_CHARS = 80


def may_keep(actor: Actor, scope: Scope) -> bool:
    """Whether it is theirs: every scope of the network its manager's, a chapter also its coordinators'."""
    if actor.network_id != scope.network_id or not actor.may(Permission.MANAGE_CAMPAIGNS):
        return False
    return actor.is_manager or scope.chapter_id in chapter_ids(actor)


def keeping(actor: Actor, scope: Scope) -> None:
    """Refuses `forbidden` whoever keeps nothing in this scope."""
    if not may_keep(actor, scope):
        raise Refused("forbidden", kind=ErrorKind.FORBIDDEN)


def keep_upload(
    session: Session, runtime: Runtime, scope: Scope, files: Mapping[str, bytes], *, note: str, actor: Actor, now: datetime
) -> ToolkitVariant:
    """Files of one toolkit, each below its folder as `read_toolkit_zip` gives them, laid over what the scope works on.

    Raises what `load_toolkit` and `read_template` refuse, `variant.bad_slug {found}`, `variant.nothing_new`; for a chapter, which
    has the campaign's mark as it is beneath, `variant.locked_mark {file}` and `variant.locked {file, format}`.
    """
    _begin(session, scope, actor)
    slug, plain = _without_folder(files)
    working = files_of(working_root(session, runtime, scope, slug) / slug)
    return _Keeping(session, runtime, scope, slug).keep(laid_over(working, plain), note=note, actor=actor, now=now)


def correct_texts(
    session: Session,
    runtime: Runtime,
    scope: Scope,
    slug: str,
    language: str,
    changed: Mapping[str, str],
    *,
    reviewed_by: str | None,
    reviewed_on: date | None,
    note: str,
    actor: Actor,
    now: datetime,
) -> ToolkitVariant:
    """Texts of one language, by keys as `patterns_of` gives them; without a reader the language is a draft from now on.

    Raises NotFound `toolkit.missing {file}`, and Refused or RefusedFields with the key as the field: `variant.empty_text {key}`,
    `toolkit.unknown_key`, and what `load_toolkit` refuses; `variant.reader_and_date` at `reviewed_by` or `reviewed_on`;
    `variant.nothing_new`.
    """
    _begin(session, scope, actor)
    root = working_root(session, runtime, scope, slug)
    texts = load_toolkit(slug, root).texts.get(language)
    if texts is None:
        raise NotFound("toolkit.missing", file=f"texts/{language}.toml")
    stands = dict(patterns_of(texts))
    typed = {key: text.replace("\r\n", "\n").strip() for key, text in changed.items()}
    _check_typed(language, typed, stands, is_read=bool(reviewed_by), is_dated=reviewed_on is not None)
    new = {key: text for key, text in typed.items() if text != stands[key].strip()}
    review = Review(language=language, reviewed_by=reviewed_by or None, reviewed_on=reviewed_on)
    files = files_of(root / slug)
    keep = _Keeping(session, runtime, scope, slug)
    refusals, other = _refusals_of(keep, files, review, new)
    if other is not None:
        raise other
    _raise_all(refusals)
    return keep.keep(_with_texts(files, review, new), note=note, language=language, actor=actor, now=now)


def text_refusals(
    session: Session, runtime: Runtime, scope: Scope, slug: str, language: str, changed: Mapping[str, str]
) -> list[Refused]:
    """What `correct_texts` would refuse of these texts, with the key as the field; nothing is changed."""
    files = files_of(working_root(session, runtime, scope, slug) / slug)
    review = Review.model_validate(parsed(files[f"texts/{language}.toml"])["meta"])
    return _refusals_of(_Keeping(session, runtime, scope, slug), files, review, changed)[0]


def take_back(
    session: Session, runtime: Runtime, scope: Scope, slug: str, number: int, *, actor: Actor, now: datetime
) -> ToolkitVariant:
    """An earlier number once more, as the next one; 0 is nothing of its own.

    Raises NotFound `variant.unknown {number}`, Refused `variant.nothing_new`, `variant.in_use {toolkit}`, and what `load_toolkit`
    refuses.
    """
    _begin(session, scope, actor)
    working = working_variant(session, scope, slug)
    if working is None:
        raise NotFound("variant.unknown", number=number)
    keep = _Keeping(session, runtime, scope, slug)
    if number == 0:
        if not keep.beneath_files:
            _check_unused(session, scope, slug)
        return keep.keep(keep.beneath_files, note="", actor=actor, now=now, again=0)
    query = select(ToolkitVariant).where(
        ToolkitVariant.network_id == scope.network_id,
        ToolkitVariant.chapter_id.is_(None) if scope.chapter_id is None else ToolkitVariant.chapter_id == scope.chapter_id,
        ToolkitVariant.toolkit_slug == slug,
        ToolkitVariant.number == number,
    )
    earlier = session.scalars(query).one_or_none()
    if earlier is None:
        raise NotFound("variant.unknown", number=number)
    files = laid_over(keep.beneath_files, variant_files(session, runtime, earlier))
    return keep.keep(files, note=earlier.note, actor=actor, now=now, again=number)


def check_again(session: Session, runtime: Runtime, scope: Scope, slug: str, *, actor: Actor, now: datetime) -> None:
    """Have the newest number checked once more that could not be checked; twice is once, and what was checked stays.

    Raises NotFound `variant.unknown {number}`.
    """
    _begin(session, scope, actor)
    row = working_variant(session, scope, slug)
    if row is None or row.check_id is None:
        raise NotFound("variant.unknown", number=row.number if row else 0)
    if session.get_one(ToolkitCheck, row.check_id, populate_existing=True).state is not CheckState.FAILED:
        return
    root = working_root(session, runtime, scope, slug)
    row.check_id = ask_for_check(session, runtime, network_id=scope.network_id, slug=slug, root=root, now=now).id
    _record(session, CHECKED_AGAIN, row, actor, now)


def _begin(session: Session, scope: Scope, actor: Actor) -> None:
    keeping(actor, scope)
    if scope.chapter_id is not None:
        chapter = session.get(Chapter, scope.chapter_id)
        if chapter is None or chapter.network_id != scope.network_id:
            raise NotFound("not_found")
    # two who change toolkits at once do so one after the other: what one lays over is what the other has kept
    session.get_one(Network, scope.network_id, with_for_update={"key_share": True})


def _check_unused(session: Session, scope: Scope, slug: str) -> None:
    """Refuses `variant.in_use {toolkit}` while a day or a campaign is made with a toolkit that is all somebody's own."""
    campaigns = [Campaign.network_id == scope.network_id, Campaign.toolkit_slug == slug]
    if scope.chapter_id is not None:
        campaigns.append(Campaign.chapter_id == scope.chapter_id)
    uses = session.scalar(select(Campaign.id).where(*campaigns).limit(1))
    if scope.chapter_id is None and uses is None:
        of_days = (InternationalDay.network_id == scope.network_id, InternationalDay.toolkit_slug == slug)
        uses = session.scalar(select(InternationalDay.id).where(*of_days, InternationalDay.removed_at.is_(None)).limit(1))
    if uses is not None:
        raise Refused("variant.in_use", kind=ErrorKind.CONFLICT, toolkit=slug)


def _without_folder(files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    folders = sorted({name.partition("/")[0] for name in files})
    slug = folders[0] if len(folders) == 1 else ""
    if slug == BASE or len(slug) > _MAX_SLUG_CHARS or not _SLUG.fullmatch(slug):
        raise Refused("variant.bad_slug", found=", ".join(folders))
    return slug, {name.partition("/")[2]: content for name, content in files.items()}


def _check_typed(language: str, typed: Mapping[str, str], stands: Mapping[str, str], *, is_read: bool, is_dated: bool) -> None:
    file = f"texts/{language}.toml"
    refusals = [Refused("toolkit.unknown_key", field=key, file=file, key=key) for key in typed if key not in stands]
    refusals += [Refused("variant.empty_text", field=key, key=key) for key, text in typed.items() if not text]
    if is_read != is_dated:
        refusals.append(Refused("variant.reader_and_date", field="reviewed_on" if is_read else "reviewed_by"))
    _raise_all(refusals)


def _raise_all(refusals: list[Refused]) -> None:
    if refusals:
        raise refusals[0] if len(refusals) == 1 else RefusedFields(refusals)


def _refusals_of(
    keep: "_Keeping", files: Mapping[str, bytes], review: Review, texts: Mapping[str, str]
) -> tuple[list[Refused], Refused | None]:
    """Of every text that cannot be taken, so that nobody mends them one by one; and what is wrong elsewhere in the toolkit."""
    refusals: list[Refused] = []
    good = dict(texts)
    while refused := keep.refusal(_with_texts(files, review, good)):
        key = str(refused.params.get("key", ""))
        if refused.params.get("file") != f"texts/{review.language}.toml" or key not in good:
            return refusals, refused
        del good[key]
        refusals.append(Refused(refused.code, kind=refused.kind, field=key, **refused.params))
    return refusals, None


def _with_texts(files: Mapping[str, bytes], review: Review, texts: Mapping[str, str]) -> Mapping[str, bytes]:
    """A toolkit's files with these texts in a language, by their keys, and who has read it."""
    file = f"texts/{review.language}.toml"
    values = parsed(files[file])
    values["meta"] = review.model_dump(exclude_none=True)
    for key, text in texts.items():
        *steps, last = key.split(".")
        place: Any = values
        for step in steps:
            place = place[int(step) if isinstance(place, list) else step]
        place[int(last) if isinstance(place, list) else last] = text
    return {**files, file: written(values)}


class _Keeping:
    """Makes a scope's next variant of one toolkit from the whole files that it shall have."""

    def __init__(self, session: Session, runtime: Runtime, scope: Scope, slug: str) -> None:
        self._session, self._runtime, self._scope, self._slug = session, runtime, scope, slug
        self._beneath = beneath_root(session, runtime, scope)
        self.beneath_files = files_of(self._beneath / slug)

    def refusal(self, files: Mapping[str, bytes], *, keeps_mark: bool = False) -> Refused | None:
        """Why a toolkit of these files cannot be loaded, or does not leave the mark as it is; None when it can."""
        with ExitStack() as stack:
            folder = self._runtime.settings.frozen_toolkits_dir
            folder.mkdir(parents=True, exist_ok=True)
            root = Path(stack.enter_context(TemporaryDirectory(dir=folder, prefix=".")))
            copy_root(self._beneath, root, only=[BASE])
            for name, content in files.items():
                path = root / self._slug / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            try:
                toolkit = load_toolkit(self._slug, root)
                read_template(self._slug, root)
                if keeps_mark:
                    refuse_other_mark(self.beneath_files, files)
                    refuse_without_mark(load_toolkit(self._slug, self._beneath), toolkit)
            except Refused as refused:
                return refused
        return None

    def keep(
        self,
        files: Mapping[str, bytes],
        *,
        note: str,
        actor: Actor,
        now: datetime,
        language: str | None = None,
        again: int | None = None,
    ) -> ToolkitVariant:
        """The next number, with its check asked for; raises Refused `variant.nothing_new`, or why it cannot be loaded."""
        own = overlay_of(self.beneath_files, files)
        sha256 = overlay_sha256(own) if own else None
        working = working_variant(self._session, self._scope, self._slug)
        if sha256 == (working.files_sha256 if working else None):
            raise Refused("variant.nothing_new", kind=ErrorKind.CONFLICT)
        # texts touch no brand: what stood before the network changed its own may still be corrected
        keeps_mark = self._scope.chapter_id is not None and bool(self.beneath_files) and language is None
        if own and (refused := self.refusal(files, keeps_mark=keeps_mark)) is not None:
            raise refused
        row = ToolkitVariant(
            network_id=self._scope.network_id,
            chapter_id=self._scope.chapter_id,
            toolkit_slug=self._slug,
            number=(working.number if working else 0) + 1,
            note=note,
            language=language,
            artefact_id=self._stored(own, sha256, now=now).id if sha256 else None,
            files_sha256=sha256,
            made_by_id=actor.person_id,
            made_at=now,
        )
        self._session.add(row)
        self._session.flush()
        if sha256:
            root = root_with(self._session, self._runtime, self._beneath, self._slug, row)
            check = ask_for_check(
                self._session, self._runtime, network_id=self._scope.network_id, slug=self._slug, root=root, now=now
            )
            row.check_id = check.id
            self._session.flush()
        act = KEPT if again is None else TAKEN_BACK
        _record(self._session, act, row, actor, now, again=again, files=len(own), language=language)
        return row

    def _stored(self, own: Mapping[str, bytes], sha256: str, *, now: datetime) -> Artefact:
        folder = self._runtime.settings.frozen_toolkits_dir
        entries = [Entry(name, [content]) for name, content in sorted(own.items())]
        with NamedTemporaryFile(dir=folder, suffix=".zip", prefix=".", delete=False) as file:
            file.writelines(chunks_of(write_archive(entries, folder=folder)))
        spec = {"what": "variant", "toolkit": self._slug, "files": sha256}
        made = Made(Path(file.name), ArtefactKind.TOOLKIT, "application/zip", spec=spec)
        try:
            return derivation.keep(self._session, self._runtime.storage, made, now=now)
        finally:
            made.path.unlink(missing_ok=True)


def _record(session: Session, act: str, row: ToolkitVariant, actor: Actor, now: datetime, **more: Any) -> None:
    record(
        session,
        network_id=row.network_id,
        act=act,
        subject_kind="toolkit_variant",
        subject_id=row.id,
        at=now,
        actor_id=actor.person_id,
        toolkit=row.toolkit_slug,
        chapter=row.chapter_id,
        number=row.number,
        **more,
    )
