"""Pages of lists in the API."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """A hundred a page; ``?page=2`` and ``?page_size=20`` (at most 1,000) say otherwise."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
