"""The labelled sentences as a `datasets.DatasetDict` with typed features."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labels import FOLDER
from labels.files import SentenceFileError, infer_taxonomy, read_sentences
from labels.sentence import Entity, LabelledSentence
from labels.splits import SPLITS, assign_splits
from labels.taxonomy import Taxonomy, load_taxonomy
from labels.validity import sentence_problems

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

DEFAULT_SENTENCES = FOLDER / "sentences"


def load_sentences(path: Path, taxonomy: Taxonomy) -> list[LabelledSentence]:
    """Labelled sentences of a file or folder, each checked against the taxonomy.

    Raises:
        SentenceFileError: at the first line that breaks the format or the taxonomy.
    """
    sentences = []
    for placed in read_sentences(path):
        for problem in sentence_problems(placed.sentence, taxonomy):
            raise SentenceFileError(f"{placed.place}: {problem}")
        sentences.append(placed.sentence)
    return sentences


def load_labels(sentences: Path | None = None, taxonomy: Path | None = None) -> tuple[DatasetDict, Taxonomy]:
    """The dataset split in train, validation and test, and its taxonomy.

    Without arguments these are the project's own. Sentences without a taxonomy get the one that
    their labels imply.

    Raises:
        SentenceFileError: a line that cannot be used, or a split that stays empty.
        TaxonomyError: a taxonomy that cannot be used.
    """
    if sentences is None:
        loaded_taxonomy = load_taxonomy(taxonomy) if taxonomy else load_taxonomy()
        path = DEFAULT_SENTENCES
    else:
        path = sentences
        loaded_taxonomy = (
            load_taxonomy(taxonomy)
            if taxonomy
            else infer_taxonomy([placed.sentence for placed in read_sentences(path)])
        )
    return split_sentences(load_sentences(path, loaded_taxonomy), path), loaded_taxonomy


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


def _to_row(sentence: LabelledSentence) -> dict[str, Any]:
    return {
        "id": sentence.id,
        "text": sentence.text,
        "sectors": list(sentence.sectors),
        "entities": [{"start": e.start, "end": e.end, "type": e.type} for e in sentence.entities],
        "genre": sentence.genre,
        "source": sentence.source,
    }
