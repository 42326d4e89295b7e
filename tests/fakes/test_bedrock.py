"""Bedrock: a body per model, signatures verified, errors as boto3 reads them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes import FakeProviders, behaviours
from tests.fakes.callers import MODELS, ask


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        ("stability.stable-image-core-v1:1", {"mode": "text-to-image"}),
        ("stability.stable-image-core-v1:1", {"negative_prompt": "rain"}),
        ("stability.stable-image-ultra-v1:1", {"cfg_scale": 4}),
        ("stability.stable-image-ultra-v1:1", {"output_format": "webp"}),
        ("stability.sd3-5-large-v1:0", {"seed": 4_294_967_295}),
        ("stability.sd3-5-large-v1:0", {"output_format": "PNG"}),
        ("amazon.nova-canvas-v1:0", {"textToImageParams": {"text": "x" * 1025}}),
        ("amazon.nova-canvas-v1:0", {"textToImageParams": {"text": "x", "negativeText": ""}}),
        ("amazon.nova-canvas-v1:0", {"imageGenerationConfig": {"width": 330}}),
        ("amazon.nova-canvas-v1:0", {"imageGenerationConfig": {"width": 2048, "height": 2048}}),
        ("amazon.nova-canvas-v1:0", {"imageGenerationConfig": {"width": 1600, "height": 320}}),
        ("amazon.nova-canvas-v1:0", {"negative_prompt": "rain"}),
    ],
)
def test_bedrock_checks_each_models_own_body(
    fakes: FakeProviders, model: str, changes: dict[str, Any]
) -> None:
    response = ask(fakes, "bedrock", model=model, **changes)
    assert response.status_code == 400
    assert response.headers["x-amzn-ErrorType"] == "ValidationException"
    assert fakes.charged == []


def test_bedrock_no_longer_knows_what_is_retired(fakes: FakeProviders) -> None:
    response = ask(fakes, "bedrock", model="amazon.titan-image-generator-v2:0")
    assert response.headers["x-amzn-ErrorType"] == "ResourceNotFoundException"


def test_bedrock_moderates_with_200_or_400_by_model(fakes: FakeProviders) -> None:
    fakes.plan(behaviours.moderated())
    assert ask(fakes, "bedrock").json() == {"finish_reasons": ["Filter reason: prompt"]}
    blocked = ask(fakes, "bedrock", model="amazon.nova-canvas-v1:0")
    assert blocked.status_code == 400
    assert blocked.json()["message"].startswith("This request has been blocked by our content")
    fakes.plan(behaviours.moderated("output image"))
    answer = ask(fakes, "bedrock", model="amazon.nova-canvas-v1:0").json()
    assert answer["error"].startswith("All of the generated images")


@pytest.fixture
def bedrock(fakes: FakeProviders) -> Callable[..., Any]:
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config

    def client(secret: str = "", region: str = "us-west-2") -> Any:
        access_id, _, right = fakes.key("bedrock").partition(":")
        return boto3.client(
            "bedrock-runtime",
            endpoint_url=fakes.base_url("bedrock"),
            region_name=region,
            aws_access_key_id=access_id,
            aws_secret_access_key=secret or right,
            config=Config(retries={"total_max_attempts": 1}),
        )

    return client


def test_boto3_draws(fakes: FakeProviders, bedrock: Callable[..., Any]) -> None:
    answer = bedrock().invoke_model(
        modelId=MODELS["bedrock"],
        body=b'{"prompt": "a red fox"}',
        contentType="application/json",
        accept="application/json",
    )
    content = answer["body"].read()
    assert b'"finish_reasons": [null]' in content
    assert fakes.complaints == []
    assert fakes.charged[0].model == MODELS["bedrock"]
    assert answer["ResponseMetadata"]["RequestId"] == fakes.charged[0].request_id


def test_boto3_converses(fakes: FakeProviders, bedrock: Callable[..., Any]) -> None:
    answer = bedrock().converse(
        modelId="amazon.nova-micro-v1:0",
        messages=[{"role": "user", "content": [{"text": "a red fox"}]}],
        system=[{"text": "Improve it."}],
        inferenceConfig={"maxTokens": 300, "temperature": 0.5},
    )
    assert answer["output"]["message"]["content"][-1]["text"].startswith("a red fox, ")
    assert fakes.ledger[0].stage == "text"


@pytest.mark.parametrize(
    ("secret", "region", "code"),
    [
        ("wrong", "us-west-2", "InvalidSignatureException"),
        ("", "us-east-1", "ValidationException"),
    ],
)
def test_boto3_is_refused(
    fakes: FakeProviders, bedrock: Callable[..., Any], secret: str, region: str, code: str
) -> None:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        bedrock(secret, region).invoke_model(
            modelId=MODELS["bedrock"], body=b'{"prompt": "x"}', contentType="application/json"
        )
    assert caught.value.response["Error"]["Code"] == code
    assert fakes.charged == []
