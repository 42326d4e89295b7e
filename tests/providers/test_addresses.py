"""Which addresses may be called."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.addresses import PrivateHosts, embedded, is_forbidden, is_public

EVERYWHERE = PrivateHosts.parse(["0.0.0.0/0", "::/0", "evil.example"])
NOWHERE = PrivateHosts()


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "::ffff:169.254.169.254",
        "::ffff:0:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_some_addresses_are_refused_even_when_listed(address: str) -> None:
    assert is_forbidden(address)
    assert not EVERYWHERE.admits("evil.example", address)
    assert "never" in EVERYWHERE.objection("evil.example", address, encrypted=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "2001:db8::1",
        "64:ff9b:1::1",
        "4000::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::1",
        "::127.0.0.1",
    ],
)
def test_private_addresses_need_listing(address: str) -> None:
    assert not is_public(address)
    assert "private" in NOWHERE.objection("evil.example", address, encrypted=True)
    assert not EVERYWHERE.objection("evil.example", address, encrypted=False)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "104.18.7.192", "2606:4700::6812:7c0", "64:ff9b::1.1.1.1"]
)
def test_public_addresses_are_called_over_https_only(address: str) -> None:
    assert not NOWHERE.objection("api.example", address, encrypted=True)
    assert "https" in NOWHERE.objection("api.example", address, encrypted=False)


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_what_it_is(address: IPv4Address) -> None:
    number = int(address)
    for disguise in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        hidden = str(IPv6Address(disguise))
        assert embedded(IPv6Address(disguise)) == address
        assert is_forbidden(hidden) == is_forbidden(str(address))
        assert is_public(hidden) == is_public(str(address))


@given(st.ip_addresses())
def test_every_address_gets_a_verdict(address: IPv4Address | IPv6Address) -> None:
    assert isinstance(NOWHERE.objection("a.example", str(address), encrypted=True), str)


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("models.lan", "models.lan", "10.0.0.5"),
        ("Models.LAN.", "models.lan", "10.0.0.5"),
        ("models.lan", "MODELS.lan.", "10.0.0.5"),
        ("my_gpu", "my_gpu", "172.18.0.3"),
        ("10.0.0.5", "anything.example", "10.0.0.5"),
        ("10.0.0.0/8", "anything.example", "10.200.0.1"),
        ("10.0.0.0/8", "anything.example", "::ffff:10.200.0.1"),
        ("fd12::/16", "anything.example", "fd12::1"),
        ("[::1]", "::1", "::1"),
        (" localhost ", "localhost", "127.0.0.1"),
    ],
)
def test_an_operator_lists_names_addresses_and_networks(
    entry: str, host: str, address: str
) -> None:
    assert PrivateHosts.parse([entry]).admits(host, address)


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("models.lan", "evil.models.lan", "10.0.0.5"),
        ("models.lan", "models.lan.evil.example", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.5.evil.example", "10.0.0.6"),
        ("10.0.0.0/8", "a.example", "11.0.0.1"),
        ("0.0.0.0/0", "a.example", "::1"),
    ],
)
def test_a_listing_admits_nothing_else(entry: str, host: str, address: str) -> None:
    assert not PrivateHosts.parse([entry]).admits(host, address)


@pytest.mark.parametrize(
    "entry",
    [
        "http://models.lan",
        "models.lan:8000",
        "10.0.0.5:8000",
        "[::1]:8000",
        "models.lan/v1",
        "10.0.0.5/8",
        "10.0.0.0/33",
        "300.1.1.1",
        "10.0.0",
        "*.lan",
        "*",
        "models lan",
        "-models",
        "a..b",
        "x" * 64,
        "bücher.lan",
    ],
)
def test_a_broken_entry_is_named_in_the_error(entry: str) -> None:
    with pytest.raises(ValueError, match="neither a host name, an address nor a network") as caught:
        PrivateHosts.parse(["localhost", entry])
    assert repr(entry) in str(caught.value)


def test_empty_entries_mean_nothing() -> None:
    assert PrivateHosts.parse(["", " "]) == PrivateHosts()
