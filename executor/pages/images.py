"""Images: a page that shows one, and the pictures and numbers that it is drawn from."""

import base64
import math
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from executor.domain.fits_image import WAYS, Small
from executor.domain.looking.angle import position_text
from executor.domain.looking.asked import AskedImage, read_asked
from executor.domain.looking.colours import MAPS
from executor.domain.looking.picture import Look, draw_bar
from executor.domain.looking.scale import STRETCHES, unstretched
from executor.domain.looking.sky import angles
from executor.errors import NotShownError
from executor.models import Product
from executor.pages.image_overlays import overlays_of
from executor.pages.image_parts import grid_of, laid_onto, pixel_of
from executor.pages.image_source import Seen, see
from executor.queries import product_of
from lib import panels
from lib.problem import ProblemError

CHOICES = {
    "maps": MAPS,
    "stretches": STRETCHES,
    "ways": [("mean", "the mean"), ("max", "the largest")],
    "limits": [
        ("percent", "the middle 99.5 % of values"), ("zscale", "zscale"),
        ("minmax", "least and largest"), ("own", "those below"),
    ],
    "axes": [
        ("header", "as in the header"), ("equatorial", "right ascension and declination"),
        ("galactic", "Galactic"),
    ],
}  # fmt: skip
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@require_safe
def image_page(request: HttpRequest, digest: str) -> HttpResponse:
    """An image with its axes, colour bar and what lies over it; complete without scripts.

    Raises:
        UnknownProductError: no product has the digest.
        ProductEvictedError: its bytes are not kept.
        NotShownError: it holds no such image.
    """
    product, asked = product_of(digest), read_asked(request.GET)
    seen = see(product, asked)
    name = request.GET.get("name", "").strip()[:200] or product.file or f"product {digest[:12]}"
    limits = seen.limits(asked)
    context = {
        "product": product, "seen": seen, "asked": asked, "name": name,
        "given_name": request.GET.get("name", "")[:200], "choices": CHOICES,
        "grid": grid_of(seen, asked, seen.frame.whole), "over": overlays_of(seen, asked),
        "limits_found": limits, "bar": _bar(seen, asked), "ticks": _ticks(seen, asked),
        "query": _own_query(seen, asked), "pixel": _told(product, seen, asked),
        "other": _other(seen, asked), "stretched_words": _shrunk(seen.small, asked),
        "center": _centre(seen), "range": seen.range,
        "panels": panels.render("product", request, product),
    }  # fmt: skip
    return render(request, "executor/image.html", context)


def _own_query(seen: Seen, asked: AskedImage) -> str:
    """The query of this very image, also when the first of a file was asked for."""
    query = asked.query()
    return query if asked.hdu is not None else f"hdu={seen.hdu}&{query}"


def _bar(seen: Seen, asked: AskedImage) -> str:
    data = draw_bar(Look(asked.map, asked.stretch, seen.limits(asked)))
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _ticks(seen: Seen, asked: AskedImage) -> list[str]:
    limits, steps = seen.limits(asked), list(seen.steps(asked))
    return [f"{unstretched(share, limits, asked.stretch, steps):.4g}" for share in TICKS]


def _shrunk(small: Small, asked: AskedImage) -> str:
    """What one pixel of the screen stands for, in words."""
    if small.factor == 1:
        return ""
    what = "the largest" if asked.by == WAYS[1] else "the mean"
    if small.step == 1:
        return f"Each pixel shown is {what} of {small.factor} \u00d7 {small.factor} of the image."
    read = -(-small.factor // small.step)
    return (
        f"Each pixel shown stands for {small.factor} \u00d7 {small.factor} of the image: {what} of "
        f"{read} \u00d7 {read} of them, evenly spaced, because it is too large to be read whole."
    )


def _centre(seen: Seen) -> str:
    if seen.sky is None:
        return ""
    middle = (np.array([(side - 1) / 2]) for side in (seen.small.width, seen.small.height))
    ra, dec = angles(seen.sky.vectors(*middle))
    return position_text(float(ra[0]), float(dec[0])) if math.isfinite(ra[0] + dec[0]) else ""


def _told(product: Product, seen: Seen, asked: AskedImage) -> dict[str, Any] | None:
    """The pixel that the page was asked for, or why it cannot be told."""
    if asked.pixel is None:
        return None
    try:
        return pixel_of(product, seen, asked, *asked.pixel)
    except NotShownError as error:
        return {"fault": error.detail}


def _other(seen: Seen, asked: AskedImage) -> dict[str, Any] | None:
    """The image to blink with: where its picture is, or why it cannot be shown."""
    if asked.other is None:
        return None
    onto = f"{seen.product.digest}:{seen.hdu}:{seen.plane}"
    try:
        product = product_of(asked.other.digest)
        there = see(product, AskedImage(hdu=asked.other_hdu))
        laid_onto(there, onto)
    except ProblemError as error:
        return {"fault": error.detail}
    look = AskedImage(hdu=there.hdu, map=asked.map, stretch=asked.stretch)
    own = look if asked.other.digest != seen.product.digest or there.hdu != seen.hdu else asked
    name = asked.other.file or product.file or f"product {product.digest[:12]}"
    query = f"{own.query()}&onto={onto}"
    return {"product": product, "query": query, "name": name, "hdu": there.hdu,
            "choices": there.choices}  # fmt: skip
