"""Addresses of the executor."""

from django.urls import path

from executor.api import products as product_api
from executor.api import provenance
from executor.api import runs as api
from executor.api import tables as table_api
from executor.pages import (
    blend,
    conversions,
    headers,
    image_parts,
    images,
    notebooks,
    plans,
    plots,
    products,
    runs,
    tables,
)

api_urlpatterns = [
    path("runs/", api.RunList.as_view(), name="api-runs"),
    path("runs/plan/", api.PlanPreview.as_view(), name="api-plan"),
    path("runs/<str:address>/plan/", api.RunPlan.as_view(), name="api-run-plan"),
    path("runs/<str:address>/explain/", api.RunExplain.as_view(), name="api-run-explain"),
    path("runs/<str:address>/", api.RunDetail.as_view(), name="api-run"),
    path("runs/<str:address>/cancel/", api.RunCancel.as_view(), name="api-run-cancel"),
    path(
        "runs/<str:address>/provenance/",
        provenance.RunProvenance.as_view(),
        name="api-run-provenance",
    ),
    path("products/", product_api.ProductList.as_view(), name="api-products"),
    path("products/<str:digest>/", product_api.ProductDetail.as_view(), name="api-product"),
    path(
        "products/<str:digest>/provenance/",
        provenance.ProductProvenance.as_view(),
        name="api-product-provenance",
    ),
    path(
        "products/<str:digest>/again/",
        product_api.ProductAgain.as_view(),
        name="api-product-again",
    ),
    path(
        "products/<str:digest>/table/", table_api.ProductTable.as_view(), name="api-product-table"
    ),
]
page_urlpatterns = [
    path("runs/", runs.run_list, name="runs"),
    path("runs/plan", plans.plan_page, name="plan"),
    path("runs/<str:address>", runs.run_page, name="run"),
    path("runs/<str:address>/cancel", runs.run_cancel, name="run-cancel"),
    path("runs/<str:address>/retry", runs.run_retry, name="run-retry"),
    path("runs/<str:address>/notebook", notebooks.notebook_page, name="run-notebook"),
    path("runs/<str:address>/plots/<str:name>", plots.plot, name="run-plot"),
    path("runs/<str:address>/plots/<str:name>/as/<str:form>", conversions.plot_as, name="plot-as"),
    path("products/<str:digest>", products.product, name="product"),
    path("products/<str:digest>/again", products.product_again, name="product-again"),
    path("products/<str:digest>/image", images.image_page, name="image"),
    path("products/<str:digest>/image.png", image_parts.image_png, name="image-png"),
    path("products/<str:digest>/image.bin", image_parts.image_bin, name="image-bin"),
    path("products/<str:digest>/image.json", image_parts.image_json, name="image-json"),
    path("products/<str:digest>/image/value", image_parts.image_value, name="image-value"),
    path("products/<str:digest>/image/grid", image_parts.image_grid, name="image-grid"),
    path("products/<str:digest>/header", headers.header_page, name="header"),
    path("products/<str:digest>/plot", plots.product_plot, name="product-plot"),
    path("products/<str:digest>/table", tables.table, name="table"),
    path("products/<str:digest>/table/plot", tables.table_plot, name="table-plot"),
    path("products/<str:digest>/as/<str:form>", conversions.product_as, name="product-as"),
    path("blend", blend.blend_page, name="blend"),
    path("blend/plot", blend.blend_plot, name="blend-plot"),
]
