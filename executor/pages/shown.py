"""Inputs and outputs of a run, as a page shows them."""

import csv
import io
from dataclasses import dataclass

from catalogue.domain.interface import Output as Declared
from catalogue.domain.interface import Parameter, Value
from catalogue.domain.query import spelled
from executor.models import Output, Product, Run
from executor.queries import output_named, scalar
from ontology.domain.kinds import ProductKind
from ontology.domain.units import printed

ROWS_AT_MOST = 50
PREVIEW_BYTES = 256 * 1024
TEXT_AT_MOST = 4000
LOOKS = ("number", "picture", "table", "text", "file")


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter with its value in a run."""

    parameter: Parameter
    value: Value
    changed: bool

    @property
    def text(self) -> str:
        """The value as a form writes it."""
        return spelled(self.value)

    @property
    def default(self) -> str:
        """The author's value, as a form writes it."""
        return spelled(self.parameter.default)

    @property
    def unit(self) -> str:
        """The unit as people print it."""
        return printed(self.parameter.unit)


@dataclass(frozen=True, slots=True)
class Shown:
    """An output with what a page can show of it.

    ``look`` says how: ``number``, ``text``, ``picture``, ``table`` or ``file``.
    """

    declared: Declared
    product: Product
    file: str
    look: str
    value: Value = None
    head: list[str] | None = None
    rows: list[list[str]] | None = None
    more: int = 0
    has_plot: bool = False

    @property
    def text(self) -> str:
        """A number with six digits, as a page shows it; ``value`` has all of them."""
        return f"{self.value:.6g}" if isinstance(self.value, float) else spelled(self.value)

    @property
    def unit(self) -> str:
        """The unit as people print it."""
        return printed(self.declared.unit)


def show_inputs(run: Run) -> list[Input]:
    """Every parameter with its value, in the author's order."""
    return [
        Input(item, run.values_json.get(item.name), item.name in run.changed_json)
        for item in run.interface.parameters
    ]


def show_outputs(run: Run) -> list[Shown]:
    """Every output that was kept, numbers first, in the author's order."""
    kept = [(item, output_named(run, item.name)) for item in run.interface.outputs]
    shown = [_show(run, declared, output) for declared, output in kept if output]
    return sorted(shown, key=lambda item: LOOKS.index(item.look))


def _show(run: Run, declared: Declared, output: Output) -> Shown:
    kind, product = declared.kind, output.product
    if kind in (ProductKind.NUMBER, ProductKind.BOOLEAN):
        return Shown(declared, product, output.file, "number", value=_scalar(output))
    if kind is ProductKind.TEXT:
        text = product.read()[:TEXT_AT_MOST].decode("utf-8", "replace")
        return Shown(declared, product, output.file, "text", value=text)
    if product.media_type.startswith("image/"):
        plot = output_named(run, declared.name, "plot") is not None
        return Shown(declared, product, output.file, "picture", has_plot=plot)
    if product.media_type == "text/csv":
        return _show_table(declared, product, output.file)
    return Shown(declared, product, output.file, "file")


def _scalar(output: Output) -> Value:
    try:
        return scalar(output)
    except (ValueError, OSError):
        return None


def _show_table(declared: Declared, product: Product, file: str) -> Shown:
    whole = product.size <= PREVIEW_BYTES
    text = product.read().decode("utf-8", "replace") if whole else ""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    delimiter = "," if _is_comma(text, lines) else " "
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        rows = []
    if not rows:
        return Shown(declared, product, file, "file")
    head, body = rows[0], rows[1:]
    return Shown(
        declared, product, file, "table", head=head, rows=body[:ROWS_AT_MOST],
        more=max(0, len(body) - ROWS_AT_MOST),
    )  # fmt: skip


def _is_comma(text: str, lines: list[str]) -> bool:
    head = lines[0] if lines else ""
    return not text.startswith("# %ECSV") or "delimiter: ','" in text[:4000] or "," in head
