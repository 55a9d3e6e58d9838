"""Addresses of the catalogue."""

from django.urls import path

from catalogue.api.workflows import WorkflowDetail, WorkflowForm, WorkflowList
from catalogue.pages import workflows

api_urlpatterns = [
    path("workflows/", WorkflowList.as_view(), name="api-workflows"),
    path("workflows/<slug:slug>/", WorkflowDetail.as_view(), name="api-workflow"),
    path("workflows/<slug:slug>/<int:number>/", WorkflowDetail.as_view(), name="api-version"),
    path("workflows/<slug:slug>/<int:number>/form/", WorkflowForm.as_view(), name="api-form"),
]
page_urlpatterns = [
    path("workflows/", workflows.workflow_list, name="workflows"),
    path("register", workflows.register, name="register"),
    path("workflows/<slug:slug>", workflows.workflow, name="workflow"),
    path("workflows/<slug:slug>/<int:number>", workflows.workflow, name="version"),
]
