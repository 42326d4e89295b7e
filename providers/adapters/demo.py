"""Painters of our own: no key, no network, no bill, and every picture says what it is.

The model id names a painter. Four more ids are for trying out what can go wrong: `demo-fails`,
`demo-refuses`, `demo-hangs` and `demo-junk`. `options` of the provider or model: `delay` (seconds,
the same for each picture) or `delay_scale` (a factor on the pause that makes it feel real).
"""

import math
import threading
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from providers.base import Adapter
from providers.errors import InvalidRequest, ModelGone, Moderated, ProviderError, TimedOut
from providers.messages import ImageRequest, ImageResult
from providers.painters import PAINTERS
from providers.painters.brief import Size, dice

# Each about 0.69 megapixels and exactly in shape.
SIZES: Mapping[str, Size] = {
    "1:1": (832, 832),
    "3:2": (1020, 680),
    "2:3": (680, 1020),
    "4:3": (960, 720),
    "3:4": (720, 960),
    "16:9": (1104, 621),
    "9:16": (621, 1104),
    "21:9": (1260, 540),
    "9:21": (540, 1260),
    "5:4": (930, 744),
    "4:5": (744, 930),
}
FAULTS = ("demo-fails", "demo-refuses", "demo-hangs", "demo-junk")
SHORTEST_PAUSE, LONGEST_PAUSE = 0.3, 3.0
# A picture in the making takes about 25 MB; 64 worker threads may ask at once.
easels = threading.BoundedSemaphore(2)


class Demo(Adapter):
    kind: ClassVar[str] = "demo"
    needs_key = False
    free = True

    def generate(self, request: ImageRequest) -> ImageResult:
        if self.model_id not in (*PAINTERS, *FAULTS):
            raise ModelGone(detail=f"no painter is called {self.model_id!r}")
        seed = request.seed or 0
        self.wait(self.pause(request.prompt, seed))
        content = self.content(request, seed)
        for name in ("aspectRatio", "seed"):
            if name in request.asked():
                self.report.applied(name, request.asked()[name])
        return ImageResult(
            content=content,
            prompt_sent=request.prompt,
            parameters=self.report.complete(request),
            seed=seed,
            cost_micros=0,
        )

    def content(self, request: ImageRequest, seed: int) -> bytes:
        """The picture, or what the fault's name promises."""
        match self.model_id:
            case "demo-fails":
                raise ProviderError(detail="demo-fails always fails", uncharged=True)
            case "demo-refuses":
                raise Moderated(detail="demo-refuses always refuses")
            case "demo-hangs":
                self.wait(math.inf)
            case "demo-junk":
                return b"<!doctype html><title>Not a picture</title>"
        if not easels.acquire(timeout=self.transport.remaining):
            raise TimedOut(detail="no easel was free in time", uncharged=True)
        # It brings Pillow and all painters, for which no start should wait.
        from providers.painters.easel import painted

        try:
            size = SIZES[request.aspect_ratio or "1:1"]
            return painted(self.model_id, request.prompt, seed, size)
        finally:
            easels.release()

    def pause(self, prompt: str, seed: int) -> float:
        """Seconds that a picture seems to take: never two painters' the same, so that the tiles
        of one prompt arrive one after the other."""
        if self.options.get("delay") is not None:
            return self.number("delay")
        names = (*PAINTERS, *FAULTS)
        turn = names.index(self.model_id) / len(names) + dice("pause", prompt, seed).random()
        pause = SHORTEST_PAUSE + (LONGEST_PAUSE - SHORTEST_PAUSE) * (turn % 1)
        return pause * (self.number("delay_scale") if "delay_scale" in self.options else 1.0)

    def number(self, name: str) -> float:
        """An option as a number of 0 or more."""
        value: Any = self.options[name]
        try:
            return max(0.0, float(value))
        except (TypeError, ValueError) as problem:
            raise InvalidRequest(f"The demo's option {name} must be a number.") from problem

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the deadline."""
        remaining = self.transport.remaining
        time.sleep(min(seconds, remaining))
        if seconds >= remaining:
            raise TimedOut(detail="the demo was asked to take longer", uncharged=True)
