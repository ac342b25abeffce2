"""Sentence embeddings with logistic regressions, as they are and contrastively tuned by SetFit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.peer import SEED, Classify, Peer, TrainingSet

_REGRESSIONS_FILE = "regressions.joblib"
_ENCODER_FOLDER = "encoder"
_SENTENCES_A_SECTOR = 8
_PAIRS_A_SENTENCE = 10


def _fit_regressions(training: TrainingSet, folder: Path, epochs: int | None) -> None:
    import joblib
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    from models.backbone import PACKAGED, resolve_backbone
    from training.metrics import sector_targets

    encoder = SentenceTransformer(str(resolve_backbone(PACKAGED)))
    embeddings = encoder.encode(training.texts, show_progress_bar=False)
    targets = sector_targets(training.train, training.taxonomy).astype(int)
    regressions = OneVsRestClassifier(LogisticRegression(max_iter=1000)).fit(embeddings, targets)
    encoder.save(str(folder / _ENCODER_FOLDER))
    joblib.dump(regressions, folder / _REGRESSIONS_FILE)


def _load_regressions(folder: Path) -> Classify:
    import joblib
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(folder / _ENCODER_FOLDER))
    regressions = joblib.load(folder / _REGRESSIONS_FILE)
    return lambda texts: np.asarray(
        regressions.predict_proba(encoder.encode(list(texts), show_progress_bar=False)), dtype=np.float32
    )


def _fit_setfit(training: TrainingSet, folder: Path, epochs: int | None) -> None:
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    from models.backbone import PACKAGED, resolve_backbone
    from training.metrics import sector_targets

    targets = sector_targets(training.train, training.taxonomy).astype(int)
    chosen = _few_shots(targets)
    examples = Dataset.from_dict({"text": [training.texts[at] for at in chosen], "label": targets[chosen].tolist()})
    model = SetFitModel.from_pretrained(str(resolve_backbone(PACKAGED)), multi_target_strategy="one-vs-rest")
    with tempfile.TemporaryDirectory() as checkpoints:
        arguments = TrainingArguments(
            output_dir=checkpoints,
            num_epochs=1,
            # SetFit makes two pairs an iteration of each sentence.
            num_iterations=_PAIRS_A_SENTENCE // 2,
            seed=SEED,
            save_strategy="no",
            report_to="none",
            show_progress_bar=False,
        )
        Trainer(model, args=arguments, train_dataset=examples).train()
    model.save_pretrained(str(folder))


def _load_setfit(folder: Path) -> Classify:
    from setfit import SetFitModel

    model = SetFitModel.from_pretrained(str(folder), multi_target_strategy="one-vs-rest")
    return lambda texts: np.asarray(
        model.predict_proba(list(texts), as_numpy=True, show_progress_bar=False), dtype=np.float32
    )


def _few_shots(targets: np.ndarray) -> list[int]:
    """Rows with some sentences of each sector and as many of none, each row once."""
    order = np.random.default_rng(SEED).permutation(len(targets))
    of_none = order[~targets[order].any(1)]
    groups: Sequence[np.ndarray] = [*(order[targets[order, at] > 0] for at in range(targets.shape[1])), of_none]
    return list(dict.fromkeys(int(row) for group in groups for row in group[:_SENTENCES_A_SECTOR]))


SENTENCE_TRANSFORMERS = Peer(
    key="sentence-transformers",
    family="sentence-transformers",
    title="sentence-transformers + logistic regression",
    settings="same encoder, unchanged, float32; one regression a sector",
    fit=_fit_regressions,
    load=_load_regressions,
    requires=("sentence-transformers", "scikit-learn"),
    runs_encoder=True,
)

SETFIT = Peer(
    key="setfit",
    family="setfit",
    title="SetFit",
    settings=(
        f"same encoder, float32; few-shot: {_SENTENCES_A_SECTOR} sentences a sector of those stated, "
        f"{_PAIRS_A_SENTENCE} pairs each, 1 epoch"
    ),
    fit=_fit_setfit,
    load=_load_setfit,
    requires=("setfit",),
    runs_encoder=True,
)
