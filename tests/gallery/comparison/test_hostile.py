"""Files of another kind, broken, hostile or too large: words, never an exception."""

import gzip
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.domain.comparison import Sample, Tolerance, Tolerances, bounds, compare
from gallery.domain.comparison.bins import Bins, membership, rebinned
from gallery.domain.comparison.positions import mutual_nearest
from ontology.domain.kinds import ProductKind
from tests.gallery.comparison.samples import csv, drawn, image, picture, structure

TABLE, PIXELS = csv(a=[1.0, 2.0]), np.ones((4, 4), np.float32)
FILES = st.sampled_from(
    ["a.fits", "a.csv", "a.ecsv", "a.vot", "a.json", "a.txt", "a.png", "a.bin", "a.fits.gz", "a"]
)
KINDS = st.sampled_from([None, *ProductKind])
NUMBERS = st.floats(width=64) | st.integers(-(2**70), 2**70)
JSON = st.recursive(
    NUMBERS | st.text(max_size=5) | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
)
SIX = {"min_size": 6, "max_size": 6}


def test_a_product_of_another_kind_is_not_comparable():
    assert compare(TABLE, drawn()).sentence == (
        "The paper published a table, and the re-run gave a picture."
    )


def test_a_claim_of_another_kind_is_told():
    claimed = replace(TABLE, kind=ProductKind.PICTURE)

    assert compare(claimed, csv(a=[1.0, 3.0])).sentence == (
        "The published file is no picture but a table."
    )


def test_a_picture_that_is_none_has_failed():
    outcome = compare(drawn(), Sample(b"<html>404</html>", "plot.png"))

    assert (outcome.verdict, outcome.sentence) == (
        "failed", "The re-run's file cannot be read: it is no picture (UnidentifiedImageError).",
    )  # fmt: skip


@pytest.mark.parametrize(("one", "other", "verdict"), [
    (b"", b"", "not comparable"), (b"1", b"", "failed"), (b"", b"1", "not comparable"),
])  # fmt: skip
def test_an_empty_file_is_never_reproduced(one, other, verdict):
    assert compare(Sample(one, "a.json"), Sample(other, "a.json")).verdict == verdict


def test_what_is_broken_in_the_paper_is_not_the_fault_of_the_re_run():
    assert compare(Sample(b"{", "a.json"), structure({"a": 1})).sentence == (
        "The published file cannot be read: it is no JSON (JSONDecodeError)."
    )


def test_a_gzip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(bounds, "BYTES_AT_MOST", 1000)
    bomb = Sample(gzip.compress(bytes(10_000)), "a.fits.gz")

    assert compare(image(PIXELS), bomb).sentence == (
        "Too large to compare by values: it has 1,001 bytes when unpacked, and 1,000 are compared "
        "one by one. The bytes are not the same."
    )


def test_a_header_that_promises_two_gigabytes_is_not_believed():
    header = fits.PrimaryHDU(PIXELS).header
    header["NAXIS1"], header["NAXIS2"] = 30_000, 20_000
    promise = Sample(header.tostring().encode() + bytes(2880), "a.fits")

    outcome = compare(image(PIXELS), promise)

    assert (outcome.verdict, outcome.sentence) == (
        "failed", "The re-run's file cannot be read: it ends before its data do.",
    )  # fmt: skip


def test_a_compressed_image_of_a_billion_pixels_is_not_unpacked():
    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(np.zeros((16, 16), np.int16))]).writeto(
        buffer
    )
    data = buffer.getvalue().replace(
        b"ZNAXIS1 =                   16", b"ZNAXIS1 =           1000000000"
    )

    assert compare(image(PIXELS), Sample(data, "a.fits")).verdict in ("not comparable", "failed")


def test_a_picture_of_too_many_pixels_is_not_decoded():
    small = drawn()
    header = small.data[:16] + (50_000).to_bytes(4, "big") * 2 + small.data[24:]

    assert compare(small, replace(small, data=header)).verdict in ("not comparable", "failed")


