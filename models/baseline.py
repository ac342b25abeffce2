"""The baseline: TF-IDF with logistic regressions for sectors, a gazetteer for entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labels.taxonomy import Taxonomy
from models.classifier import Prediction
from models.decision import Decision
from models.gazetteer import Gazetteer
from models.lexical import SectorScorer, load_sector_scorer

KIND = "baseline"
_GAZETTEER_FILE = "gazetteer.json"


@dataclass(frozen=True, slots=True)
class BaselineClassifier:
    """Sector scorer and gazetteer with their decision."""

    taxonomy: Taxonomy
    scorer: SectorScorer
    gazetteer: Gazetteer
    decision: Decision

    def classify(self, texts: Sequence[str]) -> Prediction:
        """Sector probabilities and entities of each text."""
        return Prediction(
            sectors=self.decision.calibration.apply(self.scorer.logits(texts)),
            entities=[self.gazetteer.find(text) for text in texts],
        )

    def save(self, folder: Path) -> None:
        """Write the n-grams and their weights as safetensors, all else as JSON."""
        from models.saved import write_description

        write_description(folder, KIND, self.taxonomy, self.decision, {})
        self.scorer.save(folder)
        self.gazetteer.save(folder / _GAZETTEER_FILE)


def load_baseline(folder: Path, taxonomy: Taxonomy, decision: Decision) -> BaselineClassifier:
    """Baseline from its folder."""
    return BaselineClassifier(
        taxonomy=taxonomy,
        scorer=load_sector_scorer(folder),
        gazetteer=Gazetteer.load(folder / _GAZETTEER_FILE),
        decision=decision,
    )
