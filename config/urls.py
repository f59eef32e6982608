"""Every address of the product. A workspace's pages stand under its slug, so two tabs never fight."""

from django.urls import include, path

from accounts import urls as accounts
from config.health import alive, ready

urlpatterns = [
    path("healthz", alive, name="healthz"),
    path("readyz", ready, name="readyz"),
    path("", include("accounts.urls")),
    *accounts.allauth_urlpatterns,
]
