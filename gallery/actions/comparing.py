"""Two runs side by side; nothing is written.

What is read is bounded: a file above ``BYTES_AT_MOST``, or beyond ``TOTAL_AT_MOST`` of a page, is
compared by its digest alone.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from executor.domain.plot import BadPlotError, Plot, read_plot
from executor.models import Output, Run
from executor.queries import is_kept, output_named, scalar
from gallery.actions.products import sample_of
from gallery.actions.questions import question_of
from gallery.actions.sides import Compared, Pair, SideBySide
from gallery.domain.compare import judge
from gallery.domain.comparison import Outcome, compare
from gallery.domain.diagnosis import changes
from gallery.domain.sidebyside import (
    NumberRow,
    Overlay,
    error_names,
    nearest,
    number_row,
    overlaid,
)
from gallery.domain.tiles import ROW
from gallery.domain.verdict import Verdict
from gallery.models import Figure
from gallery.queries import finder
from ontology.domain.kinds import ProductKind

BYTES_AT_MOST = 16 * 1024 * 1024
TOTAL_AT_MOST = 64 * 1024 * 1024
PLOT_AT_MOST = 4 * 1024 * 1024
OUTPUTS_AT_MOST = 60
FIGURES_AT_MOST = 60
SCALARS = (ProductKind.NUMBER, ProductKind.BOOLEAN, ProductKind.TEXT)
LONGEST = 200  # characters of a text that is compared as a value


@dataclass(slots=True)
class _Sides:
    """Two runs whose outputs are read, as long as there is room."""

    published: Run
    mine: Run
    names: tuple[str, str]
    notes: list[str] = field(default_factory=list)
    read: int = 0

    def label(self, name: str) -> str:
        """What people call an output."""
        declared = self.mine.interface.output(name) or self.published.interface.output(name)
        return declared.title if declared else name

    def kind(self, name: str) -> ProductKind | None:
        """What an output is declared to be."""
        declared = self.mine.interface.output(name)
        return declared.kind if declared else None

    def both(self) -> list[tuple[Output, Output]]:
        """Outputs of both that are kept; the others are noted."""
        ones, others = _outputs(self.published), _outputs(self.mine)
        for name, had, has in zip(self.names, (ones, others), (others, ones), strict=True):
            lone = [self.label(item) for item in had if item not in has]
            if lone:
                self.notes.append(f"Only {name} gave {', '.join(lone[:10])}.")
        found = []
        for name in [name for name in others if name in ones][:OUTPUTS_AT_MOST]:
            gone = [who for who, item in zip(self.names, (ones[name], others[name]), strict=True)
                    if not is_kept(item.product)]  # fmt: skip
            if gone:
                self.notes.append(
                    f"{self.label(name)} of {' and '.join(gone)} was cleared away to make room: "
                    "its run's page makes it again."
                )
            else:
                found.append((ones[name], others[name]))
        return found

    def has_room(self, *outputs: Output) -> bool:
        """Whether these may still be read; they are then counted."""
        sizes = [item.product.size for item in outputs]
        if max(sizes) > BYTES_AT_MOST or self.read + sum(sizes) > TOTAL_AT_MOST:
            return False
        self.read += sum(sizes)
        return True


def _outputs(run: Run) -> dict[str, Output]:
    return {item.name: item for item in run.outputs.all() if item.role == "output"}


def side_by_side(
    mine: Run, published: Run, names: tuple[str, str], *, figure: Figure | None = None,
    whole: bool = True,
) -> SideBySide:  # fmt: skip
    """Compare a run with another.

    Args:
        mine: the run that was asked for.
        published: what it is compared with.
        names: what the two are called: of ``published`` first.
        figure: whose printed values are compared too; ``published`` is then its run.
        whole: whether tables, images and files are read too, which takes a moment.
    """
    sides = _Sides(published, mine, names)
    both = sides.both()
    outputs = _numbers(sides, both)
    numbers = _stated(figure, mine, outputs) if figure else []
    told = {row.name for row in numbers}
    numbers += [row for row in outputs if row.name not in told]
    pictures = [pair for one in both if (pair := _picture(sides, *one))]
    drawn = {item.name for item in pictures}
    products = [] if not whole else [
        _product(sides, *one) for one in both
        if sides.kind(one[1].name) not in SCALARS and one[1].name not in drawn
    ]  # fmt: skip
    return SideBySide(
        tuple(changes(question_of(published), question_of(mine))), tuple(numbers),
        tuple(pictures), tuple(products), tuple(sides.notes),
    )  # fmt: skip


def _stated(figure: Figure, mine: Run, outputs: list[NumberRow]) -> list[NumberRow]:
    """The values that a paper prints, beside this run's.

    Where it prints no error, the published run's holds.
    """
    errors = {row.name: row.error for row in outputs}
    rows = []
    for item in judge(figure.values, finder(mine)).comparisons:
        value = item.published
        name = value.output if not value.column else ""
        note = item.sentence if item.verdict is Verdict.NOT_COMPARABLE else ""
        lent = value.error is None
        row = number_row(
            name, value.label, value.unit, value.published, item.found,
            error=errors.get(name) if lent else value.error, note=note,
        )  # fmt: skip
        rows.append(replace(row, is_lent=lent))
    return rows


def _numbers(sides: _Sides, both: list[tuple[Output, Output]]) -> list[NumberRow]:
    """Outputs that are one value; an output called its error gives the errors."""
    known = {one.name: (_value(one), _value(other)) for one, other in both
             if sides.kind(other.name) in SCALARS}  # fmt: skip
    rows = []
    for name, (published, mine) in known.items():
        declared = sides.mine.interface.output(name)
        before = sides.published.interface.output(name)
        unit, was = ((item.unit or "") if item else "" for item in (declared, before))
        error = known.get(error_names(name, known), (None, None))[0]
        note = "" if unit == was else f"in {unit or 'no unit'}, before in {was or 'no unit'}"
        rows.append(number_row(name, sides.label(name), unit, published, mine,
                               error=error, note=note))  # fmt: skip
    return rows


def _value(output: Output) -> Any:  # noqa: ANN401 -- a scalar of JSON
    try:
        found = scalar(output)
    except (ValueError, OSError):
        return None
    return found[:LONGEST] if isinstance(found, str) else found if _is_plain(found) else None


def _is_plain(found: object) -> bool:
    return found is None or isinstance(found, int | float | bool)


def _picture(sides: _Sides, published: Output, mine: Output) -> Pair | None:
    types = (published.product.media_type, mine.product.media_type)
    if not all(item.startswith("image/") for item in types):
        return None
    overlay, note = overlay_of(sides.published, sides.mine, mine.name, sides.names)
    notes = (note,) if note else overlay.notes if overlay else ()
    return Pair(mine.name, sides.label(mine.name), published, mine, overlay, notes)


def overlay_of(
    published: Run, mine: Run, name: str, names: tuple[str, str]
) -> tuple[Overlay | None, str]:
    """The plots of an output of both runs over one another; else None, and why."""
    outputs = [output_named(run, name, "plot") for run in (published, mine)]
    if not all(outputs):
        return None, "Not both keep the plotted numbers, so the pictures are compared as they are."
    plots = [_plot(item) for item in outputs if item]
    if not all(plots):
        return None, "The plotted numbers are too many, not kept, or cannot be read."
    one, other = (item for item in plots if item)
    found = overlaid(one, other, names)
    return found, "" if found else "The two draw no series that both have."


def _plot(output: Output) -> Plot | None:
    if output.product.size > PLOT_AT_MOST or not is_kept(output.product):
        return None
    try:
        return read_plot(output.product.read())
    except (BadPlotError, OSError):
        return None


def _product(sides: _Sides, published: Output, mine: Output) -> Compared:
    return Compared(mine.name, sides.label(mine.name), published, mine,
                    _outcome(sides, published, mine))  # fmt: skip


def _outcome(sides: _Sides, published: Output, mine: Output) -> Outcome:
    if published.product_id == mine.product_id:
        return Outcome(Verdict.IDENTICAL, "Byte for byte the same.", "bytes")
    if not sides.has_room(published, mine):
        words = "Too large to be compared while you wait: the bytes are not the same."
        return Outcome(Verdict.NOT_COMPARABLE, words, "bytes")
    try:
        samples = sample_of(published, sides.published), sample_of(mine, sides.mine)
    except OSError:
        return Outcome(Verdict.NOT_COMPARABLE, "Its bytes cannot be read from the store.", "none")
    return compare(*samples)


def nearest_figure(run: Run) -> Figure | None:
    """The figure of the run's workflow whose published parameters are the most like its own.

    Figures whose run has not finished have nothing to lay a run over; rows of tables come last.
    """
    figures = Figure.objects.filter(
        version__workflow=run.version.workflow_id, run__state=Run.States.FINISHED
    ).order_by("order", "slug")
    found = figures.values_list("pk", "kind", "run__typed_json")[:FIGURES_AT_MOST]
    rows = sorted(found, key=lambda item: item[1] == ROW)
    chosen = nearest(run.typed_json, [(pk, typed) for pk, _, typed in rows])
    if chosen is None:
        return None
    return Figure.objects.select_related("paper", "run").filter(pk=chosen).first()
