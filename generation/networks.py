"""Addresses and networks of clients: as they come, as operators list them, as limits count them."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from providers.addresses import Address, Network

WITH_PORT = re.compile(r"\[([^\[\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
HOUSEHOLD = 64  # bits of an IPv6 address that name a subscriber, who may use all the others


def parse_address(text: object) -> Address | None:
    """An address with or without a port, as proxies write it. Anything else is None."""
    if not isinstance(text, str):
        return None
    plain = text.strip()
    if found := WITH_PORT.fullmatch(plain):
        plain = found[1] or found[2]
    try:
        return unmapped(ip_address(plain.partition("%")[0]))
    except ValueError:
        return None


def unmapped(address: Address) -> Address:
    """The IPv4 address that a socket for both families shows as `::ffff:a.b.c.d`."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def parse_network(text: str) -> Network:
    """One address or network; `ValueError` says what is wrong with it."""
    try:
        return ip_network(text.strip())
    except ValueError:
        raise ValueError(
            f"{text.strip()!r} is neither an address nor a network. Write 203.0.113.5, "
            "10.0.0.0/8 or 2001:db8::/32, with no bits set after a network's prefix."
        ) from None


def parse_networks(entries: Iterable[str]) -> tuple[Network, ...]:
    return tuple(parse_network(entry) for entry in entries if entry.strip())


def within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == each.version and address in each for each in networks)


def counted_as(address: Address) -> str:
    """What a limit counts under: an IPv4 address, or the /64 of an IPv6 address."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), HOUSEHOLD), strict=False))
    return str(address)
