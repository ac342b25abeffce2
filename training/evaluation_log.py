"""What an evaluation leaves in the run of its model: scores, tables, figures, and the data's digest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labels.dataset import labels_digest, to_dataset
from models.classifier import Classifier
from models.registry import connect
from models.thresholds import threshold_sweep
from training import figures
from training.evaluation import Evaluation, error_table
from training.metrics import sector_targets

if TYPE_CHECKING:
    from mlflow import MlflowClient

_MOST_ERRORS = 300


def log_test(evaluation: Evaluation, model: Classifier, run_id: str) -> None:
    """Log the model's evaluation on the test split of its labels, and how fast it classified that."""
    _log(evaluation, model, run_id, prefix="", folder=evaluation.name)
    if evaluation.seconds:
        _log_scores({"speed/classify_sentences_per_second": len(evaluation.sentences) / evaluation.seconds}, run_id)


def log_real_text(evaluation: Evaluation, model: Classifier, run_id: str) -> None:
    """Log the model's evaluation on a labelled file as `real/NAME`, in place of an earlier one of that name."""
    from mlflow.data.huggingface_dataset import from_huggingface
    from mlflow.entities import Dataset, DatasetInput, InputTag
    from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

    # MLflow takes no other characters in the name of a metric.
    name = re.sub(r"[^\w. -]", "_", evaluation.name)
    _log(evaluation, model, run_id, prefix=f"real/{name}/", folder=f"real/{name}")
    client = connect()
    metrics = evaluation.metrics
    entities = f", entities {metrics.entities.f1:.3f}" if metrics.entities else ""
    client.set_tag(run_id, f"real/{name}", f"sectors {metrics.sectors.micro_f1:.3f}{entities}")
    digest = labels_digest(evaluation.sentences)
    dataset = from_huggingface(to_dataset(evaluation.sentences), name=name, digest=digest)
    client.log_inputs(
        run_id,
        [DatasetInput(Dataset(**dataset.to_dict()), [InputTag(MLFLOW_DATASET_CONTEXT, "real text")])],
    )


def log_training_speed(sentences: float, seconds: float, run_id: str, evaluating: float | None = None) -> None:
    """Log how many sentences a second a fit went through, evaluation included; nothing where it did none.

    Args:
        sentences: that it went through, each epoch counted.
        seconds: of the whole fit.
        run_id: run to log to.
        evaluating: seconds of these between epochs, for evaluation and checkpoints; none for a fit without epochs.
    """
    if not sentences:
        return
    speeds = {"speed/train_sentences_per_second": sentences / seconds, "speed/train_seconds": seconds}
    if evaluating is not None:
        speeds["speed/evaluation_share_of_training"] = evaluating / seconds
    _log_scores(speeds, run_id)


def log_thresholds(model: Classifier, run_id: str) -> None:
    """Log the threshold of each sector as a table."""
    log_table(
        connect(),
        run_id,
        {
            "sector": list(model.taxonomy.sector_keys),
            "threshold": [round(float(at), 3) for at in model.decision.thresholds],
            "calibration_offset": [round(at, 3) for at in model.decision.calibration.offsets],
        },
        "thresholds.json",
    )


def log_table(client: MlflowClient, run_id: str, columns: dict[str, list[str | float]], path: str) -> None:
    """Log a table that MLflow shows as one, in place of an earlier one."""
    folder = path.rpartition("/")[0] or None
    if path in {file.path for file in client.list_artifacts(run_id, folder)}:
        # MLflow would append the rows to those of the evaluation before.
        rows = [list(row) for row in zip(*columns.values(), strict=True)]
        client.log_dict(run_id, {"columns": list(columns), "data": rows}, path)
    elif next(iter(columns.values())):
        client.log_table(run_id, columns, path)


def metric_names(scores: dict[str, float], prefix: str = "") -> dict[str, float]:
    """Scores by the name that groups them in MLflow: `sectors.f1.finance` is `sectors/f1.finance`."""
    return {prefix + key.replace(".", "/", 1): score for key, score in scores.items()}


def _log(evaluation: Evaluation, model: Classifier, run_id: str, *, prefix: str, folder: str) -> None:
    client = connect()
    _log_scores(metric_names(evaluation.metrics.flat(), prefix), run_id)
    targets = sector_targets(evaluation.sentences, model.taxonomy)
    sweep = threshold_sweep(evaluation.prediction.sectors, targets)
    log_table(
        client,
        run_id,
        {"threshold": [round(at, 2) for at, _ in sweep], "micro_f1": [round(score, 4) for _, score in sweep]},
        f"{folder}/threshold_sweep.json",
    )
    errors = {key: column[:_MOST_ERRORS] for key, column in error_table(evaluation, model).items()}
    log_table(client, run_id, errors, f"{folder}/errors.json")
    taxonomy, thresholds = model.taxonomy, model.decision.thresholds
    for name, figure in {
        "f1_by_sector": figures.f1_by_sector(evaluation, taxonomy),
        "confusion": figures.confusion_of_first_sectors(evaluation, taxonomy, thresholds),
        "precision_recall": figures.precision_recall(evaluation, taxonomy),
        "calibration": figures.calibration(evaluation, taxonomy),
    }.items():
        client.log_figure(run_id, figure, f"{folder}/{name}.png")


def _log_scores(scores: dict[str, float], run_id: str) -> None:
    import mlflow

    mlflow.log_metrics(scores, run_id=run_id)
