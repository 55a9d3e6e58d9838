"""Addresses of publishing."""

from django.urls import path

from publishing.api import deposits as api_deposits
from publishing.api import drafts as api_drafts
from publishing.api import releases as api
from publishing.api.archived import ArchivedSources
from publishing.pages import deposits, drafts, formats, products, releases

api_urlpatterns = [
    path("deposits/", api_deposits.DepositList.as_view(), name="api-deposits"),
    path("deposits/<int:number>/", api_deposits.DepositDetail.as_view(), name="api-deposit"),
    path("releases/", api.ReleaseList.as_view(), name="api-releases"),
    path("releases/<str:name>/", api.ReleaseDetail.as_view(), name="api-release"),
    path("releases/<str:name>/deposits/", api_deposits.ReleaseDeposits.as_view()),
    path("releases/<str:name>/crate/", api.ReleaseCrate.as_view(), name="api-release-crate"),
    path("releases/<str:name>/draft/", api_drafts.ReleaseDraft.as_view(), name="api-draft"),
    path("releases/<str:name>/checklist/", api_drafts.ReleaseChecklist.as_view()),
    path("releases/<str:name>/freeze/", api_drafts.ReleaseFreeze.as_view()),
    path("releases/<str:name>/versions/", api_drafts.ReleaseVersions.as_view()),
    path("releases/<str:name>/withdraw/", api_drafts.ReleaseWithdrawal.as_view()),
    path("runs/<str:address>/crate/", api.RunCrate.as_view(), name="api-run-crate"),
    path(
        "workflows/<slug:slug>/<int:number>/archived/",
        ArchivedSources.as_view(),
        name="api-archived",
    ),
]
page_urlpatterns = [
    path("deposits/", deposits.health, name="deposits"),
    path("releases/<str:name>/deposits", deposits.ask, name="release-deposits"),
    path("releases/", releases.release_list, name="releases"),
    path("releases/new", drafts.new, name="release-new"),
    path("releases/<str:name>/edit", drafts.edit, name="release-edit"),
    path("releases/concept/<str:name>", releases.concept_page, name="release-concept"),
    path("releases/<str:name>", releases.release_page, name="release"),
    path("releases/<str:name>/metadata", releases.release_metadata, name="release-metadata"),
    path("releases/<str:name>/citation", formats.citation, name="release-citation"),
    path("releases/<str:name>/linkset", releases.release_linkset, name="release-linkset"),
    path("releases/<str:name>/linkset.txt", releases.release_linkset_text, name="linkset-text"),
    path("releases/<str:name>/products/<str:digest>", products.product_page, name="released"),
    path(
        "releases/<str:name>/products/<str:digest>/metadata",
        products.product_metadata,
        name="released-metadata",
    ),
]
