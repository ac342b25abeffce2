"""Rows of CSV and Parquet files as texts with the labels in one cell."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labels.errors import UserError

LABEL_SEPARATOR = "|"
_NO_LABEL = ("", "none")
_DELIMITERS = (",", ";", "\t")
"""What stands between cells: the comma, and what spreadsheets write where the comma is for decimals."""


class TableError(UserError):
    """A row that cannot be used; the message names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns that hold the text and its label."""

    text: str = "text"
    label: str = "label"


DEFAULT_COLUMNS = Columns()


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A text and its labels in the order of the cell, none for no label."""

    line: int  # 1-based: where the row begins in a CSV, the row's number in a Parquet file
    text: str
    labels: tuple[str, ...]


def scan_csv(file: Path, columns: Columns) -> Iterator[LabelledRow | TableError]:
    """Every row of a CSV whose cells are parted by commas, semicolons or tabs, as its first line tells."""
    try:
        text = _decoded(file)
    except TableError as error:
        yield error
        return
    delimiter = _delimiter(text, columns)
    # `newline=""` leaves line feeds inside of cells as they are.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if problem := _missing_column(file, names, columns):
            yield problem
            return
        text_at, label_at = names.index(columns.text), names.index(columns.label)
        last = reader.line_num
        for cells in reader:
            first, last = last + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield _row(file, first, cells, names, text_at, label_at)
    except csv.Error as error:
        yield TableError(f"{file}:{reader.line_num}: is not CSV ({error}); close every quotation mark")


def scan_parquet(file: Path, columns: Columns) -> Iterator[LabelledRow | TableError]:
    """Every row of a Parquet file; numbers whose names the file knows (`datasets.ClassLabel`) become those names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(file)
        if problem := _missing_column(file, schema.names, columns):
            yield problem
            return
        table = pq.read_table(file, columns=[columns.text, columns.label])
    except (OSError, pa.ArrowException) as error:
        yield TableError(f"{file}: cannot be read as Parquet ({' '.join(str(error).split())})")
        return
    names = _class_names(schema, columns.label)
    texts, labels = table.column(columns.text).to_pylist(), table.column(columns.label).to_pylist()
    for number, (text, label) in enumerate(zip(texts, labels, strict=True), 1):
        if not isinstance(text, str) or not text.strip():
            yield TableError(f"{file}:{number}: the column {columns.text!r} must hold a text, was {text!r}")
            continue
        try:
            given = [names[one] if names else str(one) for one in _as_list(label)]
        except (IndexError, TypeError):
            yield TableError(f"{file}:{number}: the label {label!r} is none of the {len(names)} that the file names")
            continue
        yield LabelledRow(number, text.strip(), tuple(one for each in given for one in labels_of_cell(each)))


def labels_of_cell(cell: str) -> tuple[str, ...]:
    """Labels of a cell, parted by `|`; an empty one or `none` has none."""
    parts = [part.strip() for part in cell.split(LABEL_SEPARATOR)]
    return tuple(part for part in parts if part.casefold() not in _NO_LABEL)


def _decoded(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise TableError(f"{file}: cannot be read ({error.strerror}); name a file of labelled sentences") from error
    # Spreadsheets write UTF-16 under the name of "Unicode text"; its mark leaves no doubt.
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(
            f"{file}:{line}: is not UTF-8; save the file as UTF-8 (in a spreadsheet: as “CSV UTF-8”)"
        ) from error


def _delimiter(text: str, columns: Columns) -> str:
    """What parts the cells of the first line so that both columns are there, else whatever parts it at all."""
    head = text.partition("\n")[0]
    wanted = {columns.text, columns.label}
    split = {delimiter: [part.strip().strip('"') for part in head.split(delimiter)] for delimiter in _DELIMITERS}
    whole = [delimiter for delimiter, parts in split.items() if wanted <= set(parts)]
    return (whole or sorted(_DELIMITERS, key=lambda delimiter: -len(split[delimiter])))[0]


def _missing_column(file: Path, names: Sequence[str], columns: Columns) -> TableError | None:
    missing = next((name for name in (columns.text, columns.label) if name not in names), None)
    if missing is None:
        return None
    there = ", ".join(name or "''" for name in names) or "nothing"
    return TableError(
        f"{file}:1: has no column {missing!r}, only {there}; rename one, or name yours in the recipe: "
        "labels: {text_column: …, label_column: …}"
    )


def _row(
    file: Path, line: int, cells: Sequence[str], names: Sequence[str], text_at: int, label_at: int
) -> LabelledRow | TableError:
    if len(cells) > len(names):
        return TableError(
            f"{file}:{line}: has {len(cells)} cells, the first line {len(names)}; "
            'put a text that holds the separator in "double quotes"'
        )
    if len(cells) <= max(text_at, label_at) or not cells[text_at].strip():
        return TableError(f"{file}:{line}: needs a text and a label (empty or none for no label)")
    return LabelledRow(line, cells[text_at].strip(), labels_of_cell(cells[label_at]))


def _as_list(label: Any) -> list[Any]:
    if label is None:
        return []
    return label if isinstance(label, list) else [label]


def _class_names(schema: Any, column: str) -> list[str]:
    """Names of a column's numbers as the `datasets` library leaves them in a Parquet file, [] without any."""
    metadata = schema.metadata or {}
    try:
        feature = json.loads(metadata[b"huggingface"])["info"]["features"][column]
        # A list of labels holds the feature of its items.
        feature = feature.get("feature", feature)
        names: list[str] = feature["names"]
    except (KeyError, TypeError, AttributeError, ValueError):
        return []
    return names
