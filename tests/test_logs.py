"""Log lines: which work they are about, who asked for it, and what they never say."""

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from generation import actors, copies, correlation, pictures, sweeper
from generation.models import Result
from pixelprompt.logs import tell_of_death
from providers.clock import from_now
from providers.models import ImageModel, Provider
from tests.api.drawing import png
from tests.fakes import FakeProviders, behaviours
from tests.logs import Log, logged
from tests.served import Served
from tests.support import Api, make_job, make_model, only_result
from tests.test_serve import model_variables

PROMPT = "a very private unicorn"
NASTY = "a\n2026-01-01 00:00:00,000 ERROR root [-] forged\r\x1b[31m\u2028\u202e\x00"


@pytest.fixture
def log() -> Iterator[Log]:
    with logged(logging.INFO) as kept:
        yield kept


@pytest.fixture
def all_of_it() -> Iterator[Log]:
    with logged(logging.DEBUG) as kept:
        yield kept


def bell(result: Result) -> None:
    """What a worker hears when the sweeper has rung again: no request is behind it."""
    actors.draw(str(result.pk), "-")


@pytest.mark.django_db
def test_work_carries_the_id_of_its_request_whoever_rang_for_it(
    api: Api, server: Provider, log: Log
) -> None:
    make_model(server, "m-1", name="Model one")
    api.post("/generate", {"prompt": PROMPT}, **{"X-Correlation-ID": "mine"})
    result = Result.objects.get()
    bell(result)
    copies.make(result.pk)
    work = [entry for entry in log.entries if entry.get("result") == str(result.pk)]
    assert [entry["message"] for entry in work] == [
        "Calling a provider.",
        "The call ended.",
        "The picture is there.",
    ]
    attempt = str(result.attempts.get().pk)
    about = {"correlation_id": "mine", "job": str(result.job_id), "attempt": attempt}
    about |= {"model": "model-one", "kind": "openai-compatible", "level": "INFO"}
    assert all(entry.items() >= about.items() for entry in work)
    assert log.of("The call ended.")["outcome"] == "answered"
    assert 0 < log.of("The call ended.")["duration"] < 60
    assert PROMPT not in log.whole


@pytest.mark.django_db
def test_a_retry_is_the_work_of_the_request_that_asked_for_it(
    api: Api, server: Provider, fakes: FakeProviders, log: Log
) -> None:
    make_model(server, "m-1")
    fakes.plan(behaviours.bad_key(), times=1)
    told = api.post("/generate", {"prompt": PROMPT}, **{"X-Correlation-ID": "first"}).json()
    failed = Result.objects.get()
    bell(failed)
    path = f"/jobs/{told['jobId']}/results/{failed.pk}/retry"
    api.post(path, {}, **{"X-Correlation-ID": "second", "X-Job-Token": told["jobToken"]})
    bell(Result.objects.get(round=1))
    ends = [entry for entry in log.entries if entry["message"] == "The call ended."]
    assert [entry["correlation_id"] for entry in ends] == ["first", "second"]
    assert [entry["outcome"] for entry in ends] == ["INVALID_KEY", "answered"]
    assert (ends[0]["status"], "status" in ends[1]) == (401, False)


@pytest.mark.django_db
def test_the_sweeper_s_lines_are_about_the_work_it_decides(server: Provider, log: Log) -> None:
    job = make_job(make_model(server, "m-1"))
    Result.objects.update(correlation_id="mine")
    claim = Result.objects.claim(only_result(job).pk, "somebody dead")
    assert claim
    picture = pictures.check(png())
    stored = pictures.place(picture, job.pk, claim.result.pk, claim.result.epoch)
    assert claim.received(stored, {})
    pictures.store(stored.key, picture.content)
    Result.objects.update(lease_expires_at=from_now(-1))
    sweeper.sweep()
    entry = log.of("Adopting the picture that a dead worker stored.")
    about = {"correlation_id": "mine", "job": str(job.pk), "result": str(claim.result.pk)}
    assert entry.items() >= about.items()
    assert correlation.current.get() == "-"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "refusal", [behaviours.moderated(), behaviours.status(400, message=f"no: {PROMPT}")]
)
def test_what_a_provider_says_is_told_at_debug_only(
    server: Provider, fakes: FakeProviders, all_of_it: Log, refusal: Any
) -> None:
    fakes.plan(refusal)
    job = make_job(make_model(server, "m-1"), prompt=PROMPT)
    bell(only_result(job))
    said = [entry for entry in all_of_it.entries if entry["message"].startswith("The provider s")]
    assert [entry["level"] for entry in said] == ["DEBUG"]
    higher = [entry for entry in all_of_it.entries if entry["level"] != "DEBUG"]
    assert PROMPT not in json.dumps(higher)
    assert all_of_it.of("No picture came of this call.")["level"] == "WARNING"


