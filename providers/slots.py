"""The MODEL_i_* variables, which name up to twenty image models, and PROMPT_MODEL_*, which names
who enhances prompts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from providers.addresses import PrivateHosts, base_url_problem
from providers.kinds import kind_named
from providers.messages import Account
from providers.registry import ADAPTERS
from providers.routing import Route, UnroutableName, resolve, resolve_chat

MOST_SLOTS = 20
NO_PRIVATE_HOSTS = PrivateHosts()
MODEL_FIELDS = ("NAME", "KEY", "PROVIDER", "ID", "BASE_URL", "REGION")
Problems = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ModelSlot:
    """One numbered model as the environment names it, and where its name leads."""

    index: int
    name: str
    key: str = field(default="", repr=False)
    kind: str = ""
    model_id: str = ""
    base_url: str = ""
    region: str = ""
    route: Route | None = None

    @property
    def account(self) -> Account:
        """Whose account this slot draws with."""
        kind = self.route.kind if self.route else self.kind
        base_url = self.base_url or (self.route.base_url if self.route else "")
        return Account(kind, self.key, base_url, self.region)


def read_slots(
    source: Mapping[str, str],
    *,
    most: int | None = MOST_SLOTS,
    private_hosts: PrivateHosts = NO_PRIVATE_HOSTS,
) -> tuple[tuple[ModelSlot, ...], Problems]:
    """The slots 1..MODEL_COUNT, and every problem found: (variable, sentence)."""
    count, problems = read_count(source, most)
    drafts = [draft(source, index) for index in range(1, count + 1)]
    configured = {slot.kind for slot in drafts if slot.kind}
    slots = []
    for slot in drafts:
        found = list(plain_problems(slot, private_hosts))
        if not found:
            slot, found = routed(slot, configured)
        slots.append(slot)
        problems += [(f"MODEL_{slot.index}_{field}", text) for field, text in found]
    return tuple(slots), problems


def plain_problems(slot: ModelSlot, private_hosts: PrivateHosts) -> Iterator[tuple[str, str]]:
    """What is wrong with single fields, before it is asked where the name leads."""
    if not slot.name:
        yield "NAME", "Is missing. Every slot up to MODEL_COUNT needs a name."
    if slot.kind and not kind_named(slot.kind):
        yield "PROVIDER", f"{slot.kind!r} is no provider. Name one of {', '.join(ADAPTERS)}."
    if slot.base_url and (problem := base_url_problem(slot.base_url, private_hosts)):
        yield "BASE_URL", problem


def read_count(source: Mapping[str, str], most: int | None) -> tuple[int, Problems]:
    text = source.get("MODEL_COUNT", "")
    if not text:
        return 0, unread_slots(source, above=0)
    if not re.fullmatch("[0-9]{1,6}", text) or (most is not None and int(text) > most):
        return 0, [("MODEL_COUNT", f"Must be a whole number from 0 to {MOST_SLOTS}.")]
    return int(text), []


def unread_slots(source: Mapping[str, str], above: int) -> Problems:
    """A slot that is set while MODEL_COUNT is not would be silently without effect."""
    named = [i for i in range(above + 1, MOST_SLOTS + 1) if f"MODEL_{i}_NAME" in source]
    if not named:
        return []
    return [("MODEL_COUNT", f"Is not set, but MODEL_{named[-1]}_NAME is. Set it to {named[-1]}.")]


def draft(source: Mapping[str, str], index: int) -> ModelSlot:
    def value(suffix: str) -> str:
        return source.get(f"MODEL_{index}_{suffix}", "").strip()

    return ModelSlot(
        index=index,
        name=value("NAME"),
        key=value("KEY"),
        kind=value("PROVIDER"),
        model_id=value("ID"),
        base_url=value("BASE_URL"),
        region=value("REGION"),
    )


def routed(slot: ModelSlot, configured: set[str]) -> tuple[ModelSlot, Problems]:
    """The slot with its route, or with what keeps it from having one."""
    try:
        route = resolve(
            slot.name,
            kind=slot.kind,
            model_id=slot.model_id,
            base_url=slot.base_url,
            configured=configured,
        )
    except UnroutableName as problem:
        return slot, [("ID" if slot.model_id else "NAME", str(problem))]
    if ADAPTERS[route.kind].needs_key and not slot.key and route.enabled:
        return slot, [("KEY", f"Is missing. {route.kind} needs a key.")]
    return replace(slot, route=route), []


@dataclass(frozen=True, slots=True)
class ChatSlot:
    """The language model that the environment names, and whose account asks it."""

    account: Account
    model_id: str


def read_chat(
    source: Mapping[str, str], slots: Sequence[ModelSlot]
) -> tuple[ChatSlot | None, Problems]:
    """Who enhances prompts: PROMPT_MODEL_INDEX takes that slot's account, else PROMPT_MODEL_*."""
    index = source.get("PROMPT_MODEL_INDEX", "")
    provider = source.get("PROMPT_MODEL_PROVIDER", "")
    if not index and not provider:
        return None, []
    try:
        account = account_of_slot(index, slots) if index else own_account(provider, source)
        model_id = resolve_chat(account.kind, source.get("PROMPT_MODEL_ID", ""))
    except UnroutableName as problem:
        return None, [("PROMPT_MODEL_INDEX" if index else "PROMPT_MODEL_PROVIDER", str(problem))]
    return ChatSlot(account, model_id), []


def account_of_slot(index: str, slots: Sequence[ModelSlot]) -> Account:
    slot = next((slot for slot in slots if str(slot.index) == index), None)
    if slot is None:
        raise UnroutableName("Must be the number of a MODEL_i_NAME that is set.")
    return slot.account


def own_account(provider: str, source: Mapping[str, str]) -> Account:
    account = Account(
        kind=kind_named(provider) or provider,
        key=source.get("PROMPT_MODEL_KEY", "").strip(),
        base_url=source.get("PROMPT_MODEL_BASE_URL", "").strip(),
        region=source.get("PROMPT_MODEL_REGION", "").strip(),
    )
    adapter = ADAPTERS.get(account.kind)
    if adapter is not None and adapter.needs_base_url and not account.base_url:
        raise UnroutableName(f"{account.kind} needs PROMPT_MODEL_BASE_URL.")
    if adapter is not None and adapter.needs_key and not account.key:
        raise UnroutableName(f"{account.kind} needs PROMPT_MODEL_KEY.")
    return account
