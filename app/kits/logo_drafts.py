"""A logo that somebody looks at before they keep it: re-encoded already, held for an hour under a name only the form knows."""

import re
from datetime import datetime, timedelta
from os import utime
from pathlib import Path
from secrets import token_hex

from media_pipeline.logos import LogoFile

HELD_FOR = timedelta(hours=1)
_PREFIX = "logo-"
_TOKEN = re.compile(r"[0-9a-f]{32}-\d{1,5}x\d{1,5}\.(?:png|svg)")
_MEDIA_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}


def hold_logo(logo: LogoFile, *, folder: Path, city_id: int, now: datetime) -> str:
    """Keep it for this city; the token that finds it again. What was held for too long goes."""
    for old in folder.glob(f"{_PREFIX}*"):
        if _held_for(old, now) >= HELD_FOR:
            old.unlink(missing_ok=True)
    token = f"{token_hex(16)}-{logo.width_px}x{logo.height_px}{logo.path.suffix}"
    target = _path(folder, city_id, token)
    logo.path.replace(target)
    utime(target, (now.timestamp(), now.timestamp()))
    return token


def held_logo(token: str, *, folder: Path, city_id: int) -> LogoFile | None:
    """The logo under this token at this city; None when there is none, or no longer."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _path(folder, city_id, token)
    if not path.is_file():
        return None
    width, height = token.partition("-")[2].rpartition(".")[0].split("x")
    return LogoFile(path, _MEDIA_TYPES[path.suffix], int(width), int(height))


def _path(folder: Path, city_id: int, token: str) -> Path:
    return folder / f"{_PREFIX}{city_id}-{token}"


def _held_for(path: Path, now: datetime) -> timedelta:
    try:
        return timedelta(seconds=now.timestamp() - path.stat().st_mtime)
    except FileNotFoundError:  # kept meanwhile
        return timedelta()
