"""The prompts to start from."""

from generation.inspiration import PROMPTS

LONGEST_TO_ENHANCE = 500


def test_there_are_many_prompts_and_none_comes_twice() -> None:
    assert len(PROMPTS) >= 72
    assert len({prompt.casefold() for prompt in PROMPTS}) == len(PROMPTS)


def test_every_prompt_can_be_drawn_and_enhanced_as_it_is() -> None:
    for prompt in PROMPTS:
        assert prompt == prompt.strip()
        assert 0 < len(prompt) <= LONGEST_TO_ENHANCE
