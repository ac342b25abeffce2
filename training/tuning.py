"""Tunes a recipe: a study of trials, each a fit with other values, compared on validation alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from labels.errors import UserError
from models.allocator import return_freed_memory
from models.registry import connect
from training.config import Recipe
from training.evaluation import Evaluation
from training.fit import OnProgress, fit
from training.promote import validation_score
from training.source import TrainingSource, load_source
from training.study import (
    ERROR_ATTRIBUTE,
    RUN_ATTRIBUTE,
    TrialOutcome,
    end_stale_trials,
    importances,
    next_trial,
    open_study,
    own_values,
    study_name,
    trials_done,
    trials_of,
    values_of,
)
from training.tracking import STUDY_TAG, killed_if_interrupted, study_run

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import Trial

STATE_TAG = "state"
_SCORE = "tuning/score"
_BEST_SCORE = "tuning/best_score"


class TuningError(UserError):
    """No trial of a study gave a model."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """A study as it stands."""

    study: str
    labels_digest: str
    run_id: str
    trials: list[TrialOutcome]
    own: dict[str, Any]  # the recipe's own values of the searched keys, empty if the space does not hold them
    importances: dict[str, float]  # of the searched keys, empty while they cannot be told

    @property
    def best(self) -> TrialOutcome | None:
        """The complete trial with the best score, the earliest of several."""
        complete = [trial for trial in self.trials if trial.state == "complete" and trial.score is not None]
        return max(complete, key=lambda trial: trial.score or 0.0, default=None)

    @property
    def untuned(self) -> TrialOutcome | None:
        """The complete trial of the recipe as it is."""
        return next((trial for trial in self.trials if trial.state == "complete" and trial.values == self.own), None)

    @property
    def done(self) -> int:
        """How many trials need not be run again."""
        return trials_done(self.trials)


def tune(
    recipe: Recipe,
    n_trials: int,
    database: Path,
    *,
    hours: float | None = None,
    on_begin: Callable[[Tuning, list[TrialOutcome]], None] = lambda tuning, interrupted: None,
    on_progress: OnProgress = lambda done, total, note: None,
    on_trial: Callable[[Tuning], None] = lambda tuning: None,
) -> Tuning:
    """Try values of a recipe until its study has so many trials.

    A study goes on where it stood if recipe, search space and labels are the same. The score is that by which
    `promote` compares, on the validation split; neither the test split nor real text is looked at.

    Args:
        recipe: what to tune; its `search` says what is varied.
        n_trials: that the study has in the end, those of earlier calls included.
        database: SQLite file of studies, made if missing.
        hours: after which no trial is begun.
        on_begin: told of the study as it stood, and of the trials that a stop cut off, which are run again.
        on_progress: called as the trials proceed, in hundredths of a trial.
        on_trial: told of the study after each trial.

    Raises:
        UserError: the labels or the study's file cannot be used, or no trial gave a model.
    """
    deadline = monotonic() + hours * 3600 if hours is not None else float("inf")
    source = load_source(recipe.labels)
    client = connect()
    name = study_name(recipe, source)
    study = open_study(database, name)
    interrupted = end_stale_trials(study)
    for trial in interrupted:
        if trial.run_id:
            client.set_tag(trial.run_id, STATE_TAG, trial.state)
            client.set_terminated(trial.run_id, "KILLED")

    with study_run(recipe, source, name, study.user_attrs.get(RUN_ATTRIBUTE, "")) as run:
        study.set_user_attr(RUN_ATTRIBUTE, run.info.run_id)

        def standing() -> Tuning:
            return Tuning(
                name, source.digest, run.info.run_id, trials_of(study), own_values(recipe), importances(study)
            )

        tuning = standing()
        on_begin(tuning, interrupted)
        while tuning.done < n_trials and monotonic() < deadline:
            _run_trial(study, recipe, source, tuning, n_trials, on_progress)
            return_freed_memory()
            tuning = standing()
            if tuning.best and tuning.best.score is not None:
                client.log_metric(run.info.run_id, _BEST_SCORE, tuning.best.score, step=tuning.done)
            on_trial(tuning)
        from training.tuning_log import log_study

        log_study(recipe, tuning)
    failed = [trial for trial in tuning.trials if trial.state == "failed"]
    if tuning.best is None and failed:
        raise TuningError(
            f"all {len(failed)} trials failed, the first with: {failed[0].error}; change `search` in the recipe"
        )
    return tuning


def _run_trial(
    study: Study, recipe: Recipe, source: TrainingSource, tuning: Tuning, n_trials: int, on_progress: OnProgress
) -> None:
    """Run one trial as a child of the active run."""
    import mlflow
    from optuna.exceptions import TrialPruned
    from optuna.trial import TrialState

    trial = next_trial(study, recipe)
    varied = recipe.with_values(values_of(trial.params))
    best = f", best so far {tuning.best.score:.4f}" if tuning.best else ""

    def show(done: int, total: int, note: str) -> None:
        share = round(100 * done / total) if total else 0
        on_progress(100 * tuning.done + share, 100 * n_trials, f"trial {trial.number}: {note}{best}")

    def report(epoch: int, validation: Evaluation) -> None:
        score = validation_score(validation.metrics)
        mlflow.log_metric(_SCORE, score, step=epoch)
        trial.report(score, epoch)
        if _may_be_pruned(varied, epoch) and trial.should_prune():
            raise TrialPruned

    tags = {STUDY_TAG: study.study_name, "trial": str(trial.number)}
    with mlflow.start_run(run_name=f"{recipe.name} trial {trial.number}", nested=True, tags=tags) as run:
        trial.set_user_attr(RUN_ATTRIBUTE, run.info.run_id)
        try:
            mlflow.log_params(varied.parameters())
            with killed_if_interrupted():
                fitted = fit(varied, source, on_progress=show, on_epoch=report)
        except TrialPruned:
            _end(study, trial, TrialState.PRUNED, "pruned")
        except (KeyboardInterrupt, UserError):
            # What the user ended or can mend says nothing about these values: the trial is run again.
            _end(study, trial, TrialState.FAIL, "interrupted")
            raise
        except Exception as error:
            # Values that no model can be fitted with; the others may do.
            trial.set_user_attr(ERROR_ATTRIBUTE, f"{type(error).__name__}: {error}")
            _end(study, trial, TrialState.FAIL, "failed")
            mlflow.end_run("FAILED")
        else:
            _end(study, trial, TrialState.COMPLETE, "complete", validation_score(fitted.validation.metrics))


def _end(study: Study, trial: Trial, state: Any, name: str, score: float | None = None) -> None:
    study.tell(trial, score, state)
    connect().set_tag(trial.user_attrs[RUN_ATTRIBUTE], STATE_TAG, name)


def _may_be_pruned(recipe: Recipe, epoch: int) -> bool:
    # After the last epoch there is nothing left to save.
    return recipe.model == "transformer" and epoch < recipe.transformer.epochs
