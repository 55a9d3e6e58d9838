"""Addresses of terms; config mounts the first list under /api/ and the second at the root."""

from django.urls import path

from ontology.api import terms as api
from ontology.pages import terms as pages

api_urlpatterns = [
    path("terms/", api.TermList.as_view(), name="api-terms"),
    path("terms/<str:name>/", api.TermDetail.as_view(), name="api-term"),
]
page_urlpatterns = [
    path("terms/", pages.terms, name="terms"),
    path("terms/<str:name>", pages.term, name="term"),
]
