"""How good a prediction is, against labelled sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from labels.sentence import Entity, LabelledSentence
from labels.taxonomy import Taxonomy
from models.calibration import expected_calibration_error
from models.classifier import Prediction
from training.linking_metrics import LinkingMetrics


@dataclass(frozen=True, slots=True)
class SectorMetrics:
    """Scores of the sectors given at the thresholds; macro over the sectors that the data holds."""

    micro_f1: float
    micro_precision: float
    micro_recall: float
    macro_f1: float
    none_f1: float
    subset_accuracy: float
    calibration_error: float
    f1: dict[str, float]
    support: dict[str, int]


@dataclass(frozen=True, slots=True)
class EntityMetrics:
    """Scores of entities with the exact span and type, over all and a type."""

    f1: float
    precision: float
    recall: float
    by_type: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metrics:
    """All scores of one model on one set of sentences."""

    n_sentences: int
    sectors: SectorMetrics
    entities: EntityMetrics | None  # None where neither taxonomy nor data know entities
    linking: LinkingMetrics | None = None  # of the project's own mentions, where they are measured

    def flat(self) -> dict[str, float]:
        """Scores by dotted key, as `newsdesk evaluate --json` prints them."""
        sectors = self.sectors
        scores: dict[str, float] = {
            "sectors.micro_f1": sectors.micro_f1,
            "sectors.micro_precision": sectors.micro_precision,
            "sectors.micro_recall": sectors.micro_recall,
            "sectors.macro_f1": sectors.macro_f1,
            "sectors.none_f1": sectors.none_f1,
            "sectors.subset_accuracy": sectors.subset_accuracy,
            "sectors.calibration_error": sectors.calibration_error,
        }
        scores |= {f"sectors.f1.{key}": score for key, score in sectors.f1.items()}
        if self.entities:
            scores |= {
                "entities.f1": self.entities.f1,
                "entities.precision": self.entities.precision,
                "entities.recall": self.entities.recall,
            }
            scores |= {
                f"entities.{score}.{kind}": value
                for kind, values in self.entities.by_type.items()
                for score, value in values.items()
            }
        if self.linking:
            scores |= self.linking.flat()
        return scores


def sector_targets(sentences: Sequence[LabelledSentence], taxonomy: Taxonomy) -> np.ndarray:
    """Labels as bool (n_sentences, n_sectors)."""
    return np.array(
        [[key in sentence.sectors for key in taxonomy.sector_keys] for sentence in sentences], dtype=bool
    ).reshape(len(sentences), len(taxonomy.sectors))


def measure(
    prediction: Prediction, thresholds: np.ndarray, sentences: Sequence[LabelledSentence], taxonomy: Taxonomy
) -> Metrics:
    """Score a prediction of the sentences' texts."""
    return Metrics(
        n_sentences=len(sentences),
        sectors=_measure_sectors(prediction.sectors, thresholds, sector_targets(sentences, taxonomy), taxonomy),
        entities=_measure_entities(prediction.entities, [s.entities for s in sentences], taxonomy.entity_keys)
        if taxonomy.entity_types
        else None,
    )


def _measure_sectors(
    probabilities: np.ndarray, thresholds: np.ndarray, targets: np.ndarray, taxonomy: Taxonomy
) -> SectorMetrics:
    from sklearn.metrics import f1_score, precision_recall_fscore_support

    given = probabilities >= thresholds  # (n_sentences, n_sectors)
    precision, recall, micro_f1, _ = precision_recall_fscore_support(targets, given, average="micro", zero_division=0.0)
    _, _, f1, support = precision_recall_fscore_support(targets, given, average=None, zero_division=0.0)
    return SectorMetrics(
        micro_f1=float(micro_f1),
        micro_precision=float(precision),
        micro_recall=float(recall),
        macro_f1=float(f1[support > 0].mean()) if support.any() else 0.0,
        none_f1=float(f1_score(~targets.any(1), ~given.any(1), zero_division=0.0)),
        subset_accuracy=float((given == targets).all(1).mean()),
        calibration_error=expected_calibration_error(probabilities, targets),
        f1={key: float(f1[at]) for at, key in enumerate(taxonomy.sector_keys) if support[at] or given[:, at].any()},
        support={key: int(support[at]) for at, key in enumerate(taxonomy.sector_keys)},
    )


def _measure_entities(
    found: Sequence[Sequence[Entity]], labelled: Sequence[Sequence[Entity]], entity_types: Sequence[str]
) -> EntityMetrics:
    from nervaluate import Evaluator

    evaluator = Evaluator(_spans(labelled), _spans(found), tags=list(entity_types), loader="dict")
    results = evaluator.evaluate()
    overall = results["overall"]["strict"]
    by_type = {
        kind: {
            "f1": scores["strict"].f1,
            "precision": scores["strict"].precision,
            "recall": scores["strict"].recall,
        }
        for kind, scores in results["entities"].items()
        if scores["strict"].possible or scores["strict"].actual
    }
    return EntityMetrics(overall.f1, overall.precision, overall.recall, by_type)


def _spans(entities: Sequence[Sequence[Entity]]) -> list[list[dict[str, str | int]]]:
    # nervaluate's ends are inclusive.
    return [[{"label": e.type, "start": e.start, "end": e.end - 1} for e in text] for text in entities]
