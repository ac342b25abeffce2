"""What a benchmark found, as plain data: the JSON file, and the medians that table and figure show."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class SystemResult:
    """All measurements of one system; lists hold one value a run."""

    key: str
    title: str
    settings: str
    runs_encoder: bool
    versions: dict[str, str] = field(default_factory=dict)
    sentences_per_second: list[float] = field(default_factory=list)
    load_seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    trained_on: str = ""  # of the model that was timed
    f1: dict[str, float] = field(default_factory=dict)  # micro-F1 of that model by the name of the data
    fit_seconds: float | None = None
    fit_peak_mb: float | None = None
    fit_f1: float | None = None  # micro-F1 over all data after the fit on the stated sentences
    steps_per_run: list[float] = field(default_factory=list)  # sentences a second through training steps
    left_out: str = ""  # why, in one line

    @property
    def speed(self) -> float | None:
        """Median of sentences a second."""
        return median(self.sentences_per_second) if self.sentences_per_second else None

    @property
    def step_speed(self) -> float | None:
        """Median of sentences a second through training steps."""
        return median(self.steps_per_run) if self.steps_per_run else None


@dataclass(frozen=True, slots=True)
class Results:
    """One benchmark."""

    date: str
    machine: dict[str, str | int | float]
    limit: dict[str, Any]  # as `benchmarks.limit.Limit.to_dict` gives it
    runs: int
    n_timed: int
    n_train: int
    n_steps: int  # sentences of which the training steps were timed
    n_scored: dict[str, int]
    systems: list[SystemResult]

    def find(self, key: str) -> SystemResult | None:
        """The result of a system, None if it was not asked for."""
        return next((system for system in self.systems if system.key == key), None)

    def to_json(self) -> str:
        """All of it, indented."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def results_from_json(text: str) -> Results:
    """The inverse of `Results.to_json`."""
    content = json.loads(text)
    systems = [SystemResult(**system) for system in content.pop("systems")]
    return Results(**content, systems=systems)
