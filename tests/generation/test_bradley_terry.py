"""Strengths from duels: known estimates, hand-made ones, and truths that are found again."""

import math
import random

import pytest

from generation.bradley_terry import logistic, strengths, weight

# American League, 1987: how often the row beat the column (Agresti, Categorical Data Analysis).
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = (
    (0, 7, 9, 7, 7, 9, 11),
    (6, 0, 7, 5, 11, 9, 9),
    (4, 6, 0, 7, 7, 8, 12),
    (6, 8, 6, 0, 6, 7, 10),
    (6, 2, 6, 7, 0, 7, 12),
    (4, 4, 5, 6, 6, 0, 6),
    (2, 4, 1, 3, 1, 7, 0),
)
ESTIMATES = (1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0.0)
TRUTH = {"a": 1.2, "b": 0.5, "c": 0.1, "d": -0.6, "e": -1.2}


def test_known_estimates_are_found() -> None:
    duels = {
        (one, other): float(WINS[i][j])
        for i, one in enumerate(TEAMS)
        for j, other in enumerate(TEAMS)
        if i != j
    }
    found = strengths(duels, prior=1e-7)
    for team, estimate in zip(TEAMS, ESTIMATES, strict=True):
        difference = found[team].value - found["Baltimore"].value
        assert difference == pytest.approx(estimate, abs=0.001)


def test_two_models_differ_by_the_logarithm_of_their_odds() -> None:
    found = strengths({("a", "b"): 3.0, ("b", "a"): 1.0}, prior=1e-9)
    assert found["a"].value - found["b"].value == pytest.approx(math.log(3), abs=1e-6)
    assert found["a"].value == pytest.approx(-found["b"].value, abs=1e-6)


def test_the_error_is_that_of_the_curvature() -> None:
    # Equal strengths: the difference of two has the variance 4 / n, each from their mean a quarter.
    found = strengths({("a", "b"): 10.0, ("b", "a"): 10.0}, prior=1e-9)
    assert found["a"].value == pytest.approx(0)
    assert found["a"].error == pytest.approx(math.sqrt(4 / 20 / 4))


def test_whoever_won_all_is_strong_but_not_infinitely() -> None:
    found = strengths({("a", "b"): 5.0})
    low, high = found["a"].interval
    assert 0.5 < found["a"].chance < high < 1
    assert low < 0.5


def test_models_that_never_met_are_still_placed() -> None:
    found = strengths({("a", "b"): 9.0, ("b", "a"): 1.0, ("c", "d"): 1.0, ("d", "c"): 1.0})
    assert found["a"].value > found["c"].value > found["b"].value


def test_more_votes_make_narrower_intervals() -> None:
    few, many = (strengths({("a", "b"): 2.0 * n, ("b", "a"): 1.0 * n})["a"].error for n in (5, 500))
    assert many < few / 3


def test_nobody_voted() -> None:
    assert strengths({}) == {}


def choices(rng: random.Random, votes: int) -> dict[tuple[str, str], float]:
    """Votes of people who choose among two to five pictures as the truth tells."""
    duels: dict[tuple[str, str], float] = {}
    for _ in range(votes):
        shown = rng.sample(sorted(TRUTH), rng.randint(2, 5))
        (best,) = rng.choices(shown, [math.exp(TRUTH[name]) for name in shown])
        for other in shown:
            if other != best:
                duels[best, other] = duels.get((best, other), 0) + weight(len(shown))
    return duels


def test_true_strengths_are_recovered_and_intervals_hold_them() -> None:
    rng = random.Random(7)
    held = []
    for _ in range(60):
        found = strengths(choices(rng, 400))
        assert sorted(found, key=lambda name: -found[name].value)[0] == "a"
        for name, strength in found.items():
            low, high = strength.interval
            held.append(low <= logistic(TRUTH[name]) <= high)
    assert 0.90 < sum(held) / len(held) < 0.995
