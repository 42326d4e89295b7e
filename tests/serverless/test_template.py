"""The CloudFormation template: deployed to moto, as far as moto goes, and read as rules."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml
from moto.cloudformation.parsing import get_model_map
from zappa.cli import ZappaCLI

from generation import bells
from infra import stack
from pixelprompt.brokers.sqs import VISIBILITY
from tests.serverless.aws import client

TEMPLATE = stack.ROOT / "infra" / "template.yaml"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:pixelprompt/dev-AbCdEf"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(cfn_yaml.load(str(TEMPLATE))))
    return found


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


def playable(template: dict[str, Any]) -> dict[str, Any]:
    """The part that moto plays: no CloudFront, alarms, budgets, secrets or bucket policies."""
    resources = template["Resources"]
    played = {name: r for name, r in resources.items() if r["Type"] in get_model_map()}
    unplayed = set(resources) - set(played)
    kept: dict[str, Any] = standing_in(template | {"Resources": played}, unplayed)
    return kept


def standing_in(part: Any, unplayed: set[str]) -> Any:
    """A part of the template that names nothing unplayed."""
    if isinstance(part, list):
        return [standing_in(member, unplayed) for member in part]
    if not isinstance(part, dict):
        return part
    named = str(part.get("Ref") or part.get("Fn::GetAtt") or part.get("Fn::Sub") or "")
    if set(re.findall(r"\w+", named)) & unplayed:
        return "unplayed.example.org"
    return {name: standing_in(member, unplayed) for name, member in part.items()}


def deploy(template: dict[str, Any], name: str, **parameters: str) -> dict[str, str]:
    """The outputs of a stack on moto."""
    given = {"SecretArn": SECRET} | parameters
    client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(playable(template)),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    told = client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in told["Outputs"]}


@pytest.fixture
def deployed(aws: None, template: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield deploy(template, "pixelprompt-dev")
    client("cloudformation").delete_stack(StackName="pixelprompt-dev")


def test_its_outputs_fill_zappa_s_settings(deployed: dict[str, str]) -> None:
    assert set(stack.stand_ins("dev")) == set(deployed)
    settings = stack.zappa_settings(deployed, "python3.13")
    assert "${" not in json.dumps(settings)
    assert settings["worker"]["role_arn"] == deployed["WorkerRoleArn"]
    assert "vpc_config" not in settings["base"]


@pytest.mark.parametrize("text", ["", "null", '{"Stacks": []}', "[1]"])
def test_outputs_of_another_shape_are_one_sentence(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "DIST", tmp_path)
    stack.outputs_file("dev").write_text(text)
    with pytest.raises(ValueError, match=r"dev\.outputs\.json holds no outputs of a stack\.$"):
        stack.outputs("dev")


def test_outputs_of_an_older_stack_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "DIST", tmp_path)
    stack.outputs_file("dev").write_text('[{"OutputKey": "Region", "OutputValue": "us-east-1"}]')
    with pytest.raises(ValueError, match="lacks ApiRoleArn, CopyQueueArn"):
        stack.outputs("dev")


def test_with_a_database_the_functions_are_in_its_network(
    aws: None, template: dict[str, Any]
) -> None:
    outputs = deploy(template, "with-database", CreateDatabase="true", Environment="staging")
    settings = stack.zappa_settings(outputs, "python3.13")
    network = settings["base"]["vpc_config"]
    assert len(network["SubnetIds"]) == 2
    assert network["SecurityGroupIds"] == [outputs["SecurityGroupId"]]
    database = client("rds").describe_db_instances()["DBInstances"][0]
    assert not database["PubliclyAccessible"]


def test_everything_that_moto_plays_is_there(
    deployed: dict[str, str], template: dict[str, Any]
) -> None:
    told = client("cloudformation").list_stack_resources(StackName="pixelprompt-dev")
    names = {resource["LogicalResourceId"] for resource in told["StackResourceSummaries"]}
    made = names - {""}  # moto's trace of a resource whose condition does not hold
    played = playable(template)["Resources"]
    assert made == {name for name, resource in played.items() if "Condition" not in resource}
    assert len(made) == 10


def test_the_queues_are_where_the_broker_looks_and_wait_long_enough(
    deployed: dict[str, str],
) -> None:
    settings = stack.zappa_settings(deployed, "python3.13")
    for queue in (bells.DRAW_QUEUE, bells.COPY_QUEUE):
        url = client("sqs").get_queue_url(QueueName=f"{deployed['Namespace']}_{queue}")["QueueUrl"]
        told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        timeout = int(told["Attributes"]["VisibilityTimeout"])
        assert timeout >= VISIBILITY
        assert timeout == 6 * settings["worker"]["timeout_seconds"]
        redrive = json.loads(told["Attributes"]["RedrivePolicy"])
        assert redrive["deadLetterTargetArn"].endswith("pixelprompt-dev_dead")
        assert redrive["maxReceiveCount"] >= 5


def test_the_alarms_are_those_that_are_promised(resources: dict[str, Any]) -> None:
    alarms = [r["Properties"] for r in resources.values() if r["Type"].endswith("::Alarm")]
    told = ("Namespace", "MetricName", "Statistic", "Threshold", "Period", "EvaluationPeriods")
    assert {tuple(alarm[name] for name in told) for alarm in alarms} == {
        ("AWS/Lambda", "Errors", "Sum", 5, 300, 1),
        ("AWS/Lambda", "Duration", "Average", 120_000, 300, 1),
        ("AWS/ApiGateway", "5XXError", "Sum", 5, 300, 1),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", 120, 60, 3),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 0, 300, 1),
    }
    assert {alarm["ComparisonOperator"] for alarm in alarms} == {"GreaterThanThreshold"}
    assert all(alarm["AlarmActions"] == [{"Ref": "Alarms"}] for alarm in alarms)
    budget = resources["Spend"]["Properties"]
    assert budget["Budget"]["TimeUnit"] == "DAILY"
    assert budget["Budget"]["BudgetLimit"]["Amount"] == {"Ref": "DailySpend"}
    (notice,) = budget["NotificationsWithSubscribers"]
    assert notice["Notification"]["Threshold"] == 100


def test_logs_are_kept_for_a_while_and_no_longer(deployed: dict[str, str]) -> None:
    groups = client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    kept = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    for function in ("api", "worker"):
        assert kept[f"/aws/lambda/pixelprompt-{function}-dev"] == 30


def test_pictures_are_read_by_the_distribution_alone(resources: dict[str, Any]) -> None:
    closed = resources["PictureBucket"]["Properties"]["PublicAccessBlockConfiguration"]
    assert len(closed) == 4
    assert all(closed.values())
    show, encrypted = resources["PictureBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert show["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "${Pictures}" in show["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"]
    assert encrypted["Effect"] == "Deny"
    (origin,) = resources["Pictures"]["Properties"]["DistributionConfig"]["Origins"]
    assert origin["OriginAccessControlId"]["Fn::GetAtt"] == ["PictureAccess", "Id"]


def test_alarms_and_logs_bear_the_names_that_zappa_gives(resources: dict[str, Any]) -> None:
    named = {re.sub(r"\$\{Environment\}", "dev", name) for name in subs(resources)}
    for stage in ("api_dev", "worker_dev"):
        cli = ZappaCLI()
        cli.load_credentials, cli.api_stage = False, stage
        cli.load_settings(str(stack.ROOT / "zappa_settings.json"))
        assert {cli.lambda_name, f"/aws/lambda/{cli.lambda_name}"} < named


def subs(part: Any) -> set[str]:
    """Every text below that is put together from names."""
    if isinstance(part, list):
        return set().union(*map(subs, part))
    if not isinstance(part, dict):
        return set()
    own = {part["Fn::Sub"]} if "Fn::Sub" in part else set()
    return own.union(*map(subs, part.values()))


def test_the_pictures_outlive_the_stack(resources: dict[str, Any]) -> None:
    assert resources["PictureBucket"]["DeletionPolicy"] == "Retain"
    assert resources["PictureBucket"]["UpdateReplacePolicy"] == "Retain"


def test_no_setting_of_zappa_s_is_a_secret_or_debugs() -> None:
    settings = stack.zappa_settings(stack.stand_ins("dev"), "python3.13")
    assert settings["base"]["debug"] is False
    names = settings["base"]["aws_environment_variables"]
    assert not {"SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DATABASE_URL"} & set(names)
    assert {f"{f}_{e}" for f in ("api", "worker") for e in stack.ENVIRONMENTS} < set(settings)
    warm = {name for name, stage in settings.items() if stage.get("keep_warm")}
    assert warm == {"api_production"}
