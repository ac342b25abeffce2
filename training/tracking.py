"""MLflow runs: what a training is, what it learnt from, its course and its results."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from labels import FOLDER
from labels.dataset import to_dataset
from models.classifier import Classifier
from models.registry import connect, home, is_local_store
from models.thresholds import threshold_sweep
from training import figures
from training.config import Recipe
from training.evaluation import Evaluation, error_table
from training.metrics import sector_targets
from training.source import TrainingSource

if TYPE_CHECKING:
    import mlflow

RECIPE_TAG = "recipe"
DIGEST_TAG = "labels_digest"
_MOST_ERRORS = 300


@contextmanager
def training_run(recipe: Recipe, source: TrainingSource, resume_run: str = "") -> Iterator[mlflow.ActiveRun]:
    """A run that holds a training's parameters, origin and inputs; marked failed if the block raises.

    Args:
        recipe: its registered name names the experiment.
        source: the labels, logged as inputs with their digest.
        resume_run: id of an interrupted run to go on with.
    """
    import mlflow
    from mlflow.data.huggingface_dataset import from_huggingface

    client = connect()
    _ensure_experiment(client, recipe.register_as)
    mlflow.set_experiment(recipe.register_as)
    # Short trainings would end before the default interval brings one sample.
    mlflow.set_system_metrics_sampling_interval(5)  # type: ignore[no-untyped-call]
    name = f"{recipe.name} {datetime.now():%Y-%m-%d %H:%M}"
    with mlflow.start_run(
        run_id=resume_run or None, run_name=None if resume_run else name, log_system_metrics=True
    ) as run:
        if not resume_run:
            mlflow.set_tags(
                {
                    RECIPE_TAG: recipe.name,
                    "model_kind": recipe.model,
                    "git_commit": git_commit(),
                    DIGEST_TAG: source.digest,
                }
            )
            mlflow.log_params(recipe.parameters())
            for split, sentences in source.splits.items():
                dataset = from_huggingface(to_dataset(sentences), name=f"labels-{split}", digest=source.digest)
                mlflow.log_input(dataset, context=split)
        yield run


def log_evaluation(evaluation: Evaluation, model: Classifier, prefix: str) -> None:
    """Log scores, threshold sweep, errors and figures of one evaluation to the active run.

    Args:
        evaluation: of our own test split or of a file.
        model: that was evaluated.
        prefix: before the metrics' names: none for our own test split, `real/NAME/` for a file.
    """
    import mlflow

    mlflow.log_metrics(metric_names(evaluation.metrics.flat(), prefix))
    folder = evaluation.name
    targets = sector_targets(evaluation.sentences, model.taxonomy)
    sweep = threshold_sweep(evaluation.prediction.sectors, targets)
    mlflow.log_table(
        {"threshold": [round(at, 2) for at, _ in sweep], "micro_f1": [round(score, 4) for _, score in sweep]},
        f"{folder}/threshold_sweep.json",
    )
    errors = error_table(evaluation, model)
    if errors["id"]:
        mlflow.log_table({key: column[:_MOST_ERRORS] for key, column in errors.items()}, f"{folder}/errors.json")
    mlflow.log_figure(figures.f1_by_sector(evaluation, model.taxonomy), f"{folder}/f1_by_sector.png")
    mlflow.log_figure(figures.precision_recall(evaluation, model.taxonomy), f"{folder}/precision_recall.png")
    mlflow.log_figure(figures.calibration(evaluation, model.taxonomy), f"{folder}/calibration.png")


def log_thresholds(model: Classifier) -> None:
    """Log the threshold of each sector as a table."""
    import mlflow

    mlflow.log_table(
        {
            "sector": list(model.taxonomy.sector_keys),
            "threshold": [round(float(at), 3) for at in model.decision.thresholds],
            "calibration_offset": [round(at, 3) for at in model.decision.calibration.offsets],
        },
        "thresholds.json",
    )


def metric_names(scores: dict[str, float], prefix: str = "") -> dict[str, float]:
    """Scores by the name that groups them in MLflow: `sectors.f1.finance` is `sectors/f1.finance`."""
    return {prefix + key.replace(".", "/", 1): score for key, score in scores.items()}


def git_commit() -> str:
    """Commit of the checkout, with `-dirty` if it was changed; `unknown` outside of one."""
    command: Sequence[str] = (
        "git",
        "-C",
        str(FOLDER),
        "describe",
        "--always",
        "--abbrev=12",
        "--dirty",
        "--exclude=*",
    )
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _ensure_experiment(client: mlflow.MlflowClient, name: str) -> None:
    # A server decides for itself where artifacts lie; the local store keeps them beside its database,
    # wherever the command was run from.
    if client.get_experiment_by_name(name) is None:
        location = (home() / "mlartifacts" / name).as_uri() if is_local_store() else None
        client.create_experiment(name, artifact_location=location)
