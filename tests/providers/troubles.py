"""What can go wrong with a call, by name, and what must come of it."""

from collections.abc import Mapping

import pytest

from providers.errors import (
    InvalidKey,
    InvalidRequest,
    ModelGone,
    Moderated,
    NoAccess,
    NoCredit,
    ProviderError,
    RateLimited,
)
from tests.fakes import behaviours
from tests.fakes.behaviours import Behaviour

DOCUMENTED: Mapping[str, type[ProviderError]] = {
    "bad_key": InvalidKey,
    "no_credit": NoCredit,
    "no_access": NoAccess,
    "model_gone": ModelGone,
    "invalid_request": InvalidRequest,
    "moderated": Moderated,
    "rate_limited": RateLimited,
}
"""Refusals that come in a provider's own words."""

MAYBE_BILLED = (500, 502, 504, 408)
"""Statuses behind which a picture may have been drawn and billed."""

LOST: Mapping[str, Behaviour] = {
    "reset": behaviours.reset_before_answer(),
    "closed": behaviours.close_before_answer(),
    "reset in the body": behaviours.reset_in_body(),
    "half a body": behaviours.half_body(),
}
SLOW: Mapping[str, Behaviour] = {
    "silent": behaviours.hang(),
    "silent after the headers": behaviours.hang(after_head=True),
    "dripping": behaviours.drip("body"),
    "dripping from the headers on": behaviours.drip("headers"),
}
UNREADABLE: Mapping[str, Behaviour] = {
    "html": behaviours.html_200(),
    "half a JSON text": behaviours.not_json(),
    "nothing": behaviours.empty_body(),
    "deep JSON": behaviours.deep_json(),
    "null": behaviours.wrong_shape(None),
    "a list": behaviours.wrong_shape([]),
    "an object": behaviours.wrong_shape({}),
    "a text": behaviours.wrong_shape("\0\ud800"),
}
BROKEN_PICTURES: Mapping[str, Behaviour] = {
    "junk": behaviours.junk_image(),
    "svg": behaviours.svg_image(),
    "html": behaviours.html_image(),
    "half": behaviours.truncated_image(),
    "more than a picture": behaviours.trailing_bytes(),
    "declared as another": behaviours.wrong_mime(),
    "animated": behaviours.animated(),
    "bomb": behaviours.bomb(),
    "empty": behaviours.zero_bytes(),
    "huge": behaviours.huge_stream(),
}


def each(name: str, cases: Mapping[str, object]) -> pytest.MarkDecorator:
    """A test for each case, called by its name."""
    return pytest.mark.parametrize(name, cases.values(), ids=cases.keys())
