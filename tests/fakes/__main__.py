"""`python -m tests.fakes`: every fake provider on one port, until Ctrl-C."""

import argparse
import signal
import threading

from tests.fakes import FakeProviders, registry

CLOSING = """
What was asked and charged: GET {root}/_fake/ledger
To misbehave: POST {root}/_fake/plan with JSON such as
  {{"behaviour": "server_error", "arguments": [503], "kind": "openai", "times": 1}}
Stop with Ctrl-C."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="0 takes any free port")
    parser.add_argument("--delay", type=float, default=2.0, help="seconds that a picture takes")
    options = parser.parse_args()
    try:
        started = FakeProviders(options.port, delay=options.delay)
    except OSError as problem:
        parser.exit(1, f"Port {options.port} cannot be used: {problem.strerror}.\n")
    with started as fakes:
        print(*lines(fakes), CLOSING.format(root=fakes.root), sep="\n", flush=True)
        wait_for_the_end()


def lines(fakes: FakeProviders) -> list[str]:
    """The base URLs, and a `.env` that draws with one model of every kind."""
    shown = [f"Fake providers at {fakes.root}, for example in .env:", ""]
    examples = registry.EXAMPLES
    shown += [f"MODEL_COUNT={len(examples)}", "ALLOWED_PRIVATE_HOSTS=127.0.0.1"]
    for position, (kind, flavour, model, name) in enumerate(examples, start=1):
        shown += [
            f"MODEL_{position}_NAME={name}",
            f"MODEL_{position}_PROVIDER={kind}",
            f"MODEL_{position}_ID={model}",
            f"MODEL_{position}_KEY={fakes.key(kind, flavour)}",
            f"MODEL_{position}_BASE_URL={fakes.base_url(kind, flavour)}",
        ]
    shown += ["", "All base URLs:"]
    shown += [
        f"  {provider.kind:18} {provider.flavour:10} {fakes.root}{provider.base_path}"
        for provider in fakes.providers
    ]
    return shown


def wait_for_the_end() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *details: stop.set())
    stop.wait()


if __name__ == "__main__":
    main()
