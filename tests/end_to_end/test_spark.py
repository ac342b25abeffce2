"""Spark with two workers: the same results as one process, and nothing lost when a worker is killed."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labels.errors import UserError
from tests.conftest import PROJECT

pytest.importorskip("pyspark", reason="PySpark is not installed; pip install 'newsdesk[spark]'")
if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("no Java on this machine; install Java 17 to test Spark", allow_module_level=True)

SENTENCES = [
    json.loads(line)["text"]
    for line in (PROJECT / "labels" / "sentences" / "11_news_feeds.jsonl").read_text(encoding="utf-8").splitlines()
][:200]
RECORDED = """
spark.eventLog.enabled true
spark.eventLog.compress false
spark.eventLog.rolling.enabled false
spark.scheduler.minRegisteredResourcesRatio 1.0
spark.eventLog.dir {folder}
"""


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """A table with a column of texts, one of them null, and others that have nothing to do with them."""
    path = tmp_path_factory.mktemp("news") / "news.parquet"
    texts = [*SENTENCES, None]
    pq.write_table(
        pa.table({"id": range(len(texts)), "page.no": [str(len(t or "")) for t in texts], "text": texts}), path
    )
    return path


@pytest.fixture(scope="module")
def expected(trained):
    """What one process says of the texts, by the baseline."""
    import pandas as pd

    from models.registry import model_folder
    from models.saved import load
    from models.served import ServedModel

    served = ServedModel(load(model_folder("baseline"))).predict(pd.DataFrame({"text": [*SENTENCES, ""]}))
    return served[["sectors", "entities"]].to_dict("records")


@pytest.fixture(scope="module")
def spark(trained):
    """A session in this process."""
    from predict.spark_session import spark_session

    with spark_session("local[2]") as session:
        yield session


def worker_at_work(command):
    """A Python process that Spark has set to work for a command, in the middle of its first task."""
    while True:
        assert command.poll() is None, command.stderr.read()
        for process in psutil.Process(command.pid).children(recursive=True):
            try:
                # The daemon of an executor forks its workers; a task takes seconds of the processor at first.
                is_worker = all("pyspark.daemon" in part.cmdline() for part in (process, process.parent()))
                if is_worker and process.cpu_times().user > 0.5:
                    return process
            except (psutil.Error, AttributeError):
                continue
        time.sleep(0.1)


def test_two_workers_give_what_one_process_gives_though_one_is_killed_at_work(
    news, expected, environment_of, home, tmp_path
):
    events = tmp_path / "events"
    events.mkdir()
    (tmp_path / "spark-defaults.conf").write_text(RECORDED.format(folder=events.as_uri()), encoding="utf-8")
    out = tmp_path / "filed"
    options = ["--model", "baseline", "--master", "local-cluster[2,1,1024]", "--partitions", "4"]
    command = subprocess.Popen(
        [str(Path(sys.executable).parent / "newsdesk"), "spark", str(news), str(out), *options],
        env={**environment_of(home), "SPARK_CONF_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    worker_at_work(command).kill()
    _, told = command.communicate()

    assert command.returncode == 0, told
    assert re.fullmatch(r"201 rows in [\d.]+ s on 2 cores, \d+ rows/s a core, all in .*filed\n", told)
    rows = pq.read_table(out).sort_by("id").to_pylist()
    assert [row["id"] for row in rows] == list(range(201))
    assert [row["text"] for row in rows] == [*SENTENCES, None]
    assert [row["page.no"] for row in rows] == [str(len(text)) for text in SENTENCES] + ["0"]
    assert [{name: row[name] for name in ("sectors", "entities")} for row in rows] == expected
    assert rows[-1]["sectors"] == rows[-1]["entities"] == []

    told = [json.loads(line) for file in events.iterdir() for line in file.read_text(encoding="utf-8").splitlines()]
    tasks = [event for event in told if event["Event"] == "SparkListenerTaskEnd"]
    assert {task["Task Info"]["Executor ID"] for task in tasks} == {"0", "1"}
    failed = [task for task in tasks if task["Task Info"]["Failed"]]
    assert len(failed) == 1
    assert "Python worker exited unexpectedly" in failed[0]["Task End Reason"]["Full Stack Trace"]
    again = [
        task["Task Info"]
        for task in tasks
        if task["Stage ID"] == failed[0]["Stage ID"] and task["Task Info"]["Index"] == failed[0]["Task Info"]["Index"]
    ]
    assert sorted((info["Attempt"], info["Failed"]) for info in again) == [(0, True), (1, False)]


def test_the_snippet_of_the_docs_gives_the_same(spark, news, expected, tmp_path, monkeypatch):
    from models.registry import connect

    page = (PROJECT / "docs" / "spark.md").read_text(encoding="utf-8")
    snippet = re.search(r"```python\n(.*?)```", page, flags=re.DOTALL)[1].replace("@champion", "@baseline")
    folder = tmp_path / "news.parquet"
    spark.read.parquet(str(news)).where("text is not null").coalesce(1).write.parquet(str(folder))
    monkeypatch.chdir(tmp_path)
    connect()

    # A session's own folder is that of its start, so that names in the snippet are made whole.
    exec(re.sub(r'"(\w+\.parquet)"', lambda name: f'"{tmp_path / name[1]}"', snippet), {"spark": spark})

    rows = pq.read_table(tmp_path / "filed.parquet").sort_by("id").to_pylist()
    answers = [{name: row["filed"][name] for name in ("sectors", "entities")} for row in rows]
    assert answers == expected[:-1]


def test_errors_name_the_table_and_the_remedy(spark, news, tmp_path):
    from predict.spark_filing import classify_parquet, model_uri, read_table

    with pytest.raises(UserError, match=r"no column 'headline', its columns are id, page\.no, text; .* --column"):
        read_table(spark, str(news), "headline")
    with pytest.raises(UserError, match=r"column 'id' is of type bigint, not string; .* are page\.no, text"):
        read_table(spark, str(news), "id")
    with pytest.raises(UserError, match=r"nowhere\.parquet: is not there"):
        read_table(spark, str(tmp_path / "nowhere.parquet"), "text")
    with pytest.raises(UserError, match=r"guide\.md: cannot be read as Parquet: .*is not a Parquet file"):
        read_table(spark, str(PROJECT / "labels" / "guide.md"), "text")
    with pytest.raises(UserError, match="is there already; name another folder, or replace it with --overwrite"):
        classify_parquet(spark, str(news), str(tmp_path), column="text", model=model_uri("baseline"))


def test_a_model_or_java_that_is_missing_is_told_before_spark_starts(trained, newsdesk, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    no_model = newsdesk("spark", "news.parquet", "filed", "--model", "nomodel")
    no_java = newsdesk("spark", "news.parquet", "filed", "--model", "baseline")

    assert no_model.code == no_java.code == 1
    assert "no model newsdesk@nomodel" in no_model.err
    assert "needs Java" in no_java.err and "install Java 17 or newer" in no_java.err
    assert "Traceback" not in no_model.err + no_java.err
