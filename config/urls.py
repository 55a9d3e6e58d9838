"""All addresses: pages at the top, the same nouns under /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from catalogue import urls as catalogue
from config import errors, home
from executor import urls as executor
from gallery import urls as gallery
from ontology import urls as ontology
from publishing import urls as publishing


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the web server answers."""
    return JsonResponse({"status": "ok"})


APPS = (gallery, publishing, executor, catalogue, ontology)
api = [pattern for app in APPS for pattern in app.api_urlpatterns]
pages = [pattern for app in APPS for pattern in app.page_urlpatterns]

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("docs/errors", home.errors_page, name="errors"),
    path("api/", home.Root.as_view(), name="api-root"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/", include(api)),
    *pages,
]

handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.server_error
