"""What a statement comes to once it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gallery.domain.claims import Claim
from gallery.domain.paper.dois import NamedDoi
from gallery.domain.paper.published import Published

ROW = "row"
"""The kind of a figure that stands for one row of a table, with many like it beside it."""
KINDS = ("figure", "table", "number", ROW)


@dataclass(frozen=True, slots=True)
class Asked:
    """The request of a figure.

    Attributes:
        parameters: those that differ from the author's values; products may be requests.
        workflow: slug of the workflow; empty for the one that the statement belongs to.
        version: number of its version; None for the newest.
        seed: of its random numbers.
        output: the output that is meant where a value names none; empty for none.
        run: address of a run that was made, in place of all the others but the output.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    workflow: str = ""
    version: int | None = None
    seed: int = 0
    output: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is about, by which readers choose.

    Attributes:
        source: the astronomical source.
        ra: ICRS right ascension in degrees; None without a position.
        dec: ICRS declination in degrees; None without a position.
        instruments: names, such as ``INTEGRAL/ISGRI``.
        messenger: ``photon``, ``neutrino``, ``gravitational wave`` or ``cosmic ray``.
        energy: names of bands, such as ``X-ray``.
    """

    source: str = ""
    ra: float | None = None
    dec: float | None = None
    instruments: tuple[str, ...] = ()
    messenger: str = "photon"
    energy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureStatement:
    """A figure, table or number of a paper, with what was published of it.

    Attributes:
        slug: its name in the gallery.
        picture: the output shown as its picture.
        asked: the request that gives it again.
        values: published numbers.
        claims: published products; their digests are not known yet.
        subject: what it is about.
        doi: of the figure itself.
        picture_published: file of the picture as the paper printed it.
        picture_licence: the licence that lets it be shown.
    """

    slug: str
    title: str
    caption: str = ""
    kind: str = "figure"
    place: str = ""
    picture: str = ""
    asked: Asked = field(default_factory=Asked)
    values: tuple[Published, ...] = ()
    claims: tuple[Claim, ...] = ()
    subject: Subject = field(default_factory=Subject)
    doi: str = ""
    picture_published: str = ""
    picture_licence: str = ""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters of its request."""
        return self.asked.parameters

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs it speaks of, each once, in their order."""
        values = (value.output for value in self.values)
        claims = (claim.output for claim in self.claims)
        return tuple(dict.fromkeys(name for name in (self.picture, *values, *claims) if name))


@dataclass(frozen=True, slots=True)
class PaperStatement:
    """A paper and its figures."""

    slug: str
    title: str
    doi: str
    bibcode: str = ""
    arxiv: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    figures: tuple[FigureStatement, ...] = ()
    dois: tuple[NamedDoi, ...] = ()
