"""`manage.py connect_queues` against moto's Lambda, after Zappa made function and mappings."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.serverless.aws import client, make_function

pytestmark = pytest.mark.usefixtures("aws")
WORKER = "a-worker"


def worker(*queues: str, name: str = WORKER) -> list[str]:
    """A worker with mappings as Zappa makes them; returns their ids."""
    function = make_function(name, Environment={"Variables": {"BROKER_URL": "sqs://x"}})
    made = []
    for queue in queues:
        url = client("sqs").create_queue(QueueName=queue)["QueueUrl"]
        told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = told["Attributes"]["QueueArn"]
        mapping = client("lambda").create_event_source_mapping(
            FunctionName=function, EventSourceArn=arn, BatchSize=10
        )
        made.append(mapping["UUID"])
    return made


def run(*words: str) -> str:
    out = StringIO()
    call_command("connect_queues", *words, stdout=out)
    return out.getvalue()


def test_every_mapping_learns_partial_batches_and_its_concurrency() -> None:
    ids = worker("a_draw", "a_copies")
    told = run(WORKER, "--concurrency", "7")
    assert told.count("partial batches, at most 7 at once") == 2
    for uuid in ids:
        seen: dict[str, Any] = client("lambda").get_event_source_mapping(UUID=uuid)
        assert seen["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert seen["ScalingConfig"] == {"MaximumConcurrency": 7}


def test_the_function_learns_it_and_keeps_its_other_variables() -> None:
    worker("b_draw", name="second")
    run("second")
    seen = client("lambda").get_function_configuration(FunctionName="second")["Environment"]
    assert seen["Variables"] == {"BROKER_URL": "sqs://x", "PARTIAL_BATCHES": "true"}


def test_a_function_without_queues_is_one_sentence() -> None:
    worker(name="third")
    with pytest.raises(CommandError, match="third is connected to no queue"):
        run("third")


def test_a_function_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="AWS refused: Function not found"):
        run("fourth")


@pytest.mark.parametrize("number", ["1", "1001"])
def test_a_concurrency_that_lambda_refuses_is_refused_here(number: str) -> None:
    with pytest.raises(CommandError, match="from 2 to 1000"):
        run(WORKER, "--concurrency", number)


def test_without_aws_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match="AWS cannot be asked"):
        run(WORKER)
