"""A network's and a chapter's own toolkits: what is different is kept, in numbers, and laid over what ships."""

import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.enums import CheckState, RoleName
from app.errors import ErrorKind, NotFound, Refused, RefusedFields
from app.kits import variant_service
from app.kits.toolkit import list_toolkits, load_toolkit, patterns_of
from app.kits.variant_overlays import laid_over, overlay_of
from app.models import AuditRow, Job, Network, ToolkitCheck, ToolkitVariant
from app.runtime import Runtime
from app.variants import (
    TOOLKITS_DIR,
    Scope,
    beneath_root,
    copy_root,
    files_of,
    lay_over,
    move_into_place,
    root_with,
    standing_variant,
    toolkits_root,
    variant_files,
    variants_of,
    working_root,
    working_variant,
    written,
)
from media_pipeline.toolkit_zip import read_toolkit_zip
from tests import factories

SLUG = "our-city-our-voices"


@dataclass
class World:
    """A network with a manager, two chapters and who coordinates the first; nobody has anything of their own."""

    session: Session
    runtime: Runtime
    manager: Actor
    coordinator: Actor
    network: Scope
    north: Scope
    south: Scope

    def correct(
        self, scope: Scope, *, language: str = "en", read_by: str | None = None, read_on: date | None = None, **texts: str
    ) -> ToolkitVariant:
        return variant_service.correct_texts(
            self.session,
            self.runtime,
            scope,
            SLUG,
            language,
            {key.replace("__", "."): text for key, text in texts.items()},
            reviewed_by=read_by,
            reviewed_on=read_on,
            note="Shorter",
            actor=self.manager,
            now=self.runtime.now(),
        )

    def take_back(self, scope: Scope, number: int, slug: str = SLUG) -> ToolkitVariant:
        now = self.runtime.now()
        return variant_service.take_back(self.session, self.runtime, scope, slug, number, actor=self.manager, now=now)

    def upload(self, scope: Scope, files: dict[str, bytes]) -> ToolkitVariant:
        now = self.runtime.now()
        return variant_service.keep_upload(self.session, self.runtime, scope, files, note="New", actor=self.manager, now=now)

    def passes(self, variant: ToolkitVariant, state: CheckState = CheckState.CLEAN) -> None:
        self.session.get_one(ToolkitCheck, variant.check_id).state = state
        self.session.flush()

    def text(self, root: Path, key: str, language: str = "en") -> str:
        return dict(patterns_of(load_toolkit(SLUG, root).texts[language]))[key]

    def standing_text(self, scope: Scope, key: str, language: str = "en") -> str:
        return self.text(toolkits_root(self.session, self.runtime, scope), key, language)


@pytest.fixture
def session(runtime: Runtime) -> Iterator[Session]:
    with runtime.database.writing() as session:
        yield session


@pytest.fixture
def world(runtime: Runtime, session: Session) -> World:
    network = factories.network(session)
    north, south = (factories.chapter(session, network, slug) for slug in ("north", "south"))
    manager = actor_of(session, factories.person(session, network, RoleName.MANAGER))
    coordinator = actor_of(session, factories.person(session, network, RoleName.COORDINATOR, chapter=north))
    assert manager is not None
    assert coordinator is not None
    scopes = (Scope(network.id), Scope(network.id, north.id), Scope(network.id, south.id))
    return World(session, runtime, manager, coordinator, *scopes)


SHIPPED = dict(patterns_of(load_toolkit(SLUG).texts["en"]))
SHIPPED_X, SHIPPED_REPORT = SHIPPED["posts.x"], SHIPPED["replies.report"]


