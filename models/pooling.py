"""From the sectors of sentences to the sectors of their story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.calibration import sigmoid

STORY_THRESHOLD = 0.5
"""The pooling is a fitted probability of its own, so that no threshold a sector is needed on top."""

_LEAST_HEADING_TOPIC = 0.5
"""Real letters have headings such as "What comes next", which must not speak against their story's topic."""


@dataclass(frozen=True, slots=True)
class StoryPooling:
    """probability = sigmoid(offset + heading * p_heading + mean * p_mean + peak * p_max), all sectors alike.

    The defaults are those fitted on the project's own stories; other labels may bring none.
    """

    offset: float = -6.3
    heading: float = 3.8
    mean: float = 4.6
    peak: float = 2.9

    def pool(self, heading: np.ndarray | None, sentences: np.ndarray) -> np.ndarray:
        """Sector probabilities of a story, float32 (n_sectors,).

        Args:
            heading: float (n_sectors,), probabilities of the heading; None where there is none. Without
                one, or with one that names no topic, the sentences' mean stands in for it.
            sentences: float (n_sentences, n_sectors), n_sentences > 0.
        """
        return np.asarray(sigmoid(_features(heading, sentences) @ self._weights()), dtype=np.float32)

    def to_dict(self) -> dict[str, float]:
        """Plain mapping for a saved model's JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> StoryPooling:
        """The inverse of `to_dict`."""
        return cls(**{key: float(value) for key, value in content.items()})

    def _weights(self) -> np.ndarray:
        return np.array([self.offset, self.heading, self.mean, self.peak])


def fit_pooling(stories: Sequence[tuple[np.ndarray | None, np.ndarray]], targets: np.ndarray) -> StoryPooling:
    """Logistic regression of a story's sectors on those of its heading and sentences.

    Args:
        stories: heading and sentences of each, as `StoryPooling.pool` takes them.
        targets: bool or 0/1 (n_stories, n_sectors).
    """
    from sklearn.linear_model import LogisticRegression

    columns = np.concatenate([_features(heading, sentences) for heading, sentences in stories])
    # Labels are surer than any model; a firm penalty keeps the pooled probabilities from following suit.
    regression = LogisticRegression(C=1.0).fit(columns[:, 1:], np.asarray(targets).astype(int).ravel())
    return StoryPooling(float(regression.intercept_[0]), *(float(weight) for weight in regression.coef_[0]))


def _features(heading: np.ndarray | None, sentences: np.ndarray) -> np.ndarray:
    """Float (n_sectors, 4): one, the heading's, the mean and the highest probability of each sector."""
    mean = sentences.mean(0)
    told = mean if heading is None or heading.max() < _LEAST_HEADING_TOPIC else heading
    return np.stack([np.ones_like(mean), told, mean, sentences.max(0)], axis=1)
