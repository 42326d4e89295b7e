"""Who asks: what a client writes about itself changes nothing, what a trusted proxy says counts."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from zappa.wsgi import create_wsgi_request

from generation.gates.addresses import Client, resolve
from generation.models import ProxyToken
from generation.networks import parse_address, parse_network, parse_networks
from providers.models import ImageModel
from tests.gates.limiting import CLIENT, PROXY, allow, order, resolved, send

OTHER = "203.0.113.99"


@pytest.fixture
def proxied(settings: Any) -> None:
    settings.TRUSTED_PROXIES = parse_networks([PROXY, "10.1.0.0/16", "2001:db8:ffff::/48"])


def gateway(source: Any, **headers: Any) -> dict[str, Any]:
    """A WSGI environ as Zappa makes it: REMOTE_ADDR is from the header, the event lies beside."""
    sent = headers.get("X-Forwarded-For", "")
    environ = {"REMOTE_ADDR": sent.rpartition(", ")[0] or sent or "127.0.0.1"}
    environ |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()}
    context = {"identity": {"sourceIp": source}}
    return environ | {"lambda.event": {"requestContext": context, "headers": headers}}


def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """An environ as a2wsgi makes it, in which names with hyphen and underscore are one."""
    merged = ",".join(value.decode() for _name, value in headers)
    return {"asgi.scope": {"headers": list(headers)}, "HTTP_X_FORWARDED_FOR": merged}


def test_without_proxies_the_connection_tells() -> None:
    assert resolved(REMOTE_ADDR=CLIENT) == CLIENT
    assert resolved(REMOTE_ADDR=CLIENT, HTTP_X_FORWARDED_FOR=OTHER) == CLIENT


@pytest.mark.usefixtures("proxied")
def test_nobody_but_a_trusted_proxy_is_believed() -> None:
    assert resolved(REMOTE_ADDR="10.0.0.8", HTTP_X_FORWARDED_FOR=OTHER) == "10.0.0.8"
    assert resolved(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=CLIENT) == CLIENT
    assert resolved(REMOTE_ADDR=PROXY) == PROXY


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"{OTHER}, {CLIENT}", CLIENT),
        (f"{OTHER}, {CLIENT}, 10.1.2.3, {PROXY}", CLIENT),
        (f"{PROXY}, {OTHER}, {CLIENT}, 10.1.2.3", CLIENT),
        ("10.1.0.1,10.1.0.2", "10.1.0.1"),
        (f"{CLIENT}:4711", CLIENT),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{CLIENT}, ::ffff:10.1.2.3", CLIENT),
        (f"{CLIENT}, 2001:db8:ffff::7", CLIENT),
        ("", PROXY),
        ("unknown", PROXY),
        (f"{CLIENT}, junk", PROXY),
        (f"{CLIENT}, junk, 10.1.2.3", "10.1.2.3"),
    ],
)
def test_the_header_is_read_from_its_end_as_long_as_the_speaker_is_trusted(
    header: str, found: str
) -> None:
    assert resolved(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=header) == found


@pytest.mark.usefixtures("proxied")
def test_a_header_spelled_with_underscores_is_another_header() -> None:
    forged = (b"x_forwarded_for", OTHER.encode())
    real = (b"x-forwarded-for", CLIENT.encode())
    assert resolved(REMOTE_ADDR=PROXY, **scope(real, forged)) == CLIENT
    assert resolved(REMOTE_ADDR=PROXY, **scope(forged)) == PROXY
    event = gateway(PROXY, **{"X-Forwarded-For": CLIENT, "X_Forwarded_For": OTHER})
    assert str(resolve(event)) == CLIENT


def test_on_lambda_the_gateway_tells_and_a_forged_header_changes_nothing() -> None:
    assert str(resolve(gateway(CLIENT))) == CLIENT
    assert str(resolve(gateway(CLIENT, **{"X-Forwarded-For": OTHER}))) == CLIENT
    forged = {"X-Forwarded-For": f"{OTHER}, {CLIENT}, 10.0.0.1"}
    assert str(resolve(gateway(CLIENT, **forged))) == CLIENT
    http_gateway = {"requestContext": {"http": {"sourceIp": CLIENT}}}
    assert resolved(REMOTE_ADDR=OTHER, **{"lambda.event": http_gateway}) == CLIENT


@pytest.mark.parametrize(
    "event", [None, "text", {}, {"requestContext": None}, {"requestContext": {"identity": []}}]
)
def test_on_lambda_without_a_source_nobody_else_is_believed(event: Any) -> None:
    environ = {"REMOTE_ADDR": OTHER, "HTTP_X_FORWARDED_FOR": OTHER, "lambda.event": event}
    assert resolve(environ) is None
    assert Client(None).key == "unknown"


@pytest.mark.usefixtures("proxied")
def test_on_lambda_a_content_network_may_be_trusted() -> None:
    assert str(resolve(gateway(PROXY, **{"x-forwarded-for": f"{CLIENT}, {PROXY}"}))) == CLIENT


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (CLIENT, CLIENT),
        (f"::ffff:{CLIENT}", CLIENT),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_ipv6_counts_by_its_64_bits_and_mapped_addresses_as_what_they_are(
    address: str, key: str
) -> None:
    assert Client(parse_address(address)).key == key


HOPS = st.ip_addresses().map(str) | st.text(max_size=20) | st.sampled_from(["", "unknown", "_x"])
LISTS = st.lists(HOPS, max_size=6).map(", ".join)
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=20) | HOPS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["requestContext", "identity", "http", "sourceIp", "headers", "x"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(HOPS, LISTS)
def test_whatever_an_untrusted_client_writes_it_stays_who_it_is(hop: str, header: str) -> None:
    with override_settings(TRUSTED_PROXIES=parse_networks([PROXY])):
        assert resolved(REMOTE_ADDR=CLIENT, HTTP_X_FORWARDED_FOR=f"{header}, {hop}") == CLIENT
        assert resolved(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{header}, {CLIENT}") == CLIENT


@given(JSON, LISTS)
def test_on_lambda_no_event_raises_and_no_header_is_believed(event: Any, header: str) -> None:
    told = resolve({"lambda.event": event, "HTTP_X_FORWARDED_FOR": header, "REMOTE_ADDR": header})
    real = {"requestContext": {"identity": {"sourceIp": CLIENT}}, "headers": event}
    environ = {"REMOTE_ADDR": header, "HTTP_X_FORWARDED_FOR": header, "lambda.event": real}
    assert Client(told).key
    assert str(resolve(environ)) == CLIENT


@given(st.text(), st.text())
def test_junk_never_raises(address: str, header: str) -> None:
    resolve({"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": header})
    assert Client(parse_address(address)).key


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "example.org", "10.0.0.0/33", "*", "1.2.3"])
def test_a_network_that_is_none_is_refused_by_name(entry: str) -> None:
    with pytest.raises(ValueError, match="neither an address nor a network"):
        parse_network(entry)


@pytest.mark.django_db
@pytest.mark.usefixtures("aurora")
class TestTheBodysIp:
    def ask(self, client: Browser, ip: Any, token: str = "") -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"prompt": "a red fox", "ip": ip}
        status: int = send(client, "/generate", body, **headers).status_code
        return status

    def test_changes_nothing(self, client: Browser) -> None:
        allow("address", 1)
        assert self.ask(client, "192.0.2.1") == 200
        assert self.ask(client, "192.0.2.2") == 429
        assert self.ask(client, "192.0.2.3", "pixelprompt_proxy_forged") == 429

    def test_counts_from_the_holder_of_a_proxy_token(self, client: Browser) -> None:
        allow("address", 1)
        proxy = ProxyToken(name="front end")
        token = proxy.issue()
        proxy.save()
        assert [self.ask(client, f"192.0.2.{n}", token) for n in (1, 1, 2)] == [200, 429, 200]
        assert [self.ask(client, junk, token) for junk in ("junk", [7])] == [200, 429]
        proxy.delete()
        assert self.ask(client, "192.0.2.4", token) == 429

    def test_a_token_is_kept_as_a_hash_only(self) -> None:
        proxy = ProxyToken(name="front end")
        token = proxy.issue()
        assert token not in str(vars(proxy))
        assert len(proxy.digest) == 64


@pytest.mark.django_db
def test_a_forged_header_buys_no_second_allowance(client: Browser, aurora: ImageModel) -> None:
    allow("address", 1)
    assert order(client).status_code == 200
    forged = {"X-Forwarded-For": OTHER, "X-Real-IP": OTHER, "Forwarded": f"for={OTHER}"}
    assert order(client, **forged).status_code == 429
    event = gateway(CLIENT, **{"X-Forwarded-For": OTHER})
    answer = client.post(
        "/generate", {"prompt": "a red fox"}, content_type="application/json", **event
    )
    assert answer.status_code == 429


BODY = '{"prompt": "a red fox"}'


def through_zappa(client: Browser, forged: dict[str, str], *, version: str) -> Any:
    """POST /generate from CLIENT with these headers, in the environ that Zappa itself makes of a
    REST gateway's event (1.0) or of an HTTP gateway's (2.0)."""
    headers = {"Content-Type": "application/json", "Host": "testserver"} | forged
    event: dict[str, Any] = {"headers": headers, "body": BODY, "isBase64Encoded": False}
    if version == "2.0":
        http = {"method": "POST", "path": "/generate", "sourceIp": CLIENT}
        event |= {"version": version, "rawPath": "/generate", "requestContext": {"http": http}}
    else:
        context = {"identity": {"sourceIp": CLIENT}}
        event |= {"httpMethod": "POST", "path": "/generate", "requestContext": context}
    environ = create_wsgi_request(event, trailing_slash=False) | {"lambda.event": event}
    extra = {name: value for name, value in environ.items() if not name.startswith("wsgi.")}
    return client.generic("POST", "/generate", BODY, "application/json", **extra)


@pytest.mark.django_db
@pytest.mark.usefixtures("aurora")
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-For": OTHER},
        {"X-Forwarded-For": f"{OTHER}, {PROXY}"},
        {"x-forwarded-for": f"{OTHER}, {CLIENT}, {PROXY}"},
        {"X-Real-IP": OTHER, "Forwarded": f"for={OTHER}", "Remote-Addr": OTHER},
        {"Lambda.Event": "{}", "lambda-event": "{}", "X-Amzn-Request-Context": "{}"},
    ],
)
def test_behind_zappa_no_forged_header_buys_a_second_allowance(
    client: Browser, forged: dict[str, str], version: str
) -> None:
    allow("address", 1)
    first = through_zappa(client, {"X-Forwarded-For": CLIENT}, version=version)
    assert first.status_code == 200
    assert through_zappa(client, forged, version=version).status_code == 429
