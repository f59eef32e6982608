"""What came of deeds that were asked for under a key, so that asking again with the same key does nothing twice."""

from django.db import models

from vault.fields import OptionalSealedText
from vault.tenant import TenantModel


class OnceKey(TenantModel):
    """One key, of the workspace it was used in or of the site. Digests are HMACs: neither key nor body is kept.

    `status` is empty while the deed is under way. The place it led to is sealed, as a bank's page has a token in it.
    """

    key_digest = models.BinaryField()
    body_digest = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    location = OptionalSealedText(label="accounts.once.location")
    object_id = models.UUIDField(null=True)
    held_until = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_once"
        constraints = [models.UniqueConstraint(fields=["workspace_id", "key_digest"], name="accounts_once_key")]
        indexes = [models.Index(fields=["workspace_id", "expires_at"], name="accounts_once_expires")]

    def __str__(self) -> str:
        return f"key {self.pk}"
