"""Published products of a figure, and whether they fit their output."""

import pytest

from catalogue.domain.interface import Output
from gallery.domain.comparison import Tolerance, Tolerances
from gallery.domain.fitting import misfit_of_file
from gallery.domain.paper.fields import BadPaperError
from gallery.domain.paper.products import read_product
from ontology.domain.kinds import ProductKind

PNG = b"\x89PNG\r\n\x1a\n"
PLACE = "product spectrum of figure a"


def refusal(**item: object) -> str:
    with pytest.raises(BadPaperError) as refused:
        read_product({"output": "spectrum", "file": "s.fits"} | item, "a")
    return str(refused.value)


def test_a_product_is_claimed_with_its_tolerances():
    item = {
        "output": "spectrum", "label": "the spectrum", "file": "s.fits",
        "tolerance": {"relative": 0.01, "sigma": 1}, "columns": {"flux": {"absolute": 2}},
        "keys": ["energy"], "errors": {"flux": "flux_err"}, "ignore": "DATE", "radius": 3,
        "reason": "why", "source": "Table 2", "doi": "doi:10.5281/zenodo.1", "given": True,
    }  # fmt: skip

    claim = read_product(item, "a")

    assert (claim.output, claim.label, claim.file, claim.digest) == (
        "spectrum", "the spectrum", "s.fits", "",
    )  # fmt: skip
    assert (claim.source, claim.doi, claim.given) == ("Table 2", "10.5281/zenodo.1", True)
    assert claim.tolerances == Tolerances(
        default=Tolerance(relative=0.01, sigmas=1.0), columns={"flux": Tolerance(absolute=2.0)},
        keys=("energy",), errors={"flux": "flux_err"}, ignore=("DATE",), radius=3.0, reason="why",
    )  # fmt: skip


def test_the_output_of_the_request_is_meant_when_none_is_named():
    assert read_product({"file": "s.fits"}, "a", "spectrum").output == "spectrum"


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"output": ""}, "There is no output in a product of figure a of paper.toml."),
        ({"file": ""}, f"There is no file in the {PLACE} of paper.toml."),
        (
            {"tolerance": {"about": 1}},
            (
                f"The tolerance of the {PLACE} is made of absolute, relative, sigma, one or more "
                "of them."
            ),
        ),
        (
            {"tolerance": {"absolute": -1}},
            f"The tolerance of the {PLACE} is no number of zero or more.",
        ),
        (
            {"tolerance": {"absolute": float("nan")}},
            f"The tolerance of the {PLACE} is no number of zero or more.",
        ),
        (
            {"columns": {"flux": 3}},
            (
                f"The tolerance of the column flux of the {PLACE} is made of absolute, relative, "
                "sigma, one or more of them."
            ),
        ),
        ({"columns": 3}, f"The columns of the {PLACE} are written {{ column = … }}."),
        ({"errors": {"flux": 3}}, f"The errors of the {PLACE} name a column for a column."),
        ({"keys": [3]}, f'The keys of {PLACE} is a list of texts: ["…", "…"].'),
        ({"radius": 0}, f"The radius of the {PLACE} is a number of arcsec above zero."),
        ({"radius": True}, f"The radius of the {PLACE} is a number of arcsec above zero."),
    ],
)
def test_what_a_product_may_not_say(item, sentence):
    assert refusal(**item) == sentence


@pytest.mark.parametrize(
    ("file", "data", "kind", "fault"),
    [
        ("t.csv", b"a,b\n1,2\n", ProductKind.TABLE, ""),
        ("t.csv", b"a,b\n1,2\n", ProductKind.NUMBER,
         "t.csv is of the type text/csv, and the output x is a number"),
        ("t.csv", b"a,b\n1,2\n", ProductKind.PICTURE,
         "t.csv is of the type text/csv, and the output x is a picture"),
        ("p.png", PNG, ProductKind.PICTURE, ""),
        ("p.gif", b"GIF89a", ProductKind.PICTURE, ""),
        ("p.webp", b"RIFF\0\0\0\0WEBP", ProductKind.PICTURE, ""),
        ("p.png", b"<svg>", ProductKind.PICTURE,
         "p.png is of the type application/octet-stream, and the output x is a picture"),
        ("p.png", PNG, ProductKind.TABLE,
         "p.png is of the type image/png, and the output x is a table"),
        ("i.fits", b"SIMPLE  =", ProductKind.IMAGE, ""),
        ("i.fits.gz", b"\x1f\x8b", ProductKind.IMAGE, ""),
        ("i.fits", b"not", ProductKind.IMAGE,
         "i.fits is of the type application/octet-stream, and the output x is a image"),
        ("i.fits", None, ProductKind.IMAGE, ""),
        ("i.fits", None, ProductKind.LIGHT_CURVE, ""),
        ("i.png", None, ProductKind.LIGHT_CURVE,
         "i.png is of the type image/png, and the output x is a light curve"),
        ("n.json", b"3.0", ProductKind.NUMBER, ""),
        ("anything", b"\0", ProductKind.BINARY, ""),
    ],
)  # fmt: skip
def test_a_published_file_has_to_be_what_its_output_gives(file, data, kind, fault):
    assert misfit_of_file(file, data, Output("x", kind)) == fault
