"""What comes due by the calendar: reviews of access each quarter, their reminders, offers of ownership that waited, and
accounts whose cooling-off is over.

The scheduler finds ids; each workspace's work is then done in its own scope, and may come twice or late.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import deletions
from accounts.actions.ownership import complete_waiting_offer
from accounts.actions.reviews import open_quarterly_review, remind_reviewers
from accounts.models import AccessReview, AccountDeletion, OwnershipOffer, Workspace
from accounts.queues import COMPLETE_DELETION, COMPLETE_OFFER, OPEN_REVIEW, REMIND_REVIEWERS
from audit.log import Actor
from vault.keyring import destroyed_workspace_ids, every_workspace_id
from vault.tenancy import SITE_ID

ACTOR = Actor.system("calendar")


def quarter_of(day: date) -> date:
    """The first day of the quarter that a day is in: 1 January, April, July or October [R61]."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def find_due() -> Iterator[tuple[str, tuple[UUID, ...]]]:
    """The name and ids of each task to ask for now. Asked as the scheduler."""
    now = timezone.now()
    destroyed = destroyed_workspace_ids()
    quarter = quarter_of(now.date())
    reviews = AccessReview.objects.using("scheduler")
    looked_at = set(reviews.filter(quarter=quarter).values_list("workspace_id", flat=True))
    for workspace_id in every_workspace_id():
        if workspace_id not in {SITE_ID, *destroyed, *looked_at}:
            yield OPEN_REVIEW, (workspace_id,)
    for workspace_id, review_id in reviews.filter(due_at__lte=now).values_list("workspace_id", "id"):
        if workspace_id not in destroyed:
            yield REMIND_REVIEWERS, (workspace_id, review_id)
    offers = OwnershipOffer.objects.using("scheduler").filter(state=OwnershipOffer.State.OPEN, due_at__lte=now)
    for workspace_id, offer_id in offers.values_list("workspace_id", "id"):
        if workspace_id not in destroyed:
            yield COMPLETE_OFFER, (workspace_id, offer_id)
    for deletion_id in AccountDeletion.objects.filter(due_at__lte=now).values_list("id", flat=True):
        yield COMPLETE_DELETION, (deletion_id,)


def open_quarters_review(workspace_id: UUID) -> None:
    """Open the review of this quarter, unless the workspace is younger than the quarter or has it already."""
    quarter = quarter_of(timezone.now().date())
    with workspace_scope(workspace_id):
        created_at = Workspace.objects.values_list("created_at", flat=True).get(pk=workspace_id)
        if created_at < datetime(quarter.year, quarter.month, 1, tzinfo=UTC):
            open_quarterly_review(actor=ACTOR, quarter=quarter)


def remind(workspace_id: UUID, review_id: UUID) -> None:
    """Ask the reviewers of an open review again."""
    with workspace_scope(workspace_id):
        remind_reviewers(actor=ACTOR, review_id=review_id)


def complete_offer(workspace_id: UUID, offer_id: UUID) -> None:
    """Carry out an offer of ownership that nobody objected to."""
    with workspace_scope(workspace_id):
        complete_waiting_offer(actor=ACTOR, offer_id=offer_id)


def complete_deletion(deletion_id: UUID) -> None:
    """Delete an account whose cooling-off is over, outside any scope."""
    deletions.complete_deletion(actor=ACTOR, deletion_id=deletion_id)
