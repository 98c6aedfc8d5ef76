"""The `polyphony` command: thin; every act is a service's."""

import argparse
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts.service import make_sign_in_link, person_by_email
from app.assembly import commands as assembly_commands
from app.campaigns.days import load_international_days
from app.campaigns.rehearsal_commands import rehearse_now
from app.campaigns.service import run_due_steps
from app.clock import parse_instant, utc_now
from app.db.migrate import migrate
from app.demo.load import load_demo
from app.doctor import examine
from app.errors import Refused, RefusedFields, Unknown
from app.mail.bounces import MAX_BYTES, note_bounce
from app.models import Network
from app.network.queries import the_network
from app.network.service import import_file
from app.runtime import Runtime, open_runtime
from app.settings import Settings, get_settings
from app.toolkit_cli import add_toolkit_commands
from app.worker.main import work_until_stopped
from app.worker.registry import step_registry
from media_pipeline.errors import MediaError

EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_STOPPED = 130  # as shells have it for Ctrl-C


def main() -> None:
    """The command line's entry; exit 0 done, 1 something needs attention, 2 usage, 3 refused, 130 stopped by Ctrl-C."""
    arguments = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        settings = get_settings()
    except ValidationError as wrong:
        for setting in wrong.errors():
            print(f"POLYPHONY_{str(setting['loc'][0]).upper()}: {setting['msg'].removeprefix('Value error, ')}", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    if getattr(arguments, "port", None) is not None:
        settings = settings.model_copy(update={"port": arguments.port})
    act: Callable[[argparse.Namespace, Settings], int] = arguments.act
    try:
        sys.exit(act(arguments, settings))
    except Unknown as unknown:
        print(unknown, file=sys.stderr)
        sys.exit(EXIT_USAGE)
    except (Refused, MediaError) as refused:
        for each in refused.refusals if isinstance(refused, RefusedFields) else [refused]:
            print(assembly_commands.said_of(each), file=sys.stderr)
        sys.exit(EXIT_REFUSED)
    except KeyboardInterrupt:
        print(STOPPED.get(act, "Stopped."), file=sys.stderr)
        sys.exit(EXIT_STOPPED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="polyphony", description="Joint campaigns of a network of cities.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[[argparse.Namespace, Settings], int], explanation: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=explanation, description=explanation)
        added.set_defaults(act=act)
        return added

    command("run", _run, "migrate, load the demo network when the database is empty, start web, worker and scheduler together")
    command("serve", _serve, "the web part alone").add_argument("--port", type=int, help="where to listen")
    command("worker", _worker, "jobs and scheduler alone")
    command("migrate", _migrate, "bring the database to the newest revision")
    command("demo", _demo, "load the demo network, send its samples through the pipeline and approve them")
    command("doctor", _doctor, "check what the service needs and say what to do")
    command("tick", _tick, "do every step that is due, now or at an instant").add_argument(
        "--now", type=parse_instant, metavar="INSTANT", help="as if it were this instant, such as 2027-06-20T00:00:00+02:00"
    )
    rehearsal = command(
        "rehearse", _rehearse, "show what a campaign will do, when and where, and what is wrong or missing before it does"
    )
    rehearsal.add_argument("campaign")
    rehearsal.add_argument("--json", action="store_true", dest="as_json", help="the storyboard for programs")
    command("sign-in-link", _sign_in_link, "print a link that signs a person in once").add_argument("email")
    command("bounce", _bounce, "note a mail that came back, from standard input: for the alias of the sender's address")
    command("import-cities", _import_cities, "cities, chapters or officers from a CSV file").add_argument("file", type=Path)
    command("days", _days, "bring the international days of this version into the network's calendar")
    collage = command("collage", _collage, "make the collage of a campaign and the one to zoom into now, of all that is approved")
    collage.add_argument("campaign", help="its name in addresses, such as world-refugee-day")
    collage.add_argument(
        "--print", action="store_true", dest="for_print", help="the poster for print instead: A1 and A2 as PDF and PNG"
    )
    film = command(
        "film",
        _film,
        "make the joint film of a campaign now, short and whole, of all that is approved; or the film of one city, or of each",
    )
    film.add_argument("campaign", help="its name in addresses, such as world-refugee-day")
    whose = film.add_mutually_exclusive_group()
    whose.add_argument("city", nargs="?", help="the film of this city instead")
    whose.add_argument("--cities", action="store_true", help="the film of every city that takes part instead")
    explanation = "check toolkits, draw them, pack a city's kit"
    add_toolkit_commands(commands.add_parser("toolkit", help=explanation, description=explanation))
    return parser


def _ready(settings: Settings) -> Runtime:
    migrate(settings.resolved_database_url)
    return open_runtime(settings)


def _run(_arguments: argparse.Namespace, settings: Settings) -> int:
    from app.supervisor import run_all  # noqa: PLC0415 - every page of the service, which costs the other commands a second

    return run_all(_ready(settings))


def _serve(_arguments: argparse.Namespace, settings: Settings) -> int:
    from app.main import create_app  # noqa: PLC0415 - as above

    runtime = open_runtime(settings)
    uvicorn.run(create_app(runtime), host=settings.host, port=settings.port, lifespan="off", ws="none", server_header=False)
    return 0


def _worker(_arguments: argparse.Namespace, settings: Settings) -> int:
    work_until_stopped(open_runtime(settings))
    return 0


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    migrate(settings.resolved_database_url)
    print("The database is at the newest revision.")
    return 0


def _demo(_arguments: argparse.Namespace, settings: Settings) -> int:
    load_demo(_ready(settings), with_samples=True, say=print)
    return 0


def _doctor(_arguments: argparse.Namespace, settings: Settings) -> int:
    findings = examine(settings)
    for finding in findings:
        print(f"{'ok  ' if finding.is_good else 'MEND'} {finding.subject}: {finding.found}")
        if not finding.is_good:
            print(f"     -> {finding.advice}")
    return 0 if all(finding.is_good for finding in findings) else 1


def _tick(arguments: argparse.Namespace, settings: Settings) -> int:
    runtime = open_runtime(settings)
    done = run_due_steps(runtime, step_registry(), now=arguments.now or utc_now())
    print(f"{done} steps done.")
    return 0


def _rehearse(arguments: argparse.Namespace, settings: Settings) -> int:
    from app.main import STAGE  # noqa: PLC0415 - as above

    return rehearse_now(open_runtime(settings), arguments.campaign, STAGE, as_json=arguments.as_json, say=print)


def _sign_in_link(arguments: argparse.Namespace, settings: Settings) -> int:
    runtime = open_runtime(settings)
    with runtime.database.writing() as session:
        person = person_by_email(session, arguments.email)
        if person is None:
            raise Refused("sign_in.unknown_person", email=arguments.email)
        lifetime = timedelta(minutes=settings.sign_in_link_minutes)
        token = make_sign_in_link(session, person, now=runtime.now(), lifetime=lifetime)
    print(f"{settings.resolved_base_url}/sign-in/{token}")
    return 0


def _bounce(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit 0 for whatever it reads: a mail server would answer anything else with a bounce of its own."""
    runtime = open_runtime(settings)
    with runtime.database.writing() as session:
        mail = note_bounce(session, sys.stdin.buffer.read(MAX_BYTES), now=runtime.now())
    print(f"Mail {mail.id} did not arrive." if mail else "This is no report of a mail of ours that did not arrive.")
    return 0


def _import_cities(arguments: argparse.Namespace, settings: Settings) -> int:
    if not arguments.file.is_file():
        print(f"There is no file {arguments.file}.", file=sys.stderr)
        return EXIT_USAGE
    runtime = _ready(settings)

    def with_days(session: Session, network: Network) -> None:
        load_international_days(session, network, now=runtime.now())

    print(import_file(runtime, arguments.file.read_bytes(), when_founded=with_days).summary())
    return 0


def _days(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 - it takes none
    runtime = _ready(settings)
    with runtime.database.writing() as session:
        days = load_international_days(session, the_network(session), now=runtime.now())
    print(f"{len(days)} international days are in the calendar.")
    return 0


def _collage(arguments: argparse.Namespace, settings: Settings) -> int:
    for_print = arguments.for_print
    return assembly_commands.build_collage_now(_ready(settings), arguments.campaign, say=_say, for_print=for_print)


def _film(arguments: argparse.Namespace, settings: Settings) -> int:
    runtime = _ready(settings)
    if arguments.city is None and not arguments.cities:
        return assembly_commands.build_joint_films_now(runtime, arguments.campaign, say=_say)
    return assembly_commands.build_films_now(runtime, arguments.campaign, arguments.city, say=_say)


def _say(line: str) -> None:
    print(line, flush=True)  # a log has it at once, too


STOPPED: Mapping[Callable[[argparse.Namespace, Settings], int], str] = {
    _collage: "Stopped. What stood before stands on, but for the zoomable collage, whose places change one by one.",
    _film: "Stopped. What stood before stands on; the parts of films that are made already are kept for the next time.",
}


if __name__ == "__main__":
    main()
