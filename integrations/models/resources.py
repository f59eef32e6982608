"""How far each list of an organisation's books has been read, so that a run that was broken off goes on from there."""

from django.db import models
from django.db.models import Q

from integrations.models.connections import Connection
from vault.fields import TenantForeignKey
from vault.tenant import TenantModel


class BooksList(models.TextChoices):
    """The lists that are read, as a person would name them."""

    ORGANIZATION = "organization", "Organisation"
    ACCOUNTS = "accounts", "Chart of accounts"
    CONTACTS = "contacts", "Contacts"
    INVOICES = "invoices", "Invoices"
    BILLS = "bills", "Bills"
    CREDIT_NOTES = "credit_notes", "Credit notes"
    EXPENSES = "expenses", "Expenses"
    CUSTOMER_PAYMENTS = "customer_payments", "Payments received"
    VENDOR_PAYMENTS = "vendor_payments", "Payments made"
    BANK_LINES = "bank_lines", "Bank transactions"
    JOURNALS = "journals", "Journals"
    POSTINGS = "postings", "General ledger"


class ReadingKind(models.TextChoices):
    """`FULL`: all there is, and what it does not show is gone. `CHANGES`: what was modified since. `WINDOW`: from a day on."""

    NONE = "", "Not being read"
    FULL = "full", "All of it"
    CHANGES = "changes", "What has changed"
    WINDOW = "window", "From a day on"


class ResourceState(TenantModel):
    """One list of one connection: what was read of it, and where its reading stands, if one is under way (`reading`).

    `sweep` counts readings: rows that a reading sees carry its number. `page` is the next page to ask for, `part` the
    provider's id of the account whose lines are read next, where a list is read account by account. `is_second`: a full
    reading of several pages missed rows that are known, and is looking for them once more before they are given up.
    `newest` is the latest modification this reading has seen; when it ends well, `watermark` moves there, at most to its
    beginning. `since` is what `CHANGES` asked for, `first_day` where a `WINDOW` begins. `seen` holds the provider's ids that a
    full reading has seen so far, separated by spaces, of a list that leaves no rows in the ledger to tell by: journals.

    `swept_at` is when the last full reading ended, `read_at` when any did. `dirty_from`: something of that day or later has
    changed whose effect on this list was not read yet. `is_missing_scope`: the person's grant does not cover the list.
    """

    connection = TenantForeignKey(Connection)
    resource = models.CharField(max_length=20, choices=BooksList.choices)
    reading = models.CharField(max_length=10, choices=ReadingKind.choices, default=ReadingKind.NONE, blank=True)
    sweep = models.PositiveIntegerField(default=0)
    page = models.PositiveIntegerField(default=1)
    pages = models.PositiveIntegerField(default=0)
    part = models.CharField(max_length=50, blank=True)
    is_second = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    first_day = models.DateField(null=True)
    newest = models.DateTimeField(null=True)
    seen = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True)
    paged_at = models.DateTimeField(null=True)
    watermark = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)
    dirty_from = models.DateField(null=True)
    is_missing_scope = models.BooleanField(default=False)
    scope_checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "connection", "resource"], name="integrations_resourcestate_once"
            ),
            models.CheckConstraint(
                condition=Q(resource__in=BooksList.values), name="integrations_resourcestate_resource"
            ),
            models.CheckConstraint(
                condition=Q(reading="", started_at=None) | ~Q(reading="") & Q(started_at__isnull=False),
                name="integrations_resourcestate_reading_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} of connection {self.connection_id}"

    @property
    def is_reading(self) -> bool:
        return self.reading != ReadingKind.NONE
