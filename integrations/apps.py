"""Connections to the providers of financial data, read-only."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
