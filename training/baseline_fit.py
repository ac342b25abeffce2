"""Fits the baseline; the same recipe and labels give the same model to the bit."""

from __future__ import annotations

from collections.abc import Sequence

from labels.catalogue import CatalogueEntry
from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy
from models.baseline import BaselineClassifier
from models.decision import fit_decision
from models.gazetteer import learn_gazetteer
from models.lexical import SectorScorer, fit_sector_scorer
from models.ngrams import NgramSettings
from models.pooling import StoryPooling
from training.config import BaselineConfig
from training.metrics import sector_targets


def fit_baseline(
    settings: BaselineConfig,
    taxonomy: Taxonomy,
    train: Sequence[LabelledSentence],
    validation: Sequence[LabelledSentence],
    pooling: StoryPooling,
    *,
    seed: int,
    catalogue: Sequence[CatalogueEntry] = (),
) -> BaselineClassifier:
    """Train on `train`, calibrate on `validation`; names come from `train` and from `catalogue`."""
    scorer = fit_scorer(settings, taxonomy, train, seed=seed)
    logits = scorer.logits([sentence.text for sentence in validation])
    return BaselineClassifier(
        taxonomy=taxonomy,
        scorer=scorer,
        gazetteer=learn_gazetteer(train, catalogue),
        decision=fit_decision(logits, sector_targets(validation, taxonomy), pooling),
    )


def fit_scorer(
    settings: BaselineConfig, taxonomy: Taxonomy, train: Sequence[LabelledSentence], *, seed: int
) -> SectorScorer:
    """The baseline's sectors alone, before calibration."""
    return fit_sector_scorer(
        NgramSettings(settings.word_ngrams, settings.character_ngrams, settings.least_documents),
        settings.regularisation,
        [sentence.text for sentence in train],
        sector_targets(train, taxonomy),
        seed=seed,
    )
