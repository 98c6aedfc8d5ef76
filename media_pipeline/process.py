"""The one place that runs processes: limited in time, CPU, memory and output, and never outliving us."""

import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.limits import MIB, ChildLimits

_LAUNCHER = Path(__file__).with_name("launcher.py")
_PACKAGE_ROOT = Path(__file__).parent.parent
_STDOUT_BYTES = 4 * MIB
_STDERR_BYTES = 256 * 1024
_WATCH_EVERY_S = 0.05
# looking for grandchildren means reading the whole process table, 2 ms: a photo has ended before the first time
_GROUP_EVERY_S = 0.5
# What an interpreter and its libraries are made of: an upload is never kept here. Of the folder above the package only the names
# are read, to import from it: a service may keep its files beside the package.
_OPEN_TO_ALL = (
    *dict.fromkeys(f"r{path}" for path in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, _LAUNCHER.parent)),
    *("r/usr", "r/lib", "r/lib64", "r/nix/store", "r/etc/ld.so.cache", "r/dev/urandom", "r/sys/devices/system/cpu", "w/dev/null"),
    f"l{_PACKAGE_ROOT}",
)
_ASK_EVERY_S = 0.5
_ask: ContextVar[Callable[[], None] | None] = ContextVar("ask", default=None)
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE}


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended by itself; `stderr` keeps its last 256 kB."""

    returncode: int
    stdout: bytes
    stderr: str

    @property
    def crashed(self) -> bool:
        """Whether the tool fell over the bytes it was given."""
        return -self.returncode in _CRASHES

    def answer(self, tool: str) -> dict[str, Any]:
        """What a child of ours wrote as JSON; raises what it refused, or ToolFailed `tool.failed` when it ended otherwise."""
        if self.returncode != 0:
            raise ToolFailed("tool.failed", {"tool": tool, "said": self.stderr.strip()[-300:]})
        answer: dict[str, Any] = json.loads(self.stdout)
        if "error" in answer:
            code, params = answer["error"]
            raise MediaError(code, params)
        return answer


@contextmanager
def asking_meanwhile(ask: Callable[[], None]) -> Iterator[None]:
    """Call it about twice a second while a child of this thread runs; what it raises ends that child and is raised here."""
    before = _ask.set(ask)
    try:
        yield
    finally:
        _ask.reset(before)


def run_limited(
    argv: Sequence[str],
    *,
    limits: ChildLimits,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    reads: Sequence[Path] | None = None,
) -> Finished:
    """Run a command to its end in a process group of its own, without a network, or kill the group and say why.

    With `reads` it can open those files, its working folder and what an interpreter needs, and nothing else, where the kernel
    knows how (`sandbox_facts`); without, any file. Raises `tool.timeout` when wall time runs out (the machine may have been busy)
    and `media.too_heavy` when the file asked for more memory, CPU or output than allowed. `on_line` gets every line of standard
    output as it comes.
    """
    numbers = (os.getpid(), limits.cpu_s, limits.output_bytes, limits.open_files, limits.address_space_bytes or 0)
    paths = [] if reads is None else [*_OPEN_TO_ALL, f"r{argv[0]}", *(f"r{path}" for path in reads), f"w{cwd}"]
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_LAUNCHER), *map(str, numbers), str(len(paths)), *paths, *argv],
        cwd=cwd,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(cwd), "TMPDIR": str(cwd), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        stdout, stderr = _watch(child, limits, on_line)
    finally:
        # before it is reaped, so that the number of the group cannot belong to anyone else
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
    if child.returncode in {-signal.SIGXCPU, -signal.SIGXFSZ}:
        if child.returncode == -signal.SIGXCPU:
            raise MediaError("media.too_heavy", {"resource": "cpu_s", "allowed": limits.cpu_s})
        raise MediaError("media.too_heavy", {"resource": "output_bytes", "allowed": limits.output_bytes})
    return Finished(child.returncode, stdout, stderr)


def run_python(
    module: str,
    arguments: Sequence[str],
    *,
    limits: ChildLimits,
    cwd: Path,
    on_line: Callable[[str], None] | None = None,
    reads: Sequence[Path] | None = None,
) -> Finished:
    """Run a module of this package in a limited child; its working folder, where the upload lies, is not imported from."""
    # one thread each: jobs run side by side, and idle BLAS threads would count against the address space
    env = {"PYTHONPATH": str(_PACKAGE_ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return run_limited(
        [sys.executable, "-P", "-m", module, *arguments], limits=limits, cwd=cwd, env=env, on_line=on_line, reads=reads
    )


def _watch(child: "subprocess.Popen[bytes]", limits: ChildLimits, on_line: Callable[[str], None] | None) -> tuple[bytes, str]:
    deadline = time.monotonic() + limits.wall_s
    resident, asking = _ResidentMemory(child.pid), _Asking()
    stdout, stderr, unfinished_line = bytearray(), bytearray(), b""
    with selectors.DefaultSelector() as pipes:
        pipes.register(child.stdout, selectors.EVENT_READ, stdout)  # type: ignore[arg-type] # both are pipes, as asked for above
        pipes.register(child.stderr, selectors.EVENT_READ, stderr)  # type: ignore[arg-type]
        while not _has_ended(child.pid) or pipes.get_map():
            for key, _ in pipes.select(_WATCH_EVERY_S):
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    pipes.unregister(key.fileobj)
                elif key.data is stdout and on_line is not None:
                    *lines, unfinished_line = (unfinished_line + chunk).split(b"\n")
                    since = time.monotonic()
                    for line in lines:
                        on_line(line.decode(errors="replace"))
                    deadline += time.monotonic() - since  # what we do meanwhile is not the child's time
                else:
                    key.data.extend(chunk)
            if not pipes.get_map():
                time.sleep(0.002)
            del stderr[:-_STDERR_BYTES]
            if len(stdout) > _STDOUT_BYTES or len(unfinished_line) > _STDOUT_BYTES:
                raise ToolFailed("tool.failed", {"tool": "child", "said": "endless output"})
            if resident.now_bytes() > limits.memory_bytes:
                raise MediaError("media.too_heavy", {"resource": "memory_bytes", "allowed": limits.memory_bytes})
            if time.monotonic() > deadline:
                raise ToolFailed("tool.timeout", {"allowed_s": limits.wall_s})
            deadline += asking.now_and_then()
    return bytes(stdout), stderr.decode(errors="replace")


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class _Asking:
    """Asks whoever wants to be asked meanwhile, now and then, and says how many seconds that took."""

    def __init__(self) -> None:
        self._ask, self._again_at = _ask.get(), time.monotonic() + _ASK_EVERY_S

    def now_and_then(self) -> float:
        since = time.monotonic()
        if self._ask is None or since <= self._again_at:
            return 0.0
        self._ask()
        ended_at = time.monotonic()
        self._again_at = ended_at + _ASK_EVERY_S
        return ended_at - since


class _ResidentMemory:
    """What a child and everything it started keep in memory: they all are of the session that began with it."""

    def __init__(self, pid: int) -> None:
        self._pid, self._group, self._look_again_at = pid, [pid], time.monotonic() + _GROUP_EVERY_S

    def now_bytes(self) -> int:
        if time.monotonic() > self._look_again_at:
            every = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
            self._group = [pid for pid in every if _session(pid) == self._pid]
            self._look_again_at = time.monotonic() + _GROUP_EVERY_S
        return sum(map(_resident_bytes, self._group))


def _session(pid: int) -> int:
    try:
        # the name in brackets may hold anything, even brackets
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[3])
    except (OSError, IndexError):  # ended meanwhile
        return 0


def _resident_bytes(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):  # ended meanwhile, or a system without /proc: then the other limits must do
        return 0
    return int(pages) * resource.getpagesize()
