"""Table-like files: every row's text is a story of its own, and all rows together are one issue."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable

from predict.issue import Block, Issue
from predict.readers import ContentError
from predict.readers.decoding import decode
from predict.readers.folding import fold

_DELIMITERS = ",;\t"
_LARGEST_FIELD = 2**31 - 1

Row = tuple[int, str]


def read_lines(data: bytes, name: str) -> list[Issue]:
    """Return the issue of a file with one text a line."""
    return _issue(name, enumerate(re.split(r"\r\n|\r|\n", decode(data)), 1))


def read_jsonl(data: bytes, name: str, column: str) -> list[Issue]:
    """Return the issue of a file with one JSON object a line.

    Raises:
        ContentError: A line is no JSON object, or has no text under that column.
    """
    rows = [(number, line) for number, line in enumerate(decode(data).split("\n"), 1) if line.strip()]
    return _issue(name, [(number, _json_text(number, line, column)) for number, line in rows])


def read_csv(data: bytes, name: str, column: str) -> list[Issue]:
    """Return the issue of a comma, semicolon or tab separated file with a header row.

    Raises:
        ContentError: The column is missing, or a row does not fit the header.
    """
    limit = csv.field_size_limit(_LARGEST_FIELD)
    try:
        return _issue(name, _csv_rows(decode(data), column))
    finally:
        csv.field_size_limit(limit)


def _issue(name: str, rows: Iterable[Row]) -> list[Issue]:
    folded = ((number, fold(text)) for number, text in rows)
    return [Issue(name, tuple(Block(text, "text", line=number) for number, text in folded if text))]


def _json_text(number: int, line: str, column: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deep")
        raise ContentError(f"line {number}: not JSON ({reason}); write one object a line") from error
    if not isinstance(row, dict):
        raise ContentError(f"line {number}: not a JSON object; write one object a line")
    if column not in row:
        raise ContentError(f"line {number}: {_missing(column, row)}")
    text = row[column]
    if text is not None and not isinstance(text, str):
        raise ContentError(f'line {number}: column "{column}" holds no text; name another with --column')
    return text or ""


def _csv_rows(text: str, column: str) -> list[Row]:
    delimiter = _delimiter(text, column)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Row] = []
    above = 0
    try:
        header = [field.strip() for field in next(rows)]
        if column not in header:
            raise ContentError(_missing(column, header))
        place = header.index(column)
        above = rows.line_num
        for row in rows:
            if any(row[len(header) :]):
                raise ContentError(
                    f"line {above + 1}: {len(row)} fields under a header of {len(header)};"
                    " put quotes around texts that hold the delimiter"
                )
            found.extend((above + 1, field) for field in row[place : place + 1])
            above = rows.line_num
    except csv.Error as error:
        raise ContentError(f"line {above + 1}: not CSV ({error}); mend the quotes of that row") from error
    return found


def _delimiter(text: str, column: str) -> str:
    """Return the delimiter whose header has the column, else the one that gives the most columns."""

    def promise(delimiter: str) -> tuple[bool, int]:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        return column in (field.strip() for field in header), len(header)

    return max(_DELIMITERS, key=promise)


def _missing(column: str, there: Iterable[str]) -> str:
    return f'no column "{column}"; there are: {", ".join(there) or "none"}; name one with --column'
