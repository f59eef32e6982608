"""Operators: who works on the machine's side of the product, and what a workspace lets one of them read for a while."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from vault.fields import SealedText
from vault.tenant import TenantModel

LONGEST_GRANT = timedelta(hours=72)


class Operator(models.Model):
    """The staff flag. The web role only reads it: it is written by a command, with the owner role's password."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"operator {self.user_id}"


class OperatorGrant(TenantModel):
    """One operator may read one workspace until `expires_at`, or until somebody ends it before. Times are UTC.

    That it has ended is decided by the database: past its end the operator's request finds neither it nor the workspace.
    """

    operator = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    reason = SealedText(label="accounts.operator_grant.reason")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST_GRANT),
                name="accounts_operatorgrant_hours",
            )
        ]
        indexes = [models.Index(fields=["workspace_id", "created_at"], name="accounts_operatorgrant_time")]

    def __str__(self) -> str:
        return f"grant {self.pk}"