def test_a_correction_is_the_next_number_and_holds_only_what_is_different(world: World) -> None:
    first = world.correct(
        world.network, posts__x="Tell us: {link} {hashtag}", posts__facebook=f" {SHIPPED['posts.facebook']}\r\n"
    )
    second = world.correct(world.network, note__do__1="Ask ten people.")
    assert [row.number for row, _check, _person in variants_of(world.session, world.network, SLUG)] == [2, 1]
    assert (first.language, first.note, first.made_by_id) == ("en", "Shorter", world.manager.person_id)
    held = variant_files(world.session, world.runtime, second)
    lines = list(load_toolkit(SLUG).texts["en"].note.do)
    lines[1] = "Ask ten people."
    assert list(held) == ["texts/en.toml"]
    assert tomllib.loads(held["texts/en.toml"].decode()) == {"note": {"do": lines}, "posts": {"x": "Tell us: {link} {hashtag}"}}


def test_what_is_written_is_used_only_when_the_gate_let_it_through(world: World) -> None:
    first = world.correct(world.network, posts__x="First {link}")
    assert toolkits_root(world.session, world.runtime, world.network) == TOOLKITS_DIR
    assert world.text(working_root(world.session, world.runtime, world.network, SLUG), "posts.x") == "First {link}"
    world.passes(first)
    second = world.correct(world.network, posts__x="Second {link}")
    world.passes(second, CheckState.FAULTY)
    assert (working_variant(world.session, world.network, SLUG), standing_variant(world.session, world.network, SLUG)) == (
        second,
        first,
    )
    root = toolkits_root(world.session, world.runtime, world.network)
    assert (world.text(root, "posts.x"), world.text(root, "replies.report")) == ("First {link}", SHIPPED_REPORT)
    assert list_toolkits(root) == list_toolkits(TOOLKITS_DIR)
    assert world.session.scalar(select(func.count()).select_from(Job)) == 2


def test_a_chapter_has_its_own_on_top_of_the_networks(world: World) -> None:
    world.passes(world.correct(world.network, posts__x="Of the network {link}", replies__report="Call the network."))
    world.passes(world.correct(world.north, posts__x="Of the north {link}"))
    texts = [
        (world.standing_text(scope, "posts.x"), world.standing_text(scope, "replies.report"))
        for scope in (world.network, world.north, world.south)
    ]
    assert texts == [
        ("Of the network {link}", "Call the network."),
        ("Of the north {link}", "Call the network."),
        ("Of the network {link}", "Call the network."),
    ]
    network_root = toolkits_root(world.session, world.runtime, world.network)
    assert beneath_root(world.session, world.runtime, world.north) == network_root
    assert toolkits_root(world.session, world.runtime, world.south) == network_root


def test_a_text_as_it_is_beneath_is_nobodys_own_any_more(world: World) -> None:
    world.passes(world.correct(world.network, posts__x="Mine {link}"))
    back = world.correct(world.network, posts__x=SHIPPED_X)
    assert (back.number, back.artefact_id, back.files_sha256, back.check_id) == (2, None, None, None)
    assert standing_variant(world.session, world.network, SLUG) is None
    assert toolkits_root(world.session, world.runtime, world.network) == TOOLKITS_DIR
    with pytest.raises(Refused) as nothing:
        world.correct(world.network, posts__x=f"{SHIPPED_X}\r\n")
    assert (nothing.value.code, nothing.value.kind) == ("variant.nothing_new", ErrorKind.CONFLICT)


def test_an_earlier_number_stands_again_as_the_next_one(world: World) -> None:
    first = world.correct(world.network, posts__x="First {link}")
    world.passes(first)
    world.correct(world.network, posts__x="Second {link}")
    third = world.take_back(world.network, 1)
    assert (third.number, third.files_sha256, third.check_id, third.note) == (3, first.files_sha256, first.check_id, "Shorter")
    assert world.standing_text(world.network, "posts.x") == "First {link}"
    assert world.take_back(world.network, 0).artefact_id is None
    assert world.standing_text(world.network, "posts.x") == SHIPPED_X
    with pytest.raises(NotFound) as unknown:
        world.take_back(world.network, 9)
    assert (unknown.value.code, unknown.value.params) == ("variant.unknown", {"number": 9})
    acts = world.session.execute(select(AuditRow.act, AuditRow.codes).order_by(AuditRow.id)).all()
    assert [(act, codes["number"], codes.get("again")) for act, codes in acts if act.startswith("toolkit_variant")] == [
        ("toolkit_variant.kept", 1, None),
        ("toolkit_variant.kept", 2, None),
        ("toolkit_variant.taken_back", 3, 1),
        ("toolkit_variant.taken_back", 4, 0),
    ]


