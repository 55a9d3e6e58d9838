"""What an image is drawn from: its picture, its pixels, positions, grids and single values."""

import json
import math
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from executor.domain.fits_image import Small
from executor.domain.looking.angle import position_text
from executor.domain.looking.asked import AskedImage, read_asked
from executor.domain.looking.colours import MAPS, colours
from executor.domain.looking.contours import BadLevelsError, make_contours, read_levels
from executor.domain.looking.frame import Box
from executor.domain.looking.grid import Grid, make_grid
from executor.domain.looking.matched import NotAlikeError, laid_over
from executor.domain.looking.picture import Look, draw_png
from executor.domain.looking.scale import LIMITS, Limits, limits_of
from executor.domain.looking.sky import TO_GALACTIC, Sky, angles
from executor.errors import NotShownError
from executor.models import Product
from executor.pages.image_source import Seen, exact, see
from executor.pages.kept import kept
from executor.queries import product_of

DRAWING = "image-1"  # raise it when the same image is drawn differently: copies kept elsewhere end


@require_safe
def image_png(request: HttpRequest, digest: str) -> HttpResponse:
    """The picture alone, with contours drawn in when ``contours`` has levels."""
    product, asked = product_of(digest), read_asked(request.GET)
    onto = request.GET.get("onto", "")[:200]

    def draw() -> HttpResponse:
        seen = see(product, asked)
        look = Look(asked.map, asked.stretch, seen.limits(asked), seen.steps(asked))
        small, lines = laid_onto(seen, onto), _lines(seen, asked)
        return HttpResponse(draw_png(small, look, lines), content_type="image/png")

    parts = [DRAWING, "png", product.digest, asked.query(), asked.contours, onto]
    return kept(request, parts, draw)


@require_safe
def image_bin(request: HttpRequest, digest: str) -> HttpResponse:
    """The pixels for a screen: float32, little-endian, rows from the bottom, NaN for blanks."""
    product, asked = product_of(digest), read_asked(request.GET)
    onto = request.GET.get("onto", "")[:200]

    def send() -> HttpResponse:
        small = laid_onto(see(product, asked), onto)
        data = small.values.astype("<f4").tobytes()
        return HttpResponse(data, content_type="application/octet-stream")

    return kept(request, [DRAWING, "bin", product.digest, asked.query(), onto], send)


@require_safe
def image_json(request: HttpRequest, digest: str) -> HttpResponse:
    """What a viewer needs beside the pixels: sizes, limits, colour maps, positions."""
    product, asked = product_of(digest), read_asked(request.GET)

    def send() -> HttpResponse:
        return _json(_described(see(product, asked)))

    return kept(request, [DRAWING, "json", product.digest, asked.query()], send)


@require_safe
def image_value(request: HttpRequest, digest: str) -> HttpResponse:
    """The value and position of the pixel ``x``, ``y`` (from 1), at full resolution.

    Raises:
        NotShownError: there is no such pixel.
    """
    product, asked = product_of(digest), read_asked(request.GET)
    if asked.pixel is None:
        raise NotShownError("Give a pixel as x and y, whole numbers from 1 on.")
    told = pixel_of(product, see(product, asked), asked, *asked.pixel)
    return kept(
        request,
        [DRAWING, "value", product.digest, asked.query(), *asked.pixel],
        lambda: _json(told),
    )


@require_safe
def image_grid(request: HttpRequest, digest: str) -> HttpResponse:
    """Lines of longitude and latitude over the part ``box`` (left,top,right,bottom of 1000)."""
    product, asked = product_of(digest), read_asked(request.GET)
    seen = see(product, asked)
    box = _box(request.GET.get("box", ""), seen)
    parts = [DRAWING, "grid", product.digest, asked.query(), asked.axes, *map(str, box)]
    return kept(request, parts, lambda: _json(_grid_told(grid_of(seen, asked, box))))


def _json(told: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(told, allow_nan=False), content_type="application/json")


def grid_of(seen: Seen, asked: AskedImage, box: Box) -> Grid | None:
    """The lines over a part of the picture; None without a sky."""
    if seen.sky is None:
        return None
    return make_grid(seen.sky, seen.frame, box, galactic=_is_galactic(seen.sky, asked))


