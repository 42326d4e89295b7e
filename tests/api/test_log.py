"""POST /log: a browser's troubles become one encoded line of our log, whatever they hold."""

import json
import logging
from typing import Any

import pytest

from generation.correlation import Context
from pixelprompt.logs import JsonLines, Lines
from tests.api.drawing import invalid, refusal
from tests.support import Api

pytestmark = pytest.mark.django_db

LEVELS = ["ERROR", "WARNING", "INFO", "DEBUG"]
OTHERS: list[Any] = ["", "FATAL", "CRITICAL", "NOTSET", "WARN", "error ", 40, True, ["ERROR"], {}]


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "browser")
    caplog.handler.addFilter(Context())


def only_line(caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    (line,) = (record for record in caplog.records if record.name == "browser")
    return line


@pytest.mark.parametrize("level", [*LEVELS, *map(str.lower, LEVELS), "Warning"])
def test_a_log_is_received_at_its_level(
    api: Api, caplog: pytest.LogCaptureFixture, level: str
) -> None:
    body = {"level": level, "message": "it broke", "stack": "at x.js:1", "metadata": {"page": "/"}}
    answer = api.post("/log", body)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Log received successfully"}
    line = only_line(caplog)
    assert line.levelname == level.upper()
    told = {"message": "it broke", "stack": "at x.js:1", "metadata": '{"page": "/"}'}
    assert vars(line)["facts"] == {"browser": told}


@pytest.mark.parametrize("absent", [None, "missing"])
@pytest.mark.parametrize("field", ["level", "message"])
def test_a_missing_field_is_named(api: Api, field: str, absent: str | None) -> None:
    body: dict[str, Any] = {"level": "ERROR", "message": "it broke", field: None}
    if absent == "missing":
        del body[field]
    assert invalid(api.post("/log", body), field)["constraint"] == "required"


def test_an_empty_message_is_a_missing_one(api: Api) -> None:
    invalid(api.post("/log", {"level": "ERROR", "message": " \n"}), "message")


@pytest.mark.parametrize("level", OTHERS)
def test_another_level_is_refused_by_name(api: Api, level: Any) -> None:
    told = invalid(api.post("/log", {"level": level, "message": "it broke"}), "level")
    assert all(known in told["message"] for known in LEVELS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message", 5),
        ("message", ["a"]),
        ("message", "x" * 4001),
        ("stack", 5),
        ("stack", "x" * 16_001),
        ("metadata", []),
        ("metadata", "text"),
        ("metadata", 5),
    ],
)
def test_a_field_of_another_kind_or_length_is_refused(api: Api, field: str, value: Any) -> None:
    invalid(api.post("/log", {"level": "ERROR", "message": "it broke", field: value}), field)


def test_null_means_absent(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    body = {"level": "ERROR", "message": "it broke", "stack": None, "metadata": None}
    assert api.post("/log", body).status_code == 200
    told = {"message": "it broke", "stack": "", "metadata": "{}"}
    assert vars(only_line(caplog))["facts"] == {"browser": told}


@pytest.mark.parametrize(
    "message",
    [
        "two\nlines 2026-01-01 ERROR root forged",
        "\r\n\r\nforged",
        "\x1b[2J\x1b[31mred",
        "\u2028\u2029\u0085",
        "%s %(name)s {0}",
        "\u202egnihton",
        "\x07\x08",
    ],
)
def test_a_log_is_one_line_of_plain_ascii(
    api: Api, caplog: pytest.LogCaptureFixture, message: str
) -> None:
    metadata = {message: [message, {"correlation_id": "forged", "levelname": "DEBUG"}]}
    body = {"level": "ERROR", "message": f"a{message}a", "stack": message, "metadata": metadata}
    assert api.post("/log", body, **{"X-Correlation-ID": "mine"}).status_code == 200
    line = only_line(caplog)
    assert (line.levelname, line.getMessage()) == ("ERROR", "Told by a browser.")
    for text in (JsonLines().format(line), Lines().format(line)):
        assert text.isascii()
        assert text.isprintable()
    told = json.loads(JsonLines().format(line))
    assert set(told) == {"time", "level", "logger", "message", "correlation_id", "browser"}
    assert told["correlation_id"] == "mine"
    assert told["browser"]["message"] == f"a{message}a".replace("\r\n", "\n")
    assert json.loads(told["browser"]["metadata"]) == metadata


def test_a_log_line_has_a_greatest_length(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    body = {"level": "INFO", "message": "é" * 4000, "metadata": {"x": ["y" * 1000] * 20}}
    assert api.post("/log", body | {"stack": "\x07" * 2000}).status_code == 200
    for formatter in (JsonLines(), Lines()):
        assert len(formatter.format(only_line(caplog))) <= 20_500


def test_deep_metadata_is_refused(api: Api) -> None:
    metadata: dict[str, Any] = {}
    for _level in range(30):
        metadata = {"deeper": metadata}
    answer = api.post("/log", {"level": "INFO", "message": "deep", "metadata": metadata})
    refusal(answer, 400, "VALIDATION_ERROR", "field", "constraint")