def test_what_could_not_be_checked_is_checked_again_once_by_whoever_keeps_it(world: World) -> None:
    def again(actor: Actor) -> None:
        variant_service.check_again(world.session, world.runtime, world.network, SLUG, actor=actor, now=world.runtime.now())

    with pytest.raises(NotFound):
        again(world.manager)
    variant = world.correct(world.network, posts__x="Mine {link}")
    again(world.manager)  # it waits already
    world.passes(variant, CheckState.FAILED)
    with pytest.raises(Refused) as refused:
        again(world.coordinator)
    assert refused.value.code == "forbidden"
    for _click in range(2):
        again(world.manager)
    assert world.session.get_one(ToolkitCheck, variant.check_id).state is CheckState.WAITING
    acts = world.session.execute(select(AuditRow.act, AuditRow.codes).order_by(AuditRow.id)).all()
    told = [(act, codes["number"]) for act, codes in acts if act.startswith("toolkit_variant")]
    assert told == [("toolkit_variant.kept", 1), ("toolkit_variant.checked_again", 1)]


def test_every_text_that_cannot_be_taken_is_told_at_its_key_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(RefusedFields) as wrong:
        world.correct(world.network, posts__x="x" * 300, plan__day="{nobody}", bulletin__title="As it should be")
    assert sorted((each.code, each.field) for each in wrong.value.refusals) == [
        ("toolkit.post_too_long", "posts.x"),
        ("toolkit.unknown_placeholder", "plan.day"),
    ]
    with pytest.raises(RefusedFields) as empty:
        world.correct(world.network, posts__x=" \r\n", posts__myspace="Hello", read_by="Ana")
    assert [(each.code, each.field) for each in empty.value.refusals] == [
        ("toolkit.unknown_key", "posts.myspace"),
        ("variant.empty_text", "posts.x"),
        ("variant.reader_and_date", "reviewed_on"),
    ]
    with pytest.raises(NotFound) as missing:
        world.correct(world.network, language="fi", posts__x="Kerro meille")
    assert (missing.value.code, missing.value.params) == ("toolkit.missing", {"file": "texts/fi.toml"})
    assert variants_of(world.session, world.network, SLUG) == []


def test_who_has_read_a_text_is_said_with_the_day_and_goes_with_a_text_that_nobody_read(world: World) -> None:
    world.passes(world.correct(world.network, read_by="Ana", read_on=date(2027, 3, 4)))
    read = load_toolkit(SLUG, toolkits_root(world.session, world.runtime, world.network)).texts["en"]
    assert (read.meta.reviewed_by, read.meta.reviewed_on, read.is_draft) == ("Ana", date(2027, 3, 4), False)
    world.passes(world.correct(world.north, posts__x="Nobody read this: {link}"))
    roots = [toolkits_root(world.session, world.runtime, scope) for scope in (world.network, world.north)]
    assert [load_toolkit(SLUG, root).texts["en"].is_draft for root in roots] == [False, True]


def test_a_toolkit_that_comes_back_unchanged_is_nothing_new(world: World, tmp_path: Path) -> None:
    slug, files = read_toolkit_zip(packed(tmp_path, files_of(TOOLKITS_DIR / SLUG), SLUG), tmp_path)
    with pytest.raises(Refused) as nothing:
        world.upload(world.network, files)
    assert (slug, nothing.value.code) == (SLUG, "variant.nothing_new")
    files[f"{SLUG}/artwork/mark.svg"] = files[f"{SLUG}/artwork/ring.svg"]
    assert list(variant_files(world.session, world.runtime, world.upload(world.network, files))) == ["artwork/mark.svg"]


