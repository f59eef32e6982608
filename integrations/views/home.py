"""Where a person goes on after a visit to a provider."""

from datetime import datetime

from django.urls import reverse

from accounts.access import WorkspaceRequest
from integrations.reports.freshness import read_banks
from integrations.reports.onboarding import is_finished


def home_of(request: WorkspaceRequest, since: datetime | None = None) -> str:
    """With their connections, or with the set-up while it is not finished. Whether a bank's first figures are faster than
    its page's way back makes no difference: what counts is how it stood when the visit began, at `since`.
    """
    banks = [bank for bank in read_banks() if since is None or bank.connected_at < since]
    page = "connections" if is_finished(request.workspace, banks) else "onboarding"
    return reverse(f"integrations:{page}", kwargs={"slug": request.workspace.slug})
