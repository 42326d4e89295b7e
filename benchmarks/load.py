"""A client that costs little: `python -m benchmarks.load HOST:PORT SECONDS CONNECTIONS`.

It sends the requests on its standard input (JSON: a list of texts) again and again, each always on
the same connection, and prints how many answers came, by status.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle


async def ask(address: str, requests: list[bytes], until: float, told: "Counter[str]") -> None:
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for request in cycle(requests):
        if time.monotonic() > until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        for line in lines:
            if line.startswith(b"content-length:"):
                await reader.readexactly(int(line.split(b":")[1]))
        told[lines[0].split(b" ")[1].decode()] += 1
    writer.close()


async def main(address: str, seconds: float, connections: int) -> None:
    requests = [text.encode() for text in json.load(sys.stdin)]
    told: Counter[str] = Counter()
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(ask(address, requests[n::connections], until, told) for n in range(connections))
    )
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
