"""Terms as JSON."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ontology import queries
from ontology.errors import UnknownTermError
from ontology.models import Term


class MatchSerializer(serializers.Serializer[dict[str, str]]):
    """A concept of another vocabulary that means the same or nearly so."""

    relation = serializers.ChoiceField(choices=["exact", "close"])
    iri = serializers.CharField()


class TermSerializer(serializers.ModelSerializer[Term]):
    """A term in a list."""

    alternative_labels = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Term
        fields = ["name", "label", "definition", "alternative_labels", "scheme", "iri"]


class TermDetailSerializer(TermSerializer):
    """A term with its place in the hierarchy and its like in other vocabularies."""

    matches = MatchSerializer(many=True)
    broader = serializers.SerializerMethodField()
    narrower = serializers.SerializerMethodField()

    class Meta(TermSerializer.Meta):
        fields = [*TermSerializer.Meta.fields, "matches", "broader", "narrower"]

    def get_broader(self, term: Term) -> list[str]:
        """Names of all terms above, the nearest first."""
        return [above.name for above in queries.broader(term.name)]

    def get_narrower(self, term: Term) -> list[str]:
        """Names of all terms below, the nearest first."""
        return [below.name for below in queries.narrower(term.name) if below.pk != term.pk]


class TermList(ListAPIView[Term]):
    """All terms, or those that a text finds."""

    serializer_class = TermSerializer

    @extend_schema(parameters=[OpenApiParameter("q", str, description="Words to look for.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of terms; with `q`, the best find first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Term]:
        """The terms to choose the page from."""
        text = self.request.query_params.get("q", "").strip()
        return queries.matching(text) if text else Term.objects.all()


class TermDetail(APIView):
    """One term."""

    @extend_schema(responses=TermDetailSerializer)
    def get(self, _request: Request, name: str) -> Response:
        """Answer with a term."""
        term = queries.term_by_name(name)
        if term is None:
            raise UnknownTermError(f"There is no term called {name!r}. /api/terms/?q= finds terms.")
        return Response(TermDetailSerializer(term).data)