def test_a_unit_with_an_enormous_power_is_no_unit():
    from tests.gallery.comparison.samples import ecsv  # noqa: PLC0415 -- beside its use

    one, other = ecsv({"a": "m"}, a=[1.0]), ecsv({"a": "m"}, a=[1.0])
    hostile = replace(other, data=other.data.replace(b"unit: m,", b"unit: m**99999999,"))

    assert compare(one, hostile).verdict in ("not comparable", "failed")


def test_a_tolerance_of_zero_allows_nothing():
    nothing = Tolerances(Tolerance(absolute=0.0, relative=0.0, sigmas=0.0))

    assert compare(TABLE, csv(a=[1.0, 2.0000000000000004]), nothing).verdict == "different"


def test_json_as_deep_as_it_gets_is_no_crash():
    deep = Sample(b"[" * 100_000 + b"]" * 100_000, "a.json")

    assert compare(structure([1]), deep).verdict == "failed"


@settings(max_examples=60)
@given(st.binary(max_size=300), st.binary(max_size=300), FILES, FILES, KINDS)
def test_no_bytes_raise(one, other, file, second, kind):
    compare(Sample(one, file, kind=kind), Sample(other, second, kind=kind))


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=300), FILES, KINDS)
def test_equal_bytes_are_identical(data, file, kind):
    sample = Sample(data, file, kind=kind)

    assert compare(sample, sample).verdict == "identical"


@settings(max_examples=25)
@given(st.integers(0, 5759), st.binary(min_size=1, max_size=40))
def test_a_damaged_fits_file_is_never_a_crash(place, noise):
    whole = image(PIXELS)
    damaged = whole.data[:place] + noise + whole.data[place + len(noise) :]

    compare(whole, replace(whole, data=damaged))


@settings(max_examples=25)
@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_a_table_beside_itself_is_identical(values):
    one = csv(a=np.array(values, float), n=np.arange(len(values)))
    reordered = csv(n=np.arange(len(values)), a=np.array(values, float))

    assert compare(one, reordered).verdict == "identical"


@settings(max_examples=40)
@given(JSON)
def test_json_beside_itself_is_identical(content):
    one = Sample(json.dumps(content).encode(), "a.json")

    assert compare(one, Sample(json.dumps(content, indent=1).encode(), "a.json")).verdict == (
        "identical"
    )


@settings(max_examples=30)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_equality_does_not_depend_on_the_side(pairs):
    one, other = (structure([pair[side] for pair in pairs]) for side in (0, 1))

    first, second = compare(one, other), compare(other, one)

    assert (first.verdict, first.off) == (second.verdict, second.off)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_a_shuffled_catalogue_is_matched_one_to_one(seed, count):
    random = np.random.default_rng(seed)
    ra, dec = random.uniform(0, 360, count), np.degrees(np.arcsin(random.uniform(-1, 1, count)))
    order = random.permutation(count)

    matched = mutual_nearest((ra, dec), (ra[order], dec[order]), radius=1.0)

    assert np.array_equal(order[matched.found], matched.published)
    assert matched.published.size == count


def test_positions_are_matched_across_the_zero_of_right_ascension():
    one, other = (np.array([359.9999]), np.array([0.0])), (np.array([0.0001]), np.array([0.0]))

    (separation,) = mutual_nearest(one, other, radius=1.0).separation

    assert separation == pytest.approx(0.72)


@settings(max_examples=30)
@given(
    st.lists(st.floats(0.1, 10), min_size=6, max_size=6),
    st.lists(st.floats(-100, 100), min_size=6, max_size=6),
)
def test_rebinning_keeps_the_total(widths, values):
    edges = np.concatenate([[0], np.cumsum(widths)])
    fine = Bins(("x",), edges[:-1], edges[1:], np.arange(6), "s")
    coarse = Bins(("x",), edges[:-1:2], edges[2::2], np.arange(3), "s")
    home = membership(fine, coarse)

    summed = rebinned(np.array(values), fine, home, 3, density=False)
    averaged = rebinned(np.array(values), fine, home, 3, density=True)

    assert summed.sum() == pytest.approx(sum(values), abs=1e-9)
    assert (averaged * coarse.width).sum() == pytest.approx(np.dot(values, widths), abs=1e-9)


def test_equal_pictures_are_identical_without_plotted_arrays():
    pixels = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)

    assert compare(picture(pixels), picture(pixels)).verdict == "identical"
