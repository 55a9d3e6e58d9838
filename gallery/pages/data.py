"""Get the data: every output of a run with its file, its other forms, and ways to look at it."""

from dataclasses import dataclass
from urllib.parse import quote

from executor.models import Output, Run
from executor.queries import is_kept
from ontology.domain.kinds import ProductKind

TABLES = frozenset({ProductKind.TABLE, ProductKind.LIGHT_CURVE, ProductKind.SPECTRUM})
TABULAR = frozenset({"text/csv", "application/x-votable+xml"})
FITS = "application/fits"
TABLE_FORMS = {"fits": "FITS", "ecsv": "ECSV", "votable": "VOTable", "csv": "CSV"}
PLOT_FORMS = {"png": "PNG", "svg": "SVG", "pdf": "PDF", "csv": "numbers as CSV"}
OWN_FORM = {".fits": "fits", ".ecsv": "ecsv", ".csv": "csv", ".vot": "votable"}
SCALAR = "application/json"


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Item:
    """An output as a reader may take it.

    ``looks`` are pages that show it; ``forms`` the same in other formats.
    """

    title: str
    output: Output
    href: str
    is_kept: bool
    looks: tuple[Link, ...] = ()
    forms: tuple[Link, ...] = ()


def items(run: Run) -> list[Item]:
    """Every output of a run in the author's order; numbers, which are small, come last."""
    outputs = list(run.outputs.all())
    plotted = {item.name for item in outputs if item.role == "plot"}
    declared = {item.name: item for item in run.interface.outputs}
    made = []
    for output in outputs:
        if output.role != "output":
            continue
        known = declared.get(output.name)
        title = known.title if known else output.name
        kind = known.kind if known else None
        made.append(_item(run, output, title, kind, has_plot=output.name in plotted))
    return sorted(made, key=is_number)


def is_number(item: Item) -> bool:
    """Whether it is a single value in a small JSON file."""
    return item.output.product.media_type == SCALAR


def _item(
    run: Run, output: Output, title: str, kind: ProductKind | None, *, has_plot: bool
) -> Item:
    product, name = output.product, quote(output.file, safe="")
    href = f"{product.get_absolute_url()}?name={name}&download"
    if not is_kept(product):
        return Item(title, output, href, is_kept=False)
    looks, forms = list[Link](), list[Link]()
    is_table = kind in TABLES or product.media_type in TABULAR
    if product.media_type == FITS and not (is_table and kind in TABLES):
        looks.append(Link("image", f"{product.get_absolute_url()}/image?name={name}"))
    if product.media_type == FITS:
        looks.append(Link("header", f"{product.get_absolute_url()}/header?name={name}"))
    if is_table:
        looks.insert(0, Link("table", f"{product.get_absolute_url()}/table?name={name}"))
        forms = _forms(output, name)
    if has_plot:
        plot = f"{run.get_absolute_url()}/plots/{quote(output.name, safe='')}/as"
        forms = [Link(text, f"{plot}/{form}") for form, text in PLOT_FORMS.items()]
    return Item(title, output, href, True, tuple(looks), tuple(forms))  # noqa: FBT003 -- the field says it


def _forms(output: Output, name: str) -> list[Link]:
    own = next((form for end, form in OWN_FORM.items() if output.file.endswith(end)), "")
    base = f"{output.product.get_absolute_url()}/as"
    return [
        Link(text, f"{base}/{form}?name={name}")
        for form, text in TABLE_FORMS.items()
        if form != own
    ]
