"""Where a request comes from: the one place that says so, for limits and for the record."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NETWORK_BITS = 64


def client_address(request: HttpRequest) -> str:
    """The client's address, past as many proxies as are our own; "" when there is none.

    What stands further left in X-Forwarded-For was written by whoever sent the request, and is not believed.
    """
    proxies: int = settings.TRUSTED_PROXY_COUNT
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(forwarded) >= proxies and _is_address(forwarded[-proxies].strip()):
        return forwarded[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def counted_address(request: HttpRequest) -> str:
    """What is counted by."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """The address itself, and of IPv6 the network that one customer has for themselves."""
    if not _is_address(address):
        return address
    known = ip_address(address)
    # 4 in 6 is how a server that listens on both names an IPv4 client: one network would hold all of them.
    known = getattr(known, "ipv4_mapped", None) or known
    return str(known if known.version == 4 else ip_network(f"{known}/{NETWORK_BITS}", strict=False).network_address)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
