"""What fits a parameter: by term where both have one, else by kind; numbers by their units."""

import pytest

from catalogue.domain.interface import Output, Parameter
from executor.domain.binding import default_output, misfit, misfit_of_media
from ontology.domain import terms
from ontology.domain.kinds import ParameterKind, ProductKind


def takes(product=None, term="", **more):
    return Parameter("image", ParameterKind.PRODUCT, product=product, term=term, **more)


def gives(kind=ProductKind.IMAGE, term="", unit=None, name="sky"):
    return Output(name, kind, term=term, unit=unit)


def number(kind=ParameterKind.FLOAT, unit=None):
    return Parameter("energy", kind, unit=unit)


@pytest.mark.parametrize(
    ("parameter", "output"),
    [
        (takes(ProductKind.IMAGE, "Image"), gives(term="Image")),
        (takes(ProductKind.IMAGE, "Image"), gives(term="SkyMap")),
        (takes(None, "Product"), gives(term="SkyMap")),
        (takes(), gives(ProductKind.NUMBER)),
        (takes(ProductKind.BINARY), gives(ProductKind.TABLE)),
        (takes(ProductKind.IMAGE), gives(term="Image")),
        (takes(ProductKind.IMAGE, "Image"), gives()),
    ],
)
def test_what_is_wanted_or_narrower_fits(parameter, output):
    assert misfit(parameter, output) == ""


@pytest.mark.parametrize(
    ("parameter", "output", "fault"),
    [
        (
            takes(ProductKind.IMAGE, "SkyMap"), gives(term="Image"),
            "It takes a SkyMap, and sky is an Image.",
        ),
        (
            takes(ProductKind.IMAGE, "Image"), gives(ProductKind.SPECTRUM, "Spectrum"),
            "It takes an Image, and sky is a Spectrum.",
        ),
        (
            takes(ProductKind.IMAGE), gives(ProductKind.SPECTRUM),
            "It takes an image, and sky is a spectrum.",
        ),
        (
            takes(ProductKind.TABLE), gives(ProductKind.NUMBER),
            "It takes a table, and sky is a number.",
        ),
    ],
)  # fmt: skip
def test_what_is_broader_or_something_else_does_not_fit(parameter, output, fault):
    assert misfit(parameter, output) == fault


def test_the_terms_of_these_tests_are_terms():
    known = {"Image", "SkyMap", "Product", "Spectrum"}
    assert {name for name in known if terms.is_narrower("SkyMap", name)} == {
        "Image",
        "SkyMap",
        "Product",
    }


@pytest.mark.parametrize(
    ("here", "there"), [("keV", "keV"), ("keV", "MeV"), (None, None), ("deg", "arcmin")]
)
def test_numbers_fit_when_their_units_convert(here, there):
    assert misfit(number(unit=here), gives(ProductKind.NUMBER, unit=there)) == ""


@pytest.mark.parametrize(
    ("here", "there", "fault"),
    [
        ("keV", "s", "It has keV, and sky has s: they do not convert."),
        ("keV", None, "It has keV, and sky has no unit: they do not convert."),
        (None, "keV", "It has no unit, and sky has keV: they do not convert."),
    ],
)
def test_numbers_do_not_fit_when_their_units_do_not_convert(here, there, fault):
    assert misfit(number(unit=here), gives(ProductKind.NUMBER, unit=there)) == fault


@pytest.mark.parametrize(
    ("kind", "product", "fits"),
    [
        (ParameterKind.INTEGER, ProductKind.NUMBER, True),
        (ParameterKind.BOOLEAN, ProductKind.BOOLEAN, True),
        (ParameterKind.STRING, ProductKind.TEXT, True),
        (ParameterKind.FLOAT, ProductKind.TEXT, False),
        (ParameterKind.STRING, ProductKind.NUMBER, False),
        (ParameterKind.BOOLEAN, ProductKind.NUMBER, False),
        (ParameterKind.LIST, ProductKind.STRUCTURE, False),
        (ParameterKind.FLOAT, ProductKind.IMAGE, False),
    ],
)
def test_a_plain_value_takes_an_output_of_its_own_kind(kind, product, fits):
    assert (misfit(number(kind), gives(product)) == "") is fits


@pytest.mark.parametrize(
    ("product", "media_type", "fits"),
    [
        (ProductKind.IMAGE, "application/fits", True),
        (ProductKind.IMAGE, "text/csv", False),
        (ProductKind.TABLE, "text/csv", True),
        (ProductKind.PICTURE, "image/png", True),
        (ProductKind.PICTURE, "application/fits", False),
        (None, "application/octet-stream", True),
    ],
)
def test_bytes_of_unknown_origin_are_judged_by_their_media_type(product, media_type, fits):
    assert (misfit_of_media(takes(product), media_type) == "") is fits


def test_bytes_that_do_not_fit_are_named_by_their_media_type():
    assert misfit_of_media(takes(ProductKind.IMAGE, "SkyMap"), "text/csv") == (
        "It takes a SkyMap, and the product is of the type text/csv."
    )


def test_the_output_goes_without_saying_when_only_one_fits():
    image, table = gives(name="sky"), gives(ProductKind.TABLE, name="rows")

    assert default_output(takes(ProductKind.IMAGE), (image, table)) == image
    assert default_output(takes(), (image, table)) is None
    assert default_output(takes(ProductKind.SPECTRUM), (image, table)) is None
