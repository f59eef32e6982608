"""Makes the database, its roles and their passwords on a production server. Run again to set new passwords."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.env import BadEnvironment
from config.role_env import read_role_environment
from vault.roles import ForeignDatabase, UnsafeRole, create_database, create_roles


class Command(BaseCommand):
    help = "Make the database and its five roles, from ADMIN_DATABASE_URL and the addresses of the roles."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            environment = read_role_environment()
            create_roles(environment.admin_url, environment.passwords)
            create_database(environment.admin_url, environment.database)
        except (BadEnvironment, UnsafeRole, ForeignDatabase) as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"The database {environment.database} and its roles are ready.")
