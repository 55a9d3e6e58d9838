"""Lists in the API: one page of a query, in the view's own shape."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

Row = TypeVar("Row", bound=Model)


def listed(view: GenericAPIView[Row], rows: QuerySet[Row]) -> Response:
    """Answer with the page of the rows that the request asks for."""
    page = view.paginate_queryset(rows)
    shaped = view.get_serializer(page, many=True)
    return view.get_paginated_response(shaped.data)
