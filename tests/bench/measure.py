"""CPU seconds, walls and memory of work, repeated in turns so that a busy machine is unfair to nobody."""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PEAK_KB = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process and all it started have used."""

    cpu_s: float
    wall_s: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `held` is None where there is no bar."""

    work: str
    figures: str
    result: str
    bar: str = ""
    held: bool | None = None


def in_turns(arms: Mapping[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """The median CPU seconds of each arm inside this process, one warming turn aside."""
    spent: dict[str, list[float]] = {name: [] for name in arms}
    for turn in range(repeats + 1):
        for name, work in arms.items():
            gc.collect()
            before = time.process_time()
            work()
            if turn:
                spent[name].append(time.process_time() - before)
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


@dataclass(frozen=True, slots=True)
class Started:
    """A command on its way."""

    pid: int
    said: IO[bytes]
    at_s: float


def run(argv: Sequence[str | Path]) -> Spent:
    """Run a command to its end, by what the kernel says of it and its children."""
    return wait(start(argv))


def peak_mb(argv: Sequence[str | Path]) -> float:
    """The most that any process of a command holds.

    Asked of a small process in between: the kernel counts for a new process what the one that started it held, and this one has
    drawn pictures.
    """
    return int(run(python("-c", _PEAK_KB, *argv)).said.split()[-1]) / 1024


def start(argv: Sequence[str | Path]) -> Started:
    """Begin a command."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed when it has been waited for
    child = subprocess.Popen(list(map(str, argv)), cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    child.returncode = 0  # waited for by its number below, not by this object
    return Started(child.pid, said, time.monotonic())


def wait(started: Started) -> Spent:
    """Wait for a command that was started."""
    _, status, usage = os.wait4(started.pid, 0)
    wall_s = time.monotonic() - started.at_s
    with started.said as said:
        said.seek(0)
        words = said.read().decode(errors="replace")
    if status:
        msg = f"a command of the benchmark failed: {words[-2000:]}"
        raise RuntimeError(msg)
    return Spent(usage.ru_utime + usage.ru_stime, wall_s, words)


def median(spent: Sequence[Spent]) -> Spent:
    """The median of each figure."""
    return Spent(statistics.median(one.cpu_s for one in spent), statistics.median(one.wall_s for one in spent))


def quiet() -> bool:
    """Wait until nobody else is using the machine, two minutes at most."""
    for _ in range(60):
        if os.getloadavg()[0] < 0.6:
            return True
        time.sleep(2)
    return False


def table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    words = {True: "holds", False: "**does not hold**", None: ""}
    lines = ["| work | figures | result | bar | |", "|---|---|---|---|---|"]
    lines += [f"| {row.work} | {row.figures} | {row.result} | {row.bar} | {words[row.held]} |" for row in rows]
    return "\n".join(lines)


def python(*arguments: str | Path) -> list[str | Path]:
    """This interpreter."""
    return [sys.executable, *arguments]
