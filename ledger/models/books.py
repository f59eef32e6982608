"""The books that accounting software keeps: its chart of accounts, contacts, documents, payments and general ledger.

Every row is of one connection and carries the number of the last reading of its list that saw it (`sweep`). A row that a
complete reading did not see stays, marked with when and why, and is in no sum.
"""

from django.db import models

from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, GoneBecause, PostingSource
from ledger.kinds import CategoryKind
from ledger.models.books_records import (
    BankLineFeed,
    BooksAccountFacts,
    ContactFacts,
    DocumentFeed,
    PaymentFeed,
    PostingFeed,
)
from vault.fields import SealedRecord, TenantForeignKey
from vault.tenant import TenantModel


class BooksOrganization(TenantModel):
    """Whose books a connection brings: the currency that the base amounts of all its rows are in, for good."""

    connection_id = models.UUIDField()
    base_currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id"], name="ledger_booksorganization_connection"
            )
        ]

    def __str__(self) -> str:
        return f"organisation of connection {self.connection_id}"


class BooksRow(TenantModel):
    """What all rows of the books have in common."""

    connection_id = models.UUIDField()
    provider_id = models.CharField(max_length=255)
    sweep = models.PositiveIntegerField()
    deleted_at = models.DateTimeField(null=True)
    deleted_because = models.CharField(max_length=10, blank=True, choices=GoneBecause.choices)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"

    @property
    def is_gone(self) -> bool:
        return self.deleted_at is not None


class BooksAccount(BooksRow):
    """An account of the chart of accounts. `type` is the provider's word, `kind` what it is in the statements."""

    code = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=CategoryKind.choices)
    type = models.CharField(max_length=40)
    is_active = models.BooleanField()
    facts = SealedRecord(BooksAccountFacts, label="ledger.books_account.facts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id"], name="ledger_booksaccount_provider"
            ),
            models.UniqueConstraint(fields=["workspace_id", "code"], name="ledger_booksaccount_code"),
        ]


class Contact(BooksRow):
    """A customer or vendor. One that only a document has named so far has no more than that name."""

    code = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField()
    facts = SealedRecord(ContactFacts, label="ledger.contact.facts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id"], name="ledger_contact_provider"
            ),
            models.UniqueConstraint(fields=["workspace_id", "code"], name="ledger_contact_code"),
        ]


class Document(BooksRow):
    """An invoice, bill, credit note or expense. `status` is the provider's: see DocumentStatus."""

    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    contact = TenantForeignKey(Contact, null=True)
    date = models.DateField()
    due_date = models.DateField(null=True)
    status = models.CharField(max_length=12, choices=DocumentStatus.choices)
    currency = models.CharField(max_length=3)
    feed = SealedRecord(DocumentFeed, label="ledger.document.feed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id", "kind"], name="ledger_document_provider"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace_id", "kind", "date", "id"], name="ledger_document_date"),
            models.Index(fields=["workspace_id", "contact_id", "date", "id"], name="ledger_document_contact"),
        ]


class Payment(BooksRow):
    """A payment from a customer or to a vendor."""

    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    contact = TenantForeignKey(Contact, null=True)
    date = models.DateField()
    currency = models.CharField(max_length=3)
    feed = SealedRecord(PaymentFeed, label="ledger.payment.feed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id", "kind"], name="ledger_payment_provider"
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "contact_id", "date", "id"], name="ledger_payment_contact")]


class Posting(BooksRow):
    """A line of the general ledger. `source_provider_id` is the provider's id of what posted it."""

    account = TenantForeignKey(BooksAccount)
    contact = TenantForeignKey(Contact, null=True)
    date = models.DateField()
    source_kind = models.CharField(max_length=16, choices=PostingSource.choices)
    source_provider_id = models.CharField(max_length=255, blank=True)
    currency = models.CharField(max_length=3)
    feed = SealedRecord(PostingFeed, label="ledger.posting.feed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id"], name="ledger_posting_provider"
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "date", "id"], name="ledger_posting_date")]


class BankLine(BooksRow):
    """A line of a bank account as the books keep it; the bank's own account of it is a Transaction, of another book."""

    account = TenantForeignKey(BooksAccount)
    date = models.DateField()
    status = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    feed = SealedRecord(BankLineFeed, label="ledger.bank_line.feed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection_id", "provider_id"], name="ledger_bankline_provider"
            ),
        ]
