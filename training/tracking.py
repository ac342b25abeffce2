"""MLflow runs: what a training is, what it learnt from, and which trainings belong together."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from labels import FOLDER
from labels.dataset import to_dataset
from models.registry import connect, home, is_local_store
from training.config import Recipe
from training.source import TrainingSource

if TYPE_CHECKING:
    import mlflow

RECIPE_TAG = "recipe"
DIGEST_TAG = "labels_digest"
KIND_TAG = "model_kind"
BACKBONE_TAG = "backbone"
COMMIT_TAG = "git_commit"
GROUP_TAG = "recipes"
STUDY_TAG = "study"


@contextmanager
def training_group(recipes: Sequence[Recipe]) -> Iterator[None]:
    """A parent run of the trainings in the block, where they are several of one experiment.

    It has no `recipe` tag, which tells it from a training. Marked failed if the block raises.
    """
    if len(recipes) < 2 or len({recipe.register_as for recipe in recipes}) > 1:
        yield
        return
    import mlflow

    _enter_experiment(recipes[0].register_as)
    names = " + ".join(recipe.name for recipe in recipes)
    tags = {GROUP_TAG: names, COMMIT_TAG: git_commit()}
    with mlflow.start_run(run_name=f"{names} {_now()}", tags=tags):
        yield


@contextmanager
def training_run(recipe: Recipe, source: TrainingSource, resume_run: str = "") -> Iterator[mlflow.ActiveRun]:
    """A run that holds a training's parameters, origin and inputs; marked failed if the block raises.

    Inside of a `training_group` it is a child of the group's run.

    Args:
        recipe: its registered name names the experiment.
        source: the labels, logged as inputs with their digest.
        resume_run: id of an interrupted run to go on with.
    """
    import mlflow
    from mlflow.data.huggingface_dataset import from_huggingface
    from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

    _enter_experiment(recipe.register_as)
    # Short trainings would end before the default interval brings one sample.
    mlflow.set_system_metrics_sampling_interval(5)  # type: ignore[no-untyped-call]
    group = mlflow.active_run()
    with mlflow.start_run(
        run_id=resume_run or None,
        run_name=None if resume_run else f"{recipe.name} {_now()}",
        nested=group is not None,
        # MLflow leaves a resumed run with the group that was interrupted.
        tags={MLFLOW_PARENT_RUN_ID: group.info.run_id} if group and resume_run else None,
        log_system_metrics=True,
    ) as run:
        if not resume_run:
            mlflow.set_tags(
                {
                    RECIPE_TAG: recipe.name,
                    KIND_TAG: recipe.model,
                    COMMIT_TAG: git_commit(),
                    DIGEST_TAG: source.digest,
                }
                | ({BACKBONE_TAG: recipe.transformer.backbone} if recipe.model == "transformer" else {})
            )
            mlflow.log_params(recipe.parameters())
            for split, sentences in source.splits.items():
                dataset = from_huggingface(to_dataset(sentences), name=f"labels-{split}", digest=source.digest)
                mlflow.log_input(dataset, context=split)
        yield run


@contextmanager
def study_run(recipe: Recipe, source: TrainingSource, study: str, resume_run: str = "") -> Iterator[mlflow.ActiveRun]:
    """A parent run of a study's trials; like a group's it has no `recipe` tag. Killed if the block is interrupted.

    Args:
        recipe: that is tuned; its registered name names the experiment.
        source: the labels.
        study: its name.
        resume_run: id of the study's run, where it has begun; one that is gone is made anew.
    """
    import mlflow
    from mlflow.entities import LifecycleStage
    from mlflow.exceptions import MlflowException

    _enter_experiment(recipe.register_as)
    if resume_run:
        try:
            known = connect().get_run(resume_run).info.lifecycle_stage == LifecycleStage.ACTIVE
        except MlflowException:
            known = False
        resume_run = resume_run if known else ""
    with mlflow.start_run(
        run_id=resume_run or None, run_name=None if resume_run else f"{recipe.name} tuned {_now()}"
    ) as run:
        if not resume_run:
            mlflow.set_tags(
                {
                    GROUP_TAG: recipe.name,
                    STUDY_TAG: study,
                    KIND_TAG: recipe.model,
                    COMMIT_TAG: git_commit(),
                    DIGEST_TAG: source.digest,
                }
            )
        with killed_if_interrupted():
            yield run


@contextmanager
def killed_if_interrupted() -> Iterator[None]:
    """Mark the active run as killed, not as failed, if Ctrl-C ends the block."""
    import mlflow

    try:
        yield
    except KeyboardInterrupt:
        mlflow.end_run("KILLED")
        raise


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


def _now() -> str:
    return f"{datetime.now():%Y-%m-%d %H:%M}"


def _enter_experiment(name: str) -> None:
    import mlflow

    client = connect()
    # A server decides for itself where artifacts lie; the local store keeps them beside its database,
    # wherever the command was run from.
    if client.get_experiment_by_name(name) is None:
        location = (home() / "mlartifacts" / name).as_uri() if is_local_store() else None
        client.create_experiment(name, artifact_location=location)
    mlflow.set_experiment(name)
