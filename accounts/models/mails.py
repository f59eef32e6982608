"""Mails that wait to be sent. The words are made when one is sent; then its row is deleted."""

import msgspec
from django.db import models

from vault.fields import SealedRecord
from vault.tenant import TenantModel


class MailFacts(msgspec.Struct, frozen=True, array_like=True):
    """`address` is empty where the mail goes to whatever address its person has when it is sent."""

    address: str = ""
    detail: dict[str, str | int] = {}


class Mail(TenantModel):
    """One mail, of the workspace it was asked for in, or of the site. `kind` names its template."""

    kind = models.CharField(max_length=40)
    user_id = models.UUIDField(null=True)
    facts = SealedRecord[MailFacts](MailFacts, label="accounts.mail.facts")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "due_at"], name="accounts_mail_due")]

    def __str__(self) -> str:
        return f"mail {self.pk} {self.kind}"
