"""How strong each model is, from duels: the Bradley-Terry model, with intervals.

The chance that i beats j is s(a_i - a_j), where s is the logistic function and the a are the
strengths. They are those that make the duels most likely, found by Newton's method; the inverse of
the curvature there is their covariance. Each model also wins and loses `PRIOR` duels against a
typical one of strength 0, so that few duels do not lead to infinite strengths.

A choice of one picture among n says that it beats each of the n - 1 others. For the strengths these
duels may be taken as independent (Luce's choice axiom makes the comparison of any two pictures a
Bradley-Terry duel), but one choice then seems to tell n / 2 times as much as it does. Counting each
of its duels as 2 / n gives intervals of the right width where strengths are alike.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

PRIOR = 0.5
ROUNDS = 60
EXACT = 1e-9
LONGEST_STEP = 2.0
IN_95_PERCENT = 1.959964

Duels = Mapping[tuple[str, str], float]
Matrix = list[list[float]]


@dataclass(frozen=True, slots=True)
class Strength:
    """On the logit scale, from the mean of all models, with its standard error."""

    value: float
    error: float

    @property
    def chance(self) -> float:
        """Of being preferred to a model of mean strength, from 0 to 1."""
        return logistic(self.value)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the chance lies, with 95 % confidence."""
        reach = IN_95_PERCENT * self.error
        return logistic(self.value - reach), logistic(self.value + reach)


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def weight(choices: int) -> float:
    """What one duel counts that comes from a choice among so many."""
    return 2 / choices


def strengths(duels: Duels, prior: float = PRIOR) -> dict[str, Strength]:
    """The strength of each model. `duels` tells in weights how often the first beat the second."""
    names = sorted({name for pair in duels for name in pair})
    won = [[duels.get((one, other), 0.0) for other in names] for one in names]
    values = [0.0] * len(names)
    for _ in range(ROUNDS):
        slope, curvature = derivatives(won, values, prior)
        steps = times(inverse(curvature), slope)
        values = [value + bounded(step) for value, step in zip(values, steps, strict=True)]
        if all(abs(step) < EXACT for step in steps):
            break
    errors = errors_from_mean(inverse(derivatives(won, values, prior)[1]))
    mean = sum(values) / max(1, len(values))
    return {
        name: Strength(value - mean, error)
        for name, value, error in zip(names, values, errors, strict=True)
    }


def errors_from_mean(covariance: Matrix) -> list[float]:
    """The standard error of each strength's distance from the mean of all. Only distances are
    known from duels: where the mean lies, the prior alone says."""
    size = len(covariance) or 1
    means = [sum(row) / size for row in covariance]
    middle = sum(means) / size
    return [
        math.sqrt(max(0.0, row[place] - 2 * means[place] + middle))
        for place, row in enumerate(covariance)
    ]


def bounded(step: float) -> float:
    return max(-LONGEST_STEP, min(LONGEST_STEP, step))


def derivatives(won: Matrix, values: list[float], prior: float) -> tuple[list[float], Matrix]:
    """The slope of the log-likelihood, and its curvature with the sign turned."""
    places = range(len(values))
    slope = [prior * (1 - 2 * logistic(value)) for value in values]
    curvature = [[0.0 for _ in places] for _ in places]
    for i in places:
        typical = logistic(values[i])
        curvature[i][i] += 2 * prior * typical * (1 - typical)
        for j in places:
            duels = won[i][j] + won[j][i]
            chance = logistic(values[i] - values[j])
            information = duels * chance * (1 - chance)
            slope[i] += won[i][j] - duels * chance
            curvature[i][i] += information
            curvature[i][j] -= information
    return slope, curvature


def times(matrix: Matrix, vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def inverse(matrix: Matrix) -> Matrix:
    """Of a positive definite matrix, by Gauss and Jordan; its pivots need no exchange."""
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = rows[i][i]
        rows[i] = [value / pivot for value in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[size:] for row in rows]
