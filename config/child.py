"""Start one part of the service so that it ends when the supervisor ends, however that happens.

    python -I -S config/child.py <supervisor's process id> <command> …

The kernel sends SIGTERM when the parent is gone (prctl(2), PR_SET_PDEATHSIG), even after kill -9.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> bool:
    """Ask for SIGTERM at the parent's end; whether the parent is still there."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent


if __name__ == "__main__":
    if end_with_parent(int(sys.argv[1])):
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the supervisor names the command
