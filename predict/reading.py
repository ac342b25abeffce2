"""From paths to issues, or to chunks of rows: finds files, settles their formats and hands each to its reader.

What a format looks like inside is the readers' business. Here every fault of a file becomes an
`IssueError` that names it, so that callers handle one exception and can go on with the next file.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from predict.issue import Block, Issue, IssueError
from predict.readers import ContentError
from predict.readers.sniffing import EXTENSIONS, binary_kind, format_of

if TYPE_CHECKING:
    from predict.readers.rows import Row

ROW_FORMATS = ("lines", "jsonl", "csv", "parquet")
"""Formats whose files may be too long for memory: they can be read in chunks."""
FORMATS = ("text", "markdown", "html", "email", "feed", *ROW_FORMATS)
STDIN = Path("-")
_PEEKED = 1 << 20

Reader = Callable[[bytes, str], list[Issue]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file in order.

    Attributes:
        texts: Visible texts, none empty.
        position: Bytes of the file read so far; for Parquet, rows.
        size: Bytes of the file, for Parquet rows, 0 where they cannot be told.
    """

    texts: list[str]
    position: int
    size: int


def find_files(paths: Sequence[str | Path]) -> tuple[list[Path], list[IssueError]]:
    """Return the files that paths stand for, and what was wrong with the paths that stand for none.

    Folders are walked in sorted order without hidden files; a file named outright is taken as it is.
    """
    files: list[Path] = []
    errors: list[IssueError] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = list(_walk(path))
            known = [file for file in inside if file.suffix.lower() in EXTENSIONS]
            files.extend(known)
            errors.extend(_unknown_extension(file) for file in inside if file not in known)
            if not inside:
                errors.append(IssueError(f"{path}: no files in this folder; name one that has some"))
        elif path == STDIN or path.exists():
            files.append(path)
        else:
            errors.append(_missing(path))
    return files, errors


def issue_name(path: Path) -> str:
    """Name of the issues in a file; bytes of it that are no text are replaced, so that every output can hold it."""
    return "stdin" if path == STDIN else os.fsencode(path.name).decode(errors="replace")


def read_issues(path: Path, *, format: str | None = None, column: str = "text") -> list[Issue]:
    """Return the issues in a file, or in standard input where the path is "-".

    Args:
        path: The file to read.
        format: One of `FORMATS`; told from the extension and the content if not given.
        column: The column of a jsonl, csv or parquet file that holds the texts.

    Raises:
        IssueError: The file cannot be read, or there is no text in it.
    """
    label = "stdin" if path == STDIN else str(path)
    name = issue_name(path)
    if format is not None and format not in FORMATS:
        raise IssueError(f"{label}: unknown format {format!r}; choose from {', '.join(FORMATS)}")
    data = _bytes_of(path)
    settled = format or format_of("" if path == STDIN else path.suffix, data)
    with _faults_named(label, settled):
        _refuse_unreadable(data, settled)
        if not settled:
            raise _unknown_extension(path)
        issues = [issue for issue in _reader(settled, column)(data, name) if issue.blocks]
    if not issues:
        raise _without_text(label)
    return issues


def row_format(path: Path, format: str | None = None) -> str | None:
    """Return which of `ROW_FORMATS` a file is in, told from its name if not given; None for other files."""
    told = format or EXTENSIONS.get(path.suffix.lower())
    return told if told in ROW_FORMATS else None


