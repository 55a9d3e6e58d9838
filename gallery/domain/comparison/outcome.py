"""What a comparison of two products comes to."""

from dataclasses import dataclass

from gallery.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Worst:
    """The value that is furthest off.

    Attributes:
        where: the place in words, such as ``column flux, row 2003``.
        published: the published value, as text.
        found: the re-run's, as text.
        deviation: found minus published in the published unit; None when not both are numbers.
        relative: as a fraction of the published value; None when that is zero.
        sigmas: in published errors; None without any.
    """

    where: str
    published: str
    found: str
    deviation: float | None = None
    relative: float | None = None
    sigmas: float | None = None


@dataclass(frozen=True, slots=True)
class Residual:
    """Found minus published, ready to be plotted.

    Attributes:
        plot: the bytes of a plot (``reprise.plot/1``, see ``executor.domain.plot``).
        unit: of the residual; ``sigma`` where errors are known.
    """

    plot: bytes
    unit: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one product.

    Attributes:
        verdict: what it comes to.
        sentence: the same in words and numbers.
        comparator: which judged, such as ``table`` or ``image``.
        values: how many values were compared.
        off: how many of them are outside their tolerance.
        worst: the one furthest off; None when all are equal, or nothing was compared.
        notes: what is different without mattering to the verdict, such as the order of rows.
        residual: found minus published; None when there is nothing to plot.
    """

    verdict: Verdict
    sentence: str
    comparator: str
    values: int = 0
    off: int = 0
    worst: Worst | None = None
    notes: tuple[str, ...] = ()
    residual: Residual | None = None
