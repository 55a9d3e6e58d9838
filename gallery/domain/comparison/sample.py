"""What is compared: a product with its name and kind."""

from dataclasses import dataclass

from ontology.domain.kinds import ProductKind


@dataclass(frozen=True, slots=True)
class Sample:
    """One side of a comparison.

    Attributes:
        data: its bytes.
        file: its file name, which says the format.
        media_type: what it is served as.
        kind: what the Interface declares it to be; None when nothing does.
        term: the ontology term of the output, such as ``Spectrum``; empty when it has none.
        plot: the plotted arrays of a picture (``reprise.plot/1``), where they were kept.
    """

    data: bytes
    file: str
    media_type: str = ""
    kind: ProductKind | None = None
    term: str = ""
    plot: bytes | None = None