def pixel_of(product: Product, seen: Seen, asked: AskedImage, x: int, y: int) -> dict[str, Any]:
    """Value and position of a pixel, from 1, at full resolution."""
    told: dict[str, Any] = {"x": x, "y": y, "value": exact(product, asked, x, y), "unit": seen.unit}
    if seen.sky is None:
        return told
    vector = seen.sky.vectors(np.array([x - 1.0]), np.array([y - 1.0]))
    if not np.isfinite(vector).all():
        return told
    ra, dec = (float(part[0]) for part in angles(vector))
    lon, lat = (float(part[0]) for part in angles(vector @ TO_GALACTIC.T))
    told |= {"ra": round(ra, 8), "dec": round(dec, 8), "l": round(lon, 8), "b": round(lat, 8)}
    return told | {"position": position_text(ra, dec)}


def laid_onto(seen: Seen, onto: str) -> Small:
    """The image itself, or as seen in the pixels of another (``digest:hdu:plane``)."""
    if not onto:
        return seen.small
    digest, hdu, plane = (*onto.split(":"), "", "")[:3]
    below = see(product_of(digest), read_asked({"hdu": hdu, "plane": plane}))
    try:
        return laid_over(seen.small, seen.sky, below.small, below.sky)
    except NotAlikeError as error:
        raise NotShownError(f"The two images cannot be laid over each other: {error}.") from error


def _is_galactic(sky: Sky, asked: AskedImage) -> bool:
    return asked.axes == "galactic" or (asked.axes == "header" and sky.is_galactic)


def _grid_told(grid: Grid | None) -> dict[str, Any]:
    if grid is None:
        return {"path": "", "labels": []}
    labels = [[item.text, round(item.u, 4), round(item.v, 4), item.edge] for item in grid.labels]
    return {"path": grid.path, "labels": labels}


def _box(text: str, seen: Seen) -> Box:
    """A part of the picture; the whole when it is not understood."""
    whole = seen.frame.whole
    try:
        left, top, right, bottom = (round(float(part), 4) for part in text.split(",")[:4])
    except ValueError:
        return whole
    inside = -1 <= left < right <= whole[2] + 1 and -1 <= top < bottom <= whole[3] + 1
    return (left, top, right, bottom) if inside and right - left > 1e-3 else whole  # noqa: PLR2004 -- of 1000


def _lines(seen: Seen, asked: AskedImage) -> list[list[tuple[float, float]]]:
    """Contours as points in pixels, for a picture that stands alone."""
    if not asked.contours:
        return []
    try:
        found, _dropped = make_contours(
            seen.small, seen.frame, read_levels(asked.contours, seen.known)
        )
    except BadLevelsError as error:
        raise NotShownError(str(error)) from error
    lines = [part for item in found for part in item.path.split("M") if part]
    return [_points(seen, line) for line in lines]


def _points(seen: Seen, line: str) -> list[tuple[float, float]]:
    pairs = np.array([point.split(" ") for point in line.split("L")], dtype=float)
    x, y = seen.frame.to_pixel(pairs[:, 0], pairs[:, 1])
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _described(seen: Seen) -> dict[str, Any]:
    small = seen.small
    lookup = seen.lookup
    return {
        "width": small.width, "height": small.height, "high": seen.frame.high,
        "columns": small.values.shape[1], "rows": small.values.shape[0], "factor": small.factor,
        "unit": seen.unit, "limits": {how: _pair(limits_of(seen.known, how)) for how in LIMITS},
        "maps": {name: colours(name).tobytes().hex() for name in MAPS},
        "sky": None if lookup is None else {
            "nodes": lookup.vectors.shape[0], "error": lookup.error,
            "vectors": [
                None if math.isnan(part) else round(part, 11)
                for part in lookup.vectors.ravel().tolist()
            ],
            "galactic": bool(seen.sky and seen.sky.is_galactic),
        },
    }  # fmt: skip


def _pair(limits: Limits) -> list[float]:
    return [limits.low, limits.high]
