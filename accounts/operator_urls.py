"""What a workspace lets operators read."""

from django.urls import path

from accounts.views import operator_access

INSIDE = "w/<slug:slug>/settings/operator-access/"

operator_urlpatterns = [
    path(INSIDE, operator_access.operator_access, name="operator_access"),
    path(f"{INSIDE}grants/", operator_access.create_grant, name="create_operator_grant"),
    path(f"{INSIDE}grants/<uuid:grant_id>/ending/", operator_access.create_ending, name="end_operator_grant"),
]
