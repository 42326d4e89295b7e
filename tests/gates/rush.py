"""`python -m tests.gates.rush CLIENT URL ...`: many threads that all send one order at once.

Waits for a line on its standard input; prints how often which status came.
"""

import http.client
import json
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE, Popen
from urllib.parse import urlsplit

PROCESSES = 8
THREADS = 60
BODY = json.dumps({"prompt": "a red fox", "ip": "192.0.2.1"})


def rush(roots: Sequence[str], client: str) -> Counter[int]:
    """480 orders from 8 processes at once; counts the statuses."""
    command = [sys.executable, "-m", "tests.gates.rush", client, *roots]
    started = [Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(PROCESSES)]
    statuses: Counter[int] = Counter()
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        told, _ = process.communicate(timeout=120)
        statuses.update({int(status): count for status, count in json.loads(told).items()})
    return statuses


def send(root: str, client: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(root).netloc, timeout=100)
    headers = {"Content-Type": "application/json", "X-Forwarded-For": client}
    try:
        connection.request("POST", "/generate", BODY, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def main(client: str, roots: Sequence[str]) -> None:
    together = threading.Barrier(THREADS)

    def take_part(number: int) -> int:
        together.wait()
        return send(roots[number % len(roots)], client)

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(Counter(pool.map(take_part, range(THREADS)))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
