"""A company's connections to its banks and books, and the count of every call that was made for it."""

import msgspec
from django.db import models
from django.db.models import Q

from integrations.fields import SealedSecret
from integrations.problems import State
from integrations.timing import REST_AFTER
from vault.fields import OptionalSealedText, SealedRecord
from vault.tenant import TenantModel


class ItemFacts(msgspec.Struct, frozen=True, array_like=True):
    """Who the bank is, and the id by which Plaid names this link to it; of books, the organisation and its id.

    Stored in order: append only, with defaults.
    """

    item_id: str
    institution: str
    institution_id: str | None = None
    # By Plaid's ids, accounts of this link that are left to another connection, which reads them.
    left_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "<ItemFacts>"


class Connection(TenantModel):
    """One link to one bank, or to one organisation's books; what is granted for those is in its ZohoGrant.

    `cursor` is where the last whole update ended, None before the first; it changes together with that update's last
    rows and in no other way. `due_at` is the next scheduled sync, None where only a person can help; `problem` is a
    `problems.Problem`.

    A bank that is connected again takes over the connection it had: `generation` counts its links, and while
    `is_matching` what the bank tells anew is matched to the rows of earlier ones. `restored_at` is when a person last
    signed in at the bank again, or connected it again. `has_new_accounts`: there are some that nobody has looked at yet.
    `responsible_id` is who signed in there last, or to whom it was handed over when they went.
    `is_ending`: the bank has said that it will end the access soon, and nobody has signed in since.
    """

    class Provider(models.TextChoices):
        PLAID = "plaid", "Plaid"
        ZOHO = "zoho", "Zoho Books"

    provider = models.CharField(max_length=20, choices=Provider.choices, default=Provider.PLAID)
    facts = SealedRecord(ItemFacts, label="integrations.connection.facts")
    access_token = SealedSecret(label="integrations.connection.access_token")
    cursor = OptionalSealedText(label="integrations.connection.cursor")
    state = models.CharField(max_length=20, choices=State.choices, default=State.CONNECTED)
    problem = models.CharField(max_length=20, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    synced_at = models.DateTimeField(null=True)
    disconnected_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    generation = models.PositiveSmallIntegerField(default=1)
    is_matching = models.BooleanField(default=False)
    has_new_accounts = models.BooleanField(default=False)
    is_ending = models.BooleanField(default=False)
    responsible_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="integrations_connection_state"),
            models.CheckConstraint(
                condition=~Q(state=State.DISCONNECTED) | Q(access_token__isnull=True),
                name="integrations_connection_token_erased",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DISCONNECTED, disconnected_at__isnull=False, due_at=None)
                | ~Q(state=State.DISCONNECTED) & Q(disconnected_at=None),
                name="integrations_connection_disconnected_since",
            ),
            models.CheckConstraint(
                condition=Q(provider="plaid") | Q(access_token__isnull=True, cursor__isnull=True),
                name="integrations_connection_token_of_plaid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace_id", "due_at"], condition=Q(due_at__isnull=False), name="integrations_connection_due"
            )
        ]

    def __str__(self) -> str:
        return f"connection {self.pk}"

    @property
    def is_disconnected(self) -> bool:
        return self.state == State.DISCONNECTED

    @property
    def is_books(self) -> bool:
        return self.provider == self.Provider.ZOHO

    @property
    def is_resting(self) -> bool:
        """Whether so many runs have failed in a row that only the clock, rarely, and people start another."""
        return self.failures >= REST_AFTER


class CallCount(TenantModel):
    """How often one address of a provider was called for a workspace on one day (UTC).

    `writes` counts calls that could change financial data at the provider, `refused` those that our own allow-list
    stopped before anything was sent; they are not among `calls`.
    """

    provider = models.CharField(max_length=20)
    endpoint = models.CharField(max_length=200)
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    writes = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "provider", "endpoint", "day"], name="integrations_callcount_day"
            )
        ]
