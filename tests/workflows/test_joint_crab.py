"""The six fits of the Crab nebula of A&A 625, A10, to the printed digits."""

from collections.abc import Iterator

import numpy as np
import pytest
from astropy.table import Table

from gallery.domain.verdict import Verdict
from tests.workflows.entries import Made, reading
from tests.workflows.measured import EntriesWithData, compared, judged, stated

SLUG = "joint-crab"

pytestmark = pytest.mark.shared

PRINTED = {  # phi0, Gamma and beta, then their errors
    "Fermi-LAT": ((4.04, 2.37, 0.14), (1.01, 0.24, 0.13)),
    "MAGIC": ((4.15, 2.60, 0.44), (0.30, 0.10, 0.11)),
    "VERITAS": ((3.76, 2.44, 0.26), (0.36, 0.09, 0.17)),
    "FACT": ((3.49, 2.54, 0.42), (0.30, 0.22, 0.31)),
    "H.E.S.S.": ((4.47, 2.39, 0.37), (0.29, 0.18, 0.22)),
    "joint": ((3.85, 2.51, 0.24), (0.11, 0.03, 0.02)),
}
OTHERS = {"use_fermi": False, "use_magic": False, "use_veritas": False, "use_fact": False}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EntriesWithData]:
    entries = EntriesWithData(tmp_path_factory.mktemp(SLUG))
    yield entries
    entries.close()


@pytest.fixture(scope="module")
def made(run: EntriesWithData) -> Made:
    return run(SLUG)


@pytest.fixture(scope="module")
def alone(run: EntriesWithData) -> Made:
    """The fit of H.E.S.S. alone."""
    return run(SLUG, **OTHERS)


def table(made: Made, name: str) -> Table:
    return Table.read(made.path(name), format="ascii.ecsv")


def test_the_entry_is_read_without_a_finding():
    assert reading(SLUG).findings == ()


def test_the_joint_fit_is_identical_to_the_paper(made):
    judgement = judged(made, stated(SLUG, "crab-joint-fit"), by=SLUG)

    assert judgement.verdict is Verdict.IDENTICAL


def test_the_table_of_all_fits_is_within_tolerance_of_the_published_one(made):
    (outcome,) = compared(made, stated(SLUG, "crab-fit-table"), by=SLUG)

    assert (outcome.verdict, outcome.values) == (Verdict.WITHIN_TOLERANCE, 42)


def test_the_fit_of_hess_is_within_tolerance_of_the_paper(alone):
    judgement = judged(alone, stated(SLUG, "crab-hess-fit"), by=SLUG)

    assert dict(stated(SLUG, "crab-hess-fit").parameters) == OTHERS
    assert judgement.verdict is Verdict.WITHIN_TOLERANCE


@pytest.mark.parametrize("data", PRINTED)
def test_a_fit_gives_the_printed_digits(data, made):
    (row,) = (row for row in table(made, "fit_table") if row["data"] == data)
    values, errors = PRINTED[data]

    assert [row[key] for key in ("phi0", "gamma", "beta")] == pytest.approx(values, abs=0.0075)
    assert [row[f"{key}_error"] for key in ("phi0", "gamma", "beta")] == pytest.approx(
        errors, abs=0.0080
    )


def test_the_numbers_are_those_of_the_joint_fit(made):
    last = table(made, "fit_table")[-1]

    assert last["data"] == "joint"
    assert [made.number(name) for name in ("phi0", "gamma", "beta")] == pytest.approx(
        [last[name] for name in ("phi0", "gamma", "beta")]
    )


def test_one_instrument_alone_is_fitted_as_in_the_table_of_all(alone, made):
    (row,) = (row for row in table(made, "fit_table") if row["data"] == "H.E.S.S.")

    assert [alone.number(name) for name in ("phi0", "gamma", "beta")] == pytest.approx(
        [row[name] for name in ("phi0", "gamma", "beta")]
    )
    assert set(table(alone, "sed_points")["instrument"]) == {"H.E.S.S."}


def test_another_reference_energy_tells_the_same_curve(run, made):
    moved = run(SLUG, e_reference=0.3)
    x = np.log10(0.3)
    slope = made.number("gamma") + 2 * made.number("beta") * x

    assert moved.number("gamma") == pytest.approx(slope, abs=1e-4)
    assert moved.number("w_statistic") == pytest.approx(made.number("w_statistic"))
    assert table(moved, "model_curve")["flux"] == pytest.approx(
        table(made, "model_curve")["flux"], rel=1e-4
    )


def test_products_with_data_of_hess_carry_its_terms(made):
    (comment,) = table(made, "sed_points").meta["comments"]

    assert comment == (
        "Holds data of the H.E.S.S. DL3 public test data release 1: "
        "no scientific publications may be derived from them."
    )


def test_no_instrument_at_all_is_refused(run):
    made = run.attempt(SLUG, **OTHERS, use_hess=False)

    assert made.status == 3
    assert made.error == "choose at least one instrument"
