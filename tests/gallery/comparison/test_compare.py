"""Two products beside each other: verdict, sentence, how many values, the worst of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from executor.domain.plot import read_plot
from gallery.domain.comparison import Sample, Tolerance, Tolerances, compare
from ontology.domain.kinds import ProductKind
from tests.gallery.comparison.samples import csv, drawn, ecsv, image, picture, sky, structure

PIXELS = np.arange(64, dtype=np.float32).reshape(8, 8)
LOOSE = Tolerances(Tolerance(relative=1e-3))


def judged(published, found, tolerances=None):
    outcome = compare(published, found, tolerances)
    return str(outcome.verdict), outcome.sentence


# Tables


def test_equal_tables_are_identical():
    one, other = ecsv(a=[1.5, 2.5]), csv(a=[1.5, 2.5])

    assert judged(one, other) == ("identical", "2 values compared, all equal.")


def test_a_cell_that_is_off_is_named_with_its_deviation():
    outcome = compare(
        csv(year=[2003, 2004], flux=[2.0, 4.0]), csv(year=[2003, 2004], flux=[2.0, 4.04])
    )

    assert outcome.sentence == (
        "1 of 4 values outside their tolerance; column flux, row 2: published 4, found 4.04 (+1 %)."
    )
    assert (outcome.comparator, outcome.values, outcome.off) == ("table", 4, 1)
    assert outcome.worst.where == "column flux, row 2"
    assert outcome.worst.relative == pytest.approx(0.01)


def test_the_worst_is_told_in_published_errors_where_there_are_any():
    published = csv(flux=[2.0, 4.0], flux_err=[0.1, 0.1])
    outcome = compare(published, csv(flux=[2.0, 4.3], flux_err=[0.1, 0.1]))

    assert outcome.worst.sigmas == pytest.approx(3)
    assert outcome.notes == ("column flux: chi2 = 9 for 2 values with errors",)


def test_a_column_has_its_own_tolerance():
    tolerances = Tolerances(columns={"flux": Tolerance(absolute=0.1)})

    assert judged(csv(flux=[2.0], n=[1]), csv(flux=[2.05], n=[1]), tolerances) == (
        "within tolerance",
        (
            "2 values compared, 1 differ within tolerance; column flux: published 2, found 2.05 "
            "(+2.5 %)."
        ),
    )  # fmt: skip


def test_rows_are_matched_by_the_keys_that_the_author_names():
    one = csv(name=["a", "b"], flux=[1.0, 2.0])
    outcome = compare(one, csv(name=["b", "a"], flux=[2.0, 1.0]), Tolerances(keys=("name",)))

    assert (outcome.verdict, outcome.notes) == ("identical", ("rows stand in another order",))


def test_rows_in_another_order_without_keys_are_not_comparable():
    assert judged(csv(flux=[1.0, 2.0]), csv(flux=[2.0, 1.0])) == (
        "not comparable",
        (
            "The rows are the same in another order, and the claim names no key columns: whether "
            "their order matters is not known; 2 values compared, 2 differ within tolerance."
        ),
    )  # fmt: skip


def test_a_row_given_twice_is_told():
    one = csv(name=["a", "b"], flux=[1.0, 2.0])
    twice = csv(name=["a", "b", "a"], flux=[1.0, 2.0, 1.0])

    assert judged(one, twice, Tolerances(keys=("name",)))[1] == (
        "1 row in the re-run only: name = a; 2 of 6 values outside their tolerance."
    )


def test_units_are_converted():
    outcome = compare(ecsv({"e": "keV"}, e=[20.0]), ecsv({"e": "MeV"}, e=[0.02]))

    assert (outcome.verdict, outcome.notes) == (
        "identical", ("column e: converted from MeV to keV",),
    )  # fmt: skip


def test_a_unit_on_one_side_only_is_not_comparable():
    assert judged(ecsv({"e": "keV"}, e=[20.0]), ecsv(e=[20.0])) == (
        "not comparable", "column e: the paper states keV, the re-run no unit.",
    )  # fmt: skip


def test_a_constant_factor_is_pointed_out():
    outcome = compare(csv(flux=[1.0, 2.0, 4.0]), csv(flux=[1.02, 2.04, 4.08]))

    assert outcome.notes == ("column flux: found is 1.02 times published throughout",)


def test_a_fraction_of_a_moment_is_one_of_the_record():
    """1e-3 of an MJD would be two months."""
    one, late = (csv(MJD=np.array([60000.0, 60010.0]) + shift) for shift in (0.0, 0.1))

    assert judged(ecsv({"MJD": "d"}, MJD=[60000.0, 60010.0]),
                  ecsv({"MJD": "d"}, MJD=[60000.1, 60010.1]), LOOSE)[0] == "different"  # fmt: skip
    assert judged(one, late, Tolerances(columns={"MJD": Tolerance(absolute=0.2)}))[0] == (
        "within tolerance"
    )


def test_500_columns_are_compared():
    columns = {f"c{number}": [float(number)] for number in range(500)}
    changed = columns | {"c321": [321.1]}

    assert compare(csv(**columns), csv(**changed)).worst.where == "column c321"


def test_the_residual_is_a_plot_that_the_service_draws():
    residual = compare(csv(a=[1.0, 2.0, 4.0]), csv(a=[1.0, 2.0, 5.0])).residual

    (axes,) = read_plot(residual.plot).axes
    assert (axes.title, axes.series[0].y) == ("column a", (0.0, 0.0, 1.0))


# Images


def test_a_pixel_is_named_as_fits_counts():
    changed = PIXELS.copy()
    changed[1, 2] *= 1.01

    assert judged(image(PIXELS), image(changed))[1] == (
        "1 of 64 values outside their tolerance; PRIMARY, pixel (3, 2): published 10, found "
        "10.10000038 (+1 %)."
    )


def test_a_shift_on_the_sky_is_told_in_pixels_and_arcsec():
    moved = image(PIXELS, **sky(CRPIX1=4.6))

    assert judged(image(PIXELS, **sky()), moved) == (
        "different",
        (
            "PRIMARY: the position is off by 0.1 pixels (3.6 arcsec); 1 of 65 values outside "
            "their tolerance."
        ),
    )  # fmt: skip


def test_a_shift_within_the_radius_is_within_tolerance():
    moved = image(PIXELS, **sky(CRPIX1=4.6))

    assert judged(image(PIXELS, **sky()), moved, Tolerances(radius=5.0))[0] == "within tolerance"


def test_an_image_that_is_flipped_with_its_header_is_the_same():
    flipped = image(np.ascontiguousarray(PIXELS[:, ::-1]), **sky(CDELT1=0.01))

    assert judged(image(PIXELS, **sky()), flipped)[0] == "identical"


def test_a_broken_position_on_both_sides_leaves_the_pixels():
    broken = sky(CTYPE1="RA---ZZZ")

    assert judged(image(PIXELS, **broken), image(PIXELS, **broken, CREATOR="x")) == (
        "identical", "64 values compared, all equal.",
    )  # fmt: skip


def test_a_broken_position_on_one_side_is_not_comparable():
    assert judged(image(PIXELS, **sky()), image(PIXELS, **sky(CTYPE1="RA---ZZZ")))[0] == (
        "not comparable"
    )


def test_the_residual_of_an_image_is_an_image():
    residual = compare(image(PIXELS), image(PIXELS + np.eye(8, dtype=np.float32))).residual

    (axes,) = read_plot(residual.plot).axes
    assert axes.series[0].image.rows == tuple(map(tuple, np.eye(8).tolist()))


# Pictures


def test_the_same_numbers_in_other_colours_are_drawn_differently():
    outcome = compare(drawn(), drawn(style={"colour": "#aa3377"}))

    assert outcome.verdict == "same data drawn differently"
    assert outcome.sentence.startswith("The plotted numbers are the same (72 compared). ")


def test_a_title_is_drawn_outside_the_axes():
    sentence = compare(drawn(), drawn(title="another title")).sentence

    assert sentence.endswith("none of them inside the axes.")


def test_other_numbers_are_different_however_they_are_drawn():
    plot = json.loads(drawn().plot)
    plot["axes"][0]["series"][0]["y"][3] *= 1.01

    outcome = compare(drawn(), replace(drawn(title="x"), plot=json.dumps(plot).encode()))

    assert (outcome.verdict, outcome.worst.where) == (
        "different", "y of series 'line' of the plot, point 4",
    )  # fmt: skip


def test_without_plotted_arrays_other_pixels_say_nothing():
    pixels = np.zeros((20, 20, 3), np.uint8)
    other = pixels.copy()
    other[:10] = 255

    assert judged(picture(pixels), picture(other)) == (
        "not comparable",
        (
            "50 % of the pixels are drawn differently. Without the plotted numbers of both "
            "pictures nobody can tell whether the data are the same."
        ),
    )  # fmt: skip


# JSON, text, bytes


def test_leaves_of_json_are_named_by_their_path():
    one, other = ({"fit": {"slope": [2.0, value]}} for value in (3.0, 3.3))

    assert judged(structure(one), structure(other))[1] == (
        "1 of 2 values outside their tolerance; value, fit.slope[1]: published 3, found 3.3 "
        "(+10 %)."
    )


def test_a_unit_beside_a_value_is_converted():
    one, other = ({"value": value, "unit": unit} for value, unit in ((20, "keV"), (0.02, "MeV")))

    assert judged(structure(one), structure(other))[0] == "identical"


def test_words_of_a_text_matter_and_white_space_does_not():
    one, other, third = (
        Sample(text, "a.txt", kind=ProductKind.TEXT)
        for text in (b"flux 2.5 mCrab\n", b"flux  2.5  mCrab\r\n", b"flux 2.5 Crab\n")
    )

    assert judged(one, other)[0] == "identical"
    assert judged(one, third)[1] == (
        "The wording differs from word 3 on: published 'flux # mCrab', found 'flux # Crab' (# "
        "stands for a number); 1 of 1 value outside their tolerance."
    )


def test_bytes_of_no_known_kind_are_compared_by_their_digest():
    one, other = (Sample(data, "a.bin") for data in (b"abc", b"abd"))

    assert judged(one, other) == (
        "different",
        (
            "The bytes differ from byte 3 on; published 3 bytes, found 3. A file of this kind is "
            "compared by its digest alone."
        ),
    )  # fmt: skip
