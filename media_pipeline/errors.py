"""What can go wrong: a stable code with its numbers; the sentences live with whoever speaks to people."""

from collections.abc import Mapping

Param = str | int | float


class MediaError(Exception):
    """The file is refused, and would be refused again.

    Codes: `media.empty`, `media.unknown_type` {found}, `media.corrupt`, `media.unsupported`,
    `media.too_many_pixels` {found, allowed}, `media.too_long` {found_s, allowed_s},
    `media.too_many_streams` {found, allowed}, `media.too_heavy` {resource, allowed}, `captions.bad` {line}.
    """

    def __init__(self, code: str, params: Mapping[str, Param] | None = None) -> None:
        super().__init__(code, dict(params or {}))
        self.code = code
        self.params: dict[str, Param] = dict(params or {})


class ToolFailed(MediaError):  # noqa: N818 -- it reads as the sentence it is
    """Our own tool failed, which says nothing about the file: it may be tried again.

    Codes: `tool.failed` {tool, said}, `tool.timeout` {allowed_s}.
    """
