"""What turns a model's logits into sectors of sentences and stories, fitted on validation only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.calibration import Calibration, fit_calibration
from models.pooling import StoryPooling
from models.thresholds import fit_thresholds


@dataclass(frozen=True, slots=True)
class Decision:
    """Calibration, thresholds and story pooling of one model."""

    calibration: Calibration
    thresholds: np.ndarray  # float32 (n_sectors,), probability from which a sentence gets a sector
    pooling: StoryPooling

    def to_dict(self, keys: Sequence[str]) -> dict[str, Any]:
        """Plain mapping for a saved model's JSON, thresholds by sector key."""
        return {
            "calibration": self.calibration.to_dict(),
            "thresholds": {key: round(float(at), 4) for key, at in zip(keys, self.thresholds, strict=True)},
            "pooling": self.pooling.to_dict(),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any], keys: Sequence[str]) -> Decision:
        """The inverse of `to_dict`."""
        return cls(
            Calibration.from_dict(content["calibration"]),
            np.array([content["thresholds"][key] for key in keys], dtype=np.float32),
            StoryPooling.from_dict(content["pooling"]),
        )


def fit_decision(logits: np.ndarray, targets: np.ndarray, pooling: StoryPooling) -> Decision:
    """Calibration and thresholds from the validation split.

    Args:
        logits: float (n, n_sectors).
        targets: bool (n, n_sectors).
        pooling: fitted on labelled stories.
    """
    calibration = fit_calibration(logits, targets)
    return Decision(calibration, fit_thresholds(calibration.apply(logits), targets), pooling)


def sectors_above(probabilities: np.ndarray, thresholds: np.ndarray, keys: Sequence[str]) -> list[tuple[str, float]]:
    """Sectors at or above their thresholds with their probabilities, most probable first.

    Args:
        probabilities: float (n_sectors,).
        thresholds: float (n_sectors,).
        keys: sector keys in the same order.
    """
    given = [at for at in np.argsort(-probabilities, kind="stable") if probabilities[at] >= thresholds[at]]
    return [(keys[at], float(probabilities[at])) for at in given]
