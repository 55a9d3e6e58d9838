"""One parsl for each site and process: started when a run comes, its pilots used by the next ones.

A pilot is a job of the batch system that takes runs until it has been idle for long, or its time
is nearly up; so a run waits in the queue of the cluster only when there is none.
"""

import atexit
import ipaddress
import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from executor.domain.sites import DEFAULT_WALLTIME, SPARE_SECONDS, Kind, Site, walltime_seconds

PROJECT = Path(__file__).resolve().parents[3]
PROGRAMS = Path(sys.executable).parent
HEARTBEAT_SECONDS = 5
LOST_SECONDS = 20  # without a heartbeat, after which a pilot counts as lost
IDLE_SECONDS = 300
SCALING_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Kernel:
    """A running parsl.

    Attributes:
        flow: its ``DataFlowKernel``.
        executor: its one executor.
        folder: where its scripts and logs are.
    """

    flow: Any
    executor: Any
    folder: Path

    def submit(self, function: Callable[[str], str], text: str) -> "Future[str]":
        """Have a function called on a node, with a text."""
        future: Future[str] = self.flow.submit(
            function,
            app_args=(text,),
            executors="all",
            cache=False,
            ignore_for_cache=[],
            app_kwargs={},
        )
        return future

    @property
    def is_broken(self) -> bool:
        """Whether it has given up, so that another one is needed."""
        return bool(self.executor.bad_state_is_set)

    def close(self) -> None:
        """Give the nodes back and end its processes."""
        with suppress(Exception):
            self.flow.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


_lock = threading.Lock()
_kernels: dict[tuple[int, str], Kernel] = {}
_starters: dict[int, ThreadPoolExecutor] = {}


def kernel(site: Site, folder: Path, run_seconds: int) -> Kernel:
    """The parsl of a site in this process; another one when the last has given up.

    Args:
        site: the site.
        folder: for scripts and logs of this site, on the shared file system.
        run_seconds: how long a run may take; a pilot with less time left takes none.

    Raises:
        Exception: it did not start; parsl has no common error.
    """
    with _lock:
        key = (os.getpid(), site.name)
        known = _kernels.get(key)
        if known is not None and not known.is_broken:
            return known
        if known is not None:
            del _kernels[key]
            _starter().submit(known.close)
        # The kernel of Linux ends what a process started with the thread that did: this one stays.
        made = _starter().submit(_started, site, folder, run_seconds).result()
        _kernels[key] = made
        return made


def close_all() -> None:
    """Give back all nodes that this process holds."""
    with _lock:
        mine = [key for key in _kernels if key[0] == os.getpid()]
        for known in [_kernels.pop(key) for key in mine]:
            known.close()


def _starter() -> ThreadPoolExecutor:
    return _starters.setdefault(os.getpid(), ThreadPoolExecutor(1, "sites"))


def _started(site: Site, folder: Path, run_seconds: int) -> Kernel:
    from parsl import Config, DataFlowKernel  # noqa: PLC0415 -- only who has a batch system needs it

    own = _own_folder(folder)
    made = executor(site, run_seconds)
    config = Config(
        executors=[made],
        run_dir=str(own),
        strategy="simple",  # htex_auto_scale ends pilots that are still starting (2026.10.26)
        strategy_period=SCALING_SECONDS,
        max_idletime=float(site.number("idle_seconds", IDLE_SECONDS)),
        initialize_logging=False,
    )
    return Kernel(DataFlowKernel(config), made, own)


def executor(site: Site, run_seconds: int) -> Any:  # noqa: ANN401 -- parsl is not there for mypy
    """Parsl's executor for a site."""
    from parsl.executors import HighThroughputExecutor  # noqa: PLC0415 -- as above

    from executor.adapters.sites.providers import provider  # noqa: PLC0415 -- as above

    return HighThroughputExecutor(
        label=site.name,
        provider=provider(site, prepared_node()),
        address=address_of(site.text("address")),
        interchange_launch_cmd=_with_us(str(PROGRAMS / "python"), str(PROGRAMS / "interchange.py")),
        max_workers_per_node=site.number("runs_per_node", 0) or None,
        heartbeat_period=HEARTBEAT_SECONDS,
        heartbeat_threshold=LOST_SECONDS,
        drain_period=_drain_seconds(site, run_seconds),
        cores_per_worker=1,
    )


def prepared_node() -> str:
    """Shell commands after which a node finds the project and its programs."""
    return f"export PATH='{PROGRAMS}':$PATH PYTHONPATH='{PROJECT}' PYTHONDONTWRITEBYTECODE=1"


def address_of(text: str) -> str:
    """The address that nodes reach this host at: as it is written, or of a network interface."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(text))
    from parsl.addresses import address_by_interface  # noqa: PLC0415 -- as above

    return str(address_by_interface(text))


def _drain_seconds(site: Site, run_seconds: int) -> int | None:
    """After how long a pilot takes no more runs, so that none is cut off by its walltime."""
    if site.kind is Kind.KUBERNETES:
        return None
    total = walltime_seconds(site.text("walltime", DEFAULT_WALLTIME))
    return max(total - run_seconds - SPARE_SECONDS // 2, 1)


def _with_us(*command: str) -> list[str]:
    """A command that ends when we do, however that comes; pilots end when nobody answers them."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else list(command)


def _own_folder(folder: Path) -> Path:
    """A folder for this process; those of processes that were killed are removed."""
    host = socket.gethostname()
    for left in folder.glob(f"{host}.*"):
        if not Path("/proc", left.suffix[1:]).exists():
            shutil.rmtree(left, ignore_errors=True)
    own = folder / f"{host}.{os.getpid()}"
    own.mkdir(parents=True, exist_ok=True)
    return own


atexit.register(close_all)
