"""Parameters that take products: their defaults are files, and nothing stands in ``inputs/``."""

import pytest

from catalogue.domain.interface import Interface, Parameter
from catalogue.domain.taken import check_taken
from ontology.domain.findings import Finding, Severity, Where
from ontology.domain.kinds import ParameterKind

HERE = Where("sky.ipynb", 2, 1)


def interface(default, *, kind=ParameterKind.PRODUCT, many=False):
    return Interface(parameters=(Parameter("image", kind, default=default, many=many),))


def check(default, files, *, data=(), **more):
    return check_taken(interface(default, **more), {"image": HERE}, files, data)


@pytest.mark.parametrize(
    ("default", "files"),
    [
        ("sky.fits", ["sky.fits"]),
        ("maps/sky.fits", ["maps/sky.fits"]),
        (["a.fits", "b.fits"], ["b.fits", "a.fits"]),
        ("data/far.fits", []),
        (None, []),
        ([], []),
    ],
)
def test_a_default_that_is_there_is_no_finding(default, files):
    assert check(default, files, data=["far.fits"], many=isinstance(default, list)) == ()


@pytest.mark.parametrize("default", ["sky.fits", ["sky.fits"], ["other.fits", "sky.fits"]])
def test_a_default_that_is_not_there_keeps_the_entry_a_draft(default):
    assert check(default, ["other.fits", "maps/sky.fits"]) == (
        Finding(
            Severity.MUST,
            "catalogue/default-file-missing",
            HERE,
            "image takes a product, and its default 'sky.fits' is no file of the entry.",
            "Add the file, name it as it is written in the entry, or write None for no default.",
        ),
    )


def test_a_text_that_is_no_product_may_name_what_it_likes():
    assert check("sky.fits", ["inputs/a"], kind=ParameterKind.STRING) == ()


def test_the_folder_of_given_products_is_reserved():
    assert check(None, ["inputs/a.fits", "inputs.txt", "my/inputs/a"]) == (
        Finding(
            Severity.MUST,
            "catalogue/reserved-name",
            Where("inputs/a.fits"),
            "inputs/a.fits is needed by the run itself: products that it is given are put into "
            "inputs/.",
            "Rename the file.",
        ),
    )
