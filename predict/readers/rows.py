"""Files of rows, read row by row: every row's text is a story of its own, and all rows together are one issue.

Every reader takes a binary stream and gives each row's number and its visible text; rows without text are left out.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from predict.readers import ContentError
from predict.readers.decoding import decode_lines
from predict.readers.folding import fold

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

_DELIMITERS = ",;\t"
_LARGEST_FIELD = 2**31 - 1
_RETURN_ALONE = re.compile("(?<=\r)(?!\n)")
_PARQUET_BUFFER = 1 << 20
_PARQUET_BATCH = 4096

Row = tuple[int, str]
"""Line of the file, or number of the row where a format has no lines, from 1; and the text."""


def line_rows(stream: BinaryIO) -> Iterator[Row]:
    """Give the rows of a file with one text a line.

    Raises:
        ContentError: A line is not text.
    """
    _, lines = decode_lines(stream)
    parts = (part for line in lines for part in line.removesuffix("\n").removesuffix("\r").split("\r"))
    return _visible(enumerate(parts, 1))


def jsonl_rows(stream: BinaryIO, column: str) -> Iterator[Row]:
    """Give the rows of a file with one JSON object a line.

    Raises:
        ContentError: A line is no JSON object, or has no text under that column.
    """
    _, lines = decode_lines(stream)
    return _visible(
        (number, _json_text(number, line, column)) for number, line in enumerate(lines, 1) if not line.isspace()
    )


def csv_rows(stream: BinaryIO, column: str) -> Iterator[Row]:
    """Give the rows of a comma, semicolon or tab separated file with a header row.

    Raises:
        ContentError: The column is missing, or a row does not fit the header.
    """
    head, lines = decode_lines(stream)
    # Spreadsheets of old end their lines with a carriage return alone.
    ended = (part for line in lines for part in _RETURN_ALONE.split(line) if part)
    return _visible(_csv_rows(head, ended, column))


def parquet_rows(stream: BinaryIO, column: str) -> Iterator[Row]:
    """Give the rows of a Parquet file, which is read in small batches of its one column.

    Raises:
        ContentError: The file is no Parquet, or has no text under that column.
    """
    import pyarrow as pa

    file = _parquet(stream)
    schema = file.schema_arrow
    if column not in schema.names:
        raise ContentError(_missing(column, schema.names))
    kind = schema.field(column).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise ContentError(_no_text(column))
    return _visible(_parquet_rows(file, column))


def n_parquet_rows(stream: BinaryIO) -> int:
    """Return the rows of a Parquet file, with and without text, and leave the stream where it was.

    Raises:
        ContentError: The file is no Parquet.
    """
    n_rows: int = _parquet(stream).metadata.num_rows
    stream.seek(0)
    return n_rows


def _parquet(stream: BinaryIO) -> ParquetFile:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(stream, buffer_size=_PARQUET_BUFFER, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise ContentError(f"not Parquet ({_first_line(error)}); write the file again") from error


def _visible(rows: Iterable[Row]) -> Iterator[Row]:
    for number, text in rows:
        visible = fold(text)
        if visible:
            yield number, visible


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
        raise ContentError(f"line {number}: {_no_text(column)}")
    return text or ""


def _csv_rows(head: str, lines: Iterator[str], column: str) -> Iterator[Row]:
    limit = csv.field_size_limit(_LARGEST_FIELD)
    above = 0
    try:
        rows = csv.reader(lines, delimiter=_delimiter(head, column), strict=True)
        header = [field.strip() for field in next(rows, [])]
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
            for field in row[place : place + 1]:
                yield above + 1, field
            above = rows.line_num
    except csv.Error as error:
        raise ContentError(f"line {above + 1}: not CSV ({error}); mend the quotes of that row") from error
    finally:
        csv.field_size_limit(limit)


def _parquet_rows(file: ParquetFile, column: str) -> Iterator[Row]:
    import pyarrow as pa

    number = 0
    try:
        for batch in file.iter_batches(_PARQUET_BATCH, columns=[column]):
            for text in batch.column(0).to_pylist():
                number += 1
                yield number, text or ""
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ContentError(f"row {number + 1}: cannot be read ({_first_line(error)}); write the file again") from error


def _delimiter(head: str, column: str) -> str:
    """Return the delimiter whose header has the column, else the one that gives the most columns."""

    def promise(delimiter: str) -> tuple[bool, int]:
        header = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
        return column in (field.strip() for field in header), len(header)

    return max(_DELIMITERS, key=promise)


def _missing(column: str, there: Iterable[str]) -> str:
    return f'no column "{column}"; there are: {", ".join(there) or "none"}; name one with --column'


def _no_text(column: str) -> str:
    return f'column "{column}" holds no text; name another with --column'


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
