"""Labels that a model, asked about sentences it was not trained on, contradicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labels.errors import UserError
from labels.sentence import Entity, LabelledSentence
from labels.splits import SPLITS
from models.classifier import Classifier, Prediction
from models.decision import sectors_above
from training.config import Recipe
from training.metrics import sector_targets
from training.source import TrainingSource

_LEAST_PROBABILITY = 0.05
"""Sectors less probable than this are not worth a reader's glance."""

OnFold = Callable[[int, int], None]
"""Told of the folds done and of all folds."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A sentence whose labels a person should judge again."""

    sentence: LabelledSentence
    quality: float
    """Of its sectors, 0 to 1: how well they agree with the model (cleanlab's label quality score)."""
    sectors_suspected: bool
    sectors: tuple[tuple[str, float], ...]
    """That the model finds probable, most probable first."""
    missed: tuple[Entity, ...]
    """Labelled and not found by the model."""
    invented: tuple[Entity, ...]
    """Found by the model and not labelled."""

    def to_json(self) -> str:
        """One line for a file that people work through."""
        text = self.sentence.text
        return json.dumps(
            {
                "id": self.sentence.id,
                "text": text,
                "labelled": list(self.sentence.sectors),
                "suspected": self.sectors_suspected,
                "quality": round(self.quality, 4),
                "probable": {sector: round(probability, 3) for sector, probability in self.sectors},
                "entities_missed": [f"{text[e.start : e.end]} ({e.type})" for e in self.missed],
                "entities_invented": [f"{text[e.start : e.end]} ({e.type})" for e in self.invented],
            },
            ensure_ascii=False,
        )


def find_suspects(
    recipe: Recipe, source: TrainingSource, folds: int, *, on_fold: OnFold = lambda done, total: None
) -> list[Suspect]:
    """Suspects among all sentences of the labels, the worst first.

    Each sentence is judged by a model that was trained without it (cross-validation), and confident learning
    (Northcutt et al. 2021, Confident Learning: Estimating Uncertainty in Dataset Labels) decides which
    disagreements are more likely the label's fault than the model's.

    Args:
        recipe: what to train in each fold.
        source: the labels.
        folds: number of parts, each judged by a model of the others.
        on_fold: told of every fold done.

    Raises:
        UserError: the sentences have too few different labels to learn from.
    """
    from cleanlab.multilabel_classification.filter import find_label_issues
    from cleanlab.multilabel_classification.rank import get_label_quality_scores

    if len(source.taxonomy.sectors) < 2:
        raise UserError(f"{source.path}: has labels of one sector only; confident learning compares two or more")
    sentences = [sentence for split in SPLITS for sentence in source.splits[split]]
    prediction = _out_of_fold(recipe, source, sentences, folds, on_fold)
    given = [[int(at) for at in np.flatnonzero(row)] for row in sector_targets(sentences, source.taxonomy)]
    suspected = find_label_issues(given, prediction.sectors.astype(np.float64))
    quality = get_label_quality_scores(given, prediction.sectors.astype(np.float64))
    least = np.full(len(source.taxonomy.sectors), _LEAST_PROBABILITY)
    suspects = [
        Suspect(
            sentence=sentence,
            quality=float(quality[at]),
            sectors_suspected=bool(suspected[at]),
            sectors=tuple(sectors_above(prediction.sectors[at], least, source.taxonomy.sector_keys)),
            missed=tuple(sorted(set(sentence.entities) - set(prediction.entities[at]))),
            invented=tuple(sorted(set(prediction.entities[at]) - set(sentence.entities))),
        )
        for at, sentence in enumerate(sentences)
    ]
    return sorted(
        (suspect for suspect in suspects if suspect.sectors_suspected or suspect.missed or suspect.invented),
        key=lambda suspect: (not suspect.sectors_suspected, suspect.quality, suspect.sentence.id),
    )


def _out_of_fold(
    recipe: Recipe, source: TrainingSource, sentences: Sequence[LabelledSentence], folds: int, on_fold: OnFold
) -> Prediction:
    """Prediction of every sentence by a model trained without it."""
    fold_of = np.random.default_rng(recipe.seed).permutation(len(sentences)) % folds
    sectors = np.zeros((len(sentences), len(source.taxonomy.sectors)), dtype=np.float32)
    entities: list[list[Entity]] = [[] for _ in sentences]
    for fold in range(folds):
        held_out = [int(at) for at in np.flatnonzero(fold_of == fold)]
        others = [int(at) for at in np.flatnonzero(fold_of != fold)]
        # Every tenth of the others calibrates; it is not judged in this fold.
        model = _fit(
            recipe,
            source,
            [sentences[at] for at in others if at % 10],
            [sentences[at] for at in others if at % 10 == 0],
        )
        prediction = model.classify([sentences[at].text for at in held_out])
        sectors[held_out] = prediction.sectors
        for at, found in zip(held_out, prediction.entities, strict=True):
            entities[at] = found
        on_fold(fold + 1, folds)
    return Prediction(sectors, entities)


def _fit(
    recipe: Recipe,
    source: TrainingSource,
    train: list[LabelledSentence],
    validation: list[LabelledSentence],
) -> Classifier:
    if recipe.model == "baseline":
        from training.baseline_fit import fit_baseline

        return fit_baseline(
            recipe.baseline,
            source.taxonomy,
            train,
            validation,
            source.pooling,
            seed=recipe.seed,
            catalogue=source.catalogue,
        )
    from training.transformer_fit import fit_transformer

    return fit_transformer(
        recipe.transformer,
        recipe.seed,
        source.taxonomy,
        train,
        validation,
        source.pooling,
        catalogue=source.catalogue,
    )
