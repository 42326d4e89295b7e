"""The answers of the API, as the schema tells them.

Nothing is written through these: views build plain values, which is faster, and a test holds every
real answer against what stands here.
"""

from typing import Any

from rest_framework import serializers

from generation.api.job_answers import MICROS
from generation.api.serializers import MAX_ENHANCE
from generation.gates.limits import TOLD
from generation.models.job import MAX_PROMPT


class Enhanced(serializers.Serializer[Any]):
    """Two elaborations of a prompt; `enhanced` is the long one."""

    original = serializers.CharField(max_length=MAX_ENHANCE)
    enhanced = serializers.CharField(max_length=MAX_PROMPT)
    short_prompt = serializers.CharField(max_length=MAX_PROMPT, help_text="One sentence.")
    long_prompt = serializers.CharField(max_length=MAX_PROMPT, help_text="Two to four sentences.")
    fallback = serializers.BooleanField(
        required=False, help_text="There, and true, where no language model wrote the texts."
    )


class Health(serializers.Serializer[Any]):
    """Of the last 24 hours."""

    lastSuccess = serializers.DateTimeField(allow_null=True)
    medianSeconds = serializers.FloatField(min_value=0, allow_null=True)
    errorRate = serializers.FloatField(min_value=0, max_value=1, allow_null=True)


class Capabilities(serializers.Serializer[Any]):
    """Which parameters the model itself knows. All are absent where nobody can tell."""

    aspectRatio = serializers.BooleanField(required=False)
    seed = serializers.BooleanField(required=False)
    steps = serializers.BooleanField(required=False)
    guidance = serializers.BooleanField(required=False)
    negativePrompt = serializers.BooleanField(required=False)


class Model(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    provider = serializers.CharField()
    kind = serializers.CharField()
    priceMicros = serializers.IntegerField(min_value=0, allow_null=True, help_text=MICROS)
    capabilities = Capabilities()
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="Why it cannot draw now.")
    health = Health()


class Models(serializers.Serializer[Any]):
    models = Model(many=True)


class Entry(serializers.Serializer[Any]):
    """A job in the gallery."""

    id = serializers.UUIDField()
    timestamp = serializers.DateTimeField()
    preview = serializers.URLField()
    previewUrl = serializers.URLField()
    prompt = serializers.CharField(max_length=MAX_PROMPT)
    imageCount = serializers.IntegerField(min_value=1)


class Galleries(serializers.Serializer[Any]):
    galleries = Entry(many=True)
    total = serializers.IntegerField(min_value=0, max_value=100, help_text="Of this answer.")
    nextCursor = serializers.CharField(allow_null=True, help_text="Null on the last page.")


class Image(serializers.Serializer[Any]):
    key = serializers.CharField()
    url = serializers.URLField()
    thumbnailUrl = serializers.URLField()
    model = serializers.CharField()
    prompt = serializers.CharField(max_length=MAX_PROMPT)
    steps = serializers.IntegerField(min_value=1, max_value=100)
    guidance = serializers.FloatField(min_value=0, max_value=20)
    control = serializers.FloatField(min_value=0, max_value=2)
    timestamp = serializers.DateTimeField()


class Gallery(serializers.Serializer[Any]):
    galleryId = serializers.CharField()
    images = Image(many=True)
    total = serializers.IntegerField(min_value=0)


class Logged(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()


class Allowance(serializers.Serializer[Any]):
    """A limit. Where it does not hold the caller, all but its name are null."""

    name = serializers.ChoiceField(TOLD)
    limit = serializers.IntegerField(min_value=0, allow_null=True)
    left = serializers.IntegerField(min_value=0, allow_null=True)
    window = serializers.IntegerField(min_value=1, allow_null=True, help_text="Seconds.")
    resetsAt = serializers.DateTimeField(allow_null=True)


class Allowances(serializers.Serializer[Any]):
    limits = Allowance(many=True)
