"""The sandbox: runs code of others apart from the service.

:func:`isolation` finds out what this machine can do, :func:`run` runs a :class:`Job`. A job sees a
small root of its own (programs and libraries of the machine, what it was given to read, its work
folder), no network, no processes but its own, and gets no privileges; see ``view.py`` for what it
sees, ``filter.py`` for the system calls it is refused and ``launcher/`` for how. When the service
is root the job runs as user 65534, and its work folder is handed to that user.

The kernel ends a job when the *thread* that called :func:`run` dies, however that comes; run()
waits for the job, so any thread will do.
"""

from .kinds import Isolation, SandboxError
from .probe import isolation
from .watch import run

__all__ = ["Isolation", "SandboxError", "isolation", "run"]
