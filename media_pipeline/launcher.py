"""Becomes the tool it is asked to run, after giving up what the tool must not have; run as a script, never imported.

Arguments: the parent's process id, CPU seconds, bytes a file may grow to, open files, bytes of address space (0: unlimited), and
the command.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Tie the process to its parent's life, set the limits, become the tool."""
    parent, cpu_s, file_bytes, open_files, address_space_bytes = (int(value) for value in sys.argv[1:6])
    command = sys.argv[6:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a killed worker leaves no tool behind
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
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


if __name__ == "__main__":
    main()
