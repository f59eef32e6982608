"""Views of the transactions page that a workspace keeps under a name."""

from django.db import models

from vault.fields import SealedText
from vault.tenant import TenantModel


class SavedView(TenantModel):
    """A name and the query string it stands for. Both are sealed, so the action that writes a name keeps it unique."""

    name = SealedText(label="ledger.saved_view.name")
    query = SealedText(label="ledger.saved_view.query")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"saved view {self.pk}"
