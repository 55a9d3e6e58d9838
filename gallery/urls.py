"""Addresses of the gallery."""

from django.urls import path

from gallery.api import figures as api
from gallery.pages import figures

api_urlpatterns = [
    path("figures/", api.FigureList.as_view(), name="api-figures"),
    path("figures/<slug:slug>/", api.FigureDetail.as_view(), name="api-figure"),
    path("figures/<slug:slug>/check/", api.FigureCheck.as_view(), name="api-figure-check"),
    path("papers/", api.PaperList.as_view(), name="api-papers"),
    path("papers/<slug:slug>/", api.PaperDetail.as_view(), name="api-paper"),
]
page_urlpatterns = [
    path("figures/", figures.gallery, name="figures"),
    path("figures/<slug:slug>", figures.figure, name="figure"),
    path("figures/<slug:slug>/check", figures.check, name="figure-check"),
    path("papers/", figures.paper_list, name="papers"),
    path("papers/<slug:slug>", figures.paper, name="paper"),
]
