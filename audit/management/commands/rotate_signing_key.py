"""`manage.py rotate_signing_key`: sign with a new key from now on. What the old one signed is still verified with it."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.log import Actor, record
from vault.signing import rotate_signing_key
from vault.tenancy import SITE_ID, enter_workspace


class Command(BaseCommand):
    help = "Make a new key for signing checkpoints; the old one signs nothing any more and is still published."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), enter_workspace(SITE_ID):
            key_id = rotate_signing_key()
            record(actor=Actor.system("command"), action="audit.signing_key.rotated", detail={"key": key_id})
        self.stdout.write(f"Checkpoints are signed with {key_id} from now on.")
