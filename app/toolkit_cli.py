"""`polyphony toolkit`: toolkits and kits for those who work with files; check them, draw them, pack them."""

import argparse
import json
import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.campaigns.queries import all_campaigns, campaign_by_slug, cities_in
from app.campaigns.template import read_template
from app.demo.plan import DEMO_DIR
from app.errors import NotFound, Unknown
from app.kits.city_looks import Look, look_of
from app.kits.lint import check_toolkit
from app.kits.lint_samples import drawings_beyond, languages_of, sample_order
from app.kits.ordering import press_for, published_order
from app.kits.pieces import Drawing, Flipbook, Group, Piece, pieces_of
from app.kits.queries import DeskPlace
from app.kits.service import build_kit, content_of
from app.kits.toolkit import TOOLKITS_DIR, list_toolkits, load_toolkit
from app.models import Chapter, City, Network, ToolkitVariant
from app.network.queries import chapters_of, cities_of, the_network
from app.network.rows import city_row, read_rows
from app.network.table import read_table
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from app.variants import Scope, toolkits_root
from app.web.i18n import translator

EXIT_FOUND, EXIT_USAGE = 1, 2
Act = Callable[[argparse.Namespace, Runtime], int]


def add_toolkit_commands(parser: argparse.ArgumentParser) -> None:
    """`lint`, `render` and `kit` below `polyphony toolkit`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    lint = commands.add_parser("lint", help="check a toolkit, or all of them; exit 0 only when nothing is found")
    lint.add_argument("slug", nargs="?", metavar="SLUG")
    lint.add_argument("--lang", action="append", default=[], metavar="LANG", help="only these languages")
    lint.add_argument("--json", action="store_true", dest="as_json", help="the findings for programs")
    lint.add_argument("--toolkits", type=Path, metavar="DIR", help="another folder of toolkits, with its base/")
    lint.add_argument("--chapter", metavar="CHAPTER", help="as this chapter has them, with its own laid over the network's")
    lint.set_defaults(act=_told(_lint))
    render = commands.add_parser("render", help="draw every piece of a toolkit for a city in a language")
    render.add_argument("slug", metavar="SLUG")
    render.add_argument("--city", required=True)
    render.add_argument("--lang", required=True)
    render.add_argument("--out", type=Path, required=True, metavar="DIR")
    render.add_argument("--only", metavar="TEMPLATE")
    render.add_argument("--chapter", metavar="CHAPTER", help="as this chapter has it, with its own laid over the network's")
    render.set_defaults(act=_told(_render))
    kit = commands.add_parser("kit", help="one city's kit of a campaign, as its officers take it at the desk")
    kit.add_argument("campaign", metavar="CAMPAIGN")
    kit.add_argument("city", metavar="CITY")
    kit.add_argument("--lang", action="append", default=[], metavar="LANG", help="once for each; left out, the city's languages")
    kit.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    kit.set_defaults(act=_told(_kit))


def _told(act: Act) -> Callable[[argparse.Namespace, Settings], int]:
    """The same with a runtime of its own, and a sentence and exit 2 for a name that stands for nothing."""

    def tell(arguments: argparse.Namespace, settings: Settings) -> int:
        runtime = open_runtime(settings)
        try:
            return act(arguments, runtime)
        except Unknown as unknown:
            print(unknown, file=sys.stderr)
            return EXIT_USAGE
        finally:
            runtime.database.dispose()

    return tell


def _lint(arguments: argparse.Namespace, runtime: Runtime) -> int:
    root = arguments.toolkits or _root(runtime, arguments.chapter)
    slugs = [arguments.slug] if arguments.slug else list_toolkits(root)
    _known("toolkit", slugs, list_toolkits(root))
    cities = _cities(runtime)
    checked = runtime.settings.kits_dir / "checked"
    speech, found, pieces, drawn = translator("en"), [], 0, 0
    # new processes, not copies of this one: what the engine holds must not be shared
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        for slug in slugs:
            report = check_toolkit(slug, root, cities=cities, languages=arguments.lang, checked=checked, pool=pool)
            found += report.findings
            pieces, drawn = pieces + report.piece_count, drawn + report.drawn_count
    if arguments.as_json:
        print(json.dumps([finding.as_json(speech) for finding in found], ensure_ascii=False, indent=1))
    else:
        for finding in found:
            print(f"{finding.place}: {finding.said(speech)} [{finding.code}]")
        count = f"{len(slugs)} toolkit{'s' * (len(slugs) != 1)}, {pieces} pieces, {drawn} of them drawn anew"
        print(f"{count}, {_cpu_s():.0f} s of CPU: {len(found)} findings.")
    return EXIT_FOUND if found else 0


def _render(arguments: argparse.Namespace, runtime: Runtime) -> int:
    root = _root(runtime, arguments.chapter)
    _known("toolkit", [arguments.slug], list_toolkits(root))
    toolkit = load_toolkit(arguments.slug, root)
    _known("language of this toolkit", [arguments.lang], languages_of(toolkit))
    if arguments.only is not None:
        _known("template of this toolkit", [arguments.only], toolkit.manifest.templates)
    city = _city(runtime, arguments.city)
    order = replace(sample_order(toolkit, read_template(toolkit.slug, root), city, arguments.lang), look=_look(runtime, city))
    pieces = pieces_of(order)
    for drawing in drawings_beyond(order, pieces, is_short=False):
        path = f"beyond/{drawing.template}-{drawing.format}.{arguments.lang}.png"
        pieces.append(Piece(path, Group.PICTURES, arguments.lang, drawing))
    wanted = [piece for piece in pieces if (name := _template_of(piece)) and arguments.only in {None, name}]
    with press_for(order, runtime) as press:
        for piece in wanted:
            target: Path = arguments.out / piece.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content_of(piece, press))
    print(f"{len(wanted)} pieces are in {arguments.out}.")
    return 0


def _root(runtime: Runtime, chapter_slug: str | None) -> Path:
    """The toolkits as the network, or one of its chapters, has them standing; those that ship where there is no network."""
    with runtime.database.reading() as session:
        tables = inspect(session.connection())
        network = None
        if all(tables.has_table(each.__tablename__) for each in (Network, Chapter, ToolkitVariant)):
            with suppress(NotFound):
                network = the_network(session)
        chapters = {each.slug: each.id for each in chapters_of(session, network.id)} if network else {}
        _known("chapter", [chapter_slug] if chapter_slug else [], chapters)
        if network is None:
            return TOOLKITS_DIR
        chapter_id = chapters[chapter_slug] if chapter_slug else None
        return toolkits_root(session, runtime, Scope(network.id, chapter_id))


def _template_of(piece: Piece) -> str | None:
    """What a piece is drawn from; None for texts and codes."""
    match piece.source:
        case Drawing():
            return piece.source.template
        case Flipbook():
            return piece.source.pictures[0].template
        case _:
            return None


def _look(runtime: Runtime, city: City) -> Look:
    """What the city has given of itself; nothing where it is in no database."""
    if city.id is None:
        return Look()
    with runtime.database.reading() as session:
        return look_of(session, city)


def _kit(arguments: argparse.Namespace, runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        network = _network(session)
        place = _place(session, network, arguments.campaign, arguments.city)
        _known("language of this campaign", arguments.lang, place.campaign.languages)
        order = published_order(session, runtime, place, now=runtime.now(), chosen=arguments.lang)
    out: Path = arguments.out
    out.parent.mkdir(parents=True, exist_ok=True)
    with press_for(order, runtime) as press, build_kit(order, press, folder=runtime.settings.incoming_dir) as archive:
        beside = out.with_name(f".{out.name}.part")
        with beside.open("wb") as file:
            shutil.copyfileobj(archive, file)
        beside.replace(out)
    spoken = ", ".join(order.picture_languages)
    print(f"The kit of {place.city.slug} in {spoken} is in {out}: version {order.version}, {out.stat().st_size / 1e6:.1f} MB.")
    return 0


def _place(session: Session, network: Network, campaign_slug: str, city_slug: str) -> DeskPlace:
    """A city that takes part in a campaign."""
    try:
        campaign = campaign_by_slug(session, network.id, campaign_slug)
    except NotFound:
        raise Unknown("campaign", campaign_slug, [each.slug for each in all_campaigns(session, network.id)]) from None
    parts = {
        city.slug: (city, part) for part, city in cities_in(session, campaign.id) if part.joined_at and not city.is_elsewhere
    }
    if city_slug not in parts:
        raise Unknown("city in this campaign", city_slug, sorted(parts))
    city, part = parts[city_slug]
    return DeskPlace(network, campaign, city, part)


def _network(session: Session) -> Network:
    """The network of the database; Unknown before anything was founded."""
    if not inspect(session.connection()).has_table(Network.__tablename__):
        raise Unknown("network", "in this database", [])
    return the_network(session)


def _city(runtime: Runtime, slug: str) -> City:
    cities = {city.slug: city for city in _cities(runtime)}
    _known("city", [slug], cities)
    return cities[slug]


def _cities(runtime: Runtime) -> Sequence[City]:
    """The cities of the network; those of the demo network before there is one."""
    with runtime.database.reading() as session:
        if inspect(session.connection()).has_table(Network.__tablename__):
            try:
                found = cities_of(session, the_network(session).id)
            except NotFound:
                found = []
            if found:
                return found
    return demo_cities()


def demo_cities() -> list[City]:
    """The cities of the demo network, in no database."""
    table = read_table((DEMO_DIR / "cities.csv").read_text("utf-8"))
    rows, _refusals = read_rows(table.lines, city_row, lambda row: row.slug, "slug")
    names = ("slug", "names", "country", "time_zone", "latitude", "longitude")
    return [
        City(**{name: getattr(row, name) for name in names}, languages=list(row.languages), is_elsewhere=False) for row in rows
    ]


def _known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    there = list(known)
    for name in names:
        if name not in there:
            raise Unknown(what, name, there)


def _cpu_s() -> float:
    """What this process and its children have worked."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
