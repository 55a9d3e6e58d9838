"""The pages that DOIs lead to; following a DOI never starts a run."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gallery.domain.again import form_address
from gallery.domain.doi import dois_in, resolver
from gallery.domain.paper import NamedDoi
from gallery.errors import UnknownDoiError
from gallery.models import Figure
from gallery.pages.cards import cards
from gallery.queries.dois import Known, known_by_doi, named_of

SHOWN = 24
READ_IN = (
    "Every value here is read in by the workflow, not computed: a re-run shows that they are "
    "carried through unchanged."
)


@dataclass(frozen=True, slots=True)
class Honest:
    """What of a figure can be run again here, and what cannot.

    Attributes:
        doi: of the thing that the figure shows.
        named: what its paper's statement says of it; None when that says nothing.
        is_read_in: whether the workflow reads all its published values in.
    """

    doi: str
    named: NamedDoi | None
    is_read_in: bool

    @property
    def sentence(self) -> str:
        """What can be run again here, in a sentence; empty when nobody said."""
        if self.named and self.named.here:
            return self.named.here
        return READ_IN if self.is_read_in else ""


@require_safe
def doi(request: HttpRequest, doi: str) -> HttpResponse:
    """Lead from any DOI that is known here to what it stands for."""
    try:
        known = known_by_doi(doi)
    except UnknownDoiError as error:
        return _unknown(request, doi, error)
    if address := address_of(known):
        return redirect(address)
    context = {
        "known": known,
        "resolver": resolver(known.doi),
        "cards": cards(known.figures[:SHOWN]),
        "others": known.others[:SHOWN],
        "again": [(figure, again(figure)) for figure in known.figures[:SHOWN]],
    }
    return render(request, "gallery/doi.html", context)


def address_of(known: Known) -> str:
    """The one page that a DOI leads to; empty when there are several, or none of its own."""
    if known.release:
        concept = f"/releases/concept/{known.release.concept_id}"
        return concept if known.is_concept else known.release.get_absolute_url()
    if len(known.figures) == 1:
        return known.figures[0].get_absolute_url()
    if known.paper and not known.figures and not known.named:
        return known.paper.get_absolute_url()
    return ""


def again(figure: Figure) -> str:
    """The form that runs a figure again, with what was published filled in; it starts nothing."""
    return form_address(figure.version.get_absolute_url(), figure.parameters_json, figure.slug)


def honest(figure: Figure) -> Honest | None:
    """What to say of a figure that has a DOI; None when there is nothing."""
    if not figure.doi:
        return None
    values = figure.values
    found = Honest(
        figure.doi, named_of(figure), bool(values) and all(value.given for value in values)
    )
    return found if found.sentence or found.named else None


def _unknown(request: HttpRequest, text: str, error: UnknownDoiError) -> HttpResponse:
    meant = dois_in(text)
    context = {"problem": error.to_dict(), "resolver": resolver(meant[-1]) if meant else "",
               "doi": meant[-1] if meant else ""}  # fmt: skip
    return render(request, "gallery/doi_unknown.html", context, status=error.status)
