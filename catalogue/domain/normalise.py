"""Normalisation: the many ways to write a value become one typed value.

``20``, ``20.0``, ``"20 keV"``, ``"0.02 MeV"`` and ``{"value": 2e4, "unit": "eV"}`` are one value
for a parameter in keV.
"""

import json
import re
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from catalogue.domain.interface import Interface, Parameter, Value
from catalogue.domain.quantity import (
    BadValueError,
    fraction,
    kept,
    leading_number,
    number_and_unit,
    rounded,
    scale,
    shown,
)
from ontology.domain.kinds import ParameterKind

TEXT_AT_MOST = 10_000
FAULTS_AT_MOST = 20
DAYS_AT_LEAST = 10_000
WHOLE_SECONDS_SINCE = 41_317.0  # 1972-01-01 as MJD
LIST_AT_MOST = 10_000
LEAST, MOST = 1e-250, 1e250  # numbers between need no look at the range of a double
LARGEST = 2**53 - 1  # the last of the whole numbers that JSON keeps exactly (RFC 8785)
DATED = re.compile(r"^\d{4}-\d\d-\d\d", re.ASCII)
TEXT_FORMATS = frozenset({"isot", "iso", "fits", "yday", "jyear_str", "byear_str"})
SPELLINGS = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inputs:
    """All parameters of a request with their normalised values.

    Attributes:
        typed: name → typed form, which the address is made of.
        values: name → plain value, which the code is given.
        changed: names whose value is not the author's default.
    """

    typed: dict[str, dict[str, Any]]
    values: dict[str, Value]
    changed: tuple[str, ...]


def normalise(
    interface: Interface, given: Mapping[str, Any], *, bound: Collection[str] = ()
) -> tuple[Inputs, dict[str, str]]:
    """Normalise the given values and fill in defaults.

    Args:
        interface: the parameters there are; those that take a product are passed over.
        given: name → value as somebody wrote it.
        bound: names whose value another run will give; they are passed over too.

    Returns the inputs, and a sentence for each name that was wrong (unknown, missing, of the
    wrong type or unit, out of limits); the inputs hold only what was right.
    """
    strange = [name for name in given if not interface.parameter(name)]
    faults = {name[:80]: _unknown(name, interface) for name in strange[:FAULTS_AT_MOST]}
    typed: dict[str, dict[str, Any]] = {}
    for parameter in interface.parameters:
        if parameter.kind is ParameterKind.PRODUCT or parameter.name in bound:
            continue
        try:
            typed[parameter.name] = typed_value(parameter, _chosen(parameter, given))
        except BadValueError as error:
            faults[parameter.name] = str(error)
    values = {name: form["value"] for name, form in typed.items()}
    return Inputs(typed, values, _changed(interface, typed, given)), faults


def typed_value(parameter: Parameter, given: Any) -> dict[str, Any]:  # noqa: ANN401 -- any JSON value
    """The one typed form of a value for this parameter.

    Returns a dict with ``type`` and ``value``, and ``unit`` or ``format`` and ``scale`` where the
    parameter has them.

    Raises:
        BadValueError: the parameter does not take this value.
    """
    if given is None:
        if parameter.optional:
            return _form(parameter, None)
        raise BadValueError("A value is missing and the author gave no default: write one.")
    value = _READERS[parameter.kind](parameter, given)
    _check_choices(parameter, value)
    return _form(parameter, value)


