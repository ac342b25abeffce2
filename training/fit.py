"""One fit by a recipe, of either kind of model, told of in the active run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from models.classifier import Classifier, Prediction
from training.config import Recipe
from training.evaluation import Evaluation, evaluate
from training.evaluation_log import metric_names
from training.source import TrainingSource

if TYPE_CHECKING:
    from models.transformer import TransformerClassifier
    from training.checkpoints import CheckpointFolder

_STEPS_BETWEEN_LOGS = 10

OnProgress = Callable[[int, int, str], None]
"""Told of steps done, steps in all (0: unchanged), and what to show beside the bar."""

OnEpoch = Callable[[int, Evaluation], None]
"""Told of each epoch and how good the model is on validation after it."""


@dataclass(frozen=True, slots=True)
class FittedModel:
    """Outcome of a fit."""

    model: Classifier
    validation: Evaluation
    sentences: float  # learnt from in this process, over all epochs
    seconds: float
    between_epochs: float | None = None  # seconds of these for evaluation and checkpoints, where there are epochs


def fit(
    recipe: Recipe,
    source: TrainingSource,
    *,
    checkpoints: CheckpointFolder | None = None,
    on_progress: OnProgress = lambda done, total, note: None,
    on_epoch: OnEpoch = lambda epoch, validation: None,
) -> FittedModel:
    """Fit a model and score it on validation; a transformer's steps and epochs are logged to the active run.

    Args:
        recipe: what to fit.
        source: the recipe's labels.
        checkpoints: where a transformer continues from and writes to; None keeps nothing.
        on_progress: called as the fit proceeds.
        on_epoch: called after every epoch; what it raises ends the fit. A baseline has one.
    """
    return (_fit_baseline if recipe.model == "baseline" else _fit_transformer)(
        recipe, source, checkpoints, on_progress, on_epoch
    )


def fit_transformer_of(
    recipe: Recipe, source: TrainingSource, checkpoints: CheckpointFolder | None, **told: Any
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


def _fit_baseline(
    recipe: Recipe, source: TrainingSource, _: CheckpointFolder | None, on_progress: OnProgress, on_epoch: OnEpoch
) -> FittedModel:
    from training.baseline_fit import fit_baseline

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
    seconds = perf_counter() - started
    on_progress(1, 1, "evaluating")
    validation = evaluate(model, source.splits["validation"], "validation")
    on_epoch(1, validation)
    return FittedModel(model, validation, len(source.splits["train"]), seconds)


def _fit_transformer(
    recipe: Recipe,
    source: TrainingSource,
    checkpoints: CheckpointFolder | None,
    on_progress: OnProgress,
    on_epoch: OnEpoch,
) -> FittedModel:
    import mlflow

    from training.transformer_fit import Progress

    losses: list[dict[str, float]] = []
    share_done = 0.0  # of all steps, in this process: a resumed training does fewer
    stepped = started = perf_counter()
    between_epochs = 0.0

    def on_step(progress: Progress) -> None:
        nonlocal share_done, stepped
        share_done += 1 / progress.total_steps
        stepped = perf_counter()
        losses.append(progress.losses)
        if progress.step % _STEPS_BETWEEN_LOGS == 0 or progress.step == progress.total_steps:
            means = {f"loss/{key}": sum(one[key] for one in losses) / len(losses) for key in losses[0]}
            mlflow.log_metrics(means | {"learning_rate": progress.learning_rate}, step=progress.step)
            losses.clear()
        on_progress(progress.step, progress.total_steps, f"epoch {progress.epoch}/{recipe.transformer.epochs}")

    epochs: list[Evaluation] = []

    def after_epoch(epoch: int, model: TransformerClassifier, validated: Prediction) -> None:
        nonlocal between_epochs
        epochs.append(evaluate(model, source.splits["validation"], "validation", validated))
        mlflow.log_metrics(metric_names(epochs[-1].metrics.flat(), "validation/epoch/"), step=epoch)
        between_epochs += perf_counter() - stepped
        on_epoch(epoch, epochs[-1])

    model = fit_transformer_of(recipe, source, checkpoints, on_step=on_step, on_epoch=after_epoch)
    sentences = len(source.splits["train"]) * recipe.transformer.epochs * share_done
    return FittedModel(model, epochs[-1], sentences, perf_counter() - started, between_epochs)
