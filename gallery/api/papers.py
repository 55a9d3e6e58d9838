"""``/api/papers/``: papers, stating them, and their citations."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery.actions import (
    Draft,
    bibtex_of,
    changed_content,
    content_of,
    preview_paper,
    state_paper,
    without_figure,
)
from gallery.actions.authoring import Preview, Stated
from gallery.api.drafts import asker, draft_of
from gallery.errors import BadStatementError, UnknownFigureError
from gallery.models import Paper
from gallery.queries import paper_named, papers
from lib.listing import listed


class PaperSerializer(serializers.Serializer[Paper]):
    """A paper."""

    slug = serializers.CharField()
    title = serializers.CharField()
    doi = serializers.CharField()
    bibcode = serializers.CharField()
    arxiv = serializers.CharField()
    authors = serializers.JSONField(source="authors_json")
    journal = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(source="get_absolute_url")


class PaperDetailSerializer(PaperSerializer):
    """A paper with its citation and what it states."""

    bibtex = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    def get_bibtex(self, paper: Paper) -> str:
        """Its BibTeX entry."""
        return bibtex_of(paper)

    def get_figures(self, paper: Paper) -> list[dict[str, Any]]:
        """Its figures as they were stated, in the form that they are stated in."""
        found: list[dict[str, Any]] = content_of(paper)["figure"]
        return found


class StatementSerializer(serializers.Serializer[Any]):
    """What a paper.toml would say, as JSON; files go beside it in a multipart form."""

    paper = serializers.DictField(help_text="slug, title, doi, authors and the like")
    workflow = serializers.CharField(required=False, help_text="of figures that name none")
    version = serializers.IntegerField(required=False, help_text="of it; the newest unless given")
    figure = serializers.ListField(child=serializers.DictField(), required=False)
    table = serializers.ListField(child=serializers.DictField(), required=False)


class StatedSerializer(PaperDetailSerializer):
    """A paper as it was just stated."""

    findings = serializers.JSONField(help_text="what the author should still say")
    unasked = serializers.JSONField(help_text="figures whose runs were not asked for, and why")


class PaperList(GenericAPIView[Paper]):
    """All papers; stating new ones."""

    serializer_class = PaperSerializer
    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(responses=PaperSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the papers."""
        return listed(self, papers())

    @extend_schema(request=StatementSerializer, responses={201: StatedSerializer})
    def post(self, request: Request) -> Response:
        """State a paper with its figures, and ask for their runs."""
        done = state_paper(draft_of(request))
        headers = {"Location": f"/api/papers/{done.paper.slug}/"}
        return Response(shown(done), status=201, headers=headers)


class PaperPreview(APIView):
    """What a statement would come to."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(request=StatementSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """Show the figures of a statement, their runs and findings. Writes nothing."""
        return Response(foreseen(preview_paper(draft_of(request))))


class PaperDetail(APIView):
    """One paper."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(responses=PaperDetailSerializer)
    def get(self, _request: Request, slug: str) -> Response:
        """Show a paper."""
        return Response(PaperDetailSerializer(paper_named(slug)).data)

    @extend_schema(request=StatementSerializer, responses=StatedSerializer)
    def put(self, request: Request, slug: str) -> Response:
        """State a paper anew, in place of what its author stated before."""
        return Response(shown(state_paper(draft_of(request), paper_named(slug))))

    @extend_schema(request=StatementSerializer, responses=StatedSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        """Change some fields of a paper, and change or add some of its figures."""
        paper, draft = paper_named(slug), draft_of(request)
        content = changed_content(paper, draft.content)
        return Response(shown(state_paper(Draft(content, draft.sent, draft.asker), paper)))


class PaperFigures(APIView):
    """The figures of a paper."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request, slug: str) -> Response:
        """List the figures of a paper as they were stated."""
        return Response(content_of(paper_named(slug))["figure"])

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: StatedSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Add a figure to a paper."""
        paper, draft = paper_named(slug), draft_of(request)
        known = {item["slug"] for item in content_of(paper)["figure"]}
        if draft.content.get("slug") in known:
            raise BadStatementError("The paper has a figure of this slug: change it with PUT.")
        content = changed_content(paper, {"figure": [draft.content]})
        done = state_paper(Draft(content, draft.sent, draft.asker), paper)
        return Response(shown(done), status=201)


class PaperFigure(APIView):
    """One figure of a paper, as it was stated."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=StatedSerializer)
    def put(self, request: Request, slug: str, figure: str) -> Response:
        """State a figure anew; when its request changes, its run is asked for again."""
        paper, draft = paper_named(slug), draft_of(request)
        _check_figure(paper, figure)
        content = changed_content(paper, {"figure": [{**draft.content, "slug": figure}]})
        return Response(shown(state_paper(Draft(content, draft.sent, draft.asker), paper)))

    @extend_schema(responses=StatedSerializer)
    def delete(self, request: Request, slug: str, figure: str) -> Response:
        """Take a figure away from a paper."""
        paper = paper_named(slug)
        _check_figure(paper, figure)
        draft = Draft(without_figure(paper, figure), asker=asker(request))
        return Response(shown(state_paper(draft, paper)))


class PaperBibtex(APIView):
    """The citation of a paper."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request, slug: str) -> Response:
        """Show the BibTeX entry of a paper."""
        return Response({"bibtex": bibtex_of(paper_named(slug))})


def _check_figure(paper: Paper, slug: str) -> None:
    if not paper.figures.filter(slug=slug).exists():
        raise UnknownFigureError(f"The paper {paper.slug} has no figure {slug[:80]!r}.")


def shown(done: Stated) -> dict[str, Any]:
    """What was stated, as JSON."""
    findings = [finding.to_dict() for finding in done.findings]
    return PaperDetailSerializer(done.paper).data | {"findings": findings, "unasked": done.unasked}


def foreseen(seen: Preview) -> dict[str, Any]:
    """What a statement would come to, as JSON."""
    return {
        "slug": seen.statement.slug,
        "figures": [
            {
                "slug": item.statement.slug, "workflow": item.version.workflow.slug,
                "version": item.version.number, "run": item.address,
                "values": len(item.statement.values), "products": len(item.claims),
            }
            for item in seen.figures
        ],
        "findings": [finding.to_dict() for finding in seen.findings],
    }  # fmt: skip
