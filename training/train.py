"""One training: a recipe becomes a tracked, evaluated and registered model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.allocator import return_freed_memory
from models.classifier import Classifier
from models.registry import home
from training.config import Recipe
from training.evaluation import Evaluation, evaluate_file, evaluate_test
from training.evaluation_log import log_real_text, log_test, log_thresholds, log_training_speed, metric_names
from training.fit import OnProgress, fit, fit_transformer_of
from training.packaging import log_model
from training.registration import announce
from training.source import TrainingSource, load_source
from training.tracking import training_run

if TYPE_CHECKING:
    from training.checkpoints import CheckpointFolder


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """Outcome of a training."""

    recipe: Recipe
    run_id: str
    version: str  # in the registry
    validation: Evaluation
    evaluations: list[Evaluation]  # own test split first, then each data file


def train(
    recipe: Recipe,
    data_files: Sequence[Path] = (),
    *,
    resume: bool = False,
    on_progress: OnProgress = lambda done, total, note: None,
) -> TrainedModel:
    """Train, evaluate, log and register one model.

    Args:
        recipe: what to train.
        data_files: labelled files to evaluate on beside our own test split.
        resume: go on with an interrupted training of the same recipe and labels.
        on_progress: called as the training proceeds.

    Raises:
        UserError: labels, backbone or checkpoint cannot be used; nothing was registered.
    """
    source = load_source(recipe.labels)
    if recipe.model == "baseline":
        return _train(recipe, source, data_files, on_progress, None)
    checkpoints = _checkpoints(recipe, source, resume=resume)
    trained = _train(recipe, source, data_files, on_progress, checkpoints)
    checkpoints.clear()
    return trained


def follow(recipe: Recipe, *, resume: bool = False) -> None:
    """Take a share in a training that another process of torchrun's evaluates, logs and registers.

    A baseline needs no help, so that nothing happens for one.

    Args:
        recipe: the same as in that process.
        resume: as there.

    Raises:
        UserError: as there.
    """
    if recipe.model == "baseline":
        return
    source = load_source(recipe.labels)
    fit_transformer_of(recipe, source, _checkpoints(recipe, source, resume=True) if resume else None)


def _train(
    recipe: Recipe,
    source: TrainingSource,
    data_files: Sequence[Path],
    on_progress: OnProgress,
    checkpoints: CheckpointFolder | None,
) -> TrainedModel:
    with training_run(recipe, source, checkpoints.run_id if checkpoints else "") as run:
        if checkpoints:
            checkpoints.run_id = run.info.run_id
        fitted = fit(recipe, source, checkpoints=checkpoints, on_progress=on_progress)
        log_training_speed(fitted.sentences, fitted.seconds, run.info.run_id, evaluating=fitted.between_epochs)
        on_progress(0, 0, "evaluating")
        return _conclude(recipe, source, fitted.model, fitted.validation, run.info.run_id, data_files)


def _conclude(
    recipe: Recipe,
    source: TrainingSource,
    model: Classifier,
    validation: Evaluation,
    run_id: str,
    data_files: Sequence[Path],
) -> TrainedModel:
    """Evaluate, log and register the finished model in the active run."""
    import mlflow

    return_freed_memory()

    mlflow.log_metrics(metric_names(validation.metrics.flat(), "validation/"))
    test = evaluate_test(model, source, recipe.name)
    log_test(test, model, run_id)
    evaluations = [test]
    for path in data_files:
        evaluation = evaluate_file(model, path, recipe.labels.columns)
        log_real_text(evaluation, model, run_id)
        evaluations.append(evaluation)
    log_thresholds(model, run_id)
    mlflow.log_dict(recipe.model_dump(mode="json", exclude={"search"}), "recipe.yaml")
    # Logging loads the model a second time, to try its example.
    return_freed_memory()
    version = log_model(model, recipe.model, recipe.register_as)
    announce(recipe.register_as, version, recipe.name)
    return TrainedModel(recipe, run_id, version, validation, evaluations)


def _checkpoints(recipe: Recipe, source: TrainingSource, *, resume: bool) -> CheckpointFolder:
    from training.checkpoints import CheckpointFolder

    folder = home() / "checkpoints" / recipe.register_as / recipe.name
    return CheckpointFolder(folder, _fingerprint(recipe, source), resume=resume)


def _fingerprint(recipe: Recipe, source: TrainingSource) -> str:
    content = json.dumps([recipe.parameters(), source.digest], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
