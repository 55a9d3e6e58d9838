"""Pictures: plotted arrays first, then the pixels inside the axes, then the rest."""

import io
import warnings
from dataclasses import dataclass

import numpy as np

from executor.domain.plot import Plot
from gallery.domain.comparison import plots
from gallery.domain.comparison.bounds import PIXELS_AT_MOST, UnreadableError, check_size
from gallery.domain.comparison.fields import Array
from gallery.domain.comparison.outcome import Outcome
from gallery.domain.comparison.sample import Sample
from gallery.domain.comparison.tally import Tally
from gallery.domain.comparison.tolerance import Tolerances
from gallery.domain.verdict import Verdict

FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")
VECTORS = (b"%PDF-", b"<svg", b"<?xml", b"%!PS")
FRAME = 2  # pixels at the edge of the axes, where ticks and the frame itself are drawn
REPRODUCED = (Verdict.IDENTICAL, Verdict.WITHIN_TOLERANCE)


def read_pixels(data: bytes) -> Array | None:
    """Decoded pixels, shape (height, width, 4), or (height, width) beyond eight bits.

    Returns None for a drawing without pixels (PDF, SVG, PostScript).

    Raises:
        UnreadableError: the bytes are no picture.
        TooLargeError: it has more pixels than are compared; it is not decoded.
    """
    if data.lstrip()[:200].startswith(VECTORS):
        return None
    from PIL import Image  # noqa: PLC0415 -- only pictures need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                check_size(picture.width * picture.height, PIXELS_AT_MOST, "pixels")
                deep = picture.mode.startswith(("I", "F"))
                return np.asarray(picture if deep else picture.convert("RGBA"))
        except (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError) as error:
            if type(error).__name__ == "TooLargeError":
                raise
            raise UnreadableError(f"it is no picture ({type(error).__name__})") from None
        except Image.DecompressionBombError:
            raise UnreadableError("it is a picture larger than can be unpacked") from None


@dataclass(frozen=True, slots=True)
class Drawn:
    """How two pictures differ in their pixels.

    Attributes:
        same: whether all are equal.
        words: what was found.
        distance: the largest difference of a channel at each pixel; None when sizes differ.
    """

    same: bool
    words: str
    distance: Array | None = None


def compare_pictures(published: Sample, found: Sample, tolerances: Tolerances) -> Outcome:
    """Compare two pictures.

    With plotted arrays of both, the arrays decide: equal arrays and equal pixels are identical,
    equal arrays with other pixels are the same data drawn differently, and arrays within tolerance
    are within tolerance, however they were drawn. Without them only equal pixels say something:
    other pixels may be another font or other data, so the pictures are not comparable.

    Raises:
        UnreadableError: the published picture, or plotted arrays, cannot be read.
        TooLargeError: one has more pixels than are compared.
    """
    tally = Tally("picture")
    first, second = _plot(published), _plot(found)
    drawn = _drawn(read_pixels(published.data), read_pixels(found.data), first or second)
    if first is not None and second is not None and first.axes:
        return _by_arrays(tally, first, second, drawn, tolerances)
    return _by_pixels(tally, drawn)


def _plot(sample: Sample) -> Plot | None:
    return plots.read(sample.plot) if sample.plot else None


def _by_arrays(
    tally: Tally, first: Plot, second: Plot, drawn: Drawn, tolerances: Tolerances
) -> Outcome:
    plots.compare_plots(tally, first, second, tolerances)
    if tally.verdict not in REPRODUCED:
        return tally.outcome()
    if drawn.same:
        return tally.outcome(sentence=f"{tally.sentence()} {drawn.words}")
    tally.note(drawn.words.removesuffix("."))
    if tally.verdict is Verdict.WITHIN_TOLERANCE:
        return tally.outcome(sentence=f"{tally.sentence()} {drawn.words}")
    words = f"The plotted numbers are the same ({tally.values:,} compared). {drawn.words}"
    return tally.outcome(Verdict.DRAWN_DIFFERENTLY, words)


def _by_pixels(tally: Tally, drawn: Drawn) -> Outcome:
    if drawn.same and drawn.distance is not None:
        tally.values = int(drawn.distance.size)
        return tally.outcome(Verdict.IDENTICAL, drawn.words)
    words = (
        f"{drawn.words} Without the plotted numbers of both pictures nobody can tell whether the "
        "data are the same"
    )
    return tally.outcome(Verdict.NOT_COMPARABLE, f"{words}.")


def _drawn(first: Array | None, second: Array | None, plot: Plot | None) -> Drawn:
    if first is None or second is None:
        return Drawn(same=False, words="Drawings without pixels are not compared line by line.")
    if first.shape != second.shape or first.dtype != second.dtype:
        sizes = " pixels, published ".join(f"{item.shape[1]} x {item.shape[0]}"
                                           for item in (second, first))  # fmt: skip
        return Drawn(same=False, words=f"The picture has {sizes}.")
    distance = np.abs(first.astype(float) - second.astype(float))
    distance = distance.max(axis=2) if distance.ndim > 2 else distance  # noqa: PLR2004 -- channels
    if not distance.any():
        return Drawn(same=True, words=f"All {distance.size:,} pixels are equal.", distance=distance)
    return Drawn(same=False, words=_spread(distance, plot), distance=distance)


def _spread(distance: Array, plot: Plot | None) -> str:
    other = distance > 0
    share = 100 * np.count_nonzero(other) / other.size
    words = f"{share:.3g} % of the pixels are drawn differently"
    inside = _inside(other.shape, plot)
    if inside is None:
        return f"{words}."
    count = np.count_nonzero(other & inside)
    if not count:
        return f"{words}, none of them inside the axes."
    share = 100 * count / max(int(np.count_nonzero(inside)), 1)
    return f"{words}; inside the axes it is {share:.3g} %."


def _inside(shape: tuple[int, ...], plot: Plot | None) -> Array | None:
    """Where the insides of axes are, by the boxes that were kept; None without boxes."""
    boxes = [axes.box for axes in plot.axes if axes.box] if plot else []
    if not boxes or plot is None or tuple(plot.size) != (shape[1], shape[0]):
        return None
    inside = np.zeros(shape[:2], bool)
    for left, bottom, width, height in boxes:
        top = shape[0] - bottom - height
        rows = slice(_pixel(top + FRAME), _pixel(top + height - FRAME))
        inside[rows, _pixel(left + FRAME) : _pixel(left + width - FRAME)] = True
    return inside


def _pixel(place: float) -> int:
    return max(round(place), 0)