def test_a_toolkit_under_another_name_is_a_new_one_beside_those_that_ship(world: World, tmp_path: Path) -> None:
    content = files_of(TOOLKITS_DIR / SLUG)
    content["toolkit.toml"] = content["toolkit.toml"].replace(SLUG.encode(), b"our-river")
    _slug, files = read_toolkit_zip(packed(tmp_path, content), tmp_path)
    variant = world.upload(world.network, files)
    world.passes(variant)
    root = toolkits_root(world.session, world.runtime, world.network)
    assert (variant.toolkit_slug, load_toolkit("our-river", root).names["fr"]) == ("our-river", "Notre ville, nos voix")
    assert list_toolkits(root) == sorted([*list_toolkits(TOOLKITS_DIR), "our-river"])
    network = world.session.get_one(Network, world.network.network_id)
    campaign = factories.campaign(world.session, network)
    campaign.toolkit_slug = "our-river"
    world.session.flush()
    with pytest.raises(Refused) as used:
        world.take_back(world.network, 0, "our-river")
    assert (used.value.code, used.value.params) == ("variant.in_use", {"toolkit": "our-river"})
    campaign.toolkit_slug = SLUG
    assert world.take_back(world.network, 0, "our-river").check_id is None
    assert toolkits_root(world.session, world.runtime, world.network) == TOOLKITS_DIR


def test_a_part_is_laid_over_what_is_worked_on_and_a_language_more_is_a_file_of_its_own(world: World) -> None:
    world.correct(world.network, posts__x="Mine {link}")
    german = files_of(TOOLKITS_DIR / SLUG)["texts/en.toml"].replace(b'language = "en"', b'language = "de"')
    variant = world.upload(world.network, {f"{SLUG}/texts/de.toml": german, f"{SLUG}/toolkit.toml": b'[names]\nde = "Stadt"\n'})
    assert sorted(variant_files(world.session, world.runtime, variant)) == ["texts/de.toml", "texts/en.toml", "toolkit.toml"]
    toolkit = load_toolkit(SLUG, working_root(world.session, world.runtime, world.network, SLUG))
    assert (sorted(toolkit.texts), toolkit.names["de"], toolkit.names["fr"]) == (
        ["de", "en", "fr"],
        "Stadt",
        "Notre ville, nos voix",
    )
    assert toolkit.texts["en"].posts.x == "Mine {link}"


def test_what_does_not_load_is_refused_with_its_file_and_key(world: World) -> None:
    with pytest.raises(Refused) as colour:
        world.upload(world.network, {f"{SLUG}/toolkit.toml": b'[palette]\naccent = "red"\n'})
    assert (colour.value.code, colour.value.params["file"], colour.value.params["key"]) == (
        "toolkit.bad_value",
        "toolkit.toml",
        "palette.accent",
    )
    with pytest.raises(Refused) as step:
        world.upload(world.network, {f"{SLUG}/campaign.toml": b"days_after = 2000\n"})
    assert (step.value.code, step.value.params["key"]) == ("toolkit.bad_value", "days_after")
    for name in ("base", "Our Day"):
        with pytest.raises(Refused) as named:
            world.upload(world.network, {f"{name}/toolkit.toml": b""})
        assert (named.value.code, named.value.params) == ("variant.bad_slug", {"found": name})


def test_a_chapter_leaves_the_mark_as_it_is_and_on_every_piece_that_shows_it(world: World) -> None:
    mark = files_of(TOOLKITS_DIR / SLUG)["artwork/mark.svg"]
    card = files_of(TOOLKITS_DIR / "base")["templates/card.toml"]
    other = {f"{SLUG}/artwork/mark.svg": mark.replace(b"</svg>", b'<path d="M0 0h9v9z"/></svg>')}
    without = {f"{SLUG}/templates/card.toml": card.replace(b'"mark.svg"', b'"motif.svg"')}
    for files, code, file in (
        (other, "variant.locked_mark", "artwork/mark.svg"),
        (without, "variant.locked", "templates/card.toml"),
    ):
        with pytest.raises(Refused) as locked:
            world.upload(world.north, files)
        assert (locked.value.code, locked.value.params["file"]) == (code, file)
        assert world.upload(world.network, files).chapter_id is None  # whose brand it is
    assert world.upload(world.south, {f"{SLUG}/artwork/motif.svg": other[f"{SLUG}/artwork/mark.svg"]}).number == 1


