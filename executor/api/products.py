"""``/api/products/``: what is known of a product, uploads, and making evicted ones again."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from executor.actions import make_again, upload_product
from executor.api.runs import asker
from executor.api.shapes import RunDetailSerializer
from executor.domain.job import MEBIBYTE
from executor.errors import BadRequestError, UploadTooLargeError
from executor.models import Output, Product
from executor.queries import evicted_sentence, product_of, run_at, run_that_made
from lib.listing import listed

MADE_AT_MOST = 100
ENVELOPE_BYTES = 64 * 1024  # what a form needs around its file


class ProductSerializer(serializers.Serializer[Product]):
    """A product in a list."""

    digest = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    file = serializers.CharField(help_text="its name when it was uploaded")
    url = serializers.CharField(source="get_absolute_url", help_text="where its bytes are")
    created_at = serializers.DateTimeField()
    verified_at = serializers.DateTimeField(
        allow_null=True, help_text="when its bytes were last found to be right"
    )
    evicted_at = serializers.DateTimeField(
        allow_null=True, help_text="since when its bytes are not kept; its runs make them again"
    )
    pinned = serializers.BooleanField(source="is_pinned", help_text="published: always kept")
    uploaded = serializers.SerializerMethodField()

    def get_uploaded(self, product: Product) -> bool:
        """Whether somebody uploaded it before any run made it."""
        return bool(product.uploaded_by)


class ProductDetailSerializer(ProductSerializer):
    """A product with the runs that made it."""

    made_by = serializers.SerializerMethodField()
    again = serializers.SerializerMethodField()

    def get_made_by(self, product: Product) -> list[dict[str, Any]]:
        """The runs that gave it, the first hundred of them: address, output, role, state."""
        made = Output.objects.filter(product=product).select_related("run").order_by("pk")
        return [
            {
                "run": item.run.address, "output": item.name, "role": item.role,
                "file": item.file, "state": item.run.state,
            }
            for item in made[:MADE_AT_MOST]
        ]  # fmt: skip

    def get_again(self, product: Product) -> str | None:
        """What to do for its bytes when they are not kept; null while they are."""
        if product.evicted_at is None:
            return None
        return evicted_sentence(product, run_that_made(product))


class UploadSerializer(serializers.Serializer[Any]):
    """What an upload takes."""

    file = serializers.FileField(help_text="the file, as multipart/form-data")


class ProductList(GenericAPIView[Product]):
    """All products, newest first; uploads."""

    serializer_class = ProductSerializer

    @extend_schema(responses=ProductSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """List the products."""
        return listed(self, Product.objects.order_by("-created_at", "digest"))

    @extend_schema(
        request=UploadSerializer,
        responses={200: ProductDetailSerializer, 201: ProductDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload a file to give to runs: 201 when it is new here, 200 when it was known."""
        _check_length(request)
        sent = request.FILES.get("file")
        if sent is None:
            raise BadRequestError("Send a file, in the field `file` of a multipart form.")
        done = upload_product(sent.name or "", sent.chunks(), asker=asker(request))
        body = ProductDetailSerializer(done.product).data
        headers = {"Location": f"/api/products/{done.product.digest}/"}
        return Response(body, status=201 if done.created else 200, headers=headers)


class ProductDetail(APIView):
    """One product."""

    @extend_schema(responses=ProductDetailSerializer)
    def get(self, _request: Request, digest: str) -> Response:
        """Show what is known of a product; its bytes are at its ``url``."""
        return Response(ProductDetailSerializer(product_of(digest)).data)


class ProductAgain(APIView):
    """Making a product again whose bytes are not kept."""

    @extend_schema(request=None, responses={202: RunDetailSerializer})
    def post(self, request: Request, digest: str) -> Response:
        """Ask for the run that makes it; 202 with that run."""
        done = make_again(product_of(digest), asker=asker(request))
        run = run_at(done.run.address)
        headers = {"Location": f"/api/runs/{run.address}/"}
        return Response(RunDetailSerializer(run).data, status=202, headers=headers)


def _check_length(request: Request) -> None:
    """Refuse by the length that the request gives, before anything of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = settings.UPLOAD_MB * MEBIBYTE + ENVELOPE_BYTES
    if length.isascii() and length.isdigit() and int(length[:18]) > most:
        raise UploadTooLargeError(
            f"The file is larger than the {settings.UPLOAD_MB} MB that are taken here."
        )
