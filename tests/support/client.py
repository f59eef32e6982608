"""A test client that refuses to start a request while a scope is still entered: the next request would inherit it."""

from typing import Any

from django.db import connection
from django.test import Client

SCOPES = "SELECT coalesce(current_setting('app.workspace_id', true), '') || coalesce(current_setting('app.user_id', true), '')"


class ScopeLeft(AssertionError):
    """A scope outlived the code that entered it."""


class ScopeCheckingClient(Client):
    def request(self, **request: Any) -> Any:
        # Straight through the driver, so that counts of a page's queries stay true.
        raw = connection.connection
        if raw is not None and not raw.closed and raw.execute(SCOPES).fetchone() != ("",):
            raise ScopeLeft("A scope is still entered when the request starts")
        return super().request(**request)
