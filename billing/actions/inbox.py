"""The inbox of Stripe's news: each event stored once, followed by a look at Stripe, and tried again while that fails."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from billing.models import Customer, EventState, StripeEvent
from billing.queues import HANDLE_EVENT
from billing.seen import digest_of
from config.enqueueing import enqueue_after_commit
from config.waiting import grown
from vault.tenancy import current_workspace_id

PROVIDER = "stripe"
GRACE = timedelta(seconds=30)
# As long as a worker may take over one event, calls included, before another takes its place.
CLAIM = timedelta(minutes=3)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
# Two days and more of trying; then an operator is asked to look.
MOST_ATTEMPTS = 20
KEPT_FOR = timedelta(days=30)

# They all mean that a look at Stripe is worth it. What has changed, it finds out for itself.
KNOWN_TYPES = frozenset(
    {
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
        "invoice.finalization_failed",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.voided",
    }
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's turn at an event. `is_seen`: a look that began after the news came has seen what it is about."""

    is_seen: bool


@transaction.atomic
def store_event(*, event_id: str, kind: str, body: bytes) -> None:
    """Keep a verified event and have the worker follow it; one that is here already is kept once, and one that was given
    up is taken up again.

    Not recorded: it is Stripe's knock at the door, and what is done about it is.
    """
    digest = digest_of(event_id)
    event = StripeEvent.objects.select_for_update().filter(digest=digest).first()
    if event is not None and event.state != EventState.FAILED:
        return
    customer = Customer.objects.get()
    now = timezone.now()
    if event is None:
        event = StripeEvent(digest=digest, type=kind, body=body, asked_number=customer.asked_number, due_at=now + GRACE)
        # Of two deliveries at the same moment the unique constraint keeps one; the other's task finds nothing.
        StripeEvent.objects.bulk_create([event], ignore_conflicts=True)
    else:
        _take_up(event, customer)
    enqueue_after_commit(HANDLE_EVENT, current_workspace_id(), event.pk)


@transaction.atomic
def claim_event(*, event_id: UUID) -> Claim | None:
    """Begin to follow an event; None where it was followed, or another worker is at it. Not recorded."""
    event = StripeEvent.objects.select_for_update().filter(pk=event_id, state=EventState.RECEIVED).first()
    now = timezone.now()
    if event is None or (event.attempts and event.due_at > now):
        return None
    event.attempts, event.due_at = event.attempts + 1, now + CLAIM
    event.save(update_fields=["attempts", "due_at"])
    return Claim(is_seen=Customer.objects.get().refreshed_number > event.asked_number)


@transaction.atomic
def complete_event(*, event_id: UUID) -> None:
    """It was followed. Not recorded: what came of it is."""
    event = StripeEvent.objects.select_for_update().get(pk=event_id)
    event.state, event.handled_at, event.problem = EventState.HANDLED, timezone.now(), ""
    event.save(update_fields=["state", "handled_at", "problem"])


@transaction.atomic
def put_off_event(*, actor: Actor, event_id: UUID, problem: str) -> None:
    """It could not be followed: it is tried again, ever more rarely, and in the end left to operators."""
    event = StripeEvent.objects.select_for_update().get(pk=event_id)
    event.problem, event.due_at = problem, timezone.now() + grown(FIRST_WAIT, event.attempts, LONGEST_WAIT)
    if event.attempts >= MOST_ATTEMPTS:
        event.state = EventState.FAILED
        target, detail = Target("stripe_event", event.pk), {"kind": event.type, "problem": problem}
        record(actor=actor, action="billing.event.given_up", target=target, detail=detail)
    event.save(update_fields=["problem", "due_at", "state"])


@transaction.atomic
def replay_event(*, actor: Actor, event_id: UUID) -> None:
    """Follow an event once more, whatever became of it. Raises StripeEvent.DoesNotExist."""
    event = StripeEvent.objects.select_for_update().get(pk=event_id)
    _take_up(event, Customer.objects.get())
    record(actor=actor, action="billing.event.replayed", target=Target("stripe_event", event.pk))
    enqueue_after_commit(HANDLE_EVENT, current_workspace_id(), event.pk)


@transaction.atomic
def delete_old_events(*, actor: Actor) -> int:
    """Forget events that were followed a month ago; how many. A signature that old is refused, so none is taken twice."""
    before = timezone.now() - KEPT_FOR
    count, _ = StripeEvent.objects.filter(state=EventState.HANDLED, handled_at__lt=before).delete()
    if count:
        record(actor=actor, action="billing.events.deleted", detail={"count": count})
    return count


def _take_up(event: StripeEvent, customer: Customer) -> None:
    event.state, event.attempts, event.problem, event.handled_at = EventState.RECEIVED, 0, "", None
    event.asked_number, event.due_at = customer.asked_number, timezone.now() + GRACE
    event.save(update_fields=["state", "attempts", "problem", "handled_at", "asked_number", "due_at"])
