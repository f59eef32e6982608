"""Violations of the content security policy."""

from django.apps import AppConfig


class ViolationsConfig(AppConfig):
    name = "trust.violations"
    label = "violations"
    verbose_name = "Policy violations"
