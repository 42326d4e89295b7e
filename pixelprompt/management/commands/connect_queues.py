"""`manage.py connect_queues`: what Zappa leaves out between the queues and the worker on Lambda.

Zappa makes the mappings from queues to function, but knows neither partial batch failures nor a
maximum concurrency. So this runs after each deploy of a worker, with the operator's credentials.
"""

from argparse import ArgumentParser
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError

PARTIAL = ["ReportBatchItemFailures"]
FEWEST, MOST = 2, 1000  # Lambda's own bounds of a mapping's concurrency


class Command(BaseCommand):
    help = "Set and verify how SQS hands batches to the worker on Lambda, after each deploy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("function", help="the worker's name, like pixelprompt-worker-dev")
        parser.add_argument("--region", help="default: the one of your AWS configuration")
        parser.add_argument(
            "--concurrency",
            type=int,
            default=10,
            help=f"most batches of one queue at once, {FEWEST} to {MOST} (10)",
        )

    def handle(self, *args: Any, function: str, **options: Any) -> None:
        concurrency = options["concurrency"]
        if not FEWEST <= concurrency <= MOST:
            raise CommandError(f"--concurrency must be from {FEWEST} to {MOST}.")
        try:
            client: Any = boto3.client("lambda", region_name=options["region"])
            for queue in connect(client, function, concurrency):
                self.stdout.write(f"{queue}: partial batches, at most {concurrency} at once")
            confirm(client, function)
        except ClientError as problem:
            raise CommandError(f"AWS refused: {problem.response['Error']['Message']}") from problem
        except BotoCoreError as problem:
            raise CommandError(f"AWS cannot be asked: {problem}") from problem
        self.stdout.write(f"{function} now answers which records failed.")


def connect(client: Any, function: str, concurrency: int) -> list[str]:
    """Set both on every queue's mapping; returns the queues' ARNs."""
    arn = client.get_function_configuration(FunctionName=function)["FunctionArn"]
    mappings = client.list_event_source_mappings(FunctionName=arn)["EventSourceMappings"]
    if not mappings:
        raise CommandError(f"{function} is connected to no queue. Deploy it first.")
    wanted = {
        "FunctionResponseTypes": PARTIAL,
        "ScalingConfig": {"MaximumConcurrency": concurrency},
    }
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping["UUID"], **wanted)
        seen = client.get_event_source_mapping(UUID=mapping["UUID"])
        if any(seen.get(name) != value for name, value in wanted.items()):
            raise CommandError(f"AWS did not keep the setting of {mapping['EventSourceArn']}.")
    return [mapping["EventSourceArn"] for mapping in mappings]


def confirm(client: Any, function: str) -> None:
    """Tell the function that its answer is read. Its other variables stay as they are."""
    waiter = client.get_waiter("function_updated_v2")
    waiter.wait(FunctionName=function)
    told = client.get_function_configuration(FunctionName=function)
    variables = told.get("Environment", {}).get("Variables", {})
    client.update_function_configuration(
        FunctionName=function,
        Environment={"Variables": variables | {"PARTIAL_BATCHES": "true"}},
    )
    waiter.wait(FunctionName=function)
