"""Places that a person has signed in from: to tell them of a new one. A hint for its owner; it opens nothing by itself."""

from ipaddress import ip_address, ip_network

from django.utils.crypto import salted_hmac

from accounts.agents import describe_agent
from accounts.models import KnownDevice, User

SALT = "accounts.known_device"
# Addresses change within a network: as much of them is kept as stays the same.
KEPT_BITS = {4: 24, 6: 48}


def note_device(user: User, *, address: str, agent: str) -> bool:
    """Remember that a person signed in from here; says whether that is news. Their first sign-in of all is none."""
    known = KnownDevice.objects.filter(user=user)
    has_signed_in = known.exists()
    device, is_new = known.get_or_create(user=user, digest=_digest(user, address, agent))
    if not is_new:
        device.save(update_fields=["last_seen_at"])
    return is_new and has_signed_in


def _digest(user: User, address: str, agent: str) -> bytes:
    told = f"{user.pk} {describe_agent(agent)} {_network(address)}"
    return salted_hmac(SALT, told, algorithm="sha256").digest()


def _network(address: str) -> str:
    try:
        version = ip_address(address).version
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{KEPT_BITS[version]}", strict=False))
