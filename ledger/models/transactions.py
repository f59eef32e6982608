"""Transactions: the truth that month sheets are derived from."""

from django.db import models
from django.db.models import Q

from ledger.kinds import CategoryBy, RemovedBecause, Status
from ledger.models.accounts import Account
from ledger.models.categories import Category
from ledger.models.records import TransactionFeed, TransactionOwn
from vault.fields import SealedRecord, TenantForeignKey
from vault.tenant import TenantModel


class Transaction(TenantModel):
    """One movement of one account. `feed` is the provider's record, `own` the workspace's.

    A removed row stays, out of every sum. `category_by` says who chose the category, also when the choice was none;
    `category_change_id` is the CategoryChange by which a person last did. `generation` counts the links of its connection:
    rows of an earlier one are matched when the bank is connected again.
    """

    account = TenantForeignKey(Account)
    connection_id = models.UUIDField()
    provider_id = models.CharField(max_length=255)
    generation = models.PositiveSmallIntegerField(db_default=1)
    date = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices)
    currency = models.CharField(max_length=3)
    category = TenantForeignKey(Category, null=True)
    category_by = models.CharField(max_length=8, choices=CategoryBy.choices, default=CategoryBy.FEED)
    # No foreign key: it would be checked for each of tens of thousands of rows, and a change is never deleted.
    category_change_id = models.UUIDField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_because = models.CharField(max_length=10, blank=True, choices=RemovedBecause.choices)
    feed = SealedRecord(TransactionFeed, label="ledger.transaction.feed")
    own = SealedRecord[TransactionOwn | None](TransactionOwn, label="ledger.transaction.own", null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id"], name="ledger_transaction_provider"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace_id", "date", "id"], name="ledger_transaction_date"),
            models.Index(fields=["workspace_id", "account_id", "date", "id"], name="ledger_transaction_account"),
            models.Index(fields=["workspace_id", "category_id", "date", "id"], name="ledger_transaction_category"),
            models.Index(
                fields=["workspace_id", "date", "id"], condition=Q(status="pending"), name="ledger_transaction_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"transaction {self.pk}"

    @property
    def is_pending(self) -> bool:
        return self.status == Status.PENDING

    @property
    def is_removed(self) -> bool:
        return self.deleted_at is not None
