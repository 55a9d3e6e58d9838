"""The warm path: runs that fork from an interpreter which has imported what they import.

:func:`run` is as ``sandbox.run``, fifty times as fast for a small notebook, and raises
:class:`ColdError` where a run can be had on the cold path only. An interpreter ("zygote") belongs
to one environment and one list of imports; it lives in a sandbox of its own, in which each of its
runs gets another one, narrower, just as on the cold path: see ``runtime/zygote.py`` and
``sandbox/launcher/nest.py``. Code of a notebook never runs in a zygote, only imports of packages
do, which belong to the environment anyway.
"""

from .kinds import ColdError
from .pool import close_all, run, states

__all__ = ["ColdError", "close_all", "run", "states"]
