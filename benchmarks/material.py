"""The sentences of one benchmark, in a folder, so that every process of it reads the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peer import TrainingSet
from labels.files import read_sentences
from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy, taxonomy_from_dict

_TAXONOMY_FILE = "taxonomy.json"
_SCORED_FOLDER = "scored"


@dataclass(frozen=True, slots=True)
class Material:
    """What the systems learn from, are timed on and are scored on."""

    taxonomy: Taxonomy
    train: Sequence[LabelledSentence]
    validation: Sequence[LabelledSentence]
    timed: Sequence[LabelledSentence]
    scored: dict[str, Sequence[LabelledSentence]]  # by the name of the data

    @property
    def training_set(self) -> TrainingSet:
        """The part that a fit gets."""
        return TrainingSet(self.taxonomy, self.train, self.validation)

    def write(self, folder: Path) -> None:
        """Write all sentences as JSONL in the dataset's format."""
        (folder / _SCORED_FOLDER).mkdir(parents=True)
        content = json.dumps(self.taxonomy.to_dict(), ensure_ascii=False)
        (folder / _TAXONOMY_FILE).write_text(content, encoding="utf-8")
        files = {"train": self.train, "validation": self.validation, "timed": self.timed}
        files |= {f"{_SCORED_FOLDER}/{name}": sentences for name, sentences in self.scored.items()}
        for name, sentences in files.items():
            lines = "".join(sentence.to_json() + "\n" for sentence in sentences)
            (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")


def read_material(folder: Path) -> Material:
    """The inverse of `Material.write`."""
    content: Any = json.loads((folder / _TAXONOMY_FILE).read_text(encoding="utf-8"))
    return Material(
        taxonomy=taxonomy_from_dict(content, _TAXONOMY_FILE),
        train=_sentences(folder / "train.jsonl"),
        validation=_sentences(folder / "validation.jsonl"),
        timed=_sentences(folder / "timed.jsonl"),
        scored={file.stem: _sentences(file) for file in sorted((folder / _SCORED_FOLDER).iterdir())},
    )


def project_material(n_train: int | None, n_timed: int, data_files: Sequence[Path]) -> Material:
    """The project's own labels as material.

    Args:
        n_train: sentences to learn from, drawn at random, None for the whole training split.
        n_timed: sentences to be timed on: of the test split, then validation, then training.
        data_files: labelled files to be scored on; without any, our own test split.

    Raises:
        UserError: a file breaks the format or has other labels.
    """
    import numpy as np

    from benchmarks.peer import SEED
    from labels.dataset import load_labels, load_sentences, to_sentences

    dataset, taxonomy = load_labels()
    train, validation, test = (to_sentences(dataset[split]) for split in ("train", "validation", "test"))
    timed = [*test, *validation, *train][:n_timed]
    order = np.random.default_rng(SEED).permutation(len(train))
    return Material(
        taxonomy=taxonomy,
        train=[train[at] for at in order[: n_train or len(train)]],
        validation=validation,
        timed=timed,
        scored={file.stem: load_sentences(file, taxonomy) for file in data_files} or {"own test": test},
    )


def _sentences(file: Path) -> list[LabelledSentence]:
    return [placed.sentence for placed in read_sentences(file)]
