"""What `manage.py create_roles` reads: an administrator's address and those of the five roles. No server is given these."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.env import BadEnvironment
from config.env_reader import DatabaseAddress, EnvironmentReader
from vault import roles

ADDRESSES = {
    "OWNER_DATABASE_URL": roles.OWNER,
    "DATABASE_URL": roles.WEB,
    "SCHEDULER_DATABASE_URL": roles.SCHEDULER,
    "OPERATOR_DATABASE_URL": roles.OPERATOR,
    "BACKUP_DATABASE_URL": roles.BACKUP,
}


@dataclass(frozen=True, slots=True)
class RoleEnvironment:
    admin_url: str = field(repr=False)
    database: str
    passwords: roles.RolePasswords


def read_role_environment(source: Mapping[str, str] = os.environ) -> RoleEnvironment:
    """Raises BadEnvironment, also when an address names another role or another database than the rest."""
    reader = EnvironmentReader(source)
    admin_url = reader.text("ADMIN_DATABASE_URL")
    addresses = {name: reader.database(name) for name in ADDRESSES}
    problems = reader.problems or _disagreements(addresses)
    if problems:
        raise BadEnvironment(problems)
    passwords = roles.RolePasswords(*(address.password for address in addresses.values()))
    return RoleEnvironment(admin_url, addresses["DATABASE_URL"].name, passwords)


def role_variable_names() -> tuple[str, ...]:
    return ("ADMIN_DATABASE_URL", *ADDRESSES)


def _disagreements(addresses: Mapping[str, DatabaseAddress]) -> list[str]:
    database = addresses["DATABASE_URL"].name
    wrong_role = [f"{name} must connect as {role}" for name, role in ADDRESSES.items() if addresses[name].user != role]
    wrong_database = [
        f"{name} must name the same database as DATABASE_URL"
        for name, address in addresses.items()
        if address.name != database
    ]
    return [*wrong_role, *wrong_database]