def test_a_coordinator_keeps_the_own_chapter_and_nobody_anothers_network(world: World) -> None:
    elsewhere = factories.network(world.session, "elsewhere")
    foreign = Scope(world.network.network_id, factories.chapter(world.session, elsewhere, "theirs").id)
    scopes = (world.network, world.north, world.south, Scope(elsewhere.id))
    assert [variant_service.may_keep(world.manager, scope) for scope in scopes] == [True, True, True, False]
    assert [variant_service.may_keep(world.coordinator, scope) for scope in scopes] == [False, True, False, False]
    with pytest.raises(Refused) as forbidden:
        variant_service.keeping(world.coordinator, world.south)
    assert (forbidden.value.code, forbidden.value.kind) == ("forbidden", ErrorKind.FORBIDDEN)
    with pytest.raises(NotFound):
        world.correct(foreign, posts__x="Ours {link}")


def test_an_upgrade_reaches_everything_that_nobody_has_changed(world: World, tmp_path: Path) -> None:
    variant = world.correct(world.network, posts__x="Mine {link}")
    shipped = tmp_path / "toolkits"
    copy_root(TOOLKITS_DIR, shipped, only=["base", SLUG])
    before = root_with(world.session, world.runtime, shipped, SLUG, variant)
    path = shipped / SLUG / "texts" / "en.toml"
    path.write_text(path.read_text("utf-8").replace(SHIPPED_REPORT, "Report it to the newer house."), "utf-8")
    after = root_with(world.session, world.runtime, shipped, SLUG, variant)
    assert (before == after, root_with(world.session, world.runtime, shipped, SLUG, variant)) == (False, after)
    assert [world.text(root, "replies.report") for root in (before, after)] == [SHIPPED_REPORT, "Report it to the newer house."]
    assert [world.text(root, "posts.x") for root in (before, after)] == ["Mine {link}", "Mine {link}"]
    assert [path.name for path in world.runtime.settings.frozen_toolkits_dir.glob(".*")] == []


def test_two_who_make_the_same_folder_at_once_have_one_of_it(tmp_path: Path) -> None:
    for maker in ("one", "other"):
        (tmp_path / maker / "base").mkdir(parents=True)
    for maker in ("one", "other"):
        move_into_place(tmp_path / maker, tmp_path / "made")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*")) == ["made/base", "other/base"]


def test_differences_to_a_toolkit_that_ships_no_longer_make_none(tmp_path: Path) -> None:
    lay_over(tmp_path / SLUG, {"toolkit.toml": b'[names]\nde = "Stadt"\n', "texts/en.toml": b""})
    assert list_toolkits(tmp_path) == []


_TABLES = st.recursive(
    st.integers(0, 3) | st.sampled_from(["", "a\nb", 'say "no"']) | st.lists(st.integers(0, 2), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), _TABLES), st.dictionaries(st.sampled_from("abc"), _TABLES))
@settings(max_examples=80, deadline=None)
def test_what_is_different_laid_over_what_is_beneath_is_what_was_wanted(
    below: dict[str, object], above: dict[str, object]
) -> None:
    beneath = {"campaign.toml": written(below)}
    wanted = laid_over(beneath, {"campaign.toml": written(above)})
    own = overlay_of(beneath, wanted)
    again = laid_over(beneath, own)
    assert [tomllib.loads(files["campaign.toml"].decode()) for files in (again,)] == [
        tomllib.loads(wanted["campaign.toml"].decode())
    ]
    assert overlay_of(beneath, again) == own


def packed(folder: Path, files: dict[str, bytes], inside: str = "") -> Path:
    with zipfile.ZipFile(folder / "sent.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{inside}/{name}" if inside else name, content)
    return folder / "sent.zip"
