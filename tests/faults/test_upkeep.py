"""What operators do to a server that draws: change its keys, and remove what is old."""

import base64
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes import FakeProviders
from tests.faults import databases
from tests.faults.arrangement import UNHURRIED, Arrangement
from tests.faults.load import check_pictures, completed, orders_coming_in
from tests.support import until

GENERATED = {"SECRET_KEY": "", "FIELD_ENCRYPTION_KEYS": ""}
NEW = base64.b64encode(b"n" * 32).decode()
AGE = "UPDATE generation_job SET created_at = {then}, updated_at = {then}"
UNCOPIED = "SELECT 1 FROM generation_picture WHERE thumbnail_key = ''"  # a copy moves its job
DAYS_AGO = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-3 days')"


@pytest.fixture
def place(tmp_path: Path, fakes: FakeProviders) -> Arrangement:
    """An installation that made its own secrets, as a newcomer's does."""
    fakes.delay(0.2)
    return Arrangement(tmp_path, fakes, ["one", "two"], threads=4, env=GENERATED, LEASE=UNHURRIED)


def ran(place: Arrangement, *words: str, **env: str) -> str:
    command = place.command("manage.py", *words, **env)
    assert command.wait_until_over(60) == 0, command.output
    return command.output


def ordered(place: Arrangement, prompt: str) -> dict[str, Any]:
    answer = requests.post(f"{place.root}/generate", json={"prompt": prompt}, timeout=20)
    told: dict[str, Any] = answer.json()
    return told


def drawn(place: Arrangement, prompt: str) -> None:
    job = place.clients.send(prompt).job
    until(lambda: place.clients.look(job), lambda poll: poll and poll.status == "completed", 60)


def test_all_keys_are_changed_by_the_steps_of_the_docs_while_pictures_are_drawn(
    place: Arrangement, tmp_path: Path
) -> None:
    with place:
        server = place.web()
        first = ordered(place, "with the generated keys")
        place.settled()
        assert server.terminate() == 0

        kept = {name: (tmp_path / name).read_text() for name in ("secret_key", "encryption_key")}
        both = {
            "FIELD_ENCRYPTION_KEYS": f"{NEW},{kept['encryption_key']}",
            "SECRET_KEY": "a new secret key that is long enough",
            "SECRET_KEY_FALLBACKS": kept["secret_key"],
        }
        server = place.web(**both)
        with orders_coming_in(place):
            until(lambda: completed(place), lambda rows: len(rows) > 4, 60)
            assert "Run: manage.py rotate_keys" in ran(place, "doctor", **both)
            assert "Older keys may now be taken out" in ran(place, "rotate_keys", **both)
            assert "Run: manage.py rotate_keys" not in ran(place, "doctor", **both)
        token = {"X-Job-Token": first["jobToken"]}
        rerun = f"{place.root}/jobs/{first['jobId']}/rerun"
        assert requests.post(rerun, json={}, headers=token, timeout=20).status_code == 200
        place.settled()
        assert server.terminate() == 0

        for name in kept:
            (tmp_path / name).unlink()
        alone = both | {"FIELD_ENCRYPTION_KEYS": NEW, "SECRET_KEY_FALLBACKS": ""}
        place.web(**alone)
        drawn(place, "with the new keys alone")
        assert requests.post(rerun, json={}, headers=token, timeout=20).status_code == 403
        assert {row.state for row in place.rows.results} == {"completed"}
        assert len(databases.select(place.database, "SELECT id FROM providers_provider")[0]) == 2


def test_what_is_old_goes_while_the_new_is_drawn(place: Arrangement) -> None:
    with place:
        place.web()
        place.clients.send_all([f"old {number}" for number in range(4)])
        place.settled()
        until(lambda: databases.select(place.database, UNCOPIED)[0], lambda rows: not rows, 60)
        old = {job.id for job in place.rows.jobs}
        with databases.connected(place.database) as database:
            database.execute(AGE.format(then=DAYS_AGO))
            database.commit()
        with orders_coming_in(place):
            until(lambda: place.rows.unfinished, bool, 60)
            rounds = [
                place.command("manage.py", "cleanup", "--apply", "--days", "1") for _ in range(2)
            ]
            assert [each.wait_until_over(60) for each in rounds] == [0, 0], rounds[0].output
        place.settled()
        place.clients.requests = [each for each in place.clients.requests if each.job not in old]
        place.clients.polls = [each for each in place.clients.polls if each.job not in old]
        rows = place.rows
        assert not old & {job.id for job in rows.jobs}
        assert {row.state for row in rows.results} == {"completed"}
        assert {job.id for job in rows.jobs} >= {each.job for each in place.clients.requests}
        check_pictures(place)
        assert {key.split("/")[0] for key in place.objects()} == {job.id for job in rows.jobs}
