"""Classifies a column of a Parquet table on Spark: MLflow carries the model to the workers, all columns are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from labels.errors import UserError
from predict.spark_session import SparkFailedError

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import Column, DataFrame, SparkSession

RESULT_TYPE = (
    "sectors array<struct<sector:string,probability:double>>, "
    "entities array<struct<start:bigint,end:bigint,type:string,name:string>>"
)
"""What of the served model's answer becomes columns, as Spark writes types."""
_RESULT_COLUMNS = ("sectors", "entities")
_ANSWER = "newsdesk_answer"
_ROWS_A_TASK = 50_000
"""Loading the model, once a task, takes a hundredth of the work then, and a lost task is minutes."""

_ERROR_LINE = re.compile(r"[\w.$]+(?:Error|Exception): ")

OnProgress = Callable[[int, int, int], None]
"""Told of tasks done, tasks in all, and failed attempts of the stage at work."""


@dataclass(frozen=True, slots=True)
class SparkRun:
    """What a run did, and how fast."""

    rows: int
    seconds: float
    cores: int  # that worked at a time

    @property
    def rate(self) -> float:
        """Rows a second and core, with the loading of the model in each task."""
        return self.rows / max(self.seconds, 1e-9) / self.cores


def model_uri(model: str) -> str:
    """Address of a model for MLflow.

    Args:
        model: alias, version, `name@alias`, or the folder of a logged model.

    Raises:
        UserError: there is none, or the folder is not one that MLflow can serve.
    """
    from models.registry import registered_version

    version = registered_version(model)
    if version:
        return f"models:/{version.name}/{version.version}"
    # A logged model holds what newsdesk reads in `data/model`.
    for folder in (Path(model), Path(model).resolve().parent.parent):
        if (folder / "MLmodel").is_file():
            return str(folder)
    raise UserError(f"{model}: is not a model logged to MLflow, as Spark needs it; name an alias or a version")


def read_table(spark: SparkSession, path: str, column: str) -> DataFrame:
    """Parquet table with a column of texts.

    Args:
        spark: session.
        path: file or folder, or any address that Spark reads.
        column: that holds the texts.

    Raises:
        UserError: it cannot be read, or has no such column of strings; names the columns that it has.
    """
    from pyspark.sql.types import StringType

    with _reported(path, "cannot be read as Parquet"):
        table = spark.read.parquet(path)
        types = {field.name: field.dataType for field in table.schema.fields}
    if column not in types:
        raise UserError(f"{path}: has no column {column!r}, its columns are {', '.join(types)}; name one with --column")
    if not isinstance(types[column], StringType):
        texts = [name for name, type in types.items() if isinstance(type, StringType)]
        raise UserError(
            f"{path}: column {column!r} is of type {types[column].simpleString()}, not string; "
            f"columns of strings are {', '.join(texts) or 'none'}"
        )
    taken = [name for name in types if name.lower() in _RESULT_COLUMNS]
    if taken:
        raise UserError(f"{path}: has a column {taken[0]!r} already, which the result would get; rename or drop it")
    return table


def classify_table(table: DataFrame, column: str, model: str) -> DataFrame:
    """The table with the columns `sectors` and `entities` added; a null has none of either.

    Args:
        table: any columns.
        column: that holds the texts.
        model: address of a logged model, as `model_uri` gives it.
    """
    import mlflow
    from pyspark.sql import functions

    from models.registry import connect

    connect()
    classify = mlflow.pyfunc.spark_udf(
        table.sparkSession,
        model,
        result_type=RESULT_TYPE,
        env_manager="local",
        # Threads of the tokenizer; Spark itself gives those of torch as many as a task has cores.
        extra_env={"TOKENIZERS_PARALLELISM": "false"},
    )
    text = functions.coalesce(_quoted(column), functions.lit("")).alias("text")
    answered = table.withColumn(_ANSWER, classify(functions.struct(text)))
    return answered.select(*map(_quoted, table.columns), *(f"{_ANSWER}.{name}" for name in _RESULT_COLUMNS))


def classify_parquet(
    spark: SparkSession,
    source: str,
    target: str,
    *,
    column: str,
    model: str,
    partitions: int | None = None,
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> SparkRun:
    """Classify a Parquet table and write it as another.

    Args:
        spark: session.
        source: file or folder, or any address that Spark reads.
        target: folder, or any address that Spark writes.
        column: that holds the texts.
        model: address of a logged model, as `model_uri` gives it.
        partitions: tasks to cut the table into; by the number of its rows if not given.
        overwrite: remove what is at the target first.
        on_progress: told twice a second how far the tasks are.

    Raises:
        UserError: the source is not there or has no such column, or the target is there already.
        SparkFailedError: Spark gave up, as when a task failed every time.
    """
    table = read_table(spark, source, column)
    with _reported(source, "cannot be read as Parquet"):
        rows = table.count()
    context = spark.sparkContext
    tasks = partitions or max(context.defaultParallelism, ceil(rows / _ROWS_A_TASK))
    classified = classify_table(table.repartition(tasks), column, model)
    begun = monotonic()
    with _reported(target, "is not written"), _watched(context, on_progress):
        classified.write.mode("overwrite" if overwrite else "error").parquet(target)
    # Executors may have joined since.
    return SparkRun(rows, monotonic() - begun, min(tasks, context.defaultParallelism))


def _quoted(column: str) -> Column:
    from pyspark.sql import functions

    # A dot in a name would mean a field.
    return functions.col("`" + column.replace("`", "``") + "`")


@contextmanager
def _watched(context: SparkContext, on_progress: OnProgress | None) -> Iterator[None]:
    if on_progress is None:
        yield
        return
    ended = Event()
    tracker = context.statusTracker()

    def watch() -> None:
        while not ended.wait(0.5):
            stages = [info for info in map(tracker.getStageInfo, tracker.getActiveStageIds()) if info]
            if stages:
                stage = max(stages, key=lambda info: info.stageId)
                on_progress(stage.numCompletedTasks, stage.numTasks, stage.numFailedTasks)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


@contextmanager
def _reported(path: str, failed: str) -> Iterator[None]:
    """Turn what Spark raises into one line that names the path."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        known = {
            "PATH_NOT_FOUND": "is not there; check the name",
            "PATH_ALREADY_EXISTS": "is there already; name another folder, or replace it with --overwrite",
            "UNABLE_TO_INFER_SCHEMA": "holds no Parquet file",
        }
        reason = known.get((condition or "").partition(".")[0])
        if reason:
            raise UserError(f"{path}: {reason}") from error
        raise SparkFailedError(f"{path}: {failed}: {_cause(str(error))}") from error


def _cause(report: str) -> str:
    """The line that says what went wrong first: the last cause that Java names, or the end of Python's traceback."""
    lines = [line.strip().removeprefix(": ").removeprefix("Caused by: ") for line in report.splitlines()]
    errors = [line for line in lines if _ERROR_LINE.match(line)]
    return (errors or lines)[-1 if errors else 0][:500]
