"""Connections: encrypted, kept, watched, and never lent to whom they do not belong."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from providers import calls, connections
from providers.deadlines import Watch, Watchdog
from providers.errors import (
    InvalidResponse,
    NotAllowed,
    OutcomeUnknown,
    ProviderError,
    TimedOut,
    Unreachable,
)
from providers.transport import Transport
from tests.providers.calling import KEY, LONG, SHORT, failure, get, post
from tests.providers.certificates import Authority
from tests.providers.servers import Peer, Script, Server, here, message, says, silent


def drip(peer: Peer, request: bytes) -> None:
    peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    peer.drip(b"x", pause=0.1)


@pytest.fixture(scope="module")
def authority() -> Authority:
    """A certificate authority that this test process trusts from here on."""
    made = Authority("Trusted")
    connections.TRUST.load_verify_locations(cadata=made.pem)
    return made


def test_an_encrypted_call_works_and_its_connection_is_kept(authority: Authority) -> None:
    with Server(says(message(b"1")), authority.serving("127.0.0.1")) as server:
        assert [post(here(), server.url()).json() for _ in range(3)] == [1, 1, 1]
        assert server.connections == 1


def test_a_certificate_of_a_stranger_ends_the_call_before_it_is_sent() -> None:
    with Server(says(message()), Authority("Stranger").serving("127.0.0.1")) as server:
        error = failure(post, here(), server.url())
        assert server.requests == []
    assert type(error) is Unreachable
    assert error.uncharged
    assert error.detail == "SSLCertVerificationError at 127.0.0.1"


def test_a_certificate_for_another_host_does_too(authority: Authority) -> None:
    with Server(says(message()), authority.serving("other.example")) as server:
        assert type(failure(post, here(), server.url())) is Unreachable
        assert server.requests == []


def test_a_server_that_speaks_no_tls_is_unreachable() -> None:
    class Plain(Server):
        def converse(self, peer: Peer) -> None:
            peer.say(message())
            peer.hold()

    with Plain(says(b"")) as server:
        error = failure(post, here(), server.url().replace("http:", "https:"))
    assert type(error) is Unreachable


def test_a_handshake_that_never_starts_meets_the_deadline() -> None:
    with silent() as listener:
        error = failure(post, here(SHORT), f"https://127.0.0.1:{listener.getsockname()[1]}/")
    assert type(error) is TimedOut
    assert error.uncharged


def test_a_handshake_that_drips_meets_the_deadline() -> None:
    class Dripping(Server):
        def converse(self, peer: Peer) -> None:
            peer.say(b"\x16\x03\x03\x40\x00")  # a record of 16 KB follows
            peer.drip(b"\x02\x00\x3f\xfc\x03\x03")

    with Dripping(says(b"")) as server:
        error = failure(post, here(SHORT), server.url().replace("http:", "https:"))
    assert type(error) is TimedOut
    assert error.uncharged


def test_an_encrypted_drip_meets_the_deadline(authority: Authority) -> None:
    with Server(drip, authority.serving("127.0.0.1")) as server:
        assert type(failure(post, here(LONG), server.url())) is OutcomeUnknown


def test_a_connection_that_idled_is_not_trusted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(says(message())) as server:
        post(here(), server.url())
        monkeypatch.setattr(connections, "IDLE_SECONDS", 0)
        post(here(), server.url())
        assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_from_before_a_frozen_process_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Server(says(message())) as server:
        post(here(), server.url())
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + 7200)
        post(here(), server.url())
        assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_the_server_has_closed_is_replaced() -> None:
    with Server(says(message(), then_close=True)) as server:
        for _ in range(3):
            post(here(), server.url())
            time.sleep(0.05)
        assert (server.connections, len(server.requests)) == (3, 3)


def test_a_connection_is_not_lent_to_a_call_that_may_not_go_there() -> None:
    with Server(says(message())) as server:
        post(here(), server.url())
        assert type(failure(post, Transport(timeout=20), server.url())) is NotAllowed
        assert len(server.requests) == 1


def test_a_connection_with_an_unread_answer_is_not_used_again() -> None:
    with Server(says(message(b"x" * 1000))) as server:
        for _ in range(2):
            with pytest.raises(InvalidResponse):
                here().get(server.url(), headers=KEY, max_bytes=10)
        assert server.connections == 2


def test_the_deadline_of_a_finished_call_does_not_cut_the_next_one() -> None:
    def slow_at_second(peer: Peer, request: bytes) -> None:
        if len(server.requests) == 2:
            time.sleep(LONG + 0.2)
        peer.say(message())

    with Server(slow_at_second) as server:
        post(here(LONG), server.url())
        post(here(), server.url())
        assert server.connections == 1


def test_the_address_that_counts_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(says(message())) as server:
        near = socket.create_connection(("127.0.0.1", server.port))
        monkeypatch.setattr(calls, "connected", lambda *_: near)
        assert type(failure(post, Transport(timeout=20), "https://1.1.1.1/")) is NotAllowed
        assert near.fileno() == -1
        assert server.requests == []


def test_hundreds_of_calls_keep_their_deadlines_at_once() -> None:
    def ask(_: int) -> ProviderError | None:
        try:
            post(here(1.5), server.url())
        except ProviderError as error:
            return error
        return None

    with Server(drip) as server, ThreadPoolExecutor(200) as threads:
        started = time.monotonic()
        errors = list(threads.map(ask, range(200)))
        assert time.monotonic() - started < 15
    kinds = {type(error) for error in errors}
    assert kinds <= {OutcomeUnknown, TimedOut}
    assert OutcomeUnknown in kinds


def test_no_descriptor_is_lost(authority: Authority) -> None:
    def count() -> int:
        return len(os.listdir("/dev/fd"))

    def run(script: Script, encrypted: bool) -> None:
        with Server(script, authority.serving("127.0.0.1") if encrypted else None) as server:
            for _ in range(5):
                with pytest.raises(ProviderError):
                    post(here(0.1), server.url())
                with pytest.raises(ProviderError):
                    get(Transport(timeout=1), server.url())

    run(drip, True)
    before = count()
    for encrypted in (False, True):
        run(drip, encrypted)
        run(says(b"", then_close=True), encrypted)
    assert count() <= before + 1


def test_a_nearer_deadline_overtakes_a_farther_one() -> None:
    watchdog = Watchdog()
    ours, theirs = socket.socketpair()
    other = socket.socket()
    with ours, theirs, other:
        far = watchdog.watch(other, time.monotonic() + 600)
        near = watchdog.watch(ours, time.monotonic() + 0.05)
        assert theirs.recv(1) == b""
        assert near.struck
        assert not far.struck
        near.release()
        far.release()


def test_a_released_connection_is_never_cut() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch = Watch(ours)
        watch.release()
        watch.strike()
        assert not watch.struck
        ours.sendall(b"x")
        assert theirs.recv(1) == b"x"


AFTER_A_FORK = """
import os, signal, sys
from providers.errors import OutcomeUnknown
from providers.transport import PrivateHosts, Transport

def ask(path, timeout):
    transport = Transport(timeout=timeout, private_hosts=PrivateHosts.parse(["127.0.0.1"]))
    try:
        return transport.post(f"http://127.0.0.1:{sys.argv[1]}{path}", headers={}).status
    except OutcomeUnknown:
        return 0

def check():
    return (ask("/drip", 1), ask("/", 20)) == (0, 200)

assert check()
child = os.fork()
if not child:
    signal.alarm(20)
    os._exit(not check())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_has_its_own_connections_and_deadlines() -> None:
    def script(peer: Peer, request: bytes) -> None:
        if b"/drip" in request:
            drip(peer, request)
        else:
            peer.say(message())

    root = Path(__file__).parents[2]
    with Server(script) as server:
        command = [sys.executable, "-c", AFTER_A_FORK, str(server.port)]
        subprocess.run(command, cwd=root, timeout=60, check=True)
        # A connection that was cut and one that is kept, in each process.
        assert server.connections == 4
