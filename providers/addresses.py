"""Which network addresses a call may reach.

Public ones, and what the operator lists. A few are refused whatever anybody lists: nothing that
draws pictures lives there, and cloud metadata services, which hand out credentials, do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORBIDDEN: tuple[Network, ...] = tuple(
    ip_network(entry)
    for entry in (
        "0.0.0.0/8",  # Linux takes 0.0.0.0 for this machine
        "169.254.0.0/16",  # link-local: metadata of AWS, Azure, Google, Oracle, Tencent
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "168.63.129.16/32",  # Azure's host agent; a public address by its number
        "192.0.0.192/32",  # metadata of Oracle Cloud, first generation
        "224.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "fe80::/10",
        "fd00:ec2::/32",  # AWS: metadata, name service and clock over IPv6
        "fd20:ce::254/128",  # metadata of Google Cloud over IPv6
        "ff00::/8",
        "2001::/32",  # Teredo: hides an IPv4 address, and no server lives behind it
    )
)
GLOBAL_IPV6 = ip_network("2000::/3")
IPV4_INSIDE_IPV6 = (
    (IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (IPv6Network("::ffff:0:0:0/96"), 0),  # translated, RFC 2765
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("2002::/16"), 80),  # 6to4: the 32 bits after the prefix
    (IPv6Network("::/96"), 0),  # compatible, long out of use
)
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(\.{LABEL})*")


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for; any other address as it is."""
    if isinstance(address, IPv4Address) or address in (IPv6Address("::"), IPv6Address("::1")):
        return address
    for network, shift in IPV4_INSIDE_IPV6:
        if address in network:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address


@lru_cache(maxsize=4096)
def is_forbidden(address: str) -> bool:
    """True for addresses that are refused even when an operator lists them."""
    return any(_holds(network, embedded(ip_address(address))) for network in FORBIDDEN)


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """True for addresses anybody on the Internet may use."""
    inner = embedded(ip_address(address))
    if isinstance(inner, IPv6Address) and inner not in GLOBAL_IPV6:
        return False
    return inner.is_global and not inner.is_multicast


@dataclass(frozen=True)
class PrivateHosts:
    """The hosts besides public ones that a provider may live on, as an operator lists them."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "PrivateHosts":
        """From host names, addresses and networks; `ValueError` says which entry is broken."""
        names: set[str] = set()
        networks: list[Network] = []
        for entry in filter(None, map(str.strip, entries)):
            try:
                networks.append(ip_network(entry.removeprefix("[").removesuffix("]")))
            except ValueError:
                names.add(_host_name(entry))
        return cls(frozenset(names), tuple(networks))

    def admits(self, host: str, address: str) -> bool:
        """True if the operator lists this host, or the address it turned out to have."""
        if is_forbidden(address):
            return False
        inner = embedded(ip_address(address))
        return host.rstrip(".").lower() in self.names or any(
            _holds(network, inner) for network in self.networks
        )

    def may_admit(self, host: str) -> bool:
        """False if it is certain, before any look-up, that the operator does not list this host."""
        try:
            return self.admits(host, str(ip_address(host)))
        except ValueError:
            return host.rstrip(".").lower() in self.names or bool(self.networks)

    def objection(self, host: str, address: str, *, encrypted: bool) -> str:
        """Why a call must not go there, in words for the log; empty if it may."""
        if is_forbidden(address):
            return f"{host} is at {address}, which is never allowed"
        if self.admits(host, address):
            return ""
        if not is_public(address):
            return f"{host} is at {address}, which is private and not an allowed private host"
        return "" if encrypted else f"{host} is public and its address is not https"


def _holds(network: Network, address: Address) -> bool:
    return address.version == network.version and address in network


def _host_name(entry: str) -> str:
    name = entry.rstrip(".").lower()
    if HOST_NAME.fullmatch(name) and not name.rpartition(".")[2].isdecimal():
        return name
    raise ValueError(
        f"{entry!r} is neither a host name, an address nor a network. Write example.lan, 10.0.0.5 "
        "or 10.0.0.0/8: no scheme, no port, no path, and no bits set after a network's prefix."
    )


def base_url_problem(url: str, private_hosts: PrivateHosts) -> str:
    """Why this base URL could not be called, in words for an operator; empty if it could."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "This is not an address."
    if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url:
        return "An address begins with https:// and a host name."
    if parts.username is not None or parts.query or parts.fragment:
        return "A base URL holds no user name, no ? and no #. The key has its own field."
    if parts.scheme == "http" and not private_hosts.may_admit(host):
        return f"Use https://, or list {host} in ALLOWED_PRIVATE_HOSTS."
    return ""
