"""The operators' pages."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "trust.operators"
    label = "operators"
    verbose_name = "Counterfoil"
