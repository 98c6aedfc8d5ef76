"""The scheduler only ticks: what is due is computed from rows, so that a missed tick costs nothing."""

import logging
import time

from apscheduler.schedulers.background import BackgroundScheduler

from app.campaigns.service import run_due_steps
from app.campaigns.steps import StepRegistry
from app.runtime import Runtime

ARRIVING_FOR_AT_MOST_S = 6 * 3600  # an upload older than this lost its line, or was held for a form that never came back
logger = logging.getLogger(__name__)


def start_schedule(runtime: Runtime, steps: StepRegistry) -> BackgroundScheduler:
    """Tick every few seconds, and tidy once an hour, until the scheduler is shut down."""
    scheduler = BackgroundScheduler(timezone="UTC")
    every_s = runtime.settings.tick_seconds
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(tick, "interval", seconds=every_s, next_run_time=runtime.now(), args=[runtime, steps], **options)
    scheduler.add_job(tidy, "interval", hours=1, next_run_time=runtime.now(), args=[runtime], **options)
    scheduler.start()
    return scheduler


def tick(runtime: Runtime, steps: StepRegistry) -> int:
    """Do every step that is due now; how many this process did."""
    return run_due_steps(runtime, steps, now=runtime.now())


def tidy(runtime: Runtime) -> None:
    """Remove what never became a contribution from the folder where uploads arrive."""
    before = time.time() - ARRIVING_FOR_AT_MOST_S
    for path in runtime.settings.incoming_dir.glob("*"):
        if path.is_file() and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            logger.info("removed an upload that was never finished")
