"""Comparing the numbers of a re-run with what was published."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from astropy import units

from gallery.domain.paper import Published
from gallery.domain.verdict import Verdict, worst
from ontology.domain.units import printed

Found = float | int | str | bool | None
# The sum of any two doubles has fewer digits than this, so nothing is rounded on the way.
EXACT = Context(prec=1100)


class NotThereError(LookupError):
    """The re-run holds no value to compare; the message says why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of the re-run and its unit.

    An empty unit means that none is declared; None that the format cannot declare one, such as
    CSV, which is taken at its word.
    """

    value: Found
    unit: str | None = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published value beside the re-run's.

    Attributes:
        published: the statement of the paper.
        found: the value of the re-run in the published unit; None when there is none.
        deviation: found minus published; None unless both are numbers and a double holds it.
        relative: deviation as a fraction of the published value; None when that is zero.
        sigmas: deviation in published errors; None without an error.
        verdict: what it comes to.
        sentence: the same in words and numbers.
    """

    published: Published
    found: Found
    deviation: float | None
    relative: float | None
    sigmas: float | None
    verdict: Verdict
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain JSON values; a NaN becomes the text ``nan``."""
        content = asdict(self) | {"verdict": self.verdict.value}
        found = content["found"]
        if isinstance(found, str) or (isinstance(found, float) and not math.isfinite(found)):
            content["found"] = _readable(found)
        return content


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a figure, with its sentence and every comparison."""

    verdict: Verdict
    sentence: str
    comparisons: tuple[Comparison, ...]


def judge(values: tuple[Published, ...], find: Callable[[Published], Measured]) -> Judgement:
    """Compare every published value with what ``find`` gives for it.

    ``find`` raises NotThereError where the re-run has nothing to compare.
    """
    comparisons = tuple(_compare(value, find) for value in values)
    verdict = worst([item.verdict for item in comparisons])
    return Judgement(verdict, _summary(verdict, comparisons), comparisons)


def _compare(published: Published, find: Callable[[Published], Measured]) -> Comparison:
    try:
        found = _in_unit(find(published), published.unit)
    except NotThereError as error:
        return Comparison(published, None, None, None, None, Verdict.NOT_COMPARABLE, str(error))
    if _is_number(published.published) and _is_number(found):
        return _compare_numbers(published, found)
    return _compare_exactly(published, found)


def _is_number(value: Found) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_float(number: Found) -> float:
    try:
        return float(number or 0)
    except OverflowError:  # an integer beyond every double
        return math.inf


def _in_unit(measured: Measured, unit: str) -> Found:
    if measured.unit in (unit, None) or not _is_number(measured.value):
        return measured.value
    if not unit or not measured.unit:
        has, lacks = ("paper", "re-run") if unit else ("re-run", "paper")
        raise NotThereError(
            f"The {has} states {printed(unit or measured.unit)}, the {lacks} no unit: "
            "they do not compare."
        )
    try:
        factor = units.Unit(measured.unit).to(units.Unit(unit))
    except (ValueError, TypeError, units.UnitConversionError):
        raise NotThereError(
            f"The re-run gives {printed(measured.unit)}, the paper {printed(unit)}: "
            "they do not convert."
        ) from None
    return _as_float(measured.value) * float(factor)


def _compare_exactly(published: Published, found: Found) -> Comparison:
    same = found == published.published and type(found) is type(published.published)
    verdict = Verdict.IDENTICAL if same else Verdict.DIFFERENT
    sentence = f"published {published.published}, found {_readable(found)}"
    return Comparison(published, found, None, None, None, verdict, sentence)


