"""The bare work of a job: call, check, write, one UPDATE and one publish for each picture.

Nothing is kept safe: no claim, no ledger, no gates. It is what no software can do without.
"""

import http.client
import json
import queue
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pybase64
from PIL import Image

BODY = json.dumps({"model": "a", "prompt": "measured", "n": 1}).encode()


def fan_out(provider_url: str, *, models: int, size: int, delay: int) -> float:
    """Seconds from the start to the last picture, less the provider's own time."""
    with tempfile.TemporaryDirectory() as place:
        waiting(Path(place), models)
        told: queue.Queue[int] = queue.Queue()
        started = time.perf_counter()
        path = f"/{size}/{delay}/v1/images/generations"
        threads = [
            threading.Thread(target=draw, args=(provider_url, path, number, Path(place), told))
            for number in range(models)
        ]
        for thread in threads:
            thread.start()
        for _ in threads:
            told.get()
        took = time.perf_counter() - started
        for thread in threads:
            thread.join()
    return took - delay / 1000


def waiting(place: Path, results: int) -> None:
    """A database of rows that wait."""
    with sqlite3.connect(place / "bare.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE result (id INTEGER PRIMARY KEY, state TEXT)")
        database.executemany("INSERT INTO result VALUES (?, '')", [(n,) for n in range(results)])


def pictures(provider_url: str, *, size: int, count: int, copies: bool = False) -> float:
    """Pictures for each second of this process's processor time, one after another, without or
    with a WebP of full size and one of 480 pixels each."""
    told: queue.Queue[int] = queue.Queue()
    with tempfile.TemporaryDirectory() as place:
        waiting(Path(place), count)
        started = time.process_time()
        for number in range(count):
            draw(provider_url, f"/{size}/0/v1/images/generations", number, Path(place), told)
            if copies:
                copy(Path(place) / f"{number}.png")
        return count / (time.process_time() - started)


def draw(provider_url: str, path: str, number: int, place: Path, told: "queue.Queue[int]") -> None:
    connection = http.client.HTTPConnection(urlsplit(provider_url).netloc)
    connection.request("POST", path, BODY, {"Content-Type": "application/json"})
    answer = orjson.loads(connection.getresponse().read())
    content = pybase64.b64decode(answer["data"][0]["b64_json"], validate=True)
    connection.close()
    Image.open(BytesIO(content)).load()
    (place / f"{number}.png").write_bytes(content)
    with sqlite3.connect(place / "bare.sqlite3", timeout=30) as database:
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("UPDATE result SET state = 'completed' WHERE id = ?", (number,))
    told.put(number)


def copy(path: Path) -> None:
    image = Image.open(path)
    image.save(path.with_suffix(".webp"), quality=82, method=2)
    image.thumbnail((480, 480), reducing_gap=1.0)
    image.save(path.with_suffix(".thumbnail.webp"), quality=82, method=2)
    image.thumbnail((240, 240), reducing_gap=1.0)
    image.save(path.with_suffix(".small.webp"), quality=82, method=2)


def status_reads(url: str, jobs: list[str]) -> float:
    """A job with its results and pictures as JSON: reads a second, by sqlite3 and json alone."""
    query = (
        "SELECT * FROM generation_result r JOIN generation_picture p ON p.result_id = r.id"
        ' WHERE r.job_id = ? ORDER BY r."index"'
    )
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.row_factory = sqlite3.Row
        started = time.process_time()
        for job in jobs:
            key = job.replace("-", "")
            head = database.execute("SELECT * FROM generation_job WHERE id = ?", [key]).fetchone()
            results = database.execute(query, [key]).fetchall()
            json.dumps(dict(head) | {"results": [dict(result) for result in results]})
        return len(jobs) / (time.process_time() - started)
