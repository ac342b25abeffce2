"""Probabilities that mean what they say: one temperature, and an offset a sector around a common one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_DEVIATION_PENALTY = 4.0
"""Weight of the square of an offset's deviation from the common offset, in nats. A deviation must
earn its keep on a few dozen validation sentences, so that chance in a small sector does not become
a bias on other text."""


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Probabilities of log-odds, of the same shape, without overflow at either end."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = sigmoid(logit / temperature + offset of the sector)."""

    temperature: float
    offsets: tuple[float, ...]

    def apply(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, float32 (n, n_sectors), of logits of the same shape."""
        return np.asarray(sigmoid(logits / self.temperature + np.asarray(self.offsets)), dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for a saved model's JSON."""
        return {"temperature": self.temperature, "offsets": list(self.offsets)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Calibration:
        """The inverse of `to_dict`."""
        return cls(float(content["temperature"]), tuple(float(offset) for offset in content["offsets"]))


def fit_calibration(logits: np.ndarray, targets: np.ndarray) -> Calibration:
    """Temperature scaling (Guo et al. 2017, On Calibration of Modern Neural Networks) with offsets.

    Args:
        logits: float (n, n_sectors) of the validation split.
        targets: bool or 0/1 (n, n_sectors).
    """
    from scipy.optimize import minimize

    signs = 2.0 * targets - 1.0

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        scale, common, deviations = np.exp(parameters[0]), parameters[1], parameters[2:]
        margins = signs * (logits * scale + common + deviations)
        residuals = -signs * sigmoid(-margins)  # (n, n_sectors)
        value = np.logaddexp(0.0, -margins).sum() + _DEVIATION_PENALTY * np.square(deviations).sum()
        gradient = [
            [(residuals * logits * scale).sum(), residuals.sum()],
            residuals.sum(0) + 2 * _DEVIATION_PENALTY * deviations,
        ]
        return float(value), np.concatenate(gradient)

    fitted = minimize(loss, np.zeros(2 + logits.shape[1]), jac=True, method="L-BFGS-B").x
    return Calibration(float(np.exp(-fitted[0])), tuple(float(fitted[1] + deviation) for deviation in fitted[2:]))


def expected_calibration_error(probabilities: np.ndarray, targets: np.ndarray, bins: int = 15) -> float:
    """Mean gap between stated probability and observed share, over all decisions (Naeini et al. 2015).

    Args:
        probabilities: float (n, n_sectors).
        targets: bool or 0/1 of the same shape.
        bins: number of equally wide bins of probability.
    """
    stated, observed = probabilities.ravel(), np.asarray(targets, dtype=float).ravel()
    which = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = np.bincount(which, weights=stated - observed, minlength=bins)
    return float(np.abs(gaps).sum() / len(stated))
