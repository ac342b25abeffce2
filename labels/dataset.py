"""The labelled sentences as a `datasets.DatasetDict` with typed features."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labels import FOLDER
from labels.files import Placed, SentenceFileError, infer_taxonomy, read_sentences
from labels.sentence import Entity, LabelledSentence
from labels.splits import SPLITS, assign_splits
from labels.table_rows import DEFAULT_COLUMNS, Columns
from labels.taxonomy import Taxonomy, load_taxonomy
from labels.validity import sentence_problems

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

DEFAULT_SENTENCES = FOLDER / "sentences"
LEAST_OF_LABEL = 3
"""Sentences that each label needs where no taxonomy says that it is meant: a misspelt one has fewer."""


def load_sentences(path: Path, taxonomy: Taxonomy, columns: Columns = DEFAULT_COLUMNS) -> list[LabelledSentence]:
    """Labelled sentences of a file or folder, each checked against the taxonomy.

    Raises:
        SentenceFileError: at the first line that breaks the format or the taxonomy.
    """
    return _checked(read_sentences(path, columns), taxonomy)


def load_labels(
    sentences: Path | None = None, taxonomy: Path | None = None, columns: Columns = DEFAULT_COLUMNS
) -> tuple[DatasetDict, Taxonomy]:
    """The dataset split in train, validation and test, and its taxonomy.

    Without arguments these are the project's own. Sentences without a taxonomy get the one that
    their labels imply.

    Args:
        sentences: file or folder.
        taxonomy: file.
        columns: of CSV and Parquet files.

    Raises:
        SentenceFileError: a line that cannot be used, labels that nothing can be learnt from, or a split that stays
            empty.
        TaxonomyError: a taxonomy that cannot be used.
    """
    path = sentences or DEFAULT_SENTENCES
    placed = read_sentences(path, columns)
    if taxonomy:
        loaded_taxonomy = load_taxonomy(taxonomy)
    elif sentences is None:
        loaded_taxonomy = load_taxonomy()
    else:
        loaded_taxonomy = infer_taxonomy([one.sentence for one in placed])
        if problem := next(unlearnable_labels(path, placed), None):
            raise SentenceFileError(problem)
    return split_sentences(_checked(placed, loaded_taxonomy), path), loaded_taxonomy


def unlearnable_labels(path: Path, placed: Sequence[Placed]) -> Iterator[str]:
    """Labels that nothing can be learnt from, as messages with their remedy; none if all are sound."""
    counts = Counter(sector for one in placed for sector in one.sentence.sectors)
    if not counts:
        yield f"{path}: none of {len(placed)} sentences has a label; fill the column or the field of labels"
    for label, count in counts.items():
        if count == len(placed):
            yield (
                f"{path}: all {count} sentences have the label {label!r}; "
                "add sentences of other labels, or some without any"
            )
        if count < LEAST_OF_LABEL:
            first = next(one for one in placed if label in one.sentence.sectors)
            yield (
                f"{first.place}: the label {label!r} has only {count} of {len(placed)} sentences, {LEAST_OF_LABEL} are "
                "needed; correct a misspelling, add sentences, or list the labels in a taxonomy"
            )


def split_sentences(sentences: Sequence[LabelledSentence], origin: Path) -> DatasetDict:
    """Sentences divided by `labels.splits`.

    Raises:
        SentenceFileError: a split would be empty; names `origin`.
    """
    from datasets import DatasetDict

    assigned = assign_splits([sentence.text for sentence in sentences])
    members = {split: [s for s, at in zip(sentences, assigned, strict=True) if at == split] for split in SPLITS}
    empty = [split for split in SPLITS if not members[split]]
    if empty:
        raise SentenceFileError(
            f"{origin}: {len(sentences)} sentences leave the {empty[0]} split empty; add sentences (50 or more)"
        )
    return DatasetDict({split: to_dataset(members[split]) for split in SPLITS})


def to_dataset(sentences: Sequence[LabelledSentence]) -> Dataset:
    """Sentences as a typed table, one row each."""
    from datasets import Dataset

    return Dataset.from_list([_to_row(sentence) for sentence in sentences], features=features())


def to_sentences(dataset: Dataset) -> list[LabelledSentence]:
    """The inverse of `to_dataset`."""
    return [
        LabelledSentence(
            id=row["id"],
            text=row["text"],
            sectors=tuple(row["sectors"]),
            entities=tuple(Entity(e["start"], e["end"], e["type"]) for e in row["entities"]),
            genre=row["genre"],
            source=row["source"],
        )
        for row in dataset
    ]


def features() -> Features:
    """Column types of the dataset."""
    from datasets import Features, List, Value

    return Features(
        {
            "id": Value("string"),
            "text": Value("string"),
            "sectors": List(Value("string")),
            "entities": List({"start": Value("int32"), "end": Value("int32"), "type": Value("string")}),
            "genre": Value("string"),
            "source": Value("string"),
        }
    )


def labels_digest(sentences: Sequence[LabelledSentence]) -> str:
    """SHA-256 over all sentences by id, so that the order of files does not matter; 12 digits."""
    lines = sorted(sentence.to_json() for sentence in sentences)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _checked(placed: Sequence[Placed], taxonomy: Taxonomy) -> list[LabelledSentence]:
    for one in placed:
        for problem in sentence_problems(one.sentence, taxonomy):
            raise SentenceFileError(f"{one.place}: {problem}")
    return [one.sentence for one in placed]


def _to_row(sentence: LabelledSentence) -> dict[str, Any]:
    return {
        "id": sentence.id,
        "text": sentence.text,
        "sectors": list(sentence.sectors),
        "entities": [{"start": e.start, "end": e.end, "type": e.type} for e in sentence.entities],
        "genre": sentence.genre,
        "source": sentence.source,
    }
