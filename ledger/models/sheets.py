"""Month sheets: a small head that writers lock, and the sealed parts in a table of their own."""

from django.db import models

from ledger.kinds import Book
from vault.fields import SealedBlob, TenantForeignKey
from vault.tenant import TenantModel


class SheetHead(TenantModel):
    """One book's month. Summary and numbers are sealed at `version`; what stands aside, the text and its words, which
    change less often, at `text_version`.

    A month without `written_at` has no parts that can be read: nothing was written to it yet, or in a layout of old that the
    rebuild replaces. A stale sheet's rows have changed and its parts do not know it.
    """

    book = models.CharField(max_length=8, choices=Book.choices)
    month = models.DateField()
    version = models.PositiveIntegerField(default=0)
    text_version = models.PositiveIntegerField(default=0)
    stale_since = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "book", "month"], name="ledger_sheethead_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="ledger_sheethead_first_day"),
        ]

    def __str__(self) -> str:
        return f"sheet {self.book} {self.month:%Y-%m}"


class SheetPart(TenantModel):
    """One sealed part. Its associated data is the head's id, the part's label and the version."""

    class Part(models.TextChoices):
        SUMMARY = "summary"
        NUMBERS = "numbers"
        ASIDE = "aside"
        TEXT = "text"
        WORDS = "words"
        DOCUMENTS = "documents"

    head = TenantForeignKey(SheetHead)
    part = models.CharField(max_length=12, choices=Part.choices)
    version = models.PositiveIntegerField()
    sealed = SealedBlob(prefix="ledger.sheet.", row="head_id", label="part", version="version")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "head_id", "part"], name="ledger_sheetpart_part")
        ]

    def __str__(self) -> str:
        return f"{self.part} of sheet {self.head_id}"
