"""What every system under test can do, newsdesk itself included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy

Classify = Callable[[Sequence[str]], np.ndarray]
"""Probabilities, float (n_texts, n_sectors) in the taxonomy's order, of texts."""

SEED = 1


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What a system may learn from; all get the same."""

    taxonomy: Taxonomy
    train: Sequence[LabelledSentence]
    validation: Sequence[LabelledSentence]  # for calibration and thresholds only

    @property
    def texts(self) -> list[str]:
        """Texts of the sentences to learn from."""
        return [sentence.text for sentence in self.train]


Fit = Callable[[TrainingSet, Path, int | None], float | None]
"""Trains into a folder, over so many epochs or else as many as the system takes by its settings.

Returns how many sentences went through its training steps a second, None where it has no steps.
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """One system: how it is trained, loaded and described."""

    key: str
    family: str  # what ONLY selects
    title: str
    settings: str  # how it was trained and run, for the table
    fit: Fit
    load: Callable[[Path], Classify]
    requires: tuple[str, ...] = ()  # distributions whose versions the results state
    fitted_by: str = ""  # key of the peer whose fit it uses, if not its own
    alias: Literal["", "transformer", "baseline"] = ""  # newsdesk's trained model in the registry
    runs_encoder: bool = False  # whether the limit of the machine's matrix rate applies
    has_steps: bool = False


class StepClock:
    """Rate of training steps without what happens before, between and after epochs."""

    def __init__(self, sentences_in_step: float) -> None:
        """Start with no step noted; steps have so many sentences on average."""
        self._sentences_in_step = sentences_in_step
        self._epoch = -1
        self._last = 0.0
        self._seconds = 0.0
        self._steps = 0

    def tick(self, epoch: int, now: float) -> None:
        """Take note of a step of an epoch that ended at a time in seconds."""
        # An epoch's first step starts the clock: it warms up, and waits for what precedes the epoch.
        if epoch == self._epoch:
            self._seconds += now - self._last
            self._steps += 1
        self._epoch, self._last = epoch, now

    @property
    def sentences_per_second(self) -> float | None:
        """Rate over all steps noted, None without any."""
        return self._steps * self._sentences_in_step / self._seconds if self._seconds else None
