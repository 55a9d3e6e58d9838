"""Images drawn by Bokeh. Importing this module imports Bokeh, as ``bokeh_plot`` does."""
# ruff: noqa: TID253, ANN401 -- this module is itself imported late; Bokeh has no types

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from numpy.typing import NDArray

from executor.domain.plot import Image


def draw_image(fig: Any, image: Image) -> list[Any]:
    """Draw an image; returns what was drawn."""
    left, right, bottom, top = image.extent
    pixels = np.array(image.rows, dtype=np.float64).reshape(len(image.rows), -1, image.channels)
    # Bokeh's first row and column are at the lower left, wherever matplotlib's are.
    if image.from_top == (top >= bottom):
        pixels = pixels[::-1]
    if left > right:
        pixels = pixels[:, ::-1]
    place: dict[str, Any] = {"x": [min(left, right)], "y": [min(bottom, top)]}
    place |= {"dw": [abs(right - left)], "dh": [abs(top - bottom)]}
    if image.channels == 1:
        data = place | {"image": [np.ascontiguousarray(pixels[:, :, 0])]}
        shown = fig.image(
            "image", "x", "y", "dw", "dh", source=ColumnDataSource(data), palette="Viridis256"
        )
        fig.add_tools(
            HoverTool(renderers=[shown], tooltips=[("x", "$x"), ("y", "$y"), ("value", "@image")],
                      visible=False)
        )  # fmt: skip
        return [shown]
    data = place | {"image": [_packed(pixels)]}
    return [fig.image_rgba("image", "x", "y", "dw", "dh", source=ColumnDataSource(data))]


def _packed(pixels: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Channels, from 0 to 1 or to 255, as the 32-bit pixels of Bokeh (red lowest)."""
    known = np.nan_to_num(pixels)
    scaled = known * 255 if known.max() <= 1 else known
    whole = np.full((*pixels.shape[:2], 4), 255, dtype=np.uint8)
    whole[:, :, : pixels.shape[2]] = np.clip(np.round(scaled), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(whole).view("<u4")[:, :, 0]
