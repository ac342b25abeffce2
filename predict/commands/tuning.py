"""`newsdesk tune`: finds better values for a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labels.errors import UserError
from predict.commands.json_output import print_json
from predict.commands.options import Json, recipe_files

if TYPE_CHECKING:
    from rich.table import Table

    from training.config import Recipe
    from training.study import TrialOutcome
    from training.tuning import Tuning

_MOST_ROWS = 10


def tune(
    config: Annotated[
        Path, typer.Argument(metavar="RECIPE", help="YAML file such as those in configs/.", autocompletion=recipe_files)
    ],
    trials: Annotated[int, typer.Option(help="Trials in all, those of earlier calls included.", min=1)] = 20,
    hours: Annotated[float | None, typer.Option(help="Begin no trial after so many hours.", min=0)] = None,
    out: Annotated[
        Path | None, typer.Option(help="File of the best recipe.  [default: RECIPE_tuned.yaml beside RECIPE]")
    ] = None,
    study: Annotated[
        Path | None, typer.Option(help="SQLite file of studies.  [default: tuning.db beside mlflow.db]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an --out that no study wrote.")] = False,
    json: Json = False,
) -> None:
    """Tune a recipe on the validation split; the best becomes a recipe.

    What is varied stands in the recipe under `search`, or else in training/search_spaces.yaml. A study that was
    stopped goes on where it stood when the command is given again.

    Example: `newsdesk tune configs/transformer.yaml --trials 20`
    """
    from rich.console import Console

    from models.registry import home
    from predict.commands.progress import training_bar
    from training.config import load_recipe
    from training.quiet import quieten_libraries
    from training.tuned_recipe import tuned_recipe_path, write_tuned_recipe
    from training.tuning import tune as tune_recipe

    recipe = load_recipe(config)
    path = tuned_recipe_path(config, out, force=force)
    _refuse_several_processes()
    quieten_libraries()
    database = study or home() / "tuning.db"
    notes = Console(stderr=True)
    kept = 0

    def say(line: str) -> None:
        notes.print(line, markup=False, highlight=False, soft_wrap=True)

    def begin(tuning: Tuning, interrupted: list[TrialOutcome]) -> None:
        nonlocal kept
        kept = tuning.done
        for line in _beginning(tuning, interrupted, trials):
            say(line)

    def keep(tuning: Tuning) -> None:
        nonlocal kept
        kept = tuning.done
        write_tuned_recipe(path, recipe, tuning)
        say(_told(tuning.trials[-1]))

    try:
        with training_bar(notes, recipe.name) as show:
            tuning = tune_recipe(recipe, trials, database, hours=hours, on_begin=begin, on_progress=show, on_trial=keep)
    except KeyboardInterrupt:
        say(f"{kept} of {trials} trials are kept; the same command goes on")
        raise
    write_tuned_recipe(path, recipe, tuning)
    if json:
        print_json(_as_json(tuning, path if tuning.best else None, database))
        return
    Console().print(_trial_table(tuning, recipe))
    for line in _ending(tuning, recipe, path, trials):
        say(line)


def _refuse_several_processes() -> None:
    import os

    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise UserError("tune: runs its trials in one process; start it without torchrun")


def _beginning(tuning: Tuning, interrupted: list[TrialOutcome], wanted: int) -> list[str]:
    lines = [f"trial {trial.number} was interrupted; what it tried is tried again" for trial in interrupted]
    if tuning.done >= wanted:
        lines.append(f"{tuning.done} of {wanted} trials done; more are begun with a greater --trials")
    elif tuning.done:
        lines.append(f"{tuning.done} of {wanted} trials done, going on")
    return lines


def _told(trial: TrialOutcome) -> str:
    score = "" if trial.score is None else f", {trial.score:.4f}"
    return f"trial {trial.number}: {trial.state}{score}{f', {trial.error}' if trial.error else ''}"


def _ending(tuning: Tuning, recipe: Recipe, path: Path, wanted: int) -> list[str]:
    from training.study import LEAST_TRIALS

    if tuning.best is None:
        return [f"no trial is complete yet; the same command goes on ({tuning.done} of {wanted} done)"]
    untuned = f", {recipe.name} as it is {tuning.untuned.score:.4f}" if tuning.untuned else ""
    lines = [f"best: trial {tuning.best.number} with {tuning.best.score:.4f}{untuned}"]
    if tuning.done < wanted:
        lines.append(f"{tuning.done} of {wanted} trials done; the same command goes on")
    if tuning.importances:
        shares = ", ".join(f"{key} {share:.2f}" for key, share in tuning.importances.items())
        lines.append(f"importance: {shares}")
    else:
        complete = sum(trial.state == "complete" for trial in tuning.trials)
        few = f"that takes {LEAST_TRIALS} complete trials and there are {complete}"
        lines.append(f"no importance of the keys: {few if complete < LEAST_TRIALS else 'too many trials score alike'}")
    lines.append(f"{path} is the best recipe: newsdesk train {path}")
    return lines


def _trial_table(tuning: Tuning, recipe: Recipe) -> Table:
    from rich.table import Table

    keys = list(recipe.search_space())
    best_first = sorted(
        (trial for trial in tuning.trials if trial.state != "interrupted"),
        key=lambda trial: (trial.state != "complete", -(trial.score or 0.0)),
    )
    left_out = len(best_first) - _MOST_ROWS
    table = Table(
        title=f"Study {tuning.study}",
        title_justify="left",
        caption=f"and {left_out} more; `make ui` shows all" if left_out > 0 else None,
        caption_justify="left",
    )
    table.add_column("trial", justify="right")
    table.add_column("state")
    table.add_column("score", justify="right")
    for key in keys:
        table.add_column(key, justify="right", overflow="fold")
    for trial in best_first[:_MOST_ROWS]:
        score = "" if trial.score is None else f"{trial.score:.4f}"
        table.add_row(str(trial.number), trial.state, score, *(_short(trial.values.get(key)) for key in keys))
    return table


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


def _as_json(tuning: Tuning, recipe: Path | None, database: Path) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "study": tuning.study,
        "database": str(database),
        "run_id": tuning.run_id,
        "recipe": str(recipe) if recipe else None,
        "best": asdict(tuning.best) if tuning.best else None,
        "untuned": asdict(tuning.untuned) if tuning.untuned else None,
        "importances": tuning.importances,
        "trials": [asdict(trial) for trial in tuning.trials],
    }
