"""A small chain of entries that feed each other: counts → sum → report."""

from catalogue.actions import register_entry
from catalogue.domain.entry import Entry
from catalogue.models import Version
from tests.factories import entries

COUNTS = entries.simple_notebook(
    parameters="level = 1  # oda:Integer ; oda:lower_limit 0\nsign = 1  # oda:Integer",
    body=(
        "if level == 13:\n    raise ValueError('unlucky')\n"
        "with open('counts.csv', 'w') as f:\n    f.write(f'n\\n{abs(level)}\\n')"
    ),
    outputs=(
        'counts = "counts.csv"  # reprise:Table ; oda:label "counts"\n'
        "energy = float(level)  # oda:Float ; oda:unit unit:keV"
    ),
)
SUM = entries.simple_notebook(
    parameters=("tables = []  # reprise:Table\nthreshold = 0.0  # oda:Energy_keV"),
    body=(
        "total = sum(int(open(path).read().split()[1]) for path in tables)\n"
        "with open('sum.csv', 'w') as f:\n    f.write(f'n\\n{total}\\n')"
    ),
    outputs=(
        'table = "sum.csv"  # reprise:Table\n'
        "total = float(total)  # oda:Float ; oda:unit unit:keV\n"
        "cut = threshold  # oda:Float ; oda:unit unit:keV"
    ),
)
REPORT = entries.simple_notebook(
    parameters="table = None  # reprise:Table\nfactor = 1.0  # oda:Float",
    body="n = int(open(table).read().split()[1]) * factor",
    outputs="n = n  # oda:Float",
)


def register(slug: str, notebook: bytes) -> Version:
    """An entry of one notebook without packages."""
    files = entries.files(without=("paper.toml", "double.ipynb"))
    whole = {**files, f"{slug}.ipynb": notebook}
    return register_entry(Entry(whole), slug=slug, source=f"folder:{slug}").version


def register_chain() -> tuple[Version, Version, Version]:
    """The three versions: counts, sum, report."""
    return register("counts", COUNTS), register("sum", SUM), register("report", REPORT)


def counts(level: int, **more: object) -> dict[str, object]:
    """A request for counts, to be fed to something."""
    return {"workflow": "counts", "parameters": {"level": level, **more}, "output": "counts"}


def total(*levels: int, **more: object) -> dict[str, object]:
    """A request for the sum over some counts."""
    tables = [counts(level) for level in levels]
    return {"workflow": "sum", "parameters": {"tables": tables, **more}}


def report(*levels: int, **more: object) -> dict[str, object]:
    """A request for a report on the sum over some counts."""
    table = total(*levels) | {"output": "table"}
    return {"workflow": "report", "parameters": {"table": table, **more}}
