"""Addresses of the executor."""

from django.urls import path

from executor.api import runs as api
from executor.pages import plots, runs

api_urlpatterns = [
    path("runs/", api.RunList.as_view(), name="api-runs"),
    path("runs/<str:address>/", api.RunDetail.as_view(), name="api-run"),
    path("runs/<str:address>/cancel/", api.RunCancel.as_view(), name="api-run-cancel"),
    path("runs/<str:address>/provenance/", api.RunProvenance.as_view(), name="api-run-provenance"),
]
page_urlpatterns = [
    path("runs/", runs.run_list, name="runs"),
    path("runs/<str:address>", runs.run_page, name="run"),
    path("runs/<str:address>/cancel", runs.run_cancel, name="run-cancel"),
    path("runs/<str:address>/plots/<str:name>", plots.plot, name="run-plot"),
    path("products/<str:digest>", runs.product, name="product"),
]
