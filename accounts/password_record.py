"""That a password was looked up among the leaked ones, in the site's log: the check is never skipped in silence."""

from accounts.breaches import Answer
from audit.log import Actor, record
from audit.models import Event
from vault.tenancy import SITE_ID, enter_workspace


def record_lookup(*, actor: Actor, answer: Answer) -> None:
    """Write who answered and what, in the caller's transaction and outside any scope. Neither password nor hash."""
    outcome = Event.Outcome.REFUSED if answer.breached else Event.Outcome.SUCCEEDED
    detail = {"source": answer.source, "breached": answer.breached}
    with enter_workspace(SITE_ID):
        record(actor=actor, action="accounts.password.looked_up", detail=detail, outcome=outcome)
