"""Which machine a request comes from, when it may have passed proxies."""

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NEIGHBOURS = 64


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The nearest machine that is not a proxy of ours.

    ``peer``: the other end of the connection. ``forwarded``: X-Forwarded-For, to which each proxy
    adds who asked it, so that only what a trusted one added is believed: it is read from the right,
    and no further than the first machine that is not trusted. What is no address stops it, too.
    """
    nearest = _address(peer)
    if nearest is None:
        return peer
    for hop in reversed(forwarded.split(",")):
        if not any(nearest in network for network in trusted):
            break
        before = _address(hop)
        if before is None:
            break
        nearest = before
    return str(nearest)


def neighbourhood(client: str) -> str:
    """What shares one allowance: an IPv4 address, or the network one IPv6 customer gets."""
    address = _address(client)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _NEIGHBOURS), strict=False))
    return str(address) if address else client


def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas or spaces. Raises ValueError."""
    return tuple(ipaddress.ip_network(part) for part in text.replace(",", " ").split())


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
