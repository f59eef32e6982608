"""What workspaces pay for: plans, subscriptions and invoices, as Stripe tells them."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
