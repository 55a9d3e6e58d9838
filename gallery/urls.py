"""Addresses of the gallery."""

from django.urls import path

from gallery.api import comparing as comparing_api
from gallery.api import dois as dois_api
from gallery.api import figures as api
from gallery.api import funnel as funnel_api
from gallery.api import names as names_api
from gallery.api import papers as papers_api
from gallery.api import why as why_api
from gallery.pages import (
    authoring,
    badges,
    comparing,
    doi,
    figures,
    funnel,
    names,
    papers,
    search,
    skymap,
    thumbnails,
    why,
)

api_urlpatterns = [
    path("figures/", api.FigureList.as_view(), name="api-figures"),
    path("figures/<slug:slug>/", api.FigureDetail.as_view(), name="api-figure"),
    path("figures/<slug:slug>/check/", api.FigureCheck.as_view(), name="api-figure-check"),
    path("figures/<slug:slug>/why/", why_api.FigureWhy.as_view(), name="api-figure-why"),
    path("doi/<path:doi>", dois_api.DoiDetail.as_view(), name="api-doi"),
    path("funnel/", funnel_api.FunnelDetail.as_view(), name="api-funnel"),
    path(
        "runs/<str:address>/compare/<str:other>/",
        comparing_api.RunCompare.as_view(),
        name="api-run-compare",
    ),
    path("names/", names_api.NameLookup.as_view(), name="api-names"),
    path("times/", names_api.TimeLookup.as_view(), name="api-times"),
    path("papers/", papers_api.PaperList.as_view(), name="api-papers"),
    path("papers/preview/", papers_api.PaperPreview.as_view(), name="api-paper-preview"),
    path("papers/<slug:slug>/", papers_api.PaperDetail.as_view(), name="api-paper"),
    path("papers/<slug:slug>/bibtex/", papers_api.PaperBibtex.as_view(), name="api-paper-bibtex"),
    path(
        "papers/<slug:slug>/figures/",
        papers_api.PaperFigures.as_view(),
        name="api-paper-figures",
    ),
    path(
        "papers/<slug:slug>/figures/<slug:figure>/",
        papers_api.PaperFigure.as_view(),
        name="api-paper-figure",
    ),
]
page_urlpatterns = [
    path("runs/<str:address>/compare", comparing.choose, name="run-compare-with"),
    path("runs/<str:address>/compare/<str:other>", comparing.compare, name="run-compare"),
    path(
        "runs/<str:address>/compare/<str:other>/plots/<str:name>",
        comparing.overlay,
        name="run-overlay",
    ),
    path(
        "runs/<str:address>/compare/<str:other>/difference/<str:name>",
        comparing.difference,
        name="run-difference",
    ),
    path("names/fill", names.fill, name="names-fill"),
    path("figures/", search.gallery, name="figures"),
    path("sky", skymap.sky, name="sky"),
    path("figures/<slug:slug>", figures.figure, name="figure"),
    path("figures/<slug:slug>/check", figures.check, name="figure-check"),
    path("figures/<slug:slug>/why", why.ask, name="figure-why"),
    path(
        "figures/<slug:slug>/thumbnail/<str:digest>",
        thumbnails.small,
        name="figure-thumbnail",
    ),
    path("figures/<slug:slug>/latex", badges.figure_latex, name="figure-latex"),
    path("figures/<slug:slug>/badge.svg", badges.figure_badge, {"form": "svg"}, "figure-badge"),
    path("figures/<slug:slug>/badge.json", badges.figure_badge, {"form": "json"}),
    path("papers/<slug:slug>/badge.svg", badges.paper_badge, {"form": "svg"}, "paper-badge"),
    path("papers/<slug:slug>/badge.json", badges.paper_badge, {"form": "json"}),
    path("workflows/<slug:slug>/badge.svg", badges.workflow_badge, {"form": "svg"}),
    path("workflows/<slug:slug>/badge.json", badges.workflow_badge, {"form": "json"}),
    path("doi/<path:doi>", doi.doi, name="doi"),
    path("funnel", funnel.funnel, name="funnel"),
    path("funnel.csv", funnel.funnel_csv, name="funnel-csv"),
    path("papers/", papers.paper_list, name="papers"),
    path("papers/new", authoring.new, name="paper-new"),
    path("papers/<slug:slug>/edit", authoring.edit, name="paper-edit"),
    path("papers/<slug:slug>/bibtex", authoring.citation, name="paper-bibtex"),
    path("papers/<slug:slug>", papers.paper, name="paper"),
]
