"""The worker as a child of `polyphony run`: it ends when its parent does."""

import logging
import os

from app.runtime import open_runtime
from app.settings import get_settings
from app.worker.main import work_until_stopped

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logging.getLogger("apscheduler").setLevel(logging.WARNING)
work_until_stopped(open_runtime(get_settings()), parent_pid=os.getppid())
