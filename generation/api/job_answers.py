"""The answers about jobs, as the schema tells them. See answers.py."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from generation.api.fields import MOST_MODELS, Word
from generation.models import Result
from generation.models.job import MAX_PROMPT, STATUSES
from generation.submission import MAX_SEED
from providers.messages import ASPECT_RATIOS

RESULT_CODES = (
    "INVALID_KEY", "NO_CREDIT", "NO_ACCESS", "MODEL_GONE", "INVALID_REQUEST", "MODERATED",
    "RATE_LIMITED", "PROVIDER_ERROR", "TIMEOUT", "NETWORK", "INVALID_RESPONSE", "INVALID_IMAGE",
    "OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "STORAGE_FAILED", "MODEL_DISABLED",
    "BUDGET_EXHAUSTED", "PRICE_UNKNOWN",
)  # fmt: skip
MICROS = "Millionths of a US dollar; null when nobody knows."


class Accepted(serializers.Serializer[Any]):
    """A job that exists now, whatever happens next."""

    jobId = serializers.UUIDField()
    status = Word("pending")
    message = serializers.CharField()
    totalModels = serializers.IntegerField(min_value=1, max_value=MOST_MODELS)
    completedModels = serializers.IntegerField(min_value=0, max_value=0, help_text="None yet.")
    jobToken = serializers.CharField(help_text="Proves who made the job: send it as X-Job-Token.")


class Parameters(serializers.Serializer[Any]):
    steps = serializers.IntegerField(min_value=1, max_value=100)
    guidance = serializers.FloatField(min_value=0, max_value=20)
    control = serializers.FloatField(min_value=0, max_value=2)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, required=False)
    aspectRatio = serializers.ChoiceField(ASPECT_RATIOS, required=False)
    negativePrompt = serializers.CharField(max_length=MAX_PROMPT, required=False)


class AnyResult(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    index = serializers.IntegerField(
        min_value=1, max_value=MOST_MODELS, help_text="Its place, from 1."
    )
    round = serializers.IntegerField(min_value=0, help_text="How often it was drawn anew.")
    model = serializers.CharField(help_text="The model's name for people.")
    slug = serializers.CharField()
    priceMicros = serializers.IntegerField(min_value=0, allow_null=True, help_text=MICROS)


class PendingResult(AnyResult):
    status = Word("pending")


class InProgressResult(AnyResult):
    status = Word("in_progress")
    startedAt = serializers.DateTimeField()


class CompletedResult(AnyResult):
    status = Word("completed")
    startedAt = serializers.DateTimeField()
    completedAt = serializers.DateTimeField()
    duration = serializers.FloatField(min_value=0, help_text="Seconds.")
    imageKey = serializers.CharField()
    imageUrl = serializers.URLField()
    thumbnailUrl = serializers.URLField(help_text="The picture itself until its copy exists.")
    mediumUrl = serializers.URLField(help_text="The picture itself until its copy exists.")
    width = serializers.IntegerField(min_value=1, help_text="Pixels.")
    height = serializers.IntegerField(min_value=1, help_text="Pixels.")
    imageLost = serializers.BooleanField(
        required=False, help_text="There, and true, if the storage has lost the picture since."
    )
    contentType = serializers.ChoiceField(["image/png", "image/jpeg", "image/webp"])
    bytes = serializers.IntegerField(min_value=1)


class FailedResult(AnyResult):
    status = Word("error")
    startedAt = serializers.DateTimeField(required=False)
    completedAt = serializers.DateTimeField()
    duration = serializers.FloatField(min_value=0, required=False, help_text="Seconds.")
    error = serializers.CharField(help_text="A sentence for people.")
    errorCode = serializers.ChoiceField(RESULT_CODES)
    retryable = serializers.BooleanField()


RESULTS: dict[str, Any] = {
    Result.State.PENDING.value: PendingResult,
    Result.State.IN_PROGRESS.value: InProgressResult,
    Result.State.COMPLETED.value: CompletedResult,
    Result.State.ERROR.value: FailedResult,
}


class Snapshot(serializers.Serializer[Any]):
    """A job and its results at one version."""

    jobId = serializers.UUIDField()
    status = serializers.ChoiceField(STATUSES)
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()
    totalModels = serializers.IntegerField(min_value=1, max_value=MOST_MODELS)
    completedModels = serializers.IntegerField(min_value=0, max_value=MOST_MODELS)
    failedModels = serializers.IntegerField(min_value=0, max_value=MOST_MODELS)
    prompt = serializers.CharField(max_length=MAX_PROMPT)
    parameters = Parameters()
    version = serializers.IntegerField(min_value=1)
    results = PolymorphicProxySerializer(
        component_name="Result",
        serializers=RESULTS,
        resource_type_field_name="status",
        many=True,
    )


class Called(serializers.Serializer[Any]):
    """What a manifest knows of a result besides: of its call, where there was one."""

    providerModel = serializers.CharField()
    seed = serializers.IntegerField(allow_null=True)
    costMicros = serializers.IntegerField(allow_null=True, required=False)
    promptSent = serializers.CharField(required=False)
    revisedPrompt = serializers.CharField(required=False)
    requestId = serializers.CharField(required=False)
    parameters = serializers.DictField(
        child=serializers.DictField(),
        required=False,
        help_text="What became of each: applied, translated (and to what) or ignored.",
    )


class PendingCall(PendingResult, Called):
    pass


class InProgressCall(InProgressResult, Called):
    pass


class CompletedCall(CompletedResult, Called):
    file = serializers.CharField(help_text="Its name in the zip file.")
    sha256 = serializers.CharField()


class FailedCall(FailedResult, Called):
    pass


CALLS: dict[str, Any] = dict(
    zip(RESULTS, (PendingCall, InProgressCall, CompletedCall, FailedCall), strict=True)
)


class Manifest(Snapshot):
    """A snapshot that tells of each result also how it came about."""

    results = PolymorphicProxySerializer(
        component_name="Call", serializers=CALLS, resource_type_field_name="status", many=True
    )


class Votes(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    index = serializers.IntegerField(min_value=1, max_value=MOST_MODELS)
    votes = serializers.IntegerField(min_value=0)


class Tally(serializers.Serializer[Any]):
    """What a job's votes say."""

    counted = serializers.BooleanField(help_text="False: this token voted before.")
    resultId = serializers.UUIDField(help_text="The vote of this token that counts.")
    votes = serializers.IntegerField(min_value=1)
    results = Votes(many=True)


class Deleted(serializers.Serializer[Any]):
    jobId = serializers.UUIDField()
    message = serializers.CharField()
