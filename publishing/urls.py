"""Addresses of publishing."""

from django.urls import path

from publishing.api import releases as api
from publishing.pages import releases

api_urlpatterns = [
    path("releases/", api.ReleaseList.as_view(), name="api-releases"),
    path("releases/<str:name>/", api.ReleaseDetail.as_view(), name="api-release"),
    path("releases/<str:name>/crate/", api.ReleaseCrate.as_view(), name="api-release-crate"),
    path("runs/<str:address>/crate/", api.RunCrate.as_view(), name="api-run-crate"),
]
page_urlpatterns = [
    path("releases/", releases.release_list, name="releases"),
    path("releases/<str:name>", releases.release_page, name="release"),
    path("releases/<str:name>/metadata", releases.release_metadata, name="release-metadata"),
    path("releases/<str:name>/citation", releases.release_citation, name="release-citation"),
    path("releases/<str:name>/linkset", releases.release_linkset, name="release-linkset"),
    path("doi/<path:doi>", releases.doi, name="doi"),
]
