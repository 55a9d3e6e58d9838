"""What the benchmarks run: a figure with a FITS file, nothing at all, and a tree of a thousand."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "workflows" / "hatp7-transit" / "requirements.lock"
LEAVES = 998  # with a sum and a report above them: a thousand nodes
FIGURE_PARAMETERS = (
    "number = 1  # oda:Integer ; oda:lower_limit 0\n"
    "pause = 0.0  # oda:Float ; oda:lower_limit 0 ; oda:upper_limit 60"
)
FIGURE_CELLS = (
    """import time
import numpy as np
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
from astropy.io import fits""",
    """x = np.linspace(0, 6 + number / 1000, 200)
fig, ax = plt.subplots()
ax.plot(x, np.sin(x))
ax.set_xlabel('x')
fig.savefig('sine.png')""",
    """fits.PrimaryHDU(np.outer(x, x)).writeto('image.fits', overwrite=True)
time.sleep(pause)""",
)
FIGURE_OUTPUTS = (
    'picture = "sine.png"  # oda:ODAPictureProduct\nimage = "image.fits"  # reprise:SkyMap'
)
SCRIPT = "\n".join(("import sys", "number, pause = int(sys.argv[1]), 0.0", *FIGURE_CELLS))


def notebook() -> dict[str, Any]:
    """The notebook of the figure, as papermill takes it."""
    cells = [(FIGURE_PARAMETERS, ["parameters"]), *((cell, []) for cell in FIGURE_CELLS)]
    cells.append((FIGURE_OUTPUTS, ["outputs"]))
    made: list[dict[str, Any]] = [
        {
            "cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": [],
            "source": source, "metadata": {"tags": tags},
        }
        for number, (source, tags) in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": made}


def register() -> None:
    """Register the figure, the notebook that does nothing, and the tree: needs Django set up."""
    from catalogue.actions import register_entry  # noqa: PLC0415 -- the path comes first
    from catalogue.domain.entry import Entry  # noqa: PLC0415 -- the path comes first
    from tests.factories import chains, entries  # noqa: PLC0415 -- the path comes first

    plain = entries.files(without=("paper.toml", "double.ipynb", "requirements.lock"))
    files = {
        **plain, "figure.ipynb": json.dumps(notebook()).encode(),
        "requirements.lock": LOCK.read_bytes(),
    }  # fmt: skip
    register_entry(Entry(files), slug="figure", source="folder:figure")
    nothing = entries.simple_notebook(
        parameters="x = 1  # oda:Integer", body="pass", outputs="y = x  # oda:Integer"
    )
    chains.register("nothing", nothing)
    chains.register_chain()


def tree(offset: int = 0) -> dict[str, Any]:
    """A request of a thousand nodes: a report on the sum of 998 counts."""
    from tests.factories import chains  # noqa: PLC0415 -- the path comes first

    first = 100 + offset  # the entry refuses one small number, to test how failures look
    return chains.report(*range(first, first + LEAVES))
