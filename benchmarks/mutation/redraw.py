"""Draws the series on standard input with the matplotlib that is installed, as a sample in JSON.

Started by ``benchmarks.mutations`` with older versions of matplotlib, which uv installs apart.
"""

import base64
import json
import sys

from benchmarks.mutation.plots import draw

if __name__ == "__main__":
    made = draw(json.load(sys.stdin))
    plot = (made.plot or b"").decode()
    sys.stdout.write(json.dumps({"data": base64.b64encode(made.data).decode(), "plot": plot}))
