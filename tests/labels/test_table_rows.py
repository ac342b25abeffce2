"""What spreadsheets, archives of data sets and people leave in tables of labelled texts."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labels.files import SentenceFileError, read_sentences
from labels.table_rows import Columns, labels_of_cell

ROWS = "text,label\nMy card is lost,card\nHow do I repay?,loan\n"


def read(path, **columns):
    return [(item.line, item.sentence.text, item.sentence.sectors) for item in read_sentences(path, Columns(**columns))]


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.replace("\n", "\r\n").encode(),
        ROWS.replace(",", ";").encode(),
        ROWS.replace(",", "\t").encode("utf-16"),
        ROWS.replace("text,label", '"text","label"').encode(),
        ROWS.replace("\n", ",\n").encode(),
    ],
    ids=["plain", "byte order mark", "Windows line ends", "semicolons", "Unicode text", "quoted names", "empty column"],
)
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert read(path) == [(2, "My card is lost", ("card",)), (3, "How do I repay?", ("loan",))]


def test_a_cell_may_hold_several_labels_or_none():
    assert labels_of_cell("fee | loan") == ("fee", "loan")
    assert labels_of_cell("none") == labels_of_cell("None") == labels_of_cell(" ") == ()
    assert labels_of_cell("Books, used") == ("Books, used",)


def test_texts_of_several_lines_keep_the_count_of_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        'text,label,note\n"two\nlines",a,"of\nthree"\n\nnext,b,\nline\u2028separator,c,\n', encoding="utf-8"
    )
    assert read(path) == [(2, "two\nlines", ("a",)), (6, "next", ("b",)), (7, "line\u2028separator", ("c",))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"txt,label\na,b\n", ":1: has no column 'text', only txt, label; rename one"),
        (b"text;lable\na;b\n", ":1: has no column 'label', only text, lable; rename one"),
        (b"", ":1: has no column 'text', only nothing"),
        (
            b"text,label\nfine,a\nMy card, again,card\n",
            ":3: has 3 cells, the first line 2; put a text",
        ),
        (b"text,label\nfine,a\nonly a text\n", ":3: needs a text and a label"),
        (b"text,label\n,card\n", ":2: needs a text and a label"),
        (b'text,label\n"never closed,card\n', ":2: is not CSV .* close every quotation mark"),
        ("text,label\nfine,a\ncafé,b\n".encode("cp1252"), ":3: is not UTF-8; save the file .* “CSV UTF-8”"),
    ],
    ids=["text misspelt", "label misspelt", "empty", "bare comma", "short row", "no text", "open quote", "Windows"],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line_and_the_remedy(tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(SentenceFileError, match=message) as caught:
        read_sentences(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("text,category\n{text},{label}\n", {"label": "category"}),
        ("text,coarse_label,fine_label\n{text},{label},7\n", {"label": "coarse_label"}),
        ("Class Index,Title,Description\n{label},A title,{text}\n", {"text": "Description", "label": "Class Index"}),
    ],
    ids=["Banking77", "TREC", "AG News"],
)
def test_the_tables_of_public_data_sets_are_read_by_the_names_of_their_columns(tmp_path, head, columns):
    path = tmp_path / "public.csv"
    path.write_text(head.format(text="Why was I charged twice?", label="3"))
    assert read(path, **columns) == [(2, "Why was I charged twice?", ("3",))]


def test_numbers_of_a_parquet_file_get_the_names_that_it_knows(tmp_path):
    features = {
        "text": {"dtype": "string", "_type": "Value"},
        "label": {"names": ["card", "loan"], "_type": "ClassLabel"},
    }
    table = pa.table({"text": ["My card is lost", "How do I repay?"], "label": [0, 1]})
    named = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(named, tmp_path / "named.parquet")
    assert read(tmp_path / "named.parquet") == [(1, "My card is lost", ("card",)), (2, "How do I repay?", ("loan",))]
    pq.write_table(table, tmp_path / "bare.parquet")
    assert [labels for _, _, labels in read(tmp_path / "bare.parquet")] == [("0",), ("1",)]


def test_a_parquet_file_may_have_lists_of_labels_and_names_what_it_lacks(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["one", "two"], "label": [["a", "b"], []]}), path)
    assert read(path) == [(1, "one", ("a", "b")), (2, "two", ())]
    with pytest.raises(SentenceFileError, match=r"a\.parquet:1: has no column 'topic', only text, label"):
        read(path, label="topic")
    path.write_bytes(b"no such thing")
    with pytest.raises(SentenceFileError, match="cannot be read as Parquet"):
        read(path)
