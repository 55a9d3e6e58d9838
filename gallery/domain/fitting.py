"""Whether what a figure claims is of the kind that its output is."""

from catalogue.domain.interface import Interface, Output
from executor.domain.binding import MEDIA
from executor.domain.manifest import media_type
from executor.domain.media import HEAD_BYTES, UNKNOWN, sniffed
from gallery.domain.paper import FigureStatement, Published
from ontology.domain.kinds import ProductKind

FLAT = frozenset({ProductKind.NUMBER, ProductKind.BOOLEAN, ProductKind.TEXT, ProductKind.PICTURE})
"""Kinds that have no columns."""
LARGE = frozenset(
    {
        ProductKind.TABLE, ProductKind.PICTURE, ProductKind.IMAGE, ProductKind.SPECTRUM,
        ProductKind.LIGHT_CURVE,
    }
)  # fmt: skip
"""Kinds that are no single value."""
SHOWN = frozenset({ProductKind.PICTURE, ProductKind.IMAGE, ProductKind.BINARY})
SCALARS = frozenset({ProductKind.NUMBER, ProductKind.BOOLEAN, ProductKind.STRUCTURE})


def faults_of(figure: FigureStatement, interface: Interface) -> list[str]:
    """A sentence for everything in a figure that its Interface does not bear out."""
    unknown = [name for name in figure.outputs if interface.output(name) is None]
    if unknown:
        name = unknown[0][:60]
        return [f"Figure {figure.slug} compares {name!r}, which is no output of the notebook."]
    faults = [_of_value(value, interface.output(value.output)) for value in figure.values]
    picture = interface.output(figure.picture) if figure.picture else None
    if picture and picture.kind not in SHOWN:
        faults.append(f"the picture {picture.name} is a {_words(picture.kind)}")
    return [f"Figure {figure.slug}: {fault}." for fault in faults if fault]


def misfit_of_file(file: str, data: bytes | None, output: Output) -> str:
    """Why a published file cannot be what an output gives, in words; empty when it can.

    Args:
        file: its name.
        data: its bytes, or the first 4096 of them; None when they are not at hand, and the name
            alone decides.
        output: the output that is claimed to give it.
    """
    allowed = MEDIA.get(output.kind)
    if allowed is None:
        return ""
    found = media_type(file) if data is None else _media_type(file, data)
    if found.startswith(allowed):
        return ""
    return f"{file} is of the type {found}, and the output {output.name} is a {_words(output.kind)}"


def _media_type(file: str, data: bytes) -> str:
    told = sniffed(file, data[:HEAD_BYTES])
    if told == UNKNOWN and data.startswith(b"\x1f\x8b"):  # packed, as FITS files often are
        return media_type(file.removesuffix(".gz"))
    return told


def _of_value(value: Published, output: Output | None) -> str:
    if output is None:
        return ""
    if output.kind is ProductKind.NUMBER and isinstance(value.published, str | bool):
        return f"{output.name} is a number, and the published {str(value.published)[:40]!r} is none"
    if value.column and output.kind in FLAT:
        return f"{output.name} is a {_words(output.kind)} and has no column {value.column[:60]!r}"
    if not value.column and output.kind in LARGE:
        return (
            f"{output.name} is a {_words(output.kind)}, no single value: name a column and a row "
            "of a table, or state it as a product"
        )
    return ""


def _words(kind: ProductKind) -> str:
    return kind.value.replace("-", " ")
