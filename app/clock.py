"""The one place that reads the time, so that everything else can be given it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """An instant from RFC 3339 text; without an offset it is refused with ValueError, since it names no moment."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)


def rfc3339(instant: datetime) -> str:
    """The instant as RFC 3339 text in UTC with Z, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
