"""Pixels: made small in blocks, exact one by one, whatever the size of the file."""

import io
import resource
import tempfile
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executor.domain.fits_image import NoImageError, Plane, plane_of, shrink, value_at
from executor.domain.looking.hdus import scan
from tests.executor.fits_files import card, header, image, ramp


def plane_in(data: bytes, plane: int = 0) -> Plane:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return plane_of(file, scan(file, len(data))[0][0], plane)


def plain(values) -> Plane:
    return Plane(np.asarray(values), 1.0, 0.0, None)


def test_a_small_image_is_shown_as_it_is():
    small = shrink(plane_in(image(ramp())))

    assert (small.factor, small.step) == (1, 1)
    assert (small.values == ramp()).all()


def test_a_large_image_is_shown_by_means_of_blocks():
    small = shrink(plain([[1.0, 3.0, 5.0], [np.nan, 5.0, 7.0], [2.0, 4.0, np.nan]]), side=2)

    assert small.values.tolist() == [[3.0, 6.0], [3.0, pytest.approx(np.nan, nan_ok=True)]]


def test_the_largest_of_each_block_keeps_point_sources():
    assert shrink(plain([[0.0, 9.0], [1.0, 2.0]]), by="max", side=1).values.tolist() == [[9.0]]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 30))
def test_the_mean_of_all_is_kept_where_blocks_are_whole(width, height, side):
    values = np.random.default_rng(width * height).normal(size=(height, width))
    small = shrink(plain(values), side=side)

    rows, columns = height // small.factor, width // small.factor
    whole = values[: rows * small.factor, : columns * small.factor]
    means = whole.reshape(rows, small.factor, columns, small.factor).mean(axis=(1, 3))
    assert np.allclose(small.values[:rows, :columns], means, atol=1e-6)


def test_integers_are_scaled_and_their_blanks_are_blank():
    data = image(np.array([[1, 2], [3, -1]], ">i2"), {"BSCALE": 0.5, "BZERO": 10.0, "BLANK": -1})

    assert np.array_equal(
        shrink(plane_in(data)).values, [[10.5, 11], [11.5, np.nan]], equal_nan=True
    )


def test_a_cube_has_planes():
    cube = np.arange(24).reshape(2, 3, 4).astype(">i4")

    assert value_at(plane_in(image(cube), 1), 1, 1) == 12.0
    with pytest.raises(NoImageError, match="2 planes"):
        plane_in(image(cube), 2)


def test_a_value_is_exact_and_counted_from_one():
    values = np.array([[0.1, 0.2], [0.3, np.nan]], ">f8")

    assert [value_at(plane_in(image(values)), *at) for at in ((2, 1), (1, 2), (2, 2))] == [
        0.2, 0.3, None,
    ]  # fmt: skip


def test_a_pixel_outside_is_refused():
    with pytest.raises(NoImageError, match="40 \u00d7 30"):
        value_at(plane_in(image(ramp())), 41, 1)


def test_a_file_that_is_cut_short_is_refused():
    data = image(ramp())[:-2880]
    with pytest.raises(NoImageError, match="ends before"):
        plane_of(io.BytesIO(data), scan(io.BytesIO(data), len(data))[0][0], 0)


def test_two_gigabytes_take_little_memory_and_time():
    width, height = 23_000, 23_000  # 2.1 GB; the file is sparse, so no disk is filled
    head = header(card("SIMPLE", "T"), card("BITPIX", -32), card("NAXIS", 2),
                  card("NAXIS1", width), card("NAXIS2", height))  # fmt: skip
    with tempfile.TemporaryFile() as file:
        file.write(head)
        size = len(head) + -(-width * height * 4 // 2880) * 2880
        file.truncate(size)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        small = shrink(plane_of(file, scan(file, size)[0][0], 0))

        assert (small.values.shape, small.factor, small.step) == ((1000, 1000), 23, 3)
        assert time.process_time() - started < 8
    # Pages of the mapped file may count; arrays of ours stay far below.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2.6e6


@pytest.mark.parametrize("shape", [(1, 3_000_000), (3_000_000, 1), (1, 1)])
def test_long_and_single_images_are_shown(shape):
    assert max(shrink(plain(np.zeros(shape, ">f4"))).values.shape) <= 1024
