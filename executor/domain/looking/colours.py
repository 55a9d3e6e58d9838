"""Colour maps: 256 colours each; all but coolwarm come with Bokeh."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MAPS = ("gray", "gray reversed", "viridis", "inferno", "magma", "cividis", "coolwarm")
BOKEH = {"gray": "Greys256", "viridis": "Viridis256", "inferno": "Inferno256",
         "magma": "Magma256", "cividis": "Cividis256"}  # fmt: skip
COOL, WARM = (59, 76, 192), (180, 4, 38)
WHITE_M = 88.0  # lightness of the middle of a diverging map
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])

Colours = NDArray[np.uint8]


@lru_cache(maxsize=len(MAPS))
def colours(name: str) -> Colours:
    """The 256 colours of a map as rows of red, green and blue; unknown names give viridis."""
    if name == "coolwarm":
        return _diverging()
    if name == "gray reversed":
        return colours("gray")[::-1].copy()
    from bokeh import palettes

    known = getattr(palettes, BOKEH.get(name, BOKEH["viridis"]))
    return np.array([[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in known], np.uint8)


def _diverging() -> Colours:
    """Blue over grey to red: straight lines in Msh, the polar form of CIELAB.

    K. Moreland, Diverging Color Maps for Scientific Visualization (ISVC 2009).
    """
    cool, warm = _msh(COOL), _msh(WARM)
    shares = np.linspace(0, 1, 256)
    found = [_between(cool, warm, share) for share in shares]
    return np.array([_rgb(one) for one in found], np.uint8)


def _between(
    cool: NDArray[np.float64], warm: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    middle = max(cool[0], warm[0], WHITE_M)
    if share < 0.5:  # noqa: PLR2004 -- the middle
        end = np.array([middle, 0.0, _turned(cool, middle)])
        return np.asarray(cool + 2 * share * (end - cool))
    start = np.array([middle, 0.0, _turned(warm, middle)])
    return np.asarray(start + (2 * share - 1) * (warm - start))


def _turned(msh: NDArray[np.float64], middle: float) -> float:
    m, s, h = msh
    if m >= middle:
        return float(h)
    turn = s * np.sqrt(middle**2 - m**2) / (m * np.sin(s))
    return float(h + turn if h > -np.pi / 3 else h - turn)


def _msh(rgb: tuple[int, int, int]) -> NDArray[np.float64]:
    share = np.array(rgb) / 255
    linear = np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92)  # noqa: PLR2004 -- sRGB
    x, y, z = (TO_XYZ @ linear) / WHITE
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))  # noqa: PLR2004 -- CIELAB
    light, a, b = 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
    m = np.sqrt(light**2 + a**2 + b**2)
    return np.array([m, np.arccos(light / m), np.arctan2(b, a)])


def _rgb(msh: NDArray[np.float64]) -> list[int]:
    m, s, h = msh
    light, a, b = m * np.cos(s), m * np.sin(s) * np.cos(h), m * np.sin(s) * np.sin(h)
    fy = (light + 16) / 116
    parts = np.array([fy + a / 500, fy, fy - b / 200])
    xyz = np.where(parts > 6 / 29, parts**3, (parts - 16 / 116) / 7.787) * WHITE
    linear = np.clip(np.linalg.solve(TO_XYZ, xyz), 0, 1)
    share = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)  # noqa: PLR2004 -- sRGB
    return [round(float(part) * 255) for part in share]
