"""Filed stories as files: JSONL, CSV or Parquet, written as they come."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from predict.filed import FiledStory

if TYPE_CHECKING:
    import pyarrow

OUTPUT_FORMATS = ("jsonl", "csv", "parquet")
_CSV_COLUMNS = ("issue", "story", "heading", "boilerplate", "sectors", "probabilities", "entities", "text")


class StoryWriter(Protocol):
    """Where filed stories go, issue by issue."""

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add the stories of one issue; what was written before stays."""
        ...

    def close(self) -> None:
        """End the file."""
        ...


def open_writer(path: Path, output_format: str) -> StoryWriter:
    """Writer of a file in one of `OUTPUT_FORMATS`; the folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if output_format == "parquet":
        return ParquetWriter(path)
    stream = path.open("w", encoding="utf-8", newline="")
    return JsonlWriter(stream) if output_format == "jsonl" else CsvWriter(stream)


class JsonlWriter:
    """One story a line."""

    def __init__(self, stream: TextIO) -> None:
        """Write to an open text stream."""
        self._stream = stream

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add the stories of one issue."""
        for story in stories:
            self._stream.write(json.dumps(story.to_dict(), ensure_ascii=False) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """End the stream."""
        _end(self._stream)


class JsonArrayWriter:
    """One JSON value: a list of all stories, written as they come."""

    def __init__(self, stream: TextIO) -> None:
        """Write to an open text stream."""
        self._stream = stream
        self._begun = False

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add the stories of one issue."""
        for story in stories:
            self._stream.write((",\n" if self._begun else "[\n") + json.dumps(story.to_dict(), ensure_ascii=False))
            self._begun = True
        self._stream.flush()

    def close(self) -> None:
        """End the list and the stream."""
        self._stream.write("\n]\n" if self._begun else "[]\n")
        _end(self._stream)


class CsvWriter:
    """One story a row for spreadsheets: lists joined by semicolons."""

    def __init__(self, stream: TextIO, *, begun: bool = False) -> None:
        """Write to an open text stream, header first unless it has one."""
        self._stream = stream
        self._rows = csv.writer(stream, lineterminator="\n")
        if not begun:
            self._rows.writerow(_CSV_COLUMNS)

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add the stories of one issue."""
        for story in stories:
            self._rows.writerow(
                [
                    _inert(story.issue),
                    story.story,
                    _inert(story.heading or ""),
                    str(story.boilerplate).lower(),
                    "; ".join(s.sector for s in story.sectors),
                    "; ".join(f"{s.probability:.4f}" for s in story.sectors),
                    _inert("; ".join(f"{e.name} ({e.type}, {e.count})" for e in story.entities)),
                    _inert(" ".join(sentence.text for sentence in story.sentences)),
                ]
            )
        self._stream.flush()

    def close(self) -> None:
        """End the stream."""
        _end(self._stream)


class ParquetWriter:
    """The JSONL's objects as nested columns; one row group an issue."""

    def __init__(self, path: Path) -> None:
        """Start a file."""
        import pyarrow.parquet

        self._schema = _schema()
        self._file = pyarrow.parquet.ParquetWriter(path, self._schema)

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add the stories of one issue."""
        import pyarrow

        self.add(pyarrow.Table.from_pylist([s.to_dict() for s in stories], schema=self._schema))

    def add(self, stories: pyarrow.Table) -> None:
        """Add stories that such a file has held."""
        self._file.write_table(stories)

    def close(self) -> None:
        """Write the footer, without which the file cannot be read."""
        self._file.close()


def _end(stream: TextIO) -> None:
    # Standard output is not ours to close; others may still have to say something.
    if stream is sys.stdout:
        stream.flush()
    else:
        stream.close()


def _schema() -> pyarrow.Schema:
    import pyarrow as pa

    sectors = pa.list_(pa.struct([("sector", pa.string()), ("probability", pa.float64())]))
    entry = ("id", pa.string())
    spans = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("type", pa.string()), entry]))
    names = pa.list_(pa.struct([("name", pa.string()), ("type", pa.string()), ("count", pa.int32()), entry]))
    sentences = pa.list_(pa.struct([("text", pa.string()), ("sectors", sectors), ("entities", spans)]))
    return pa.schema(
        [
            ("issue", pa.string()),
            ("story", pa.int32()),
            ("heading", pa.string()),
            ("boilerplate", pa.bool_()),
            ("sectors", sectors),
            ("entities", names),
            ("sentences", sentences),
        ]
    )


def _inert(cell: str) -> str:
    # Spreadsheets run cells that start so as formulas, and the text comes from strangers.
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