def read_chunks(path: Path, format: str, *, column: str = "text", rows: int = 2048, skip: int = 0) -> Iterator[Chunk]:
    """Read a file of rows, or standard input where the path is "-", a chunk at a time.

    Args:
        path: The file to read.
        format: One of `ROW_FORMATS`.
        column: The column that holds the texts.
        rows: Rows with a text in a chunk.
        skip: Rows with a text to leave out at the beginning.

    Raises:
        IssueError: The file cannot be read, a row of it is bad, or there is no text in it. The rows above a
            bad one are given first.
    """
    label = "stdin" if path == STDIN else str(path)
    with _opened(path) as stream, _faults_named(label, format):
        if path == STDIN and format == "parquet":
            raise ContentError("Parquet cannot be read from a pipe; name the file")
        # Peeking moves nothing, so that a pipe's first bytes are not lost.
        _refuse_unreadable(stream.peek(_PEEKED)[:_PEEKED], format)
        size = 0 if path == STDIN else _size(stream, format)
        texts: list[str] = []
        number, fault = 0, None
        try:
            for number, text in islice(_rows(stream, format, column), skip, None):
                texts.append(text)
                if len(texts) == rows:
                    yield Chunk(texts, _position(stream, number, format), size)
                    texts = []
        except Exception as error:
            fault = error
        if texts:
            yield Chunk(texts, _position(stream, number, format), size)
        if fault:
            raise fault
    if not number and not skip:
        raise _without_text(label)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _bytes_of(path: Path) -> bytes:
    with _opened(path) as stream:
        return stream.read()


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    if path == STDIN:
        yield cast(io.BufferedReader, sys.stdin.buffer)
        return
    try:
        stream = cast(io.BufferedReader, path.open("rb", _PEEKED))
    except FileNotFoundError:
        raise _missing(path) from None
    except IsADirectoryError:
        raise IssueError(f"{path}: a folder, not a file; name the files in it") from None
    except PermissionError:
        raise IssueError(f"{path}: permission denied; allow reading it") from None
    except (OSError, ValueError) as error:
        raise IssueError(f"{path}: cannot be opened ({error}); check the path") from error
    with stream:
        yield stream


@contextmanager
def _faults_named(label: str, format: str) -> Iterator[None]:
    """Make every fault of a file's content an `IssueError` with the file's name."""
    try:
        yield
    except IssueError:
        raise
    except ContentError as error:
        raise IssueError(f"{label}: {error}") from error
    except Exception as error:
        # Parsers fail in ways they do not document, and one bad file must not end a whole run.
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise IssueError(f"{label}: cannot be read as {format} ({reason}); convert it to text") from error


def _refuse_unreadable(head: bytes, format: str) -> None:
    if not head.strip():
        raise ContentError("empty; check that it was saved with its content")
    kind = binary_kind(head)
    if kind and format != "parquet":
        raise ContentError(f"looks like {kind}, unknown format; convert it to HTML or text")


def _rows(stream: BinaryIO, format: str, column: str) -> Iterator[Row]:
    from predict.readers import rows

    match format:
        case "lines":
            return rows.line_rows(stream)
        case "jsonl":
            return rows.jsonl_rows(stream, column)
        case "csv":
            return rows.csv_rows(stream, column)
        case _:
            return rows.parquet_rows(stream, column)


def _row_issues(data: bytes, name: str, *, format: str, column: str) -> list[Issue]:
    rows = _rows(io.BytesIO(data), format, column)
    return [Issue(name, tuple(Block(text, "text", line=number) for number, text in rows))]


def _size(stream: io.BufferedReader, format: str) -> int:
    if format == "parquet":
        from predict.readers.rows import n_parquet_rows

        return n_parquet_rows(stream)
    return os.fstat(stream.fileno()).st_size


def _position(stream: io.BufferedReader, number: int, format: str) -> int:
    if format == "parquet":
        return number
    return stream.tell() if stream.seekable() else 0


def _reader(format: str, column: str) -> Reader:
    """Return the reader of a format; each is imported only when needed, as the parsers are slow to load."""
    match format:
        case "markdown":
            from predict.readers import markdown

            return markdown.read
        case "html":
            from predict.readers import page

            return page.read
        case "email":
            from predict.readers import mail

            return mail.read
        case "feed":
            from predict.readers import feed

            return feed.read
        case "lines" | "jsonl" | "csv" | "parquet":
            return partial(_row_issues, format=format, column=column)
        case _:
            from predict.readers import plain

            return plain.read


def _unknown_extension(path: Path) -> IssueError:
    return IssueError(
        f"{path}: unknown extension {path.suffix!r}; name its format with --input-format or convert it to text"
    )


def _without_text(label: str) -> IssueError:
    return IssueError(f"{label}: no readable text in it; check that it was saved with its content")


def _missing(path: Path) -> IssueError:
    return IssueError(f"{path}: no such file or folder; check the path")
