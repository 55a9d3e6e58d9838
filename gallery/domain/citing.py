"""Citing a run: as a sentence, and as BibTeX."""

from dataclasses import dataclass

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation of a run says.

    Attributes:
        title: of the figure.
        paper: the paper in short, such as ``Neronov et al. 2021``.
        doi: of the paper; empty when it has none.
        url: the permanent address of the run.
        address: of the run; its first letters name the entry in BibTeX.
        year, month, day: when it was run, UTC.
        verdict: what its check came to; empty when it was not judged.
    """

    title: str
    paper: str
    doi: str
    url: str
    address: str
    year: int
    month: int
    day: int
    verdict: str = ""

    @property
    def date(self) -> str:
        """When it was run, ISO 8601."""
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def sentence(self) -> str:
        """The citation as a sentence."""
        verdict = f", verdict: {self.verdict}" if self.verdict else ""
        doi = f" (doi:{self.doi})" if self.doi else ""
        return (
            f"“{self.title}” of {self.paper}{doi}, run again with Reprise on "
            f"{self.date}{verdict}. {self.url}"
        )

    def bibtex(self) -> str:
        """The citation as a BibTeX entry."""
        note = f"Run {self.address}"
        note += f"; verdict: {self.verdict}" if self.verdict else ""
        fields = {
            "title": f"Re-run of “{self.title}” of {self.paper}",
            "year": str(self.year),
            "howpublished": self.url,
            "note": note,
            "related": self.doi,
        }
        lines = [f"  {name:<12} = {{{latex(text)}}}," for name, text in fields.items() if text]
        return "\n".join([f"@misc{{reprise-{self.address[:12]},", *lines, "}"])


def latex(text: str) -> str:
    """A text with what TeX would take as its own spelled out, on one line."""
    return "".join(SPECIAL.get(letter, letter) for letter in " ".join(text.split()))
