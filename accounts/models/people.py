"""People."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from vault.fields import OptionalSealedText
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyUnusable

DELETED_PERSON = "Deleted person"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person. The address they sign in with is readable; their name is sealed under their own key."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    display_name = OptionalSealedText(label="accounts.user.display_name", owner="person")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_user_lower_email")
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"

    def clean(self) -> None:
        self.email = self.email.lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @property
    def shown_name(self) -> str:
        """The name to show them by: their own, else their address, also where their key cannot be had; whose key was
        destroyed has none any more.
        """
        try:
            return self.display_name or self.email
        except KeyDestroyed:
            return DELETED_PERSON
        except KeyUnusable:
            return self.email
