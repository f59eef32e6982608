"""Every address of the product. A workspace's pages stand under its slug, so that two tabs never fight."""

from django.urls import include, path

from accounts.urls import allauth_urlpatterns
from audit.pages.urls import public_urlpatterns
from billing.urls import webhook_urlpatterns as stripe_urlpatterns
from config.contact import security_txt
from config.cron import run_due_jobs
from config.health import alive, ready
from integrations.urls import return_urlpatterns, sample_urlpatterns, webhook_urlpatterns
from trust.operators.urls import urlpatterns as operator_urlpatterns
from trust.violations.urls import report_urlpatterns

handler400 = "config.too_large.bad_request"

urlpatterns = [
    path("healthz", alive, name="healthz"),
    path("readyz", ready, name="readyz"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("cron/", run_due_jobs, name="cron"),
    path("", include("accounts.urls")),
    *allauth_urlpatterns,
    path("w/<slug:slug>/", include("ledger.urls")),
    path("w/<slug:slug>/", include("integrations.urls")),
    path("w/<slug:slug>/", include("billing.urls")),
    path("w/<slug:slug>/", include("audit.pages.urls")),
    path("w/<slug:slug>/", include("trust.alerts.urls")),
    *public_urlpatterns,
    *sample_urlpatterns,
    *return_urlpatterns,
    *webhook_urlpatterns,
    *stripe_urlpatterns,
    *operator_urlpatterns,
    *report_urlpatterns,
]
