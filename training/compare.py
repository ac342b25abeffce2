"""Runs side by side: the latest of each recipe and the champion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.registry import CHAMPION, MODEL_NAME, aliased_version, connect
from training.tracking import COMMIT_TAG, DIGEST_TAG, RECIPE_TAG

if TYPE_CHECKING:
    from mlflow.entities import Run

_HEADLINES = (
    "sectors/micro_f1",
    "sectors/macro_f1",
    "sectors/none_f1",
    "sectors/subset_accuracy",
    "sectors/calibration_error",
    "entities/f1",
    "entities/precision",
    "entities/recall",
    "linking/precision",
    "linking/recall",
)


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One run's headline scores by the set that they were measured on."""

    run_id: str
    name: str
    recipe: str
    labels_digest: str
    git_commit: str
    version: str  # in the registry, "" if it was never registered
    is_champion: bool
    scores: dict[str, dict[str, float]]  # set of sentences -> metric -> score


def latest_runs(registered_name: str = MODEL_NAME) -> list[ComparedRun]:
    """The latest finished run of each recipe, and the champion's, oldest recipe first; empty without runs."""
    client = connect()
    experiment = client.get_experiment_by_name(registered_name)
    if experiment is None:
        return []
    versions = {
        version.run_id: version
        for version in client.search_model_versions(f"name = '{registered_name}'")
        if version.run_id
    }
    crowned = aliased_version(registered_name, CHAMPION)
    champion = crowned.run_id if crowned else None
    runs = client.search_runs(
        [experiment.experiment_id], "attributes.status = 'FINISHED'", order_by=["attributes.start_time DESC"]
    )
    chosen: dict[str, Run] = {}
    for run in runs:
        recipe = run.data.tags.get(RECIPE_TAG)
        if recipe is not None:
            chosen.setdefault(CHAMPION if run.info.run_id == champion else recipe, run)
    return [
        ComparedRun(
            run_id=run.info.run_id,
            name=run.info.run_name,
            recipe=run.data.tags[RECIPE_TAG],
            labels_digest=run.data.tags.get(DIGEST_TAG, ""),
            git_commit=run.data.tags.get(COMMIT_TAG, ""),
            version=str(versions[run.info.run_id].version) if run.info.run_id in versions else "",
            is_champion=run.info.run_id == champion,
            scores=scores_by_set(run.data.metrics),
        )
        for run in sorted(chosen.values(), key=lambda run: run.info.start_time)
    ]


def scores_by_set(metrics: dict[str, float]) -> dict[str, dict[str, float]]:
    """A run's headline scores by the set of sentences that they were measured on, own splits first."""
    prefixes = {"own validation": "validation/", "own test": ""}
    prefixes |= {
        name: f"real/{name}/" for name in sorted({key.split("/")[1] for key in metrics if key.startswith("real/")})
    }
    return {
        name: {key: metrics[prefix + key] for key in _HEADLINES if prefix + key in metrics}
        for name, prefix in prefixes.items()
    }
