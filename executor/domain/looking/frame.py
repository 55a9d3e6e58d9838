"""From pixels to the picture on the page: 1000 units wide, the origin at its upper left."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

WIDE = 1000.0
FLATTEST, TALLEST = 0.2, 2.0

Doubles = NDArray[np.float64]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """An image of so many pixels as a picture of 1000 by ``high`` units."""

    width: int
    height: int

    @cached_property
    def high(self) -> float:
        """Units from top to bottom."""
        return WIDE * min(max(self.height / self.width, FLATTEST), TALLEST)

    @property
    def is_square(self) -> bool:
        """Whether pixels are drawn as squares; very long images are not."""
        return FLATTEST <= self.height / self.width <= TALLEST

    def to_view(self, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
        """Units of pixel positions, which count 0 at the centre of the first pixel."""
        return (x + 0.5) * WIDE / self.width, self.high - (y + 0.5) * self.high / self.height

    def to_pixel(self, u: Doubles, v: Doubles) -> tuple[Doubles, Doubles]:
        """The inverse of ``to_view``."""
        return u * self.width / WIDE - 0.5, (self.high - v) * self.height / self.high - 0.5

    @property
    def whole(self) -> Box:
        """Left, top, right and bottom of all of it, in units."""
        return 0.0, 0.0, WIDE, self.high
