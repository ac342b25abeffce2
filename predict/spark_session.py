"""Starts Spark for newsdesk: what it needs is there, its log goes to a file, failed tasks are tried again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from labels.errors import UserError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LEAST_JAVA = 17
_TRIES = 4
"""Of a task, as on a cluster; Spark alone tries a task on one machine once."""
_ROWS_A_BATCH = 4096
"""Rows that a worker holds as Python objects at a time."""


class SparkFailedError(UserError):
    """Spark gave up; the message says why, and where its own report is."""


@contextmanager
def spark_session(master: str, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """Session on the cores of this machine or of a cluster, which ends with the context.

    Args:
        master: as Spark writes it: `local[4]`, `spark://host:7077`, `yarn`.
        settings: of Spark, such as `spark.executor.cores`; they win over those that newsdesk chooses.

    Raises:
        UserError: PySpark or Java is missing; says what to do.
        SparkFailedError: Spark does not start, or what was done with the session raised it.
    """
    with tempfile.NamedTemporaryFile(prefix="newsdesk-spark-", suffix=".log", delete=False) as file:
        log = Path(file.name)
    try:
        session = _start(_with_retries(master), settings or {}, log)
        try:
            yield session
        finally:
            session.stop()
    except SparkFailedError as error:
        raise SparkFailedError(f"{error}; Spark's own report is in {log}") from error
    except BaseException:
        log.unlink()
        raise
    log.unlink()


def _start(master: str, settings: Mapping[str, str], log: Path) -> SparkSession:
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UserError("Spark needs PySpark, which is not installed; pip install 'newsdesk[spark]'") from error

    _check_java()
    chosen = {"spark.app.name": "newsdesk", "spark.sql.execution.arrow.maxRecordsPerBatch": str(_ROWS_A_BATCH)}
    if master.startswith("local"):
        chosen["spark.ui.enabled"] = "false"
        # Otherwise workers run whatever python3 is first on the path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master)
    for key, value in {**chosen, **settings}.items():
        builder = builder.config(key, value)
    try:
        with _stderr_to(log):
            return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise SparkFailedError(f"Spark does not start with the master {master}") from error


def _with_retries(master: str) -> str:
    """The master, with retries where it is this machine and leaves them open."""
    found = re.fullmatch(r"local(?:\[(\*|\d+)\])?", master)
    return f"local[{found[1] or 1},{_TRIES}]" if found else master


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    remedy = f"install Java {_LEAST_JAVA} or newer, and let JAVA_HOME name its folder if it is not on the path"
    try:
        told = subprocess.run([java or "java", "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(f"Spark needs Java, and {java or 'java'} does not run; {remedy}") from error
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    if found and int(found[1]) < _LEAST_JAVA:
        raise UserError(f"Spark needs Java {_LEAST_JAVA}, and {java} is Java {found[1]}; {remedy}")


@contextmanager
def _stderr_to(file: Path) -> Iterator[None]:
    """Give processes started meanwhile a file as their standard error, for as long as they live."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with file.open("ab") as log:
            os.dup2(log.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
