from django.apps import AppConfig
from django.core.checks import Tags, register


class VaultConfig(AppConfig):
    name = "vault"

    def ready(self) -> None:
        from vault.checks import check_row_security

        register(check_row_security, Tags.database)
