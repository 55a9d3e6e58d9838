"""What plots tell of a point. Importing this module imports Bokeh, as ``bokeh_plot`` does."""
# ruff: noqa: TID253 -- this module is itself imported late

import math
from typing import Any

from bokeh.models import HoverTool

from executor.domain.plot import Errors, Series

SAME = 1e-6  # relative difference below which two lengths are one


def hover(glyphs: list[Any], series: Series) -> HoverTool:
    """What is told of the point under the pointer: its numbers, and their errors."""
    rows, columns = [], ["x", "y"]
    for name in ("x", "y"):
        pair = getattr(series, f"{name}err")
        low, high = f"@{name}err_low{{%.3g}}", f"@{name}err_high{{%.3g}}"
        error = "" if not pair else f" ± {high}" if _is_even(pair) else f" +{high} −{low}"  # noqa: RUF001 -- a minus is meant
        columns += [f"{name}err_low", f"{name}err_high"] if pair else []
        rows.append((name, f"@{name}{{%.7g}}{error}"))
    if series.z:
        rows.append(("value", "@z{%.7g}"))
        columns.append("z")
    formatters = {f"@{name}": "printf" for name in columns}
    return HoverTool(
        renderers=glyphs, tooltips=rows, formatters=formatters, visible=False, limit=3,
        point_policy="snap_to_data", line_policy="nearest",
    )  # fmt: skip


def _is_even(pair: Errors) -> bool:
    return all(
        low == high or math.isclose(low or 0.0, high or 0.0, rel_tol=SAME)
        for low, high in zip(*pair, strict=True)
    )
