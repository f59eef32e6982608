"""What operators look at is read as a role of its own, which may read some columns and write nothing."""

from typing import Any

from django.db import models

APP, ALIAS = "operators", "operator"


class OperatorRouter:
    """Sends the operators' models to their own connection, and no other model anywhere."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return ALIAS if model._meta.app_label == APP else None

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return self.db_for_read(model)
