"""The scheduler only ticks: what is due is computed from rows, so that a missed tick costs nothing."""

import logging
import math
import shutil
import time
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler

from app.assembly.versions import sweep_segments
from app.assembly.workshop import sweep_private_folders
from app.assembly.zoom import sweep_pyramids
from app.assembly.zoom_places import request_unfinished_leaving
from app.campaigns.replanning import follow_zone_data
from app.campaigns.service import run_due_steps
from app.campaigns.steps import StepRegistry
from app.derivation import compare_rows_and_files, remove_stray
from app.kits.checks import forget_old
from app.kits.versions import freeze_pending
from app.runtime import Runtime
from app.submissions.retention import erase_originals
from app.submissions.service import request_missing_erasures

DRAWN_PIECE_UNUSED_S = 30 * 24 * 3600  # a drawn piece is touched whenever it is used, and drawn again if it is asked for later
TOOLKIT_UNUSED_S = (
    30 * 24 * 3600
)  # a toolkit's folder is touched once a day in which it is used, and made again when it is asked for
ARRIVING_FOR_AT_MOST_S = 6 * 3600  # an upload older than this lost its line, or was held for a form that never came back
logger = logging.getLogger(__name__)


def start_schedule(runtime: Runtime, steps: StepRegistry) -> BackgroundScheduler:
    """Tick every few seconds and tidy once an hour, until the scheduler is shut down; zone data are followed at the start."""
    scheduler = BackgroundScheduler(timezone="UTC")
    every_s = runtime.settings.tick_seconds
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(tick, "interval", seconds=every_s, next_run_time=runtime.now(), args=[runtime, steps], **options)
    scheduler.add_job(tidy, "interval", hours=1, next_run_time=runtime.now(), args=[runtime], **options)
    freeze_pending(runtime)  # before a toolkit's folder changes under a campaign that ran before there were versions
    follow_zone_data(runtime)  # before the first tick, which would do a step at its old moment
    scheduler.start()
    return scheduler


def tick(runtime: Runtime, steps: StepRegistry) -> int:
    """Do every step that is due now; how many this process did."""
    return run_due_steps(runtime, steps, now=runtime.now())


def tidy(runtime: Runtime) -> None:
    """Remove what never became a contribution or was left behind by a kill, and what is kept no longer.

    See to it that what was taken back is erased, and what phones sent to campaigns that closed long ago.
    """
    settings = runtime.settings
    sweep_private_folders(runtime)
    for path in (*settings.incoming_dir.glob("*"), *settings.work_dir.glob("*")):
        if _remove_older(path, ARRIVING_FOR_AT_MOST_S):
            logger.info("removed what was never finished: %s", path.name)
    for path in settings.kits_dir.glob("*/*"):
        _remove_older(path, DRAWN_PIECE_UNUSED_S)
    for path in settings.frozen_toolkits_dir.glob("*"):
        _remove_older(path, TOOLKIT_UNUSED_S)
    with runtime.database.writing() as session:
        request_missing_erasures(session, now=runtime.now())
        request_unfinished_leaving(session, now=runtime.now())
    erase_originals(runtime)
    sweep_segments(runtime)
    sweep_pyramids(runtime)
    forget_old(runtime)
    with runtime.database.reading() as session:
        strays = compare_rows_and_files(session, runtime.storage).stray_files
    for key in strays:
        with runtime.database.writing() as session:
            if remove_stray(session, runtime.storage, key):
                logger.info("removed a file that no row knows: %s", key)


def _remove_older(path: Path, age_s: float) -> bool:
    """Remove a file, or a folder with all that is in it, that did not change for so long; whether it was removed."""
    if _changed_at(path) >= time.time() - age_s:
        return False
    if path.is_dir():
        going = path if path.name.startswith(".") else path.with_name(f".going-{path.name}")
        path.rename(going)  # at once: whoever asks for it now finds none, never a part
        shutil.rmtree(going, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return True


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # finished meanwhile
        return math.inf