def _chosen(parameter: Parameter, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- any JSON value
    chosen = given.get(parameter.name, parameter.default)
    if chosen != "":
        return chosen
    # An empty field of a form means none where that is a value, else "not filled in", else no text.
    if parameter.optional:
        return None
    return "" if parameter.kind is ParameterKind.STRING else parameter.default


def _unknown(name: str, interface: Interface) -> str:
    known = ", ".join(item.name for item in interface.parameters) or "none"
    return f"There is no parameter {name[:80]!r}; the parameters are: {known}."


def _changed(
    interface: Interface, typed: Mapping[str, dict[str, Any]], given: Mapping[str, Any]
) -> tuple[str, ...]:
    return tuple(
        item.name
        for item in interface.parameters
        if item.name in given and item.name in typed and typed[item.name] != _default_form(item)
    )


def _default_form(parameter: Parameter) -> dict[str, Any] | None:
    try:
        return typed_value(parameter, parameter.default)
    except BadValueError:
        return None


def _form(parameter: Parameter, value: Value) -> dict[str, Any]:
    form: dict[str, Any] = {"type": parameter.kind.value, "value": value}
    if parameter.unit:
        form["unit"] = parameter.unit
    if parameter.kind is ParameterKind.TIME:
        form |= {"format": parameter.time_format or "isot", "scale": parameter.time_scale or "utc"}
    return form


def _read_float(parameter: Parameter, given: Any) -> float:  # noqa: ANN401 -- any JSON value
    if type(given) is float and LEAST < abs(given) < MOST:  # the same, with no fractions
        value = kept(given)
        _check_limits(parameter, value)
        return value
    number, unit = number_and_unit(given)
    exact = number * scale(unit, parameter.unit)
    value = rounded(exact)
    _check_limits(parameter, value)
    return value


def _read_integer(parameter: Parameter, given: Any) -> int:  # noqa: ANN401 -- any JSON value
    if type(given) is int and abs(given) <= LARGEST:  # the same, with no fractions
        _check_limits(parameter, given)
        return given
    number, unit = number_and_unit(given)
    exact = number * scale(unit, parameter.unit)
    if exact.denominator != 1:
        raise BadValueError(
            f"{shown(given)} is not a whole number: write one, such as {round(exact)}."
        )
    if abs(exact) > LARGEST:
        raise BadValueError(f"{shown(given)} is too large: write a number below 2^53.")
    _check_limits(parameter, int(exact))
    return int(exact)


def _read_boolean(_parameter: Parameter, given: Any) -> bool:  # noqa: ANN401 -- any JSON value
    if isinstance(given, bool):
        return given
    spelled = SPELLINGS.get(str(given).strip().lower())
    if spelled is None:
        raise BadValueError(f"{shown(given)} is neither true nor false: write true or false.")
    return spelled


def _read_string(_parameter: Parameter, given: Any) -> str:  # noqa: ANN401 -- any JSON value
    if not isinstance(given, str):
        raise BadValueError(f"{shown(given)} is not text: write it between quotation marks.")
    return _plain_text(given)


def _plain_text(given: str) -> str:
    if len(given) > TEXT_AT_MOST:
        raise BadValueError(f"The text is longer than {TEXT_AT_MOST:,} characters: shorten it.")
    if any(ord(letter) < 32 and letter not in "\t\n\r" for letter in given):  # noqa: PLR2004 -- control characters
        raise BadValueError("The text holds control characters: remove them.")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise BadValueError("The text holds half of a surrogate pair: remove it.") from None
    return given


def _read_time(parameter: Parameter, given: Any) -> str | float:  # noqa: ANN401 -- any JSON value
    scale, form = parameter.time_scale or "utc", parameter.time_format or "isot"
    try:
        return _time_in(given, form, scale)
    except (ValueError, TypeError, ArithmeticError):
        raise BadValueError(
            f"{shown(given)} is not a time: write 2003-03-15T13:27:40, or days for MJD."
        ) from None


@lru_cache(maxsize=4096, typed=True)  # a request of many nodes gives the same times again
def _time_in(given: Any, form: str, scale: str) -> str | float:  # noqa: ANN401 -- any JSON value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # leap seconds of years far away are not known yet
        return _written_time(_moment(given, form, scale), form)


def _moment(given: Any, form: str, scale: str) -> Any:  # noqa: ANN401 -- any JSON value; astropy is untyped
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise TypeError
    from astropy.time import Time

    text = str(given).strip()
    number = leading_number(text)
    if number and number[1] is None:
        numeric = form if form not in TEXT_FORMATS else "mjd"
        if numeric != form and abs(float(text)) < DAYS_AT_LEAST:
            raise ValueError(text)  # a bare year, not a day
        return _time(Decimal(text), numeric, scale)
    written = form if form in TEXT_FORMATS and not DATED.match(text) else "isot"
    text = text.replace(" ", "T") if written == "isot" else text
    if written == "isot" and text.endswith("Z") and scale != "utc":  # Z says that it is UTC
        return getattr(Time(text[:-1], format=written, scale="utc", precision=3), scale)
    return _time(text.removesuffix("Z") if written == "isot" else text, written, scale)


def _time(given: Decimal | str, form: str, scale: str) -> Any:  # noqa: ANN401 -- astropy is untyped
    from astropy.time import Time

    moment = Time(given, format=form, scale=scale, precision=3)
    if scale == "utc" and moment.mjd < WHOLE_SECONDS_SINCE:
        # Before 1972 the days of UTC were stretched by milliseconds, which no text survives.
        return Time(given, format=form, scale="tai", precision=3)
    return moment


def _written_time(moment: Any, form: str) -> str | float:  # noqa: ANN401 -- astropy is untyped
    if not DATED.match(str(moment.isot)):
        raise ValueError(form)  # a year that four digits cannot write
    written = getattr(moment, form)
    return str(written) if form in TEXT_FORMATS else rounded(Fraction(round(float(written), 8)))


def _read_list(_parameter: Parameter, given: Any) -> list[Value]:  # noqa: ANN401 -- any JSON value
    parts = _parts(given) if isinstance(given, str) else given
    if not isinstance(parts, list | tuple):
        raise BadValueError(f"{shown(given)} is not a list: write [1, 2, 3] or 1, 2, 3.")
    if len(parts) > LIST_AT_MOST:
        raise BadValueError(f"The list is longer than {LIST_AT_MOST:,} values: shorten it.")
    return [_plain(part) for part in parts]


def _parts(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    # A form shows a list as JSON, and people write it without brackets.
    if text.lstrip().startswith("["):
        return _from_json(text)
    return [_from_text(part) for part in text.split(",")]


def _from_json(text: str) -> Any:  # noqa: ANN401 -- any JSON value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadValueError(
            f"{shown(text)} is not JSON: write it as [1, 2] or " + '{"name": 1}.'
        ) from None


def _from_text(part: str) -> Value:
    found = leading_number(part)
    if found and found[1] is None:
        return _whole_or_float(rounded(fraction(found[0])))
    return part.strip()


def _read_structure(_parameter: Parameter, given: Any) -> Value:  # noqa: ANN401 -- any JSON value
    if isinstance(given, str) and given.lstrip().startswith(("[", "{")):
        return _plain(_from_json(given))
    return _plain(given)


def _plain(value: Any, depth: int = 0) -> Value:  # noqa: ANN401 -- any JSON value
    if depth > 20:  # noqa: PLR2004 -- deeper than any form needs, shallower than the stack
        raise BadValueError("The value is nested more than 20 deep: flatten it.")
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return _plain_text(value)
    if isinstance(value, int | float):
        return _plain_number(value)
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_plain_text(str(key)): _plain(item, depth + 1) for key, item in value.items()}
    raise BadValueError(f"{shown(value)} is not a value that JSON can hold: use numbers and text.")


