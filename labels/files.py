"""Labelled sentences from files: JSONL in the dataset's format, or CSV and Parquet with labels in a cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from labels.errors import UserError
from labels.sentence import LabelError, LabelledSentence, sentence_from_dict
from labels.table_rows import DEFAULT_COLUMNS, Columns, LabelledRow, TableError, scan_csv, scan_parquet
from labels.taxonomy import Taxonomy, taxonomy_of_keys

_SCAN_TABLE = {".csv": scan_csv, ".parquet": scan_parquet}
SUFFIXES = (".jsonl", *_SCAN_TABLE)


class SentenceFileError(UserError):
    """A file of sentences that cannot be read; the message names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A labelled sentence and where it stands, for messages that an annotator can act on."""

    sentence: LabelledSentence
    path: Path
    line: int

    @property
    def place(self) -> str:
        """`file:line`, as editors and terminals link it."""
        return f"{self.path}:{self.line}"


def sentence_files(path: Path) -> list[Path]:
    """The JSONL, CSV and Parquet files of a folder in name order, or the one file.

    Raises:
        SentenceFileError: there is nothing of the kind.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
        if not files:
            raise SentenceFileError(
                f"{path}: holds no .jsonl, .csv or .parquet file; name a folder of labelled sentences"
            )
        return files
    if not path.exists():
        raise SentenceFileError(f"{path}: no such file or folder; name a file or folder of labelled sentences")
    if path.suffix not in SUFFIXES:
        raise SentenceFileError(f"{path}: must end in .jsonl, .csv or .parquet to be read as labelled sentences")
    return [path]


def read_sentences(path: Path, columns: Columns = DEFAULT_COLUMNS) -> list[Placed]:
    """All labelled sentences of a file or folder, in order of file name and line.

    Args:
        path: of JSONL, CSV or Parquet.
        columns: of CSV and Parquet.

    Raises:
        SentenceFileError: at the first line that breaks the format, or if there is no sentence at all.
    """
    placed: list[Placed] = []
    for file in sentence_files(path):
        for item in scan_sentences(file, columns):
            if isinstance(item, SentenceFileError):
                raise item
            placed.append(item)
    if not placed:
        raise SentenceFileError(f"{path}: holds no sentence; add at least one line")
    return placed


def scan_sentences(file: Path, columns: Columns = DEFAULT_COLUMNS) -> Iterator[Placed | SentenceFileError]:
    """Every line of one file, as a sentence or as what is wrong with it, so that an audit sees all."""
    if file.suffix not in _SCAN_TABLE:
        yield from _scan_jsonl(file)
        return
    for item in _SCAN_TABLE[file.suffix](file, columns):
        yield SentenceFileError(str(item)) if isinstance(item, TableError) else _placed(file, item)


def infer_taxonomy(sentences: list[LabelledSentence]) -> Taxonomy:
    """Taxonomy of the labels in use, in alphabetical order, for data that comes without one."""
    return taxonomy_of_keys(
        sorted({sector for sentence in sentences for sector in sentence.sectors}),
        sorted({entity.type for sentence in sentences for entity in sentence.entities}),
    )


def _scan_jsonl(file: Path) -> Iterator[Placed | SentenceFileError]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        yield SentenceFileError(f"{file}: cannot be read ({error.strerror}); name a file of labelled sentences")
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        yield SentenceFileError(f"{file}:{line}: is not UTF-8; save the file as UTF-8")
        return
    for number, line_text in enumerate(text.split("\n"), 1):
        if not line_text.strip():
            continue
        try:
            sentence = sentence_from_dict(json.loads(line_text))
        except json.JSONDecodeError as error:
            yield SentenceFileError(f"{file}:{number}: is not JSON ({error.msg} at column {error.colno})")
        except LabelError as error:
            yield SentenceFileError(f"{file}:{number}: {error}")
        else:
            yield Placed(_with_id(sentence), file, number)


def _placed(file: Path, row: LabelledRow) -> Placed:
    return Placed(_with_id(LabelledSentence("", row.text, row.labels)), file, row.line)


def _with_id(sentence: LabelledSentence) -> LabelledSentence:
    if sentence.id:
        return sentence
    return replace(sentence, id=hashlib.sha256(sentence.text.encode()).hexdigest()[:12])
