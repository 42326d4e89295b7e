"""What a job came to, down to what each provider was really sent."""

from typing import Any

from generation.models import Attempt, Result
from generation.snapshots import Addresses, Snapshot, as_json
from generation.templatetags.display import file_stem


def manifest(snapshot: Snapshot, addresses: Addresses) -> dict[str, Any]:
    """The body of GET /status with, for each result, its file's name and the facts of its call."""
    told = as_json(snapshot, addresses)
    calls = last_calls(snapshot)
    for result, entry in zip(snapshot.results, told["results"], strict=True):
        entry |= call_as_json(calls.get(result.pk), result)
        if result.state == Result.State.COMPLETED:
            entry |= {"file": file_name(result), "sha256": result.picture.sha256}
    return told


def last_calls(snapshot: Snapshot) -> dict[Any, Attempt]:
    """Of each result, the call that its picture or its failure came from."""
    results = [result.pk for result in snapshot.results]
    calls = Attempt.objects.filter(result__in=results).order_by("epoch", "created_at")
    return {call.result_id: call for call in calls}


def call_as_json(call: Attempt | None, result: Result) -> dict[str, Any]:
    """`parameters` tells each one's fate: applied, translated (and to what) or ignored."""
    told = {"providerModel": result.provider_model, "seed": result.seed}
    if call is None:
        return told
    seed = result.seed if call.seed is None else call.seed
    return told | {
        "seed": seed,
        "costMicros": call.cost_micros,
        "promptSent": call.prompt_sent,
        "revisedPrompt": call.revised_prompt,
        "parameters": call.parameters,
        "requestId": call.request_id,
    }


def file_name(result: Result) -> str:
    """02-model-slug.png: sorted as on the page."""
    ending = result.picture.key.rsplit(".", 1)[-1]
    return f"{result.index:02d}-{result.slug}.{ending}"


def archive_name(snapshot: Snapshot) -> str:
    return f"{file_stem(snapshot.job.prompt)}-{str(snapshot.job.id)[:8]}.zip"
