"""MODEL_i_* and PROMPT_MODEL_*: any text is models or sentences, and never quotes a key."""

from hypothesis import given, settings
from hypothesis import strategies as st

from providers.catalogue import load
from providers.registry import ADAPTERS
from providers.slots import MOST_SLOTS, read_chat, read_slots

KEY = "sk-canary-7f3e9a"
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
VALUES = (
    TEXT
    | st.sampled_from(sorted(ADAPTERS))
    | st.sampled_from([model.id for model in load().images()])
    | st.sampled_from(
        ["DALL-E 3", "Flux Pro", "https://x.example/v1", "http://10.0.0.1", "N/A", "a:b"]
    )
)
COUNTS = (
    st.sampled_from(["0", "1", "2", "20", "21", "-1", "1.5", "", "٣", "1e2", " 2", "9" * 5000])
    | TEXT
)
NAMES = [
    f"MODEL_{index}_{field}"
    for index in ("1", "2", "3", "20", "21", "0", "x")
    for field in ("NAME", "PROVIDER", "ID", "BASE_URL", "REGION")
]
CHAT = [f"PROMPT_MODEL_{field}" for field in ("INDEX", "PROVIDER", "ID", "BASE_URL", "REGION")]
SOURCES = st.builds(
    lambda count, values: (
        {"MODEL_COUNT": count, "MODEL_1_KEY": KEY, "PROMPT_MODEL_KEY": KEY} | values
    ),
    COUNTS,
    st.dictionaries(st.sampled_from(NAMES + CHAT), VALUES | COUNTS, max_size=10),
)


@given(SOURCES)
@settings(max_examples=400)
def test_any_environment_is_models_or_sentences(source: dict[str, str]) -> None:
    slots, problems = read_slots(source)
    chat, more = read_chat(source, slots)
    assert len(slots) <= MOST_SLOTS
    for name, sentence in problems + more:
        assert name.startswith(("MODEL_", "PROMPT_MODEL_"))
        assert sentence.strip()
    assert all(slot.route or problems for slot in slots)
    assert KEY not in f"{slots}{problems}{chat}{more}"
