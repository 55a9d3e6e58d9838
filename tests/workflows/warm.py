"""Runs jobs one after the other, each in a fork of a process that has imported the slow packages.

Reads a work folder from each line of its input, runs the job there with the project's own runner,
and prints the exit status. Started by ``entries.py``.
"""

import os
import runpy
import sys
from pathlib import Path

import astropy.io.fits
import astropy.table
import matplotlib.pyplot as plt

LOADED = (astropy.io.fits, astropy.table, plt)


def run(runner: str, folder: str) -> None:
    os.chdir(folder)
    sys.argv = [runner, "job.json"]
    log = os.open("log.txt", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    runpy.run_path(runner, run_name="__main__")


def status_of(runner: str, folder: str) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 70
    try:
        run(runner, folder)
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    for line in sys.stdin:
        sys.stdout.write(f"{status_of(sys.argv[1], line.strip())}\n")
        sys.stdout.flush()
