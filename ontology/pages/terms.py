"""Pages of terms."""

from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ontology import queries
from ontology.domain.vocabularies import OURS
from ontology.models import Term

FINDS_SHOWN = 50


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The list of our terms, or what a text finds in all vocabularies."""
    text = request.GET.get("q", "").strip()
    found = queries.search_terms(text, FINDS_SHOWN) if text else _ours()
    return render(request, "ontology/terms.html", {"text": text, "terms": found})


@require_safe
def term(request: HttpRequest, name: str) -> HttpResponse:
    """One term: what it means, what stands above and below it, and its like elsewhere."""
    found = queries.term_by_name(name)
    if found is None:
        raise Http404(f"There is no term called {name!r}.")
    about = {
        "term": found,
        "broader": queries.broader(name),
        "narrower": queries.directly_narrower(name),
        "vocabulary": queries.vocabulary_of(found),
    }
    return render(request, "ontology/term.html", about)


def _ours() -> list[Term]:
    return list(Term.objects.filter(scheme=OURS).order_by(Lower("label")))
