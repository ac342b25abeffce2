"""One training: a recipe becomes a tracked, evaluated and registered model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from models.allocator import return_freed_memory
from models.classifier import Classifier, Prediction
from models.registry import home
from training.config import Recipe
from training.evaluation import Evaluation, evaluate, evaluate_file, evaluate_test
from training.evaluation_log import log_real_text, log_test, log_thresholds, log_training_speed, metric_names
from training.packaging import log_model
from training.registration import announce
from training.source import TrainingSource, load_source
from training.tracking import training_run

if TYPE_CHECKING:
    from models.transformer import TransformerClassifier
    from training.checkpoints import CheckpointFolder

_STEPS_BETWEEN_LOGS = 10

OnProgress = Callable[[int, int, str], None]
"""Told of steps done, steps in all, and what to show beside the bar."""


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
        return _train_baseline(recipe, source, data_files, on_progress)
    return _train_transformer(recipe, source, data_files, on_progress, resume=resume)


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
    from training.checkpoints import CheckpointFolder

    source = load_source(recipe.labels)
    with TemporaryDirectory() as scratch:
        checkpoints = (
            _checkpoints(recipe, source, resume=True) if resume else CheckpointFolder(Path(scratch), "", resume=False)
        )
        _fit_transformer(recipe, source, checkpoints)


def _train_baseline(
    recipe: Recipe, source: TrainingSource, data_files: Sequence[Path], on_progress: OnProgress
) -> TrainedModel:
    from training.baseline_fit import fit_baseline

    with training_run(recipe, source) as run:
        on_progress(0, 1, "counting n-grams")
        started = perf_counter()
        model = fit_baseline(
            recipe.baseline,
            source.taxonomy,
            source.splits["train"],
            source.splits["validation"],
            source.pooling,
            seed=recipe.seed,
            catalogue=source.catalogue,
        )
        log_training_speed(len(source.splits["train"]), perf_counter() - started, run.info.run_id)
        on_progress(1, 1, "evaluating")
        validation = evaluate(model, source.splits["validation"], "validation")
        return _conclude(recipe, source, model, validation, run.info.run_id, data_files)


def _train_transformer(
    recipe: Recipe,
    source: TrainingSource,
    data_files: Sequence[Path],
    on_progress: OnProgress,
    *,
    resume: bool,
) -> TrainedModel:
    import mlflow

    from training.transformer_fit import Progress

    checkpoints = _checkpoints(recipe, source, resume=resume)
    with training_run(recipe, source, checkpoints.run_id) as run:
        checkpoints.run_id = run.info.run_id
        losses: list[dict[str, float]] = []
        share_done = 0.0  # of all steps, in this process: a resumed training does fewer

        def on_step(progress: Progress) -> None:
            nonlocal share_done
            share_done += 1 / progress.total_steps
            losses.append(progress.losses)
            if progress.step % _STEPS_BETWEEN_LOGS == 0 or progress.step == progress.total_steps:
                means = {f"loss/{key}": sum(one[key] for one in losses) / len(losses) for key in losses[0]}
                mlflow.log_metrics(means | {"learning_rate": progress.learning_rate}, step=progress.step)
                losses.clear()
            on_progress(progress.step, progress.total_steps, f"epoch {progress.epoch}/{recipe.transformer.epochs}")

        epochs: list[Evaluation] = []

        def on_epoch(epoch: int, model: TransformerClassifier, validated: Prediction) -> None:
            epochs.append(evaluate(model, source.splits["validation"], "validation", validated))
            mlflow.log_metrics(metric_names(epochs[-1].metrics.flat(), "validation/epoch/"), step=epoch)

        started = perf_counter()
        model = _fit_transformer(recipe, source, checkpoints, on_step=on_step, on_epoch=on_epoch)
        sentences = len(source.splits["train"]) * recipe.transformer.epochs * share_done
        log_training_speed(sentences, perf_counter() - started, run.info.run_id)
        trained = _conclude(recipe, source, model, epochs[-1], run.info.run_id, data_files)
    checkpoints.clear()
    return trained


def _fit_transformer(
    recipe: Recipe, source: TrainingSource, checkpoints: CheckpointFolder, **told: Any
) -> TransformerClassifier:
    """Fit by a recipe on its labels; `told` are the callbacks of `fit_transformer`."""
    from training.transformer_fit import fit_transformer

    return fit_transformer(
        recipe.transformer,
        recipe.seed,
        source.taxonomy,
        source.splits["train"],
        source.splits["validation"],
        source.pooling,
        checkpoints=checkpoints,
        catalogue=source.catalogue,
        **told,
    )


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
    mlflow.log_dict(recipe.model_dump(mode="json"), "recipe.yaml")
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
