"""A study in its SQLite file: which trials are done, what the next one tries, and what a stop left behind."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from labels.errors import UserError
from training.config import Recipe
from training.search_space import decode, distributions, encode
from training.source import TrainingSource

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial, Trial

_RANDOM_TRIALS = 6
"""Trials before the sampler begins to learn; optuna's ten would be half of a usual study."""
_TRIALS_BEFORE_PRUNING = 4
_EPOCHS_BEFORE_PRUNING = 2
"""After the first epoch a low learning rate looks worse than it is."""

LEAST_TRIALS = 8
"""Complete trials that the importance of a key can be told from."""
_BEST_SHARE = 0.25

ERROR_ATTRIBUTE = "error"
RUN_ATTRIBUTE = "run_id"
_PROCESS_ATTRIBUTE = "process"


class StudyError(UserError):
    """A study that cannot be used or must not be touched; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """One trial, as far as it came."""

    number: int
    state: Literal["complete", "pruned", "failed", "interrupted"]
    score: float | None  # a pruned trial's is that of its last epoch
    values: dict[str, Any]  # by searched key
    seconds: float
    run_id: str
    error: str | None = None


def study_name(recipe: Recipe, source: TrainingSource) -> str:
    """Name that two studies share only if they ask the same question: recipe, search space and labels."""
    question = [
        recipe.part().model_dump(mode="json"),
        {key: searched.plain() for key, searched in recipe.search_space().items()},
        recipe.model,
        recipe.seed,
        source.digest,
        source.taxonomy.sector_keys,
    ]
    content = json.dumps(question, sort_keys=True)
    return f"{recipe.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def open_study(database: Path, name: str) -> Study:
    """The study of that name, made where it is missing, held by this process.

    Raises:
        StudyError: the file cannot be used, or another process is at this study.
    """
    import optuna
    from optuna.pruners import MedianPruner
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        study = optuna.create_study(
            storage=f"sqlite:///{database.resolve()}",
            study_name=name,
            direction="maximize",
            load_if_exists=True,
            pruner=MedianPruner(n_startup_trials=_TRIALS_BEFORE_PRUNING, n_warmup_steps=_EPOCHS_BEFORE_PRUNING),
        )
        _hold(study, database)
    except (OSError, SQLAlchemyError, RuntimeError) as error:
        raise StudyError(f"{database}: cannot be used as a file of studies; name another with --study") from error
    return study


def end_stale_trials(study: Study) -> list[TrialOutcome]:
    """Take the trials that a stop left running as interrupted; returns them."""
    from optuna.trial import TrialState

    stale = study.get_trials(states=(TrialState.RUNNING,))
    for trial in stale:
        study.tell(trial.number, state=TrialState.FAIL)
    return [_outcome(trial) for trial in study.get_trials() if trial.number in {one.number for one in stale}]


def trials_of(study: Study) -> list[TrialOutcome]:
    """All trials that have ended, in the order in which they began."""
    return [_outcome(trial) for trial in study.get_trials() if trial.state.is_finished()]


def trials_done(trials: Iterable[TrialOutcome]) -> int:
    """How many of the trials that have ended need not be run again: all but the interrupted."""
    return sum(trial.state != "interrupted" for trial in trials)


def next_trial(study: Study, recipe: Recipe) -> Trial:
    """Begin the next trial; the first one tries the recipe as it is, where its search space holds that.

    What it tries depends on the seed and on the trials that are done alone, so that a study which was interrupted
    goes the same way as one that was not.
    """
    import numpy as np
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    space = distributions(recipe.search_space(), type(recipe.part()))
    done = trials_done(trials_of(study))
    seed = int(np.random.SeedSequence((recipe.seed, done)).generate_state(1)[0])
    study.sampler = TPESampler(n_startup_trials=_RANDOM_TRIALS, seed=seed)
    own = {key: encode(value) for key, value in own_values(recipe).items()}
    if not done and own and not study.get_trials(states=(TrialState.WAITING,)):
        study.enqueue_trial(own)
    return study.ask(fixed_distributions=space)


def own_values(recipe: Recipe) -> dict[str, Any]:
    """The recipe's own values of the keys that are searched; empty if one of them is outside of the space."""
    part = recipe.part().model_dump(mode="json")
    values = {}
    for key, searched in recipe.search_space().items():
        values[key] = part[key]
        if searched.choices is not None:
            inside = encode(part[key]) in [encode(choice) for choice in searched.choices]
        else:
            assert searched.low is not None and searched.high is not None
            inside = searched.low <= part[key] <= searched.high
        if not inside:
            return {}
    return values


def values_of(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A trial's parameters as values of the recipe."""
    return {key: decode(value) for key, value in parameters.items()}


def importances(study: Study) -> dict[str, float]:
    """How much each key decides whether a trial is among the best quarter, as shares of one, greatest first.

    By PED-ANOVA (Watanabe et al. 2023); empty with fewer than `LEAST_TRIALS` complete trials, or where too many of
    them score alike.
    """
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState

    if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < LEAST_TRIALS:
        return {}
    evaluator = PedAnovaImportanceEvaluator(target_quantile=_BEST_SHARE)
    with warnings.catch_warnings():
        # It warns of few trials and of equal scores.
        warnings.simplefilter("ignore")
        weights = get_param_importances(study, evaluator=evaluator, normalize=False)
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total > 1e-9 else {}


def _outcome(trial: FrozenTrial) -> TrialOutcome:
    from optuna.trial import TrialState

    error = trial.user_attrs.get(ERROR_ATTRIBUTE)
    states: dict[TrialState, Literal["complete", "pruned"]] = {
        TrialState.COMPLETE: "complete",
        TrialState.PRUNED: "pruned",
    }
    last = trial.intermediate_values[trial.last_step] if trial.last_step is not None else None
    return TrialOutcome(
        number=trial.number,
        # A trial that failed of itself says of what.
        state=states.get(trial.state) or ("failed" if error else "interrupted"),
        score=trial.value if trial.state is TrialState.COMPLETE else last,
        values=values_of(trial.params),
        seconds=round((trial.duration or timedelta()).total_seconds(), 1),
        run_id=trial.user_attrs.get(RUN_ATTRIBUTE, ""),
        error=error,
    )


def _hold(study: Study, database: Path) -> None:
    """Note this process as the one at the study."""
    import psutil

    holder = study.user_attrs.get(_PROCESS_ATTRIBUTE)
    # The time tells a process from a later one of the same number.
    mine = [os.getpid(), psutil.Process().create_time()]
    if holder and holder != mine:
        try:
            process = psutil.Process(holder[0])
            alive = process.create_time() == holder[1] and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            alive = False
        if alive:
            raise StudyError(
                f"{database}: process {holder[0]} is at this study; wait for it, or name another file with --study"
            )
    study.set_user_attr(_PROCESS_ATTRIBUTE, mine)
