"""Who a session is of. Its row and its person's are read by one statement: each request asks for both."""

from contextvars import ContextVar
from typing import cast
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User

_read_along: ContextVar[User | None] = ContextVar("read_along", default=None)


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc] # allauth publishes no types
    """allauth's, which knows a person by what was read with the session."""

    def get_user(self, user_id: UUID) -> User | None:
        """The active person of this id."""
        person = _read_along.get()
        # For the one look-up that follows the session's: whoever asks later asks how things stand then.
        note_person(None)
        if person is None or person.pk != user_id:
            return cast(User | None, super().get_user(user_id))
        return person if self.user_can_authenticate(person) else None


def note_person(person: User | None) -> None:
    """Who was just read with a session; None at the beginning of a request, of which nothing was read yet."""
    _read_along.set(person)
