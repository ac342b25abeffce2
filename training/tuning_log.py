"""What a study leaves in its parent run: figures, the table of trials, the search space and the best values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.registry import connect
from training.config import Recipe
from training.evaluation_log import log_table
from training.tuning_figures import history_figure, importance_figure

if TYPE_CHECKING:
    from training.tuning import Tuning


def log_study(recipe: Recipe, tuning: Tuning) -> None:
    """Log a study as it stands, in place of how it stood before; importances where there are trials enough."""
    client, run_id = connect(), tuning.run_id
    space = {key: searched.plain() for key, searched in recipe.search_space().items()}
    client.log_dict(run_id, space, "search.yaml")
    for state in ("complete", "pruned", "failed"):
        count = sum(trial.state == state for trial in tuning.trials)
        client.log_metric(run_id, f"tuning/trials_{state}", count, step=tuning.done)
    if not tuning.trials:
        return
    columns: dict[str, list[str | float]] = {
        "trial": [trial.number for trial in tuning.trials],
        "state": [trial.state for trial in tuning.trials],
        "score": ["" if trial.score is None else round(trial.score, 5) for trial in tuning.trials],
    }
    columns |= {key: [str(trial.values.get(key, "")) for trial in tuning.trials] for key in space}
    columns |= {
        "seconds": [trial.seconds for trial in tuning.trials],
        "run": [trial.run_id for trial in tuning.trials],
        "error": [trial.error or "" for trial in tuning.trials],
    }
    log_table(client, run_id, columns, "trials.json")
    client.log_figure(run_id, history_figure(tuning.trials, tuning.study), "history.png")
    if tuning.importances:
        client.log_figure(run_id, importance_figure(tuning.importances, tuning.study), "importance.png")
        client.log_dict(run_id, tuning.importances, "importance.json")
    if tuning.best:
        best = recipe.with_values(tuning.best.values).model_dump(mode="json", exclude={"search"})
        client.log_dict(run_id, best, "best_recipe.yaml")
