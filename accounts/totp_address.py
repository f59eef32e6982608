"""What an authenticator app is told: the secret as text, and as an address to scan."""

from base64 import b32encode
from urllib.parse import quote, urlencode

from accounts.models import TotpDevice
from accounts.models.factors import DIGITS, STEP_SECONDS

ISSUER = "Counterfoil"


def secret_text(key: bytes) -> str:
    """A key as it is typed into an app, in base 32."""
    return b32encode(key).decode().rstrip("=")


def app_address(device: TotpDevice, email: str) -> str:
    """The otpauth:// address by which apps take a key over."""
    facts = {"secret": secret_text(device.key), "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{ISSUER}:{quote(email)}?{urlencode(facts)}"
