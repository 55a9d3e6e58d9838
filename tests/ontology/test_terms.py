import re
from pathlib import Path

import pytest

from ontology.domain import namespaces, terms
from ontology.domain.kinds import ParameterKind, ProductKind


def test_every_term_has_a_label_a_definition_and_known_terms_above() -> None:
    vocabulary = terms.vocabulary()
    incomplete = [
        name
        for name, term in vocabulary.items()
        if not (term.label and term.definition.endswith("."))
        or any(above not in vocabulary for above in term.broader)
    ]
    assert incomplete == []
    assert len(vocabulary) == 149


def test_a_term_holds_all_that_the_ontology_says_of_it() -> None:
    term = terms.vocabulary()["LightCurve"]
    assert term.iri == "https://w3id.org/reprise/ontology#LightCurve"
    assert term.label == "light curve"
    assert term.alternative_labels == ("flux history", "lightcurve")
    assert term.broader == ("DataArray",)
    assert term.matches[0] == terms.Match("exact", "http://astrothesaurus.org/uat/918")
    assert term.product_kind is ProductKind.LIGHT_CURVE
    assert term.parameter_kind is None


@pytest.mark.parametrize(
    ("name", "parameter", "product"),
    [
        ("Energy", ParameterKind.FLOAT, ProductKind.NUMBER),
        ("Year", ParameterKind.INTEGER, ProductKind.NUMBER),
        ("StartTime", ParameterKind.TIME, ProductKind.TEXT),
        ("FileURL", ParameterKind.STRING, ProductKind.TEXT),
        ("SkyMap", None, ProductKind.IMAGE),
        ("Picture", None, ProductKind.PICTURE),
        ("Pulsar", None, None),
    ],
)
def test_kinds_come_from_the_nearest_term_above(
    name: str, parameter: ParameterKind | None, product: ProductKind | None
) -> None:
    term = terms.vocabulary()[name]
    assert (term.parameter_kind, term.product_kind) == (parameter, product)


def test_narrower_terms_include_the_term_itself() -> None:
    assert terms.narrower("Angle") == ("Angle", "Declination", "RightAscension")


def test_a_term_may_stand_below_two() -> None:
    assert terms.is_narrower("CodedMaskTelescope", "XRayTelescope")
    assert terms.is_narrower("CodedMaskTelescope", "GammaRayTelescope")
    assert not terms.is_narrower("XRayTelescope", "CodedMaskTelescope")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Energy", "Energy"),
        ("reprise:Energy", "Energy"),
        ("https://w3id.org/reprise/ontology#Energy", "Energy"),
        ("oda:Energy_keV", "Energy"),
        ("http://odahub.io/ontology#AngleDegrees", "Angle"),
        ("https://odahub.io/ontology#Float", "Float"),
        ("oda:AstrophysicalObject", "SourceName"),
        ("oda:POSIXPath", "FilePath"),
        ("oda:ODAPictureProduct", "Picture"),
        ("oda:ODAAstropyTable", "Table"),
        ("oda:ODATextProduct", "Text"),
        ("oda:ODABinaryProduct", "Binary"),
        ("oda:NumpyDataProduct", "DataArray"),
        ("oda:ParameterProduct", "Value"),
        ("http://www.ivoa.net/rdf/product-type#light-curve", "LightCurve"),
        ("http://astrothesaurus.org/uat/2215", "PulsarWindNebula"),
    ],
)
def test_a_name_of_another_vocabulary_resolves_to_our_term(written: str, name: str) -> None:
    term = terms.resolve(written)
    assert term is not None
    assert term.name == name


@pytest.mark.parametrize("written", ["", "oda:", "oda:Nothing", "http://example.org/x", "oda:keV"])
def test_a_name_without_a_term_resolves_to_none(written: str) -> None:
    assert terms.resolve(written) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("oda:Energy_keV", ("Energy", "keV", None, None, None)),
        ("oda:AngleMinutes", ("Angle", "arcmin", None, None, None)),
        ("oda:TimeInstantISOT", ("TimeInstant", None, "isot", None, None)),
        ("oda:EndTimeMJD", ("EndTime", None, "mjd", None, None)),
        ("oda:PointOfInterestRA", ("RightAscension", "deg", None, None, None)),
        ("oda:ISGRIEnergy", ("Energy", "keV", None, 15.0, 800.0)),
        ("oda:Percentage", ("Percentage", None, None, 0.0, 100.0)),
    ],
)
def test_a_composite_name_says_unit_format_and_limits(
    written: str, expected: tuple[str, str | None, str | None, float | None, float | None]
) -> None:
    reading = terms.read(written)
    assert reading is not None
    assert reading.term is not None
    found = (reading.unit, reading.time_format, reading.minimum, reading.maximum)
    assert (reading.term.name, *found) == expected


@pytest.mark.shared
def test_every_oda_class_for_values_and_products_is_understood(shared: Path) -> None:
    text = (shared / "vocab" / "oda" / "ontology.ttl").read_text()
    classes = re.findall(r"^:(\w+) rdf:type owl:Class", text, re.MULTILINE)
    unknown = {name for name in classes if terms.read(namespaces.ODA + name) is None}
    assert unknown == {  # resources, formats and other things no value is annotated with
        *("AstroqueryModule", "ComputeResource", "Dask", "ExpressedInFormat", "HTTPURLFile"),
        *("LocalDB", "ParameterFormat", "Resource", "S3", "SecretStorageResource"),
        *("StorageAccessType", "StorageResource", "TimeFormat"),
    }
