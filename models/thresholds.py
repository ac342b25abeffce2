"""From which probability a sector is given, chosen on the validation split only."""

from __future__ import annotations

import numpy as np

_TOLERANCE = 0.01
"""F1 is flat near its top. Of thresholds within this of the best, the highest is taken: other text
holds more that belongs nowhere than our own, and the guide asks for fewer labels in doubt."""

_GRID = np.arange(0.2, 0.81, 0.01)
_PRIOR_SENTENCES = 200.0
"""Labelled sentences that the common threshold counts for against a sector's own best one. Best
thresholds of single sectors are mostly noise of some sixty validation sentences and do not carry
over to other text; the common one does."""


def fit_thresholds(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Threshold a sector: its own best one, shrunk towards the best one common to all.

    Args:
        probabilities: float (n, n_sectors), calibrated, of the validation split.
        targets: bool or 0/1 (n, n_sectors).

    Returns:
        float32 (n_sectors,).
    """
    common = _best_threshold(probabilities, targets)
    positives = np.asarray(targets).sum(0)
    own = np.array(
        [
            _best_threshold(probabilities[:, [at]], targets[:, [at]]) if positives[at] else common
            for at in range(targets.shape[1])
        ]
    )
    weight = positives / (positives + _PRIOR_SENTENCES)
    return np.asarray(weight * own + (1 - weight) * common, dtype=np.float32)


def threshold_sweep(probabilities: np.ndarray, targets: np.ndarray) -> list[tuple[float, float]]:
    """Micro-F1 at each threshold of a grid, as (threshold, F1)."""
    return [(float(at), _micro_f1(probabilities >= at, targets)) for at in _GRID]


def _best_threshold(probabilities: np.ndarray, targets: np.ndarray) -> float:
    scores = np.array([score for _, score in threshold_sweep(probabilities, targets)])
    return float(_GRID[scores >= scores.max() - _TOLERANCE].max())


def _micro_f1(given: np.ndarray, targets: np.ndarray) -> float:
    targets = np.asarray(targets, dtype=bool)
    hits = (given & targets).sum()
    total = given.sum() + targets.sum()
    return float(2 * hits / total) if total else 0.0
