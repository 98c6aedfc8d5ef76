"""Becomes the tool it is asked to run, after giving up what the tool must not have; run as a script, never imported.

Arguments: the parent's process id, CPU seconds, bytes a file may grow to, open files, bytes of address space (0: unlimited), how
many paths are open to it (0: all) and those paths, each after a letter (l: to list, r: to read, w: to write), and the command.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

# Landlock, linux/landlock.h: the numbers are the same on every architecture
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
# rights by the version that brought them: 1 the first, 2 moving between folders, 3 cutting files; 4 TCP to and from
RIGHTS_BY_VERSION = ((1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1)
TCP_VERSION, TCP = 4, 0b11
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE


def main() -> None:
    """Tie the process to its parent's life, put up the walls, set the limits, become the tool."""
    parent, cpu_s, file_bytes, open_files, address_space_bytes = (int(value) for value in sys.argv[1:6])
    end = 7 + int(sys.argv[6])
    paths, command = sys.argv[7:end], sys.argv[end:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # a network of its own, with nobody in it; a new user only where it takes one, for root keeps its right to read uploads
        if libc.unshare(CLONE_NEWNET):
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
        _wall(libc, paths)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a killed worker leaves no tool behind
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
    # Python ignores these two and the tool would inherit that: it must die when it writes too much or nobody reads
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    if address_space_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))
    os.execv(command[0], command)  # noqa: S606 -- the command is built by this library, an absolute path, no shell


def _wall(libc: ctypes.CDLL, paths: Sequence[str]) -> None:
    """Leave only these files and no TCP, as far as this kernel can: an older one, or one without Landlock, goes on without."""
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    if version < 1:
        return
    every = RIGHTS_BY_VERSION[min(version, 3) - 1]
    asked = [every if paths else 0, TCP] if version >= TCP_VERSION else [every if paths else 0]
    if not any(asked):
        return
    attributes = (ctypes.c_uint64 * len(asked))(*asked)
    rules = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(ctypes.sizeof(attributes)), 0)
    rights = {"l": READ_DIR, "r": EXECUTE | READ_FILE | READ_DIR, "w": every}
    for path in paths:
        _allow(libc, rules, path[1:], rights[path[0]])
    if libc.syscall(RESTRICT_SELF, rules, 0):
        sys.exit("the kernel has Landlock but refused its rules")
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    allowed = rights if os.path.isdir(path) else rights & OF_FILES  # noqa: PTH112 -- pathlib costs 10 ms to load
    beneath = allowed.to_bytes(8, sys.byteorder) + opened.to_bytes(4, sys.byteorder)
    if libc.syscall(ADD_RULE, rules, BENEATH, beneath, 0):
        sys.exit(f"the kernel has Landlock but refused a rule for {path}")
    os.close(opened)


if __name__ == "__main__":
    main()
