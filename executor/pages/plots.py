"""The plotted arrays of a picture, as an interactive plot."""

from django.http import HttpRequest, HttpResponse, JsonResponse


def plot(_request: HttpRequest, address: str, name: str) -> HttpResponse:
    """To be written."""
    return JsonResponse({"address": address, "name": name})
