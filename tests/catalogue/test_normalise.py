"""The many ways to write a value become one typed value, and different questions stay apart."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalogue.domain.interface import Interface, Parameter
from catalogue.domain.normalise import normalise, typed_value
from catalogue.domain.quantity import BadValueError
from lib import digest
from ontology.domain.kinds import ParameterKind

KEV = Parameter("energy", ParameterKind.FLOAT, unit="keV")
PLAIN = Parameter("index", ParameterKind.FLOAT)
COUNT = Parameter("times", ParameterKind.INTEGER)
FLAG = Parameter("flag", ParameterKind.BOOLEAN)
TEXT = Parameter("name", ParameterKind.STRING)
LIST = Parameter("points", ParameterKind.LIST)
STRUCTURE = Parameter("model", ParameterKind.STRUCTURE)
ISOT = Parameter("start", ParameterKind.TIME)
MJD = Parameter("start", ParameterKind.TIME, time_format="mjd")
TIMES = [
    Parameter("start", ParameterKind.TIME, time_format=form, time_scale=scale)
    for form in (
        *("isot", "iso", "fits", "yday", "jyear_str", "byear_str"),
        *("mjd", "jd", "unix", "gps", "cxcsec", "decimalyear", "jyear", "byear"),
    )
    for scale in ("utc", "tt")
]
EVERY_KIND = [KEV, PLAIN, COUNT, FLAG, TEXT, LIST, STRUCTURE, ISOT, MJD]

digits = st.integers(1, 10**15 - 1)
decimals = st.builds(lambda whole, shift: Decimal(whole).scaleb(shift), digits, st.integers(-20, 6))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def value(parameter, given):
    return typed_value(parameter, given)["value"]


def refused(parameter, given) -> str:
    with pytest.raises(BadValueError) as caught:
        typed_value(parameter, given)
    return str(caught.value)


# Numbers with units


@given(decimals)
def test_one_energy_is_one_value_however_it_is_written(energy):
    in_kev, in_mev, in_ev = energy, energy.scaleb(-3), energy.scaleb(3)

    forms = [
        typed_value(KEV, written)
        for written in (
            float(in_kev), str(in_kev), f"{in_kev} keV", f"{in_kev}keV", f"  {in_kev:e} unit:keV ",
            f"{in_mev} MeV", f"{in_ev} eV", {"value": float(in_kev)},
            {"value": str(in_kev), "unit": "keV"}, {"value": str(in_mev), "unit": "MeV"},
            {"value": str(in_ev), "unit": "eV"},
        )
    ]  # fmt: skip

    assert forms == [{"type": "float", "value": float(in_kev), "unit": "keV"}] * len(forms)


@given(decimals, st.permutations(range(15)))
def test_the_same_digits_in_another_order_are_another_value(energy, order):
    text = "".join(map(str, energy.as_tuple().digits)).ljust(15, "0")
    other = "".join(text[place] for place in order)
    assume(text != other)

    assert value(KEV, f"{text}e-13") != value(KEV, f"{other}e-13")


@pytest.mark.parametrize(("one", "other"), [("12.5", "21.5"), ("20", "200"), ("83.6", "86.3")])
def test_swapped_digits_are_two_values(one, other):
    assert digest.of_value(typed_value(KEV, one)) != digest.of_value(typed_value(KEV, other))


@pytest.mark.parametrize(
    ("unit", "written", "expected"),
    [
        ("keV", "0.02 MeV", 20.0),
        ("eV", "12.3456789 GeV", 12345678900.0),
        ("eV", "2.062116443042875 GeV", 2062116443.04288),
        ("eV", "2062116443.042875", 2062116443.04288),
        ("m", "123456789.012345 nm", 0.123456789012345),
        ("Angstrom", "500.7 nm", 5007.0),
        ("deg", "90 arcmin", 1.5),
        ("deg", "1 arcsec", 0.000277777777777778),
        ("s", "1.5 h", 5400.0),
        ("", "15 %", 0.15),
        ("%", "15", 15.0),
        ("W / m2", "1000 erg/cm2/s", 1.0),
        ("keV", "-3", -3.0),
        ("keV", "+.5e1", 5.0),
        ("keV", "7. ", 7.0),
    ],
)
def test_units_convert_exactly(unit, written, expected):
    parameter = Parameter("x", ParameterKind.FLOAT, unit=unit)
    assert value(parameter, written) == expected


def test_zero_has_no_sign():
    assert str(value(KEV, "-0.0")) == "0.0"
    assert str(value(KEV, -0.0)) == "0.0"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("3 " + "k" * 41, f"'{'k' * 40}'… is not a unit: write a short one such as keV."),
        ("3 s", "'s' does not convert to keV: write a value in keV."),
        ("3 kev", "'kev' does not convert to keV: write a value in keV."),
        ("3 0 keV", "'0 keV' does not convert to keV: write a value in keV."),
        ("twenty", "'twenty' is not a number: write one, with its unit if you like."),
        ("nan", "'nan' is not a number: write one, with its unit if you like."),
        ("inf", "'inf' is not a number: write one, with its unit if you like."),
        ("٣", "'٣' is not a number: write one, with its unit if you like."),
        (float("nan"), "nan is not a finite number: write one below 1e300."),
        (float("inf"), "inf is not a finite number: write one below 1e300."),
        ("1e999", "'1e999' is not a finite number: write one below 1e300."),
        ("9e299 TeV", "The number is too large: write one below 1e300."),
        (True, "True is not a number: write one."),
        ([20], "[20] is not a number: write one."),
        ({"value": 20, "units": "keV"}, 'A quantity is written {"value": 20, "unit": "keV"}.'),
        ({"unit": "keV"}, 'A quantity is written {"value": 20, "unit": "keV"}.'),
        ({"value": None}, "None is not a number: write one."),
        ({"value": "20 keV"}, "'20 keV' is not a number: write one."),
    ],
)
def test_what_is_no_energy_is_refused_with_a_sentence(given, sentence):
    assert refused(KEV, given) == sentence


def test_a_plain_number_takes_no_unit():
    assert refused(PLAIN, "2 keV") == "This parameter has no unit: write the number without 'keV'."


@pytest.mark.parametrize(
    "attack",
    [
        "1 m**1e9", "1 m**999999999", "1 " + "(" * 39, "1 10**9999 keV", "1 keV" * 5000,
        "1" * 1_000_000, "1." + "1" * 1_000_000, "1" * 50_000 + "a\nb", " " * 100_000 + "x",
        {"value": "1." + "1" * 1_000_000}, {"value": 1, "unit": "keV**9" * 6},
    ],
)  # fmt: skip
def test_text_made_to_cost_time_is_refused_at_once(attack):
    started = time.process_time()
    for parameter in (KEV, COUNT, ISOT):
        refused(parameter, attack)
    assert time.process_time() - started < 0.5


# Limits and choices


def test_limits_are_part_of_what_is_allowed():
    limited = Parameter("energy", ParameterKind.FLOAT, unit="keV", minimum=15, maximum=500)
    assert [value(limited, given) for given in (15, 500, "0.5 MeV")] == [15.0, 500.0, 500.0]
    assert refused(limited, 14.9) == "14.9 keV is too small: write at least 15 keV."
    assert refused(limited, "0.6 MeV") == "600 keV is too large: write at most 500 keV."


def test_limits_hold_for_whole_numbers_too():
    limited = Parameter("times", ParameterKind.INTEGER, minimum=1, maximum=3)
    assert refused(limited, 0) == "0 is too small: write at least 1."
    assert refused(limited, 4) == "4 is too large: write at most 3."


def test_only_the_choices_are_taken():
    band = Parameter("band", ParameterKind.STRING, choices=("soft", "hard"))
    assert value(band, "soft") == "soft"
    assert refused(band, "Soft") == "'Soft' is not one of the choices: write one of soft, hard."


def test_choices_of_numbers_are_compared_as_numbers():
    order = Parameter("order", ParameterKind.FLOAT, unit="keV", choices=(20, 30.0))
    assert value(order, "0.02 MeV") == 20.0
    assert refused(order, 25) == "25.0 is not one of the choices: write one of 20, 30.0."


def test_none_is_a_value_of_optional_parameters_only():
    optional = Parameter("energy", ParameterKind.FLOAT, unit="keV", optional=True, choices=(20.0,))
    assert typed_value(optional, None) == {"type": "float", "value": None, "unit": "keV"}
    assert refused(KEV, None) == ("A value is missing and the author gave no default: write one.")


# Whole numbers


@pytest.mark.parametrize("given", [20, 20.0, "20", "20.0", "2e1", {"value": 20}])
def test_a_whole_number_is_one_value_however_it_is_written(given):
    form = typed_value(COUNT, given)
    assert (form, type(form["value"])) == ({"type": "integer", "value": 20}, int)


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_whole_numbers_keep_every_digit(number):
    assert [value(COUNT, given) for given in (number, str(number))] == [number, number]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (2.5, "2.5 is not a whole number: write one, such as 2."),
        (2**53, "9007199254740992 is too large: write a number below 2^53."),
        (True, "True is not a number: write one."),
        ("two", "'two' is not a number: write one, with its unit if you like."),
    ],
)
def test_what_is_no_whole_number_is_refused(given, sentence):
    assert refused(COUNT, given) == sentence


# True and false


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        ([True, "true", "True", " YES ", "on", "1", 1], True),
        ([False, "false", "False", "no", "Off", "0", 0], False),
    ],
)
def test_true_and_false_have_many_spellings(spellings, expected):
    assert [value(FLAG, given) for given in spellings] == [expected] * len(spellings)


@pytest.mark.parametrize("given", ["", "maybe", 2, [], {}])
def test_what_is_neither_true_nor_false_is_refused(given):
    assert refused(FLAG, given) == f"{given!r} is neither true nor false: write true or false."


# Text


def test_text_is_kept_as_it_is():
    assert value(TEXT, "  Vela X-1\n") == "  Vela X-1\n"
    assert value(TEXT, "20") != value(TEXT, "20.0")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (5, "5 is not text: write it between quotation marks."),
        ("x" * 10_001, "The text is longer than 10,000 characters: shorten it."),
        ("a\x00b", "The text holds control characters: remove them."),
        ("\ud800", "The text holds half of a surrogate pair: remove it."),
    ],
)
def test_text_that_cannot_be_kept_is_refused(given, sentence):
    assert refused(TEXT, given) == sentence
    if isinstance(given, str):
        assert refused(LIST, [given]) == sentence
        assert refused(STRUCTURE, {given: 1}) == sentence


# Times


@pytest.mark.parametrize(
    "given",
    [
        "2003-03-15T13:27:40", "2003-03-15T13:27:40.000", "2003-03-15 13:27:40",
        "2003-03-15T13:27:40Z", " 2003-03-15T13:27:40.0Z ", "52713.56087962963", 52713.56087962963,
    ],
)  # fmt: skip
def test_an_instant_is_one_value_however_it_is_written(given):
    assert typed_value(ISOT, given) == {
        "type": "time",
        "value": "2003-03-15T13:27:40.000",
        "format": "isot",
        "scale": "utc",
    }
    assert typed_value(MJD, given) == {
        "type": "time",
        "value": 52713.56087963,
        "format": "mjd",
        "scale": "utc",
    }


def test_a_day_is_its_midnight():
    assert value(ISOT, "2003-03-15") == value(ISOT, 52713) == "2003-03-15T00:00:00.000"


def test_swapped_digits_are_two_instants():
    assert value(ISOT, "2003-03-15T00:00:00") != value(ISOT, "2003-05-13T00:00:00")


def test_the_scale_belongs_to_the_question():
    other = Parameter("start", ParameterKind.TIME, time_scale="tt")
    assert typed_value(other, 52713) != typed_value(ISOT, 52713)


@pytest.mark.parametrize(
    "given",
    ["yesterday", "2003-02-30", "2003-03-15T25:00:00", "2003-03-15T13:27:40+01:00", "12 s", "1e10",
     "-1e9", "20030315", 1e300, "1e999", float("nan"), True, [52713], {"value": 52713}],
)  # fmt: skip
def test_what_is_no_instant_is_refused(given):
    for parameter in (ISOT, MJD):
        assert refused(parameter, given) == (
            f"{given!r} is not a time: write 2003-03-15T13:27:40, or days for MJD."
        )


@pytest.mark.parametrize(
    "parameter", TIMES, ids=lambda item: f"{item.time_format} {item.time_scale}"
)
def test_every_time_format_writes_what_it_reads(parameter):
    form = typed_value(parameter, "2003-03-15T13:27:40.125")
    assert typed_value(parameter, form["value"]) == form
    assert typed_value(parameter, str(form["value"])) == form


# Lists and structures


def test_a_list_keeps_its_order():
    assert value(LIST, [1, 2]) == [1, 2]
    assert value(LIST, [2, 1]) == [2, 1]


@pytest.mark.parametrize(
    "given", [[1, 2.5], [1.0, 2.5], "1, 2.5", "1.0,2.50", "[1, 2.5]", " [1.0,2.5] "]
)
def test_a_list_is_one_value_however_it_is_written(given):
    assert digest.canonical(typed_value(LIST, given)) == b'{"type":"list","value":[1,2.5]}'


def test_a_list_of_words_needs_no_quotation_marks():
    assert value(LIST, "soft, hard, 3 keV") == ["soft", "hard", "3 keV"]


def test_a_structure_is_read_as_a_form_shows_it():
    shown = {"index": 2.0, "bands": ["soft", None, True]}
    assert value(STRUCTURE, json.dumps(shown)) == value(STRUCTURE, shown)
    assert value(STRUCTURE, "powerlaw") == "powerlaw"


def test_long_names_in_a_list_are_not_rounded():
    gaia = [2**53 - 1, 2**53 - 2]
    assert value(LIST, gaia) == gaia
    assert refused(LIST, [1234567890123456789]) == (
        "1234567890123456789 is too large: write it as text, in quotation marks."
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (5, "5 is not a list: write [1, 2, 3] or 1, 2, 3."),
        ({}, "{} is not a list: write [1, 2, 3] or 1, 2, 3."),
        ([0] * 10_001, "The list is longer than 10,000 values: shorten it."),
        ([float("nan")], "nan is not a finite number: write one below 1e300."),
        ([1, {2}], "{2} is not a value that JSON can hold: use numbers and text."),
        ("[1, 2", "'[1, 2' is not JSON: write it as [1, 2] or {\"name\": 1}."),
    ],
)
def test_what_is_no_list_is_refused(given, sentence):
    assert refused(LIST, given) == sentence


def test_a_deep_structure_is_refused():
    deep = current = {}
    for _level in range(21):
        current["in"] = {}
        current = current["in"]
    assert refused(STRUCTURE, deep) == "The value is nested more than 20 deep: flatten it."
    assert refused(STRUCTURE, "[" * 50_000) == (
        f"'{'[' * 56}… is not JSON: write it as [1, 2] or " + '{"name": 1}.'
    )


# Whatever is given


@pytest.mark.parametrize("parameter", EVERY_KIND, ids=lambda item: f"{item.kind} {item.unit}")
@given(given=json_values)
def test_any_value_gives_a_form_with_a_digest_that_stays_itself_or_a_sentence(parameter, given):
    try:
        form = typed_value(parameter, given)
    except BadValueError:
        return
    assert digest.canonical(typed_value(parameter, form["value"])) == digest.canonical(form)


@pytest.mark.parametrize("parameter", EVERY_KIND, ids=lambda item: f"{item.kind} {item.unit}")
@given(given=st.from_regex(r"[-+0-9.eE:TZ \[\]{}\",a-zA-Z%*/()]{0,30}", fullmatch=True))
def test_any_text_gives_a_form_that_stays_itself_or_a_sentence(parameter, given):
    try:
        form = typed_value(parameter, given)
    except BadValueError:
        return
    assert digest.canonical(typed_value(parameter, form["value"])) == digest.canonical(form)


@given(st.floats(-70_000, 5_000_000) | st.datetimes().map(str))
def test_any_instant_stays_itself_or_is_refused(given):
    for parameter in TIMES[::3]:
        try:
            form = typed_value(parameter, given)
        except BadValueError:
            continue
        assert typed_value(parameter, form["value"]) == form


# Requests

INTERFACE = Interface(
    (
        Parameter("energy", ParameterKind.FLOAT, default=20.0, unit="keV", minimum=1),
        Parameter("times", ParameterKind.INTEGER, default=2),
        Parameter("title", ParameterKind.STRING, default="a"),
    )
)


def test_defaults_fill_a_request():
    inputs, faults = normalise(INTERFACE, {"times": "3"})
    assert (inputs.values, inputs.changed, faults) == (
        {"energy": 20.0, "times": 3, "title": "a"}, ("times",), {},
    )  # fmt: skip


def test_a_default_written_otherwise_is_no_change():
    inputs, _faults = normalise(INTERFACE, {"energy": "0.02 MeV", "times": 2.0})
    assert inputs.changed == ()
    assert inputs.typed == normalise(INTERFACE, {})[0].typed


def test_an_empty_field_means_the_default_except_for_text():
    inputs, faults = normalise(INTERFACE, {"energy": "", "times": "", "title": ""})
    assert (inputs.values, faults) == ({"energy": 20.0, "times": 2, "title": ""}, {})


@pytest.mark.parametrize("kind", ["float", "integer", "string", "time", "list"])
def test_an_empty_field_means_none_where_that_is_a_value(kind):
    parameter = Parameter("x", ParameterKind(kind), default="1", optional=True, choices=("1",))
    assert normalise(Interface((parameter,)), {"x": ""})[0].values == {"x": None}


def test_every_fault_has_its_sentence_and_the_rest_stands():
    inputs, faults = normalise(INTERFACE, {"energy": 0, "times": "x", "speed": 1})
    assert inputs.values == {"title": "a"}
    assert faults == {
        "energy": "0 keV is too small: write at least 1 keV.",
        "times": "'x' is not a number: write one, with its unit if you like.",
        "speed": "There is no parameter 'speed'; the parameters are: energy, times, title.",
    }


def test_a_parameter_without_default_must_be_given():
    inputs, faults = normalise(Interface((KEV,)), {})
    assert (inputs.values, faults) == (
        {}, {"energy": "A value is missing and the author gave no default: write one."},
    )  # fmt: skip
    assert normalise(Interface((KEV,)), {"energy": 5})[0].changed == ("energy",)


def test_an_interface_without_parameters_says_so():
    assert normalise(Interface(), {"x": 1})[1] == {
        "x": "There is no parameter 'x'; the parameters are: none."
    }


def test_a_z_says_that_the_time_is_utc_whatever_scale_is_asked():
    tt = Parameter("start", ParameterKind.TIME, time_scale="tt")

    assert value(tt, "2003-03-15T00:00:00") == "2003-03-15T00:00:00.000"
    assert value(tt, "2003-03-15T00:00:00Z") == "2003-03-15T00:01:04.184"


def test_a_bare_year_is_not_taken_for_a_day():
    assert refused(ISOT, "2003").startswith("'2003' is not a time")


def test_a_request_with_endless_faults_gets_twenty_sentences():
    _inputs, faults = normalise(Interface((KEV,)), {f"x{number}": 1 for number in range(9999)})

    assert len([name for name in faults if name.startswith("x")]) == 20


@pytest.mark.parametrize("given", ["1971-12-31T01:00:00", "1965-06-30T23:59:59.999"])
def test_times_before_utc_had_whole_seconds_stay_what_they_are(given):
    once = value(ISOT, given)

    assert (once[:19], value(ISOT, once)) == (given[:19], once)
