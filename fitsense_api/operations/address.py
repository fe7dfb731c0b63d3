"""Whose address a request comes from, whatever its headers say.

The peer of the connection cannot be forged. X-Forwarded-For can, by anybody: it is believed only
as far as proxies named in the settings wrote it, from its end on.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from litestar.datastructures import Headers
from litestar.types import Scope

Network = IPv4Network | IPv6Network
UNKNOWN: Final = "unknown"
HOPS_MAX: Final = 16
# Who has one IPv6 address has all of its /64: a limit for each would be none.
IPV6_BITS: Final = 64


def address_of(scope: Scope, trusted: Sequence[Network]) -> str:
    """The address that limits count by: of the last hop that is no proxy of ours."""
    client = scope.get("client")
    address = _parse(client[0]) if client else None
    if address is None:
        return UNKNOWN
    for hop in _hops(scope) if trusted else ():
        before = _parse(hop)
        if before is None or not _is_in(address, trusted):
            break
        address = before
    return _group(address)


def _hops(scope: Scope) -> Iterable[str]:
    sent: Any = Headers.from_scope(scope).getall("x-forwarded-for", [])
    return list(reversed(",".join(sent).split(",")))[:HOPS_MAX]


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].split("]")[0]
    elif bare.count(":") == 1:
        bare = bare.split(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _group(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, IPV6_BITS), strict=False))
