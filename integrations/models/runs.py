"""Runs: one attempt to bring a connection up to date, and the pages it has read and not yet written."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from integrations.models.connections import Connection
from ledger.feeds import FeedAccount, FeedPage
from vault.fields import SealedRecord, SealedText, TenantForeignKey
from vault.tenant import TenantModel


class Trigger(models.TextChoices):
    """What a run was started by."""

    FIRST = "first", "First sync"
    PERSON = "person", "Sync now"
    SCHEDULE = "schedule", "By the clock"
    WEBHOOK = "webhook", "News from the bank"
    AGAIN = "again", "Asked for during the run before"


class RunState(models.TextChoices):
    QUEUED = "queued", "Starting"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    SUCCEEDED = "succeeded", "Done"
    FAILED = "failed", "Failed"


OPEN_STATES = (RunState.QUEUED, RunState.RUNNING, RunState.WAITING)


class Step(models.TextChoices):
    """What a run is at, in a person's words."""

    NONE = "", "Waiting for its turn"
    ACCOUNTS = "accounts", "Reading accounts and balances"
    READING = "reading", "Reading transactions"
    WRITING = "writing", "Writing transactions"
    FIGURES = "figures", "Adding up the months"
    DONE = "done", "Done"


class SyncRun(TenantModel):
    """One run. At most one of a connection's is open.

    `due_at` is when an open run next needs a worker: a queued one at once, a running one when its lease ends, a waiting
    one when it tries again. `fence` rises with each lease, so that a worker that lost its lease is told so by its next
    write. `is_whole`: every page of the update has been read, only writing is left. `again`: asked for while it ran.
    `has_history`: false while the bank still gathers older rows than it has given.
    `problem` is a `problems.Problem`, `problem_code` the provider's own code.
    """

    connection = TenantForeignKey(Connection)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    step = models.CharField(max_length=10, choices=Step.choices, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    problem_code = models.CharField(max_length=80, blank=True)
    fence = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    again = models.BooleanField(default=False)
    is_whole = models.BooleanField(default=False)
    has_history = models.BooleanField(default=True)
    pages_read = models.PositiveIntegerField(default=0)
    pages_written = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_added = models.PositiveIntegerField(default=0)
    rows_modified = models.PositiveIntegerField(default=0)
    rows_removed = models.PositiveIntegerField(default=0)
    rows_skipped = models.PositiveIntegerField(default=0)
    months_stale = models.PositiveIntegerField(default=0)
    months_built = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection"],
                condition=Q(state__in=OPEN_STATES),
                name="integrations_syncrun_one_open",
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="integrations_syncrun_state"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, due_at__isnull=False) | ~Q(state__in=OPEN_STATES) & Q(due_at=None),
                name="integrations_syncrun_due_while_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"], condition=Q(state__in=OPEN_STATES), name="integrations_syncrun_due"
            ),
            models.Index(fields=["workspace_id", "connection", "created_at"], name="integrations_syncrun_history"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page in the ledger's terms; `accounts` are those that the page came with."""

    changes: FeedPage
    accounts: tuple[FeedAccount, ...]


class StagedPage(TenantModel):
    """A page that was read and waits for the rest of its update; deleted in the transaction that writes its rows."""

    run = TenantForeignKey(SyncRun)
    number = models.PositiveIntegerField()
    content = SealedRecord(PageContent, label="integrations.staged_page.content")
    next_cursor = SealedText(label="integrations.staged_page.next_cursor")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "run", "number"], name="integrations_stagedpage_number")
        ]
