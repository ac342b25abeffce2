"""Labelled sentences from files: JSONL in the dataset's format, or CSV with one label a text."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from labels.errors import UserError
from labels.sentence import LabelError, LabelledSentence, sentence_from_dict
from labels.taxonomy import Taxonomy, taxonomy_of_keys

SUFFIXES = (".jsonl", ".csv")
_NO_SECTOR = ("", "none")


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
    """The JSONL and CSV files of a folder in name order, or the one file.

    Raises:
        SentenceFileError: there is nothing of the kind.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
        if not files:
            raise SentenceFileError(f"{path}: holds no .jsonl or .csv file; name a folder of labelled sentences")
        return files
    if not path.exists():
        raise SentenceFileError(f"{path}: no such file or folder; name a file or folder of labelled sentences")
    if path.suffix not in SUFFIXES:
        raise SentenceFileError(f"{path}: must end in .jsonl or .csv to be read as labelled sentences")
    return [path]


def read_sentences(path: Path) -> list[Placed]:
    """All labelled sentences of a file or folder, in order of file name and line.

    Raises:
        SentenceFileError: at the first line that breaks the format, or if there is no sentence at all.
    """
    placed: list[Placed] = []
    for file in sentence_files(path):
        for item in scan_sentences(file):
            if isinstance(item, SentenceFileError):
                raise item
            placed.append(item)
    if not placed:
        raise SentenceFileError(f"{path}: holds no sentence; add at least one line")
    return placed


def scan_sentences(file: Path) -> Iterator[Placed | SentenceFileError]:
    """Every line of one file, as a sentence or as what is wrong with it, so that an audit sees all."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        yield SentenceFileError(f"{file}: cannot be read ({error.strerror}); name a file of labelled sentences")
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        yield SentenceFileError(f"{file}:{line}: is not UTF-8; save the file as UTF-8")
        return
    yield from _scan_csv(file, text) if file.suffix == ".csv" else _scan_jsonl(file, text)


def infer_taxonomy(sentences: list[LabelledSentence]) -> Taxonomy:
    """Taxonomy of the labels in use, in alphabetical order, for data that comes without one."""
    return taxonomy_of_keys(
        sorted({sector for sentence in sentences for sector in sentence.sectors}),
        sorted({entity.type for sentence in sentences for entity in sentence.entities}),
    )


def _scan_jsonl(file: Path, text: str) -> Iterator[Placed | SentenceFileError]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            sentence = sentence_from_dict(json.loads(line))
        except json.JSONDecodeError as error:
            yield SentenceFileError(f"{file}:{number}: is not JSON ({error.msg} at column {error.colno})")
        except LabelError as error:
            yield SentenceFileError(f"{file}:{number}: {error}")
        else:
            yield Placed(_with_id(sentence), file, number)


def _scan_csv(file: Path, text: str) -> Iterator[Placed | SentenceFileError]:
    rows = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        missing = {"text", "label"} - set(rows.fieldnames or ())
        if missing:
            there = ", ".join(rows.fieldnames or ["nothing"])
            yield SentenceFileError(
                f"{file}:1: has no column {sorted(missing)[0]!r}, only {there}; the first line must be `text,label`"
            )
            return
        for row in rows:
            # A record may span lines; the reader stands at its last one.
            number = rows.line_num - (row["text"] or "").count("\n")
            if row["label"] is None or not (row["text"] or "").strip():
                yield SentenceFileError(f"{file}:{number}: needs a text and a label (empty or none for no label)")
                continue
            label = row["label"].strip()
            sectors = () if label in _NO_SECTOR else (label,)
            yield Placed(_with_id(LabelledSentence("", row["text"].strip(), sectors)), file, number)
    except csv.Error as error:
        yield SentenceFileError(f"{file}:{rows.line_num}: is not CSV ({error})")


def _with_id(sentence: LabelledSentence) -> LabelledSentence:
    if sentence.id:
        return sentence
    return replace(sentence, id=hashlib.sha256(sentence.text.encode()).hexdigest()[:12])
