"""Fakes of every image provider, over real HTTP, strict about what they are sent.

    with FakeProviders() as fakes:
        account = (fakes.base_url("openai"), fakes.key("openai"))
        fakes.plan(behaviours.hang(), model="gpt-image-2", times=1)
        fakes.delay(0.5, kind="bfl")
        ...
        assert len(fakes.ledger_for(prompt="a red fox", outcome="charged")) == 1
        assert fakes.complaints == []

`ledger` has every call that can cost money, `traffic` also polls and downloads. A request that
breaks a provider's protocol is refused as that provider would, and noted in `complaints`, before
any plan is looked at. `behaviours` lists the ways to misbehave; `forms(kind, reason)` lists how a
provider says "moderated", "bad_key", "no_credit", "no_access", "model_gone", "invalid_request",
"no_picture", "no_text" or "task_failed".
"""

from tests.fakes import behaviours
from tests.fakes.fakes import FakeProviders
from tests.fakes.ledger import Call
from tests.fakes.pictures import middle_colour, picture_colour, shows

__all__ = ["Call", "FakeProviders", "behaviours", "middle_colour", "picture_colour", "shows"]