def _readable(found: Found) -> str:
    """The beginning of a stranger's text, without what no database and no page takes."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(found)[:80])


def _compare_numbers(published: Published, given: Found) -> Comparison:
    value, found = float(published.published), _as_float(given)
    if not math.isfinite(found):
        sentence = f"published {_shown(published, value)}, found {found}"
        return Comparison(published, found, None, None, None, Verdict.DIFFERENT, sentence)
    verdict = _verdict(published, _decimal(given))
    deviation = found - value
    return Comparison(
        published, found, _finite(deviation),
        _finite(deviation / abs(value)) if value else None,
        _finite(deviation / published.error) if published.error else None,
        verdict, _sentence(published, found, verdict),
    )  # fmt: skip


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _decimal(number: Found) -> Decimal:
    """The number digit by digit: two whole numbers beyond 2^53 may share one double."""
    return Decimal(number) if isinstance(number, int) else Decimal(repr(number))


def _rounded(found: Decimal, places: int | None) -> Decimal:
    if places is None:
        return found
    return found.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=EXACT)


def _verdict(published: Published, found: Decimal) -> Verdict:
    """Rounding decides on identical alone; a tolerance is held by what was found itself."""
    value = _decimal(published.published)
    if _rounded(found, published.places) == value:
        return Verdict.IDENTICAL
    near = EXACT.subtract(found, value).copy_abs() <= _allowed(published)
    return Verdict.WITHIN_TOLERANCE if near else Verdict.DIFFERENT


def _allowed(published: Published) -> Decimal:
    allowed = Decimal(repr(published.allowed))
    if published.tolerance == "relative":
        return EXACT.multiply(allowed, Decimal(repr(float(published.published))).copy_abs())
    if published.tolerance == "sigma":
        return EXACT.multiply(allowed, Decimal(repr(published.error or 0.0)))
    return allowed


def tolerance_text(published: Published) -> str:
    """The tolerance in words, such as ``± 0.005 %`` or ``± 1 published errors``."""
    if published.tolerance == "relative":
        return f"± {published.allowed * 100:g} % of the published value"
    if published.tolerance == "sigma":
        return f"± {published.allowed:g} published errors"
    return f"± {published.allowed:g}{unit_text(published.unit)}"


def _sentence(published: Published, found: float, verdict: Verdict) -> str:
    value = float(published.published)
    shown = found_text(found, published.places)
    text = f"published {_shown(published, value)}, found {shown}{unit_text(published.unit)}"
    if verdict is Verdict.IDENTICAL and published.given:
        return f"{text}: read in by the workflow and carried through unchanged"
    if verdict is Verdict.IDENTICAL:
        return f"{text}: the same to every digit printed"
    return f"{text}; allowed {tolerance_text(published)}"


def found_text(found: float, places: int | None) -> str:
    """A number of the re-run with two digits more than the paper prints; a count as a count."""
    if places is None:
        return f"{found:.6g}"
    is_count = not places and float(found).is_integer()
    return f"{found:.{0 if is_count else places + 2}f}"


def _shown(published: Published, value: float) -> str:
    digits = f"{value:.{published.places}f}" if published.places is not None else f"{value:g}"
    if not published.error:
        return f"{digits}{unit_text(published.unit)}"
    text = f"{digits} ± {published.error:g}"
    return f"{f'({text})' if _is_scaled(published.unit) else text}{unit_text(published.unit)}"


def unit_text(unit: str) -> str:
    """What follows a number in a sentence: a unit, and a sign before one with a power of ten."""
    times = "\N{MULTIPLICATION SIGN} " if _is_scaled(unit) else ""
    return f" {times}{printed(unit)}" if unit else ""


def _is_scaled(unit: str) -> bool:
    return printed(unit)[:1].isdigit()


def _summary(verdict: Verdict, comparisons: tuple[Comparison, ...]) -> str:
    if not comparisons:
        return "The paper states no value to compare with."
    counts: Mapping[Verdict, int] = {
        kind: sum(item.verdict is kind for item in comparisons) for kind in Verdict
    }
    if len(comparisons) == 1:
        return f"{comparisons[0].published.label}: {comparisons[0].sentence.removesuffix('.')}."
    told = ", ".join(f"{number} {kind.value}" for kind, number in counts.items() if number)
    given = sum(item.published.given for item in comparisons)
    note = f"; {given} of them read in by the workflow, not computed" if given else ""
    return f"{len(comparisons)} values compared: {told}{_worst_of(verdict, comparisons)}{note}."


def _worst_of(verdict: Verdict, comparisons: tuple[Comparison, ...]) -> str:
    if verdict is Verdict.IDENTICAL:
        return ""
    chosen = [item for item in comparisons if item.verdict is verdict]
    item = max(chosen, key=lambda one: abs(one.relative or 0.0))
    return f"; {item.published.label}: {item.sentence.removesuffix('.')}"
