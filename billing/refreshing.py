"""A look at Stripe: a number is taken, Stripe is asked outside any transaction, and what it said is written down.

What Stripe's news or somebody's way back from its page say is never believed, and need not be: this is all that anything
rests on, so that neither their order nor their number matters.
"""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from accounts.access import workspace_scope
from audit.log import Actor
from billing.actions.refreshes import begin_look, write_seen
from billing.gateway import Gateway, open_gateway
from billing.models import CheckoutState
from billing.problems import Missing
from billing.seen import make_out


def refresh(workspace_id: UUID, *, actor: Actor, compare: bool = False) -> bool:
    """Set what is known of a workspace's payments right; whether it is as new as can be, also where nobody ever paid.

    `compare`: take every invoice into account, and tell what differed. Raises StripeProblem, NotPossible.
    """
    with workspace_scope(workspace_id):
        look = begin_look()
    if look is None:
        return True
    with open_gateway() as gateway:
        subscriptions = gateway.list_subscriptions(look.customer_id)
        invoices = gateway.list_invoices(look.customer_id, all_of_them=compare)
        seen = make_out(subscriptions, invoices, dict(_states(gateway, look.checkouts)))
    with workspace_scope(workspace_id):
        return write_seen(actor=actor, look=look, seen=seen, compare=compare)


def _states(gateway: Gateway, checkouts: dict[UUID, str]) -> Iterator[tuple[UUID, CheckoutState]]:
    for checkout_id, session_id in checkouts.items():
        state = CheckoutState.EXPIRED
        with suppress(Missing):
            status = gateway.see_checkout(session_id).status
            state = CheckoutState(status) if status in CheckoutState.values else CheckoutState.OPEN
        yield checkout_id, state
