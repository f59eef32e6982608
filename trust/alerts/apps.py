"""Telling the right people when something happened that they should look at."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "trust.alerts"
    label = "alerts"
