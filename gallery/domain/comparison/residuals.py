"""Found minus published as plotted arrays, so that a reader sees where a re-run is off."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from executor.domain.plot import FORMAT
from gallery.domain.comparison.fields import Array, Compared
from gallery.domain.comparison.outcome import Residual

POINTS_AT_MOST = 5000  # a series; of each stretch the furthest off is kept
SIDE_AT_MOST = 256  # pixels; of each block the furthest off is kept
LABEL_AT_MOST = 200
SIZE = (900, 300)
FLAT = 2  # dimensions of a picture


def residual(shown: Sequence[Compared]) -> Residual | None:
    """The deviations of some fields, an axis each; None when there is nothing to plot."""
    chosen = [item for item in shown if np.isfinite(item.deviation).any() and item.values > 1]
    if not chosen:
        return None
    in_sigmas = all(item.sigma is not None for item in chosen)
    unit = "sigma" if in_sigmas else chosen[0].field.unit
    axes = [_axes(item, number, len(chosen)) for number, item in enumerate(chosen)]
    size = [SIZE[0], SIZE[1] * len(chosen)]
    content = {"format": FORMAT, "size": size, "axes": axes}
    return Residual(json.dumps(content, allow_nan=False).encode(), unit)


def _axes(item: Compared, number: int, count: int) -> dict[str, Any]:
    field = item.field
    is_flat = np.ndim(field.published) >= FLAT and min(field.published.shape[-2:]) > 1
    sigma, size = item.sigma, SIZE[1]
    with np.errstate(all="ignore"):
        values = item.deviation if sigma is None else item.deviation / sigma
    unit = "sigma" if sigma is not None else field.unit
    label = f"found - published{f' [{unit}]' if unit else ''}"
    series = _image(values, field.published.shape) if is_flat else _line(values, item)
    return {
        "title": field.name[:LABEL_AT_MOST], "xlabel": (field.xlabel or "number")[:LABEL_AT_MOST],
        "ylabel": "" if is_flat else label[:LABEL_AT_MOST], "xscale": "linear", "yscale": "linear",
        "xlim": [], "ylim": [],
        "box": [90, size * (count - number - 1) + 50, SIZE[0] - 120, size - 90],
        "series": [series],
    }  # fmt: skip


def _line(values: Array, item: Compared) -> dict[str, Any]:
    x = np.arange(1, values.size + 1, dtype=float)
    if item.field.x is not None and np.size(item.field.x) == values.size:
        x = np.ravel(item.field.x).astype(float)
    keep = _furthest(values)
    return _series("scatter", _numbers(x[keep]), _numbers(values[keep])) | {"marker": "o"}


def _furthest(values: Array) -> Array:
    """Indices of all values, or of the one furthest off in each stretch."""
    if values.size <= POINTS_AT_MOST:
        return np.arange(values.size)
    size = np.nan_to_num(np.abs(values), posinf=0.0)
    edges = np.linspace(0, values.size, POINTS_AT_MOST + 1).astype(int)
    return np.array([a + np.argmax(size[a:b]) for a, b in pairwise(edges)])


def _image(values: Array, shape: tuple[int, ...]) -> dict[str, Any]:
    planes = values.reshape(-1, *shape[-2:])
    size = np.nan_to_num(np.abs(planes), posinf=0.0)
    plane = planes[int(np.argmax(size.max(axis=(1, 2))))]
    rows, columns = plane.shape
    small = _reduced(_reduced(plane, 0), 1)
    made = _series("image", [], [])
    z = [_numbers(row) for row in small]
    extent = [-0.5, columns - 0.5, -0.5, rows - 0.5]
    return made | {"z": z, "shape": list(small.shape), "extent": extent, "origin": "lower"}


def _reduced(plane: Array, axis: int) -> Array:
    count = plane.shape[axis]
    if count <= SIDE_AT_MOST:
        return plane
    edges = np.linspace(0, count, SIDE_AT_MOST + 1).astype(int)[:-1]
    clean = np.nan_to_num(plane, nan=0.0, posinf=0.0, neginf=0.0)
    high = np.maximum.reduceat(clean, edges, axis=axis)
    low = np.minimum.reduceat(clean, edges, axis=axis)
    return np.where(np.abs(low) > np.abs(high), low, high)


def _series(kind: str, x: list[float | None], y: list[float | None]) -> dict[str, Any]:
    return {
        "kind": kind, "label": "", "x": x, "y": y, "xerr": None, "yerr": None, "colour": None,
        "marker": None, "line": None,
    }  # fmt: skip


def _numbers(values: Array) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]
