"""What a run gave, where a published value is compared with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from executor.domain.tabular import BYTES_AT_MOST, UnreadableError, read_table
from executor.models import Output, Run
from executor.queries import is_kept, output_named, scalar
from gallery.domain.compare import Measured, NotThereError
from gallery.domain.paper import Published
from gallery.domain.tables import cell

if TYPE_CHECKING:
    from astropy.table import Table


def finder(run: Run) -> Callable[[Published], Measured]:
    """A function that finds in a run what a published value is compared with."""
    tables: dict[str, Table] = {}

    def find(value: Published) -> Measured:
        output = output_named(run, value.output)
        if output is None:
            raise NotThereError(f"The re-run gave no {value.output}.")
        if not is_kept(output.product):
            raise NotThereError(f"The {value.output} was cleared away: make it again.")
        if not value.column:
            return _number(run, output)
        if value.output not in tables:
            tables[value.output] = _table(output)
        return cell(tables[value.output], value.column, value.row)

    return find


def _table(output: Output) -> "Table":
    if output.product.size > BYTES_AT_MOST:
        raise NotThereError(f"{output.file} is too large to be read as a table here.")
    try:
        return read_table(output.product.read(), output.file)
    except UnreadableError as error:
        raise NotThereError(str(error)) from None


def _number(run: Run, output: Output) -> Measured:
    declared = run.interface.output(output.name)
    try:
        found: Any = scalar(output)
    except (ValueError, OSError):
        raise NotThereError(f"The output {output.name} cannot be read as a number.") from None
    if isinstance(found, list | dict):
        raise NotThereError(f"The output {output.name} is no single value.")
    return Measured(found, (declared.unit or "") if declared else "")
