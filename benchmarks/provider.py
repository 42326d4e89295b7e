"""A provider that costs next to nothing: `python -m benchmarks.provider` prints its port.

It answers POST with one ready-made picture in base64 after a delay, both named in the path:
`/<picture bytes>/<delay in milliseconds>/v1/images/generations`. GET answers at once.
"""

import asyncio
import base64
import json
import random
from functools import cache
from io import BytesIO

from PIL import Image


@cache
def picture(size: int) -> bytes:
    """A PNG of about this many bytes: noise does not compress, the rest of 1024 x 1024 is flat."""
    side = 1024
    rows = max(1, size // (side * 3 + 1))
    noise = random.Random(size).randbytes(side * rows * 3)
    flat = bytes(side * (side - rows) * 3)
    image = Image.frombytes("RGB", (side, side), noise + flat)
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


@cache
def answer(size: int) -> bytes:
    encoded = base64.b64encode(picture(size)).decode() if size else ""
    body = json.dumps({"created": 1, "data": [{"b64_json": encoded}]}).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            size, delay = place_of(head)
            await reader.readexactly(length_of(head))
            if delay:
                await asyncio.sleep(delay / 1000)
            writer.write(answer(size))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def place_of(head: bytes) -> tuple[int, int]:
    parts = head.split(b" ", 2)[1].split(b"/")
    return (int(parts[1]), int(parts[2])) if len(parts) > 3 else (0, 0)


def length_of(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
