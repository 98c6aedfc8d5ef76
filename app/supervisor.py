"""Web, worker and scheduler on one machine: the web in this process, the worker in a child that is started again."""

import logging
import subprocess
import sys
import threading
from datetime import timedelta

import uvicorn
from sqlalchemy import select

from app.accounts.service import make_sign_in_link
from app.db.session import Database
from app.demo.load import is_to_be_loaded, load_demo, samples_are_missing
from app.enums import CampaignStatus, RoleName
from app.main import create_app
from app.models import Campaign, CampaignCity, City, Person, Role
from app.runtime import Runtime

STOP_WITHIN_S = 8
logger = logging.getLogger(__name__)


class _Children:
    """The worker, and the loading of the samples while it lasts."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[threading.Thread] = []

    def start(self, module: str, *, keep_alive: bool) -> None:
        thread = threading.Thread(target=self._watch, args=(module, keep_alive), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _watch(self, module: str, keep_alive: bool) -> None:  # noqa: FBT001 - a thread's target takes positions
        while not self._stopping.is_set():
            process = subprocess.Popen([sys.executable, "-m", module])
            self._processes.append(process)
            code = process.wait()
            # Ctrl-C reaches the worker at the same moment as the web, which takes a little longer to say so
            if not keep_alive or self._stopping.wait(1):
                return
            logger.error("%s ended with %s and is started again", module, code)

    def stop(self) -> None:
        self._stopping.set()
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()


def run_all(runtime: Runtime) -> int:
    """Serve until Ctrl-C; the first start loads the demo network, its samples come in while the pages are already there."""
    if is_to_be_loaded(runtime):
        load_demo(runtime, with_samples=False, say=print)
    _print_addresses(runtime)
    children = _Children(runtime)
    children.start("app.worker", keep_alive=True)
    with runtime.database.reading() as session:
        missing = samples_are_missing(session)
    if missing:
        children.start("app.demo", keep_alive=False)
    settings = runtime.settings
    config = uvicorn.Config(
        create_app(runtime),
        host=settings.host,
        port=settings.port,
        lifespan="off",
        ws="none",
        log_level="warning",
        server_header=False,
    )
    try:
        uvicorn.Server(config).run()
    except KeyboardInterrupt:
        logger.info("stopping")
    finally:
        children.stop()
        runtime.database.dispose()
    return 0


def _print_addresses(runtime: Runtime) -> None:
    base_url = runtime.settings.resolved_base_url
    lines = [f"Polyphony is at      {base_url}/"]
    for role, label in ((RoleName.MANAGER, "Manager signs in at"), (RoleName.OFFICER, "Officer signs in at")):
        token = _link_for(runtime.database, role, runtime)
        if token is not None:
            lines.append(f"{label:<20} {base_url}/sign-in/{token}")
    form = _a_form(runtime.database)
    if form is not None:
        lines.append(f"A resident's form is {base_url}{form}")
    print("\n" + "\n".join(lines) + "\n", flush=True)  # noqa: T201 - the command's own output


def _link_for(database: Database, role: RoleName, runtime: Runtime) -> str | None:
    with database.writing() as session:
        person = session.scalars(
            select(Person).join(Role, Role.person_id == Person.id).where(Role.name == role).order_by(Person.id)
        ).first()
        if person is None:
            return None
        return make_sign_in_link(session, person, now=runtime.now(), lifetime=timedelta(hours=12))


def _a_form(database: Database) -> str | None:
    with database.reading() as session:
        found = session.execute(
            select(Campaign.slug, City.slug)
            .join(CampaignCity, CampaignCity.campaign_id == Campaign.id)
            .join(City, City.id == CampaignCity.city_id)
            .where(Campaign.status == CampaignStatus.OPEN, CampaignCity.joined_at.is_not(None), City.is_elsewhere.is_(False))
            .order_by(Campaign.day_on.desc(), City.id)
        ).first()
    return f"/c/{found[0]}/{found[1]}/share" if found else None
