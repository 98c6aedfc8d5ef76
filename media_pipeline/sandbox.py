"""What a child of ours is kept from on this machine, found out by trying."""

import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from media_pipeline.limits import MIB, ChildLimits
from media_pipeline.process import run_limited

_LIMITS = ChildLimits(wall_s=10, cpu_s=10, memory_bytes=200 * MIB, output_bytes=MIB)
# a datagram is not sent, only addressed: that fails as well where there is no network
_TRIAL = """
import socket, sys

def refused(act):
    try:
        act()
    except OSError:
        return 1
    return 0

here = ("127.0.0.1", int(sys.argv[2]))
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(refused(lambda: open(sys.argv[1])))
print(refused(lambda: socket.create_connection(here, 1)))
print(refused(lambda: datagrams.connect(here)))
"""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Which walls the kernel puts up around a child, behind the allow-lists of formats and protocols that always hold.

    Files need Landlock (Linux 5.13). The network needs a namespace of its own, which most containers refuse; there Landlock
    (Linux 6.7) still refuses TCP, but not every datagram.
    """

    files_are_shut: bool
    tcp_is_shut: bool
    network_is_shut: bool


def sandbox_facts() -> Sandbox:
    """Let a child try to read its neighbour's file and to reach an address of ours."""
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as other, socket.socket() as listening:
        neighbour = Path(other) / "upload"
        neighbour.write_text("of somebody else", encoding="utf-8")
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        command = [sys.executable, "-I", "-c", _TRIAL, str(neighbour), str(listening.getsockname()[1])]
        finished = run_limited(command, limits=_LIMITS, cwd=Path(own), reads=[])
    files, tcp, datagrams = (word == b"1" for word in finished.stdout.split())
    return Sandbox(files_are_shut=files, tcp_is_shut=tcp, network_is_shut=tcp and datagrams)