def _plain_number(value: float) -> float:
    if isinstance(value, float):
        return _whole_or_float(rounded(fraction(value)))
    if abs(value) > LARGEST:
        raise BadValueError(f"{shown(value)} is too large: write it as text, in quotation marks.")
    return value


def _whole_or_float(value: float) -> float:
    # 1 and 1.0 are one value of an untyped list: whole numbers are handed on as integers.
    return int(value) if value.is_integer() and abs(value) <= LARGEST else value


def _check_limits(parameter: Parameter, value: float) -> None:
    unit = f" {parameter.unit}" if parameter.unit else ""
    if parameter.minimum is not None and value < parameter.minimum:
        raise BadValueError(
            f"{value:g}{unit} is too small: write at least {parameter.minimum:g}{unit}."
        )
    if parameter.maximum is not None and value > parameter.maximum:
        raise BadValueError(
            f"{value:g}{unit} is too large: write at most {parameter.maximum:g}{unit}."
        )


def _check_choices(parameter: Parameter, value: Value) -> None:
    if parameter.choices and value not in parameter.choices:
        choices = ", ".join(str(choice) for choice in parameter.choices)
        raise BadValueError(f"{shown(value)} is not one of the choices: write one of {choices}.")


_READERS: dict[ParameterKind, Any] = {
    ParameterKind.FLOAT: _read_float,
    ParameterKind.INTEGER: _read_integer,
    ParameterKind.BOOLEAN: _read_boolean,
    ParameterKind.STRING: _read_string,
    ParameterKind.TIME: _read_time,
    ParameterKind.LIST: _read_list,
    ParameterKind.STRUCTURE: _read_structure,
}
