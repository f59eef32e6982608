"""Billing's addresses: a workspace's under Settings, and Stripe's own."""

from django.urls import path

from billing.views import changes, checkouts, plan
from billing.webhooks import stripe

app_name = "billing"

HERE = "settings/billing/"

urlpatterns = [
    path(HERE, plan.plan, name="plan"),
    path(f"{HERE}preview/", plan.preview, name="preview"),
    path(f"{HERE}changes/", changes.create_change, name="change"),
    path(f"{HERE}cancellation/", changes.create_cancellation, name="cancel"),
    path(f"{HERE}resumption/", changes.create_resumption, name="resume"),
    path(f"{HERE}checkouts/", checkouts.create_checkout, name="create_checkout"),
    path(f"{HERE}portal/", checkouts.create_portal_visit, name="create_portal_visit"),
    path(f"{HERE}return/", checkouts.come_back, name="return"),
    path(f"{HERE}invoices/", plan.invoices, name="invoices"),
]
webhook_urlpatterns = [path("webhooks/stripe/", stripe, name="stripe_webhook")]
