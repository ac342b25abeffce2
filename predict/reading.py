"""From paths to issues: finds the files, settles their formats and hands each to its reader.

What a format looks like inside is the readers' business. Here every fault of a file becomes an
`IssueError` that names it, so that callers handle one exception and can go on with the next file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from predict.issue import Issue, IssueError
from predict.readers import ContentError
from predict.readers.sniffing import EXTENSIONS, binary_kind, format_of

FORMATS = ("text", "markdown", "html", "email", "feed", "lines", "jsonl", "csv")
STDIN = Path("-")

Reader = Callable[[bytes, str], list[Issue]]


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


def read_issues(path: Path, *, format: str | None = None, column: str = "text") -> list[Issue]:
    """Return the issues in a file, or in standard input where the path is "-".

    Args:
        path: The file to read.
        format: One of `FORMATS`; told from the extension and the content if not given.
        column: The column of a jsonl or csv file that holds the texts.

    Raises:
        IssueError: The file cannot be read, or there is no text in it.
    """
    label = "stdin" if path == STDIN else str(path)
    name = "stdin" if path == STDIN else path.name
    if format is not None and format not in FORMATS:
        raise IssueError(f"{label}: unknown format {format!r}; choose from {', '.join(FORMATS)}")
    data = _bytes_of(path)
    try:
        _refuse_unreadable(data)
        settled = format or format_of("" if path == STDIN else path.suffix, data)
        if not settled:
            raise _unknown_extension(path)
        issues = [issue for issue in _reader(settled, column)(data, name) if issue.blocks]
    except IssueError:
        raise
    except ContentError as error:
        raise IssueError(f"{label}: {error}") from error
    except Exception as error:
        # Parsers fail in ways they do not document, and one bad file must not end a whole run.
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise IssueError(f"{label}: cannot be read as {settled} ({reason}); convert it to text") from error
    if not issues:
        raise IssueError(f"{label}: no readable text in it; check that it was saved with its content")
    return issues


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _bytes_of(path: Path) -> bytes:
    if path == STDIN:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _missing(path) from None
    except IsADirectoryError:
        raise IssueError(f"{path}: a folder, not a file; name the files in it") from None
    except PermissionError:
        raise IssueError(f"{path}: permission denied; allow reading it") from None
    except (OSError, ValueError) as error:
        raise IssueError(f"{path}: cannot be opened ({error}); check the path") from error


def _refuse_unreadable(data: bytes) -> None:
    if not data.strip():
        raise ContentError("empty; check that it was saved with its content")
    kind = binary_kind(data)
    if kind:
        raise ContentError(f"looks like {kind}, unknown format; convert it to HTML or text")


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
        case "lines" | "jsonl" | "csv":
            from predict.readers import rows

            if format == "lines":
                return rows.read_lines
            return partial(rows.read_jsonl if format == "jsonl" else rows.read_csv, column=column)
        case _:
            from predict.readers import plain

            return plain.read


def _unknown_extension(path: Path) -> IssueError:
    return IssueError(
        f"{path}: unknown extension {path.suffix!r}; name its format with --input-format or convert it to text"
    )


def _missing(path: Path) -> IssueError:
    return IssueError(f"{path}: no such file or folder; check the path")
