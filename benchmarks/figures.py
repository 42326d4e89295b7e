"""What a row of the table holds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured row: medians of several runs, with their spread.

    `bare` is the bare work, measured in the same run; `goal` is what we want, in the same unit.
    """

    name: str
    unit: str
    ours: Sequence[float]
    goal: str
    bare: Sequence[float] = ()
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return median(self.ours) / median(self.bare) if self.bare and median(self.bare) else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"median": median(self.ours), "ratio": self.ratio}

    def as_line(self) -> str:
        bare = spread(self.bare) if self.bare else ""
        ratio = f"{self.ratio:.1f}" if self.ratio is not None else ""
        return (
            f"| {self.name} | {self.unit} | {spread(self.ours)} | {bare} | {ratio} "
            f"| {self.goal} | {self.note} |"
        )


HEAD = "| work | unit | ours | bare work | ratio | goal | |\n|---|---|---|---|---|---|---|"


def spread(values: Sequence[float]) -> str:
    """The median, and the lowest and highest where there are several."""
    if len(values) == 1:
        return number(values[0])
    return f"{number(median(values))} ({number(min(values))} to {number(max(values))})"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
