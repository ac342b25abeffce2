"""newsdesk's own two models, run whole: tokens, both heads, span decoding, calibration."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.peer import SEED, Classify, Peer, StepClock, TrainingSet


def _load(folder: Path) -> Classify:
    from models.saved import load

    model = load(folder)
    return lambda texts: model.classify(texts).sectors


def _fit_baseline(training: TrainingSet, folder: Path, epochs: int | None) -> None:
    from labels.catalogue import load_catalogue
    from models.pooling import StoryPooling
    from training.baseline_fit import fit_baseline
    from training.config import BaselineConfig

    model = fit_baseline(
        BaselineConfig(),
        training.taxonomy,
        training.train,
        training.validation,
        StoryPooling(),
        seed=SEED,
        catalogue=load_catalogue(),
    )
    model.save(folder)


def _fit_transformer(training: TrainingSet, folder: Path, epochs: int | None) -> float | None:
    from labels.catalogue import load_catalogue
    from models.pooling import StoryPooling
    from training.checkpoints import CheckpointFolder
    from training.config import CONFIGS_FOLDER, load_recipe
    from training.transformer_fit import Progress, fit_transformer

    settings = load_recipe(CONFIGS_FOLDER / "transformer.yaml").transformer
    if epochs:
        settings = settings.model_copy(update={"epochs": epochs})
    clock: StepClock | None = None

    def on_step(progress: Progress) -> None:
        nonlocal clock
        clock = clock or StepClock(len(training.train) * settings.epochs / progress.total_steps)
        clock.tick(progress.epoch, time.perf_counter())

    with tempfile.TemporaryDirectory() as checkpoints:
        model = fit_transformer(
            settings,
            SEED,
            training.taxonomy,
            training.train,
            training.validation,
            StoryPooling(),
            checkpoints=CheckpointFolder(Path(checkpoints) / "fit", "benchmark", resume=False),
            catalogue=load_catalogue(),
            on_step=on_step,
        )
    model.save(folder)
    return clock.sentences_per_second if clock else None


TRANSFORMER = Peer(
    key="newsdesk",
    family="newsdesk",
    title="newsdesk transformer",
    settings="sectors, entities and calibration; trains 4 epochs of its recipe, both heads",
    fit=_fit_transformer,
    load=_load,
    requires=("torch", "tokenizers"),
    alias="transformer",
    runs_encoder=True,
    has_steps=True,
)

BASELINE = Peer(
    key="newsdesk-baseline",
    family="newsdesk",
    title="newsdesk baseline",
    settings="sectors, entities and calibration; trains TF-IDF and a gazetteer",
    fit=_fit_baseline,
    load=_load,
    requires=("scikit-learn",),
    alias="baseline",
)
