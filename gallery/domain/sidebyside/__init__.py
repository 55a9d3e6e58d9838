"""Two runs side by side: plots one over the other, numbers that differ, pictures subtracted."""

from gallery.domain.sidebyside.nearest import nearest
from gallery.domain.sidebyside.numbers import NumberRow, error_names, number_row
from gallery.domain.sidebyside.overlay import Overlay, overlaid
from gallery.domain.sidebyside.pixels import NotSubtractedError, subtracted

__all__ = [
    "NotSubtractedError",
    "NumberRow",
    "Overlay",
    "error_names",
    "nearest",
    "number_row",
    "overlaid",
    "subtracted",
]
