"""Providers that refuse, break off, lie, charge for nothing, all at once.

Troubles whose picture is whole but not the one that was ordered have tests of their own.
"""

from pathlib import Path

from tests.fakes import FakeProviders
from tests.fakes.behaviours import (
    Behaviour,
    bomb,
    close_before_answer,
    drip,
    empty_body,
    error_after_charge,
    half_body,
    hang,
    html_200,
    junk_image,
    moderated,
    not_json,
    rate_limited,
    reset_before_answer,
    reset_in_body,
    status,
    svg_image,
    truncated_image,
    wrong_shape,
    zero_bytes,
)
from tests.faults.arrangement import Arrangement
from tests.faults.scale import LONG, chance, scaled

TROUBLES: list[Behaviour] = [
    bomb(),
    close_before_answer(),
    empty_body(),
    error_after_charge(),
    half_body(),
    html_200(),
    junk_image(),
    moderated(),
    not_json(),
    rate_limited(1),
    reset_before_answer(),
    reset_before_answer(charged=False),
    reset_in_body(),
    status(500),
    status(503),
    svg_image(),
    truncated_image(),
    wrong_shape(),
    zero_bytes(),
    *([hang(), drip()] if LONG else []),
]
CALM = ["calm-1", "calm-2"]
PROMPTS = [f"prompt {number}" for number in range(scaled(4, 12))]


def test_providers_that_misbehave_spoil_only_their_own_results(
    tmp_path: Path, fakes: FakeProviders
) -> None:
    """At most four troubles a model, so that none rests for failing too often in a row."""
    troubled = [f"troubled-{number}" for number in range(scaled(6, 18))]
    dice = chance("troubles")
    for model in troubled:
        for prompt in dice.sample(PROMPTS, 4):
            fakes.plan(dice.choice(TROUBLES), model=model, prompt=prompt, times=1)
    with Arrangement(tmp_path, fakes, [*CALM, *troubled], DEADLINE="60", MARGIN="20") as place:
        place.web()
        place.clients.send_all(PROMPTS)
        assert place.broken_promises(seconds=90) == []
        calm = [row for row in place.rows.results if row.model in CALM]
        assert all(row.state == "completed" for row in calm)
        assert fakes.complaints == []
