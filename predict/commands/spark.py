"""`newsdesk spark`: classifies a Parquet table on the cores of this machine or of a cluster."""

from __future__ import annotations

from typing import Annotated

import typer

from models.registry import CHAMPION
from predict.commands.options import model_names


def spark(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="Parquet file or folder, or any address Spark reads.")],
    target: Annotated[str, typer.Argument(metavar="OUTPUT", help="Folder for Parquet, or any address Spark writes.")],
    column: Annotated[str, typer.Option(help="Column that holds the texts.")] = "text",
    model: Annotated[
        str, typer.Option(help="Alias, version or name@alias of the model.", autocompletion=model_names)
    ] = CHAMPION,
    master: Annotated[
        str, typer.Option(help="Spark's master: spark://host:7077, yarn, or so many cores of this machine.")
    ] = "local[*]",
    settings: Annotated[
        list[str] | None,
        typer.Option("--conf", metavar="KEY=VALUE", help="Setting of Spark; may be given several times."),
    ] = None,
    partitions: Annotated[
        int | None,
        typer.Option(min=1, help="Tasks to cut the table into.  [default: 50,000 rows a task, at least one a core]"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Remove what is at OUTPUT first.")] = False,
) -> None:
    """Classify each row of a Parquet table on Spark; all columns are kept.

    Adds `sectors`, those above their thresholds with probabilities, and `entities` with offsets, both
    as lists of structs. A text is classified as it is, without being split into sentences.

    Example: `newsdesk spark news.parquet filed.parquet --column headline`
    """
    if wrong := [setting for setting in settings or [] if "=" not in setting]:
        raise typer.BadParameter(f"--conf {wrong[0]}: write it as KEY=VALUE")
    from rich.console import Console

    from predict.commands.progress import task_bar
    from predict.spark_filing import classify_parquet, model_uri
    from predict.spark_session import spark_session

    notes = Console(stderr=True)
    address = model_uri(model)
    with (
        spark_session(master, dict(setting.split("=", 1) for setting in settings or [])) as session,
        task_bar(notes) as show,
    ):
        run = classify_parquet(
            session,
            source,
            target,
            column=column,
            model=address,
            partitions=partitions,
            overwrite=overwrite,
            on_progress=show,
        )
    speed = f"{run.rows:,} rows in {run.seconds:.1f} s on {run.cores} cores, {run.rate:,.0f} rows/s a core"
    notes.print(f"{speed}, all in {target}", markup=False, highlight=False, soft_wrap=True)
