"""What one-text-a-line files, JSONL and CSV become."""

from __future__ import annotations

from pathlib import Path

import pytest

from predict.issue import Block
from predict.reading import read_issues
from tests.predict.written_issues import blocks_of, fault_of


def test_every_line_of_a_lines_file_is_a_text_of_one_issue(tmp_path: Path) -> None:
    blocks = blocks_of(tmp_path, "a.txt", "one\n\n- two\n", format="lines")
    assert blocks == (Block("one", "text", line=1), Block("- two", "text", line=3))


def test_jsonl_rows_are_read_by_column(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '\ufeff{"body": "one\\ntwo", "n": 1}\n\n{"body": null}\n{"body": "half \\ud800"}\n', encoding="utf-8"
    )
    (issue,) = read_issues(path, column="body")
    assert issue.blocks == (Block("one two", "text", line=1), Block("half", "text", line=4))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{oops", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        ("[" * 50_000, "line 2: not JSON"),
        ('{"body": "x"}', 'line 2: no column "text"; there are: body; name one with --column'),
        ('{"text": 3}', 'line 2: column "text" holds no text'),
    ],
)
def test_a_bad_jsonl_row_is_named_by_its_line(tmp_path: Path, row: str, said: str) -> None:
    assert said in fault_of(tmp_path, "a.jsonl", '{"text": "fine"}\n' + row)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_rows_are_read_whatever_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = ["\ufeffid|text|n", '1|"a, b; c\nd"|2', "2||3", f"3|{'long ' * 40_000}|4"]
    first, last = blocks_of(tmp_path, "a.csv", "\n".join(rows).replace("|", delimiter))
    assert first == Block("a, b; c d", "text", line=2)
    assert (len(last.text), last.line) == (199_999, 5)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a,b\n1,2\n", 'no column "text"; there are: a, b; name one with --column'),
        ("text\nsold, at last\n", "line 2: 2 fields under a header of 1"),
        ('text\n"never closed\nhere\n', "line 2: not CSV"),
    ],
)
def test_a_bad_csv_says_where_and_why(tmp_path: Path, source: str, said: str) -> None:
    assert said in fault_of(tmp_path, "a.csv", source)
