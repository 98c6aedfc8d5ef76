"""The samples, loaded beside a service that already runs."""

import logging

from app.demo.load import load_demo
from app.runtime import open_runtime
from app.settings import get_settings

logging.basicConfig(level=logging.WARNING)
load_demo(open_runtime(get_settings()), with_samples=True, say=logging.getLogger("app.demo").warning)
