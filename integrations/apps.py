"""Connections to the providers of financial data, read-only."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from accounts.departures import Responsibility, register
        from integrations.actions.responsibility import hand_over_connections
        from integrations.reports.responsibility import list_connections_of

        register(Responsibility("connections", hand_over_connections, list_connections_of))
