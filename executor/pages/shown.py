"""Inputs and outputs of a run, as a page shows them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.domain.interface import Output as Declared
from catalogue.domain.interface import Parameter, Value
from catalogue.domain.query import spelled
from executor.models import Output, Product, Run
from executor.queries import is_kept, output_named, scalar
from ontology.domain.kinds import ParameterKind, ProductKind
from ontology.domain.units import printed

ROWS_AT_MOST = 50
PREVIEW_BYTES = 256 * 1024
TEXT_AT_MOST = 4000
LOOKS = ("number", "picture", "table", "text", "file", "evicted")


@dataclass(frozen=True, slots=True)
class Given:
    """A product that a run was given: where it is, and what people call it.

    ``href`` is the page of the run that made it, or the product; empty for an author's own file.
    """

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter with its value in a run; ``given`` for what is a product or another run's."""

    parameter: Parameter
    value: Value
    changed: bool
    given: tuple[Given, ...] = ()

    @property
    def text(self) -> str:
        """The value in a few words; a plain one as a form writes it."""
        if len(self.given) > 1:
            return f"{len(self.given):,} products"
        if self.given:
            return self.given[0].text
        return "none" if self.is_product else spelled(self.value)

    @property
    def default(self) -> str:
        """The author's value, in the same words."""
        if self.is_product:
            return _files(self.parameter.default)
        return spelled(self.parameter.default)

    @property
    def is_product(self) -> bool:
        """Whether the parameter takes products."""
        return self.parameter.kind is ParameterKind.PRODUCT

    @property
    def unit(self) -> str:
        """The unit as people print it."""
        return printed(self.parameter.unit)


@dataclass(frozen=True, slots=True)
class Shown:
    """An output with what a page can show of it.

    ``look`` says how: ``number``, ``text``, ``picture``, ``table``, ``file``, or ``evicted`` when
    its bytes are not kept.
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
    titles = _titles(run)
    return [
        Input(
            item, run.values_json.get(item.name), item.name in run.changed_json,
            tuple(_given(run.typed_json.get(item.name, {}), titles)),
        )
        for item in run.interface.parameters
    ]  # fmt: skip


def show_outputs(run: Run) -> list[Shown]:
    """Every output that was kept, numbers first, in the author's order."""
    kept = [(item, output_named(run, item.name)) for item in run.interface.outputs]
    shown = [_show(run, declared, output) for declared, output in kept if output]
    return sorted(shown, key=lambda item: LOOKS.index(item.look))


def _titles(run: Run) -> dict[str, str]:
    """Address of a run that feeds this one → title of its workflow."""
    sources = run.inputs.filter(source__isnull=False).order_by()
    return dict(sources.values_list("source__address", "source__version__title").distinct())


def _given(form: Mapping[str, Any], titles: Mapping[str, str]) -> Iterable[Given]:
    value = form.get("value")
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, dict) or form.get("type") == ParameterKind.STRUCTURE:
            continue
        if "run" in one:
            told = f"{one.get('output')} of {titles.get(one['run'], 'run')} {one['run'][:12]}"
            yield Given(f"/runs/{one['run']}", told)
        elif "digest" in one:
            yield Given(f"/products/{one['digest']}", f"product {one['digest'][:12]}")
        elif "file" in one:
            yield Given("", f"the author\u2019s {one['file']}")


def _files(default: Value) -> str:
    """The files of the entry that an author gives a parameter."""
    if isinstance(default, list):
        return f"the author\u2019s {len(default):,} files" if default else "none"
    return f"the author\u2019s {default}" if default else "none"


def _show(run: Run, declared: Declared, output: Output) -> Shown:
    kind, product = declared.kind, output.product
    if not is_kept(product):
        return Shown(declared, product, output.file, "evicted")
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
