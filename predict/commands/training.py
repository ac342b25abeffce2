"""`newsdesk train`, `evaluate`, `compare`, `promote` and `ui`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labels.errors import UserError
from models.registry import CHAMPION, MODEL_NAME
from predict.commands.json_output import print_json
from predict.commands.options import Config, Json, Model, Precision, recipe_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from models.classifier import Classifier
    from training.compare import ComparedRun
    from training.config import Recipe
    from training.evaluation import Evaluation

_Data = Annotated[
    list[Path] | None,
    typer.Option(
        "--data", help="Labelled file to evaluate on as well: JSONL, CSV or Parquet; may be given several times."
    ),
]
# MLflow's pages otherwise begin with tools for chats, and fold the trainings of one command into one row.
_COMPARISON_PAGE = (
    "/#/experiments/{}/runs?workflowType=machine_learning&compareRunsMode=CHART"
    "&orderByKey=metrics.%60validation%2Fsectors%2Fmicro_f1%60&orderByAsc=false"
)


def train(
    recipes: Annotated[
        list[Path],
        typer.Argument(metavar="RECIPE...", help="YAML files such as those in configs/.", autocompletion=recipe_files),
    ],
    data: _Data = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted training.")] = False,
    json: Json = False,
) -> None:
    """Train, evaluate, log and register one model a recipe.

    Example: `newsdesk train configs/baseline.yaml configs/transformer.yaml`

    Example: `newsdesk train configs/transformer.yaml --data news.jsonl --resume`
    """
    from rich.console import Console

    from predict.commands.progress import training_bar
    from training.config import load_recipe
    from training.quiet import quieten_libraries

    _check_files(data)
    loaded = [load_recipe(path) for path in recipes]
    quieten_libraries()
    from training.distribution import is_follower
    from training.source import load_source
    from training.tracking import training_group
    from training.train import follow
    from training.train import train as train_recipe

    if is_follower():
        for recipe in loaded:
            follow(recipe, resume=resume)
        return
    if len(loaded) > 1:
        # A fault in the last recipe's labels shows before the first one trains.
        for recipe in loaded:
            load_source(recipe.labels)
    console = Console(stderr=True)
    told = []
    with training_group(loaded):
        for recipe in loaded:
            with training_bar(console, recipe.name) as show:
                trained = train_recipe(recipe, data or [], resume=resume, on_progress=show)
            console.print(
                f"{recipe.name}: registered as {recipe.register_as} version {trained.version}, run {trained.run_id}",
                highlight=False,
            )
            if not json:
                Console().print(_evaluation_table(trained.evaluations))
            told.append(
                {
                    "recipe": recipe.name,
                    "model": recipe.register_as,
                    "version": trained.version,
                    "run_id": trained.run_id,
                    "scores": _scores(trained.evaluations),
                }
            )
    if json:
        print_json(told)


def evaluate(
    model: Model = CHAMPION,
    data: _Data = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Recipe whose test split, or else the columns of --data, are meant.", autocompletion=recipe_files
        ),
    ] = None,
    log: Annotated[
        bool, typer.Option(help="Log scores, errors and figures of --data to the run of a registered model.")
    ] = True,
    precision: Precision = None,
    json: Json = False,
) -> None:
    """Score a model on labelled files, or on our own test split.

    With `--precision` nothing is logged: a run holds the scores of what `predict` does.

    Example: `newsdesk evaluate --model transformer --data news.jsonl --json`
    """
    from models.registry import model_folder
    from models.saved import load
    from training.evaluation import evaluate_file, evaluate_test
    from training.quiet import quieten_libraries

    _check_files(data)
    quieten_libraries()
    loaded = load(model_folder(model), precision)
    if data:
        columns = _recipe(config).labels.columns
        evaluations = [evaluate_file(loaded, path, columns) for path in data]
    else:
        from training.source import load_source

        source = load_source(_recipe(config).labels)
        evaluations = [evaluate_test(loaded, source, model)]
    if json:
        scores = _scores(evaluations)
        # One set of sentences is printed flat, several by name.
        print_json(scores if len(evaluations) > 1 else scores[evaluations[0].name])
    else:
        from rich.console import Console

        Console().print(_evaluation_table(evaluations))
    if data and log and not precision:
        _log_to_run(model, loaded, evaluations)


def compare(
    model: Annotated[str, typer.Option(help="Registered name whose runs are meant.")] = MODEL_NAME,
    json: Json = False,
) -> None:
    """Show the latest run of each recipe side by side.

    Scores stand by the sentences that they were measured on: our own splits, and each file of real text.

    Example: `newsdesk compare`

    Example: `newsdesk compare --model bank --json`
    """
    from rich.console import Console

    from training.compare import latest_runs

    runs = latest_runs(model)
    if not runs:
        raise UserError(f"no finished run of {model!r} yet; `make train` makes two")
    if json:
        from dataclasses import asdict

        print_json([asdict(run) for run in runs])
        return
    Console().print(_comparison_table(runs))


def promote(
    version: Annotated[str | None, typer.Option(help="Candidate.  [default: the best of the latest runs]")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Make a model the champion, if it beats the present one.

    Both are measured on the validation split as it is now; the next best becomes the challenger.

    Example: `newsdesk promote --version 3`
    """
    from training.promote import promote as promote_best
    from training.quiet import quieten_libraries

    quieten_libraries()
    decided = promote_best(_recipe(config), version)
    if json:
        from dataclasses import asdict

        print_json(asdict(decided))
        return
    print(f"{'promoted' if decided.promoted else 'not promoted'}: {decided.reason}")


