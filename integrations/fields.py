"""A sealed field whose value is a token: it stays wrapped in memory, so that nothing shows it by accident [R83]."""

from typing import Any

from integrations.providers.secret import Secret
from vault.envelope import Place, pad, unpad
from vault.fields import RECORD_BLOCK, SealedField


class SealedSecret(SealedField[Secret | None]):
    """A provider's token, None once it is erased. The attribute is a Secret, whose `reveal` alone gives the token."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "null": True})

    def encode(self, value: Secret | None) -> bytes:
        return pad((value.reveal() if value else "").encode(), RECORD_BLOCK)

    def decode(self, plaintext: bytes, place: Place) -> Secret | None:
        return Secret(unpad(plaintext, place).decode())
