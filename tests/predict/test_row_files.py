"""Files of rows of any length: read in chunks, filed as they come, continued after a stop."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from labels.marked_text import parse_marked_line
from labels.taxonomy import load_taxonomy
from models.classifier import Classifier
from models.pooling import StoryPooling
from models.processes import several_processes
from models.saved import load
from predict.desk import Desk
from predict.issue import IssueError
from predict.reading import read_chunks, read_issues
from predict.row_stories import RowFiler
from tests.predict.written_issues import fault_of
from training.baseline_fit import fit_baseline
from training.config import BaselineConfig

TAXONOMY = load_taxonomy()
EXAMPLES = [example for sector in TAXONOMY.sectors for example in sector.examples]
ROWS = [f"{EXAMPLES[n % len(EXAMPLES)]} Number {n} opens a plant. Thanks for reading!" for n in range(300)]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    lines = [f"{sector.key} | news | {example}" for sector in TAXONOMY.sectors for example in sector.examples]
    sentences = [parse_marked_line(line, str(n)) for n, line in enumerate(lines * 8)]
    folder = tmp_path_factory.mktemp("model")
    fit_baseline(BaselineConfig(), TAXONOMY, sentences, sentences[: len(lines)], StoryPooling(), seed=1).save(folder)
    return folder


@dataclass
class CountingModel:
    """A real model that keeps what it was asked."""

    model: Classifier
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.model, name)

    def classify(self, texts):
        self.asked.extend(texts)
        return self.model.classify(texts)


def write_jsonl(path, texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return path


def write_parquet(path, texts, column="text", **options):
    pyarrow.parquet.write_table(pyarrow.table({"id": range(len(texts)), column: texts}), path, **options)
    return path


def written(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def chunked(filer, path, rows=7):
    chunks = read_chunks(path, "jsonl", rows=rows)
    return [story for filed in filer.file(path.name, chunks) for story in filed.stories]


def read_into(texts, chunks):
    for chunk in chunks:
        texts += chunk.texts


# Reading.


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("lines", b"one\r\n\ntwo\rthree\nfour"),
        ("lines", "\ufeffeins\nzwei\nüber\n".encode("utf-16-le")),
        ("jsonl", '{"text": "one"}\n\n{"text": null}\n{"text": "caf\u00e9"}'.encode("cp1252")),
        ("csv", b'id;text\n1;"a\nb"\n2;\n3;c'),
        ("csv", b"id,text\r1,a\r2,b\r"),
    ],
)
def test_chunks_hold_the_texts_of_the_whole_in_order(tmp_path, format, content):
    path = tmp_path / "rows"
    path.write_bytes(content)
    (issue,) = read_issues(path, format=format)
    texts = [block.text for block in issue.blocks]
    assert len(texts) > 1
    chunks = list(read_chunks(path, format, rows=1))
    assert [chunk.texts for chunk in chunks] == [[text] for text in texts]
    assert chunks[-1].position == chunks[-1].size == len(content)
    assert [text for chunk in read_chunks(path, format, rows=1, skip=1) for text in chunk.texts] == texts[1:]


def test_parquet_is_read_by_column_over_its_row_groups(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", ["one", None, " two \n", ""], "body", row_group_size=1)
    (issue,) = read_issues(path, column="body")
    assert [(block.text, block.line) for block in issue.blocks] == [("one", 1), ("two", 3)]
    assert [(c.position, c.size) for c in read_chunks(path, "parquet", column="body", rows=1)] == [(1, 4), (3, 4)]


def test_a_parquet_file_that_cannot_serve_says_why(tmp_path):
    assert fault_of(tmp_path, "a.parquet", b"PAR1 and no more").startswith("not Parquet")
    path = write_parquet(tmp_path / "b.parquet", ["x"], "body")
    with pytest.raises(IssueError, match='b.parquet: no column "text"; there are: id, body; name one with --column'):
        read_issues(path)
    with pytest.raises(IssueError, match='column "id" holds no text'):
        read_issues(path, column="id")


@pytest.mark.parametrize(
    ("format", "line", "said"),
    [
        ("jsonl", b"{oops", "line 2001: not JSON"),
        ("csv", b"a,b,c", "line 2001: 3 fields under a header of 1"),
        ("lines", b"caf\xe9", "line 20001: not utf-8 as the lines before; save the file as UTF-8"),
        ("lines", b"nu\0ll", "line 20001: binary content"),
    ],
)
def test_the_rows_above_a_bad_one_come_first_and_the_bad_one_is_named(tmp_path, format, line, said):
    good = {"jsonl": b'{"text": "fine"}\n' * 2000, "csv": b"text\n" + b"fine\n" * 1999}.get(
        format, (b"fine" * 20 + b"\n") * 20_000
    )
    path = tmp_path / "rows"
    path.write_bytes(good + line + b"\n" + good)
    texts = []
    with pytest.raises(IssueError) as caught:
        read_into(texts, read_chunks(path, format, rows=1500))
    assert str(caught.value).startswith(f"{path}: {said}")
    assert len(texts) == int(said.split()[1].rstrip(":")) - (2 if format == "csv" else 1)


# Filing.


def test_chunks_give_the_stories_of_one_piece(model_folder, tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", ROWS)
    desk = Desk(load(model_folder))
    assert chunked(RowFiler(desk), path) == desk.file(path)


def test_other_processes_give_the_same_stories(model_folder, tmp_path):
    path = write_jsonl(tmp_path / "rows.jsonl", ROWS)
    desk = Desk(load(model_folder))
    filer = RowFiler(desk, lambda: several_processes(model_folder, None, n_processes=2))
    assert chunked(filer, path, rows=50) == chunked(RowFiler(desk), path)
    filer.close()


def test_a_sentence_is_classified_once_however_often_it_stands_there(model_folder, tmp_path):
    model = CountingModel(load(model_folder))
    path = write_jsonl(tmp_path / "rows.jsonl", ROWS)
    stories = chunked(RowFiler(Desk(model)), path)
    sentences = [sentence.text for story in stories for sentence in story.sentences]
    assert len(sentences) > len(set(sentences))
    assert sorted(model.asked) == sorted(set(sentences))


def test_what_is_remembered_of_sentences_is_bounded_and_the_stories_stay_the_same(model_folder, tmp_path):
    model = CountingModel(load(model_folder))
    path = write_jsonl(tmp_path / "rows.jsonl", ROWS)
    assert chunked(RowFiler(Desk(model), most_remembered=2), path) == Desk(model.model).file(path)
    # The refrain is among the two latest at every chunk.
    assert model.asked.count("Thanks for reading!") == 1


# The command.


@pytest.fixture
def predict(newsdesk, model_folder):
    def run(*arguments):
        return newsdesk("predict", *arguments, "--model", model_folder)

    return run


def test_rows_are_summed_up_on_the_terminal_and_kept_in_the_file(predict, tmp_path):
    source = write_parquet(tmp_path / "rows.parquet", ROWS, "headline")
    done = predict(source, "--column", "headline", "--out", tmp_path / "filed", "--format", "parquet")
    assert done.code == 0, done.err
    assert "300 stories, one a row" in done.out and "Number 7" not in done.out
    rows = pyarrow.parquet.read_table(tmp_path / "filed" / "stories.parquet").to_pylist()
    assert [row["story"] for row in rows] == list(range(1, 301))
    assert " ".join(sentence["text"] for sentence in rows[7]["sentences"]) == ROWS[7]
    assert sorted(os.listdir(tmp_path / "filed")) == ["stories.parquet", "stories.parquet.progress"]


def test_rows_of_several_files_are_numbered_by_file_and_a_bad_row_ends_only_its_own(predict, tmp_path):
    first = tmp_path / "a.jsonl"
    first.write_text('{"text": "A fund opens."}\n{"text": 3}\n{"text": "Never read."}\n')
    second = write_jsonl(tmp_path / "b.jsonl", ["A bank closes.", "A chip ships."])
    done = predict(first, second, "--out", tmp_path / "filed")
    assert done.code == 1
    assert f'{first}: line 2: column "text" holds no text' in done.err
    stories = [(story["issue"], story["story"]) for story in written(tmp_path / "filed" / "stories.jsonl")]
    assert stories == [("a.jsonl", 1), ("b.jsonl", 1), ("b.jsonl", 2)]


def stopped_run(source, out, model, output_format):
    """Start a run and kill it with all that it has in hand, once part of its stories are recorded."""
    record = out / f"stories.{output_format}.progress"
    command = [Path(sys.executable).parent / "newsdesk", "predict", source, "--out", out, "--format", output_format]
    with subprocess.Popen([*command, "--model", model], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None:
            if record.exists() and json.loads(record.read_text())["progress"]["stories"]:
                run.send_signal(signal.SIGKILL)
                break
            time.sleep(0.002)
    progress = json.loads(record.read_text())["progress"]
    assert not progress["finished"]
    return progress["rows"]


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    texts = [f"{EXAMPLES[n % len(EXAMPLES)]} Number {n}." for n in range(12_500)]
    return write_jsonl(tmp_path_factory.mktemp("long") / "rows.jsonl", texts)


@pytest.mark.parametrize("output_format", ["jsonl", "csv", "parquet"])
def test_a_killed_run_goes_on_without_a_row_lost_or_twice(predict, model_folder, long_file, tmp_path, output_format):
    out, target = tmp_path / "filed", tmp_path / "filed" / f"stories.{output_format}"
    assert 0 < stopped_run(long_file, out, model_folder, output_format) < 12_500
    refused = predict(long_file, "--out", out, "--format", output_format)
    assert refused.code == 1 and "go on with --resume, or delete" in refused.err
    done = predict(long_file, "--out", out, "--format", output_format, "--resume")
    assert done.code == 0, done.err
    assert "12,500 stories, one a row" in done.out
    whole = predict(long_file, "--out", tmp_path / "whole", "--format", output_format)
    assert whole.code == 0
    assert done.out == whole.out
    assert target.read_bytes() == (tmp_path / "whole" / target.name).read_bytes()
    again = predict(long_file, "--out", out, "--format", output_format, "--resume")
    assert again.code == 0 and "its run is finished, nothing to do" in again.err


def test_what_stands_behind_the_last_saved_story_is_cut_off(predict, tmp_path):
    source, out = write_jsonl(tmp_path / "rows.jsonl", ROWS), tmp_path / "filed"
    assert predict(source, "--out", out).code == 0
    target, record = out / "stories.jsonl", out / "stories.jsonl.progress"
    whole = target.read_bytes()
    lines = whole.splitlines(keepends=True)
    state = json.loads(record.read_text())
    state["progress"] |= {"file": 0, "rows": 40, "stories": 40, "saved": len(b"".join(lines[:40])), "finished": False}
    record.write_text(json.dumps(state))
    target.write_bytes(b"".join(lines[:43])[:-5])
    assert predict(source, "--out", out, "--resume").code == 0
    assert target.read_bytes() == whole


def test_a_run_does_not_go_on_with_changed_inputs_or_options(predict, tmp_path):
    source, out = write_jsonl(tmp_path / "rows.jsonl", ROWS[:5]), tmp_path / "filed"
    assert predict(source, "--out", out).code == 0
    for arguments, said in (
        ((source, "--column", "body"), "its run had --column text; say the same"),
        ((source, source), "its run had other inputs"),
    ):
        done = predict(*arguments, "--out", out, "--resume")
        assert done.code == 1 and said in done.err and "Traceback" not in done.err
    write_jsonl(source, ROWS[:6])
    done = predict(source, "--out", out, "--resume")
    assert done.code == 1 and f"{source}: has changed since the run over it began; delete" in done.err
    assert len(written(out / "stories.jsonl")) == 5


def test_a_run_that_was_not_recorded_is_not_taken_up(predict, tmp_path):
    source, out = write_jsonl(tmp_path / "rows.jsonl", ROWS[:5]), tmp_path / "filed"
    out.mkdir()
    (out / "stories.jsonl").write_text("mine\n")
    done = predict(source, "--out", out, "--resume")
    assert done.code == 1 and "no run is recorded beside it" in done.err
    assert (out / "stories.jsonl").read_text() == "mine\n"


@pytest.mark.parametrize("call", [("rows.csv", "--resume"), ("rows.csv", "--resume", "--html", "--out", "filed")])
def test_resume_without_a_file_to_go_on_with_is_a_wrong_call(newsdesk, call):
    assert newsdesk("predict", *call).code == 2


def test_rows_come_in_and_go_out_through_pipes(newsdesk, model_folder):
    rows = "text,n\n" + "A fund opens.,1\n" * 3
    done = newsdesk("predict", "-", "--input-format", "csv", "--format", "csv", "--model", model_folder, stdin=rows)
    assert done.code == 0, done.err
    assert [row["issue"] for row in csv.DictReader(done.out.splitlines())] == ["stdin"] * 3
