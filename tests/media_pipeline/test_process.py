"""Limits of child processes, and that none outlives us."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.limits import MIB, ChildLimits
from media_pipeline.process import asking_meanwhile, run_limited
from media_pipeline.sandbox import Sandbox, sandbox_facts

LIMITS = ChildLimits(wall_s=20, cpu_s=20, memory_bytes=200 * MIB, output_bytes=10 * MIB)


def _run(code: str, folder: Path, limits: ChildLimits = LIMITS) -> bytes:
    return run_limited([sys.executable, "-c", code], limits=limits, cwd=folder).stdout


def test_output_and_exit_code_come_back(tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    finished = run_limited([sys.executable, "-c", code], limits=LIMITS, cwd=tmp_path)
    assert (finished.returncode, finished.stdout, finished.stderr) == (3, b"out\n", "err\n")


def test_the_time_limit_kills_the_whole_group(tmp_path: Path) -> None:
    grandchild = (
        "import subprocess,sys,time; p=subprocess.Popen(['sleep','60']); open('pid','w').write(str(p.pid)); time.sleep(60)"
    )
    with pytest.raises(ToolFailed) as failed:
        _run(grandchild, tmp_path, ChildLimits(wall_s=1, cpu_s=20, memory_bytes=200 * MIB, output_bytes=MIB))
    assert (failed.value.code, failed.value.params) == ("tool.timeout", {"allowed_s": 1})
    assert _is_gone(int((tmp_path / "pid").read_text()))


def test_who_is_asked_meanwhile_can_end_the_child(tmp_path: Path) -> None:
    class EnoughError(Exception):
        pass

    def ask() -> None:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            raise EnoughError

    with pytest.raises(EnoughError), asking_meanwhile(ask):
        _run("import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)", tmp_path)
    assert _is_gone(int((tmp_path / "pid").read_text()))
    assert _run("import time; time.sleep(0.6); print('nobody asks')", tmp_path) == b"nobody asks\n"


def test_the_time_that_asking_takes_is_not_the_childs(tmp_path: Path) -> None:
    asked = threading.Event()

    def ask() -> None:
        asked.wait(1.2)  # of somebody who is slow to answer, once
        asked.set()

    with asking_meanwhile(ask):
        limits = ChildLimits(wall_s=1, cpu_s=20, memory_bytes=200 * MIB, output_bytes=MIB)
        assert _run("import time; time.sleep(0.6); print('ended in time')", tmp_path, limits) == b"ended in time\n"
    assert asked.is_set()


@pytest.mark.parametrize(
    ("code", "limits", "resource"),
    [
        ("import time; data = bytearray(300 << 20); time.sleep(30)", LIMITS, "memory_bytes"),
        ("while True: pass", ChildLimits(20, 1, 200 * MIB, MIB), "cpu_s"),
        (
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open('f', 'wb').write(bytes(20 << 20))",
            LIMITS,
            "output_bytes",
        ),
    ],
)
def test_a_file_that_asks_for_too_much_is_refused_for_it(code: str, limits: ChildLimits, resource: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as refused:
        _run(code, tmp_path, limits)
    assert (refused.value.code, refused.value.params["resource"]) == ("media.too_heavy", resource)


def test_memory_is_counted_with_all_that_the_child_started(tmp_path: Path) -> None:
    large = "data = bytearray(120 << 20); import time; time.sleep(30)"
    two = f"import subprocess, sys; [subprocess.Popen([sys.executable, '-c', {large!r}]) for _ in range(2)][0].wait()"
    with pytest.raises(MediaError) as refused:
        _run(two, tmp_path)
    assert (refused.value.code, refused.value.params["resource"]) == ("media.too_heavy", "memory_bytes")


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    """The walls of this machine."""
    return sandbox_facts()


def test_a_child_opens_its_own_files_and_what_it_is_given_but_no_neighbours(tmp_path: Path, sandbox: Sandbox) -> None:
    if not sandbox.files_are_shut:
        pytest.skip("this kernel has no Landlock")
    own, given, neighbours = tmp_path / "own", tmp_path / "given", tmp_path / "neighbours"
    for path in (own, given, neighbours):
        path.mkdir()
        (path / "upload").write_text("film")
    attempts = (
        "[('r', 'upload'), ('w', 'new'), ('r', given), ('w', given), ('r', neighbour), ('w', neighbour), ('r', '/etc/passwd')]"
    )
    code = (
        "import sys; given, neighbour = sys.argv[1:]\n"
        f"for mode, name in {attempts}:\n"
        "    try: open(name, mode).close(); print('opened')\n"
        "    except PermissionError: print('refused')\n"
    )
    command = [sys.executable, "-c", code, str(given / "upload"), str(neighbours / "upload")]
    finished = run_limited(command, limits=LIMITS, cwd=own, reads=[given / "upload"])
    opened, refused = b"opened", b"refused"
    assert finished.stdout.split() == [opened, opened, opened, refused, refused, refused, refused]
    assert (neighbours / "upload").read_text() == "film"


def test_a_child_reaches_nobody(tmp_path: Path, sandbox: Sandbox) -> None:
    if not sandbox.network_is_shut:
        pytest.skip("this machine lets no process have a network of its own")
    assert _run("import socket; print([name for _, name in socket.if_nameindex()])", tmp_path) == b"['lo']\n"


def test_the_child_sees_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of the service")
    assert b"A_SECRET" not in _run("import os; print(os.environ)", tmp_path)


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = (
        "import sys; from pathlib import Path\n"
        "from media_pipeline.process import run_limited; from media_pipeline.limits import ChildLimits\n"
        'code = \'import os,time; open("pid.new","w").write(str(os.getpid())); os.rename("pid.new","pid"); time.sleep(60)\'\n'
        "run_limited([sys.executable, '-c', code], limits=ChildLimits(60, 60, 1 << 30, 1 << 20), cwd=Path(sys.argv[1]))"
    )
    running = subprocess.Popen([sys.executable, "-c", parent, str(tmp_path)], cwd=Path(__file__).parents[2])
    written = tmp_path / "pid"
    deadline = time.monotonic() + 15
    while not written.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert _is_gone(int(written.read_text()))


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True  # dead, and only waiting to be collected by init
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False