@pytest.mark.django_db
def test_no_line_holds_a_key(
    server: Provider, fakes: FakeProviders, api: Api, all_of_it: Log
) -> None:
    make_model(server, "m-1")
    for behaviour in (behaviours.echo_key(), behaviours.reset_before_answer(), behaviours.ok()):
        fakes.plan(behaviour, times=1)
        bell(only_result(make_job(ImageModel.objects.get())))
    api.post("/generate", {"prompt": PROMPT}, Authorization="Bearer sk-canary-of-a-visitor")
    assert len(all_of_it.entries) > 8
    assert "canary" not in all_of_it.whole


@pytest.mark.django_db
def test_a_request_is_one_line(client: Client, log: Log) -> None:
    path = f"/gallery/%0aforged?q={PROMPT.replace(' ', '+')}"
    client.get(path, headers={"x-correlation-id": "mine", "x-forwarded-for": "6.6.6.6"})
    entry = log.of("Answered.")
    assert 0 <= entry.pop("duration") < 60
    del entry["time"]
    assert entry == {
        "level": "INFO",
        "logger": "access",
        "message": "Answered.",
        "correlation_id": "mine",
        "method": "GET",
        "path": "/gallery/\nforged",
        "status": 400,
        "client": "127.0.0.1",
    }
    (line,) = (line for line in log.lines if "Answered." in line)
    assert " INFO access [mine] Answered. method=GET " in line
    assert r'path="/gallery/\nforged" status=400' in line
    assert "unicorn" not in log.whole


@pytest.mark.django_db
def test_a_refusal_is_told_with_its_code(api: Api, log: Log) -> None:
    api.post("/generate", {"prompt": PROMPT, "steps": "many"}, **{"X-Correlation-ID": "mine"})
    refused, answered = log.entries
    assert (refused["message"], refused["code"], refused["field"]) == (
        "Refused.", "VALIDATION_ERROR", "steps",
    )  # fmt: skip
    assert (answered["message"], answered["status"]) == ("Answered.", 400)
    assert {refused["correlation_id"], answered["correlation_id"]} == {"mine"}


@pytest.mark.django_db
def test_what_machines_ask_all_the_time_is_told_at_debug(client: Client, all_of_it: Log) -> None:
    client.get("/healthz")
    client.get("/static/css/tokens.css").close()
    answered = [entry for entry in all_of_it.entries if entry["message"] == "Answered."]
    assert [entry["level"] for entry in answered] == ["DEBUG", "DEBUG"]


def test_nothing_in_a_line_begins_another(log: Log) -> None:
    logger = logging.getLogger(NASTY)
    try:
        raise ValueError(NASTY)
    except ValueError:
        logger.exception("%s", NASTY, extra={"facts": {"value": NASTY, "nested": {"x": NASTY}}})
    (entry,) = log.entries
    assert entry["message"] == entry["value"] == entry["nested"]["x"] == NASTY
    assert entry["traceback"].startswith("Traceback (most recent call last):\n")
    assert entry["traceback"].endswith(NASTY)
    first, *trace = log.lines
    assert r"\n2026-01-01" in first
    assert trace
    assert all(line.startswith("    ") for line in trace)
    assert all(line.isprintable() for line in log.lines)


def test_what_ends_a_thread_is_logged(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        raise ValueError(NASTY)

    monkeypatch.setattr(threading, "excepthook", tell_of_death)
    thread = threading.Thread(target=work, name="sweeper")
    thread.start()
    thread.join()
    entry = log.of("A thread ended.")
    assert (entry["level"], entry["thread"]) == ("CRITICAL", "sweeper")
    assert entry["traceback"].endswith(NASTY)


def test_a_line_tells_only_what_was_chosen(log: Log) -> None:
    """Django attaches the whole request, whose text holds the query string."""
    extra = {"request": PROMPT, "status_code": 500}
    logging.getLogger("django.request").error({"not": "merged"}, extra=extra)
    (entry,) = log.entries
    assert entry["message"] == "{'not': 'merged'}"
    assert set(entry) == {"time", "level", "logger", "message", "correlation_id"}
    assert PROMPT not in log.whole


def test_serve_speaks_json(tmp_path: Path, fakes: FakeProviders) -> None:
    env = model_variables(fakes, "one", "two") | {"LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"}
    fakes.plan(behaviours.echo_key(), model="two")
    with Served(tmp_path, **env) as served:
        mine = {"X-Correlation-ID": "mine"}
        answer = served.post("/generate", {"prompt": PROMPT}, headers=mine)
        served.finished(answer.json()["jobId"])
        assert served.terminate() == 0
    lines = [line for line in served.lines if not line.startswith(("Pixel Prompt", "Admin:"))]
    entries = [json.loads(line) for line in lines]
    ends = [entry for entry in entries if entry["message"] == "The call ended."]
    assert sorted(entry["outcome"] for entry in ends) == ["INVALID_REQUEST", "answered"]
    assert {entry["correlation_id"] for entry in ends} == {"mine"}
    assert {entry["logger"] for entry in entries} >= {"access", "uvicorn.error"}
    assert "canary" not in served.output