def champion(
    config: Config = None,
    json: Json = False,
) -> None:
    """Say which version is the champion.

    Exits 1 if there is none yet.

    Example: `newsdesk champion`

    Example: `newsdesk champion --config bank.yaml --json`
    """
    from models.registry import ModelNotFoundError, aliased_version, no_champion

    name = _recipe(config).register_as
    version = aliased_version(name, CHAMPION)
    if version is None:
        raise ModelNotFoundError(no_champion(name))
    if json:
        print_json({"model": name, "version": str(version.version), "run_id": version.run_id})
    else:
        print(f"{name} version {version.version}, run {version.run_id}")


def ui(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 5000,
) -> None:
    """Open the runs in MLflow's pages, served on this machine only.

    Example: `newsdesk ui --port 5001`
    """
    import os
    import subprocess
    import sys

    from models.registry import check_store, connect, home, tracking_uri
    from predict.commands.ports import require_free_port

    check_store()
    if tracking_uri().startswith(("http://", "https://")):
        print(f"the runs are on the server that MLFLOW_TRACKING_URI names: {tracking_uri()}")
        return
    require_free_port(port, "ui")
    address = f"http://127.0.0.1:{port}"
    print(f"MLflow shows the runs at {address} (stop with Ctrl-C)", flush=True)
    if experiment := connect().get_experiment_by_name(MODEL_NAME):
        print(f"Side by side, best first: {address}{_COMPARISON_PAGE.format(experiment.experiment_id)}", flush=True)
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    command += [
        "--backend-store-uri",
        tracking_uri(),
        "--default-artifact-root",
        (home() / "mlartifacts").as_uri(),
    ]
    # Its jobs judge chats and prompts, in seven processes more.
    environment = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **os.environ}
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


def _log_to_run(name: str, model: Classifier, evaluations: Sequence[Evaluation]) -> None:
    from models.registry import registered_version

    version = registered_version(name)
    if version is None or not version.run_id:
        return
    from training.evaluation_log import log_real_text
    from training.registration import describe

    for evaluation in evaluations:
        log_real_text(evaluation, model, version.run_id)
    describe(version.name, str(version.version))
    typer.echo(f"logged to the run of {version.name} version {version.version}, {version.run_id}", err=True)


def _scores(evaluations: Sequence[Evaluation]) -> dict[str, dict[str, float]]:
    return {one.name: {"sentences": one.metrics.n_sentences, **one.metrics.flat()} for one in evaluations}


def _recipe(config: Path | None) -> Recipe:
    from training.config import Recipe, load_recipe

    # Any recipe of the project's own labels serves to name them.
    return load_recipe(config) if config else Recipe(name="own", model="baseline")


def _check_files(data: list[Path] | None) -> None:
    for path in data or []:
        if not path.is_file():
            raise UserError(f"{path}: no such file; --data takes labelled JSONL, CSV and Parquet files")


def _evaluation_table(evaluations: Sequence[Evaluation]) -> Table:
    from rich.table import Table

    table = Table(title="Scores", title_justify="left")
    table.add_column("")
    for evaluation in evaluations:
        table.add_column(f"{evaluation.name}\n{evaluation.metrics.n_sentences:,} sentences", justify="right")
    columns = [evaluation.metrics.flat() for evaluation in evaluations]
    for key in dict.fromkeys(key for column in columns for key in column):
        table.add_row(key, *(f"{column[key]:.3f}" if key in column else "" for column in columns))
    return table


def _comparison_table(runs: Sequence[ComparedRun]) -> Table:
    from rich.table import Table

    table = Table(title="Latest runs", title_justify="left", caption="♛ champion", caption_justify="left")
    table.add_column("measured on")
    table.add_column("score")
    for run in runs:
        version = f"version {run.version}" if run.version else "not registered"
        crown = " ♛" if run.is_champion else ""
        table.add_column(f"{run.recipe}{crown}\n{version}\nlabels {run.labels_digest}", justify="right")
    sets = dict.fromkeys(name for run in runs for name in run.scores)
    for name in sets:
        keys = dict.fromkeys(key for run in runs for key in run.scores.get(name, {}))
        best = {key: max(run.scores.get(name, {}).get(key, -1.0) for run in runs) for key in keys}
        for key in keys:
            cells = [run.scores.get(name, {}).get(key) for run in runs]
            better = best[key] if "error" not in key else min(cell for cell in cells if cell is not None)
            table.add_row(
                name,
                key,
                *("" if c is None else f"[bold]{c:.3f}[/bold]" if c == better else f"{c:.3f}" for c in cells),
            )
        table.add_section()
    return table
