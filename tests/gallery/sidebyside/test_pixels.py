"""The difference of two pictures."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from gallery.domain.sidebyside import NotSubtractedError, subtracted


def png(*pixels, size=(2, 1), mode="RGB", form="PNG"):
    picture = Image.new(mode, size, "white")
    for place, colour in pixels:
        picture.putpixel(place, colour)
    made = io.BytesIO()
    picture.save(made, form)
    return made.getvalue()


def test_equal_pixels_are_white_and_others_are_inked():
    found = subtracted(png(), png(((1, 0), (254, 255, 255))))
    left, right = np.asarray(Image.open(io.BytesIO(found)))[0]
    assert (left.tolist(), right.tolist() == [255, 255, 255]) == ([255, 255, 255], False)


def test_a_larger_difference_is_darker():
    found = subtracted(png(), png(((0, 0), (200, 255, 255)), ((1, 0), (0, 0, 0))))
    less, more = np.asarray(Image.open(io.BytesIO(found)))[0].astype(int).sum(axis=1)
    assert more < less


def test_what_is_transparent_stands_on_white():
    clear = png(((0, 0), (0, 0, 0, 0)), mode="RGBA")
    assert subtracted(png(), clear) == subtracted(png(), png())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png(size=(3, 1)), "one has 2 x 1 pixels and the other 3 x 1"),
        (b"no picture", "one is no picture (UnidentifiedImageError)"),
        (png()[:50], "one is no picture"),
        (b"", "one is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a drawing without pixels"),
        (png(size=(2001, 2000), mode="1"), "a picture has more than 4,000,000 pixels"),
        (b"\x89PNG" + b"0" * 9_000_000, "a picture has more than 8,388,608 bytes"),
    ],
    ids=["size", "text", "cut", "empty", "svg", "bomb", "bytes"],
)
def test_what_cannot_be_subtracted_is_said_in_words(data, why):
    with pytest.raises(NotSubtractedError, match=f"^{re.escape(why)}"):
        subtracted(png(), data)
