"""The second entry of the service: jobs and scheduler until it is told to stop."""

import logging
import os
import signal
import threading

from app.runtime import Runtime
from app.worker.registry import job_registry, step_registry
from app.worker.runner import Worker
from app.worker.schedule import start_schedule

THREADS = 2  # two clips at once gain little (1.08x measured 2026-11), but a photo need not wait behind a long clip
PARENT_CHECK_S = 1.0
logger = logging.getLogger(__name__)


def work_until_stopped(runtime: Runtime, *, parent_pid: int | None = None) -> None:
    """Work until SIGINT or SIGTERM, or until the parent is gone."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    worker = Worker(runtime, job_registry())
    worker.start(THREADS)
    scheduler = start_schedule(runtime, step_registry())
    logger.info("worker and scheduler are at work")
    while not stopping.wait(PARENT_CHECK_S):
        if parent_pid is not None and os.getppid() != parent_pid:
            break
    scheduler.shutdown(wait=False)
    worker.stop()
    runtime.database.dispose()
    logger.info("worker and scheduler have stopped")
    logging.shutdown()
    os._exit(0)  # a thread inside a film library cannot be told to stop; its job was handed back
