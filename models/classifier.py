"""The one protocol that every model satisfies; nothing above this room asks which model it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from labels.sentence import Entity
from labels.taxonomy import Taxonomy
from models.decision import Decision


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of a batch of texts."""

    sectors: np.ndarray  # float32 (n_texts, n_sectors), calibrated probabilities in taxonomy order
    entities: list[list[Entity]]  # a text, in reading order, not overlapping


class Classifier(Protocol):
    """A trained model of sectors and entities."""

    @property
    def taxonomy(self) -> Taxonomy:
        """The labels that it gives, in the order of its outputs."""
        ...

    @property
    def decision(self) -> Decision:
        """Its calibration, thresholds and story pooling."""
        ...

    def classify(self, texts: Sequence[str]) -> Prediction:
        """Sector probabilities and entities of each text; an empty text has neither."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model into a folder that `models.saved.load` reads."""
        ...
