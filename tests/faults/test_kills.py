"""kill -9 of random processes, web and workers, while many jobs are drawn at random speed."""

import random
import time
from pathlib import Path

from tests.fakes import FakeProviders
from tests.faults.arrangement import Arrangement
from tests.faults.conftest import Place
from tests.faults.processes import Process
from tests.faults.scale import chance, scaled

JOBS, MODELS = scaled((4, 6), (20, 20))
DELAYS = scaled((0.2, 1.2), (0.5, 5.5))
PAUSE = scaled(0.8, 2.0)
KILLS = scaled(2, 200)  # at most; the long run kills until everything has ended
WORKERS = scaled(2, 3)
PATIENCE = scaled(60, 320)


def take_their_time(fakes: FakeProviders, models: list[str], prompts: list[str]) -> random.Random:
    """Every call gets a delay of its own."""
    dice = chance("delays")
    for prompt in prompts:
        for model in models:
            fakes.delay(dice.uniform(*DELAYS), model=model, prompt=prompt)
    return dice


def kill_one(place: Arrangement, running: list[Process], dice: random.Random) -> None:
    """Kill any of these, the first of which is the server, with -9, and put another there."""
    number = dice.randrange(len(running))
    running[number].kill()
    running[number] = place.web() if number == 0 else place.worker()


def test_jobs_survive_processes_that_are_killed_at_random(
    tmp_path: Path, fakes: FakeProviders, arrangement: Place
) -> None:
    models = [f"m-{number:02}" for number in range(MODELS)]
    prompts = [f"prompt {number}" for number in range(JOBS)]
    dice = take_their_time(fakes, models, prompts)
    database, broker = arrangement
    with Arrangement(
        tmp_path, fakes, models, database=database, broker=broker, threads=16, SWEEP="1"
    ) as place:
        running = [place.web()]
        if broker:
            running += [place.worker() for _ in range(WORKERS)]
        place.clients.send_all(prompts)
        fakes.wait_until_in_flight(1, timeout=30)
        kills = 0
        while kills < KILLS and place.rows.unfinished:
            time.sleep(PAUSE)
            kill_one(place, running, dice)
            kills += 1
        print(f"{kills} kills")
        assert place.broken_promises(seconds=PATIENCE) == []
        assert len(place.rows.results) == JOBS * MODELS
        assert any(row.state == "completed" for row in place.rows.results)
        assert fakes.complaints == []
