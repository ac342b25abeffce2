"""Checks all labelled sentences together and counts what they hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labels.catalogue import load_catalogue
from labels.dataset import DEFAULT_SENTENCES, unlearnable_labels
from labels.errors import UserError
from labels.files import Placed, SentenceFileError, infer_taxonomy, scan_sentences, sentence_files
from labels.links import DEFAULT_LINKS, load_links
from labels.near_duplicates import near_duplicate_pairs
from labels.sentence import LabelledSentence
from labels.splits import SPLITS, Split, assign_splits
from labels.stories import DEFAULT_STORIES, load_stories
from labels.table_rows import DEFAULT_COLUMNS, Columns
from labels.taxonomy import Taxonomy
from labels.validity import sentence_problems


@dataclass(frozen=True, slots=True)
class NameWithTypes:
    """A name that is marked with more than one type, and how often with each."""

    name: str
    types: dict[str, int]


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found; `errors` must be mended, the rest is for a look."""

    n_sentences: int
    errors: list[str]  # each begins with file:line
    near_duplicates: list[str]
    names_with_types: list[NameWithTypes]
    split_sizes: dict[Split, int]
    sector_counts: dict[str, dict[Split, int]]  # "none" for sentences of no sector
    type_counts: dict[str, dict[Split, int]]


def audit(path: Path, taxonomy: Taxonomy | None, columns: Columns = DEFAULT_COLUMNS) -> Audit:
    """Read every line of a file or folder of labelled sentences and check it.

    With the project's own sentences, what refers to them is checked too: stories, catalogue, and linked mentions.

    Args:
        path: file or folder.
        taxonomy: of the sentences; without one the labels in use are the taxonomy, and too rare ones are errors.
        columns: of CSV and Parquet files.

    Raises:
        SentenceFileError: there is no file to read.
    """
    errors: list[str] = []
    placed: list[Placed] = []
    for file in sentence_files(path):
        for item in scan_sentences(file, columns):
            if isinstance(item, SentenceFileError):
                errors.append(str(item))
            else:
                placed.append(item)
    if not placed and not errors:
        errors.append(f"{path}: holds no sentence; add at least one line")
    if taxonomy is None:
        taxonomy = infer_taxonomy([item.sentence for item in placed])
        errors += unlearnable_labels(path, placed) if placed else []
    errors += [f"{item.place}: {problem}" for item in placed for problem in sentence_problems(item.sentence, taxonomy)]
    errors += _repeated(placed)
    if path == DEFAULT_SENTENCES and not errors:
        errors += _broken_companions([item.sentence for item in placed], taxonomy)
    texts = [item.sentence.text for item in placed]
    splits = assign_splits(texts)
    return Audit(
        n_sentences=len(placed),
        errors=errors,
        near_duplicates=[
            f"{placed[second].place}: near-duplicate ({similarity:.0%}) of {placed[first].place}: {texts[second]!r}"
            for first, second, similarity in near_duplicate_pairs(texts)
            if texts[first] != texts[second]
        ],
        names_with_types=_names_with_types(placed),
        split_sizes={split: splits.count(split) for split in SPLITS},
        sector_counts=_count(
            [item.sentence.sectors or ("none",) for item in placed], splits, [*taxonomy.sector_keys, "none"]
        ),
        type_counts=_count(
            [tuple(entity.type for entity in item.sentence.entities) for item in placed],
            splits,
            taxonomy.entity_keys,
        ),
    )


def _broken_companions(sentences: Sequence[LabelledSentence], taxonomy: Taxonomy) -> list[str]:
    try:
        load_stories(DEFAULT_STORIES, sentences, taxonomy)
        load_links(DEFAULT_LINKS, sentences, load_catalogue(taxonomy=taxonomy))
    except UserError as error:
        return [str(error)]
    return []


def _repeated(placed: Sequence[Placed]) -> list[str]:
    errors = []
    by_text: dict[str, Placed] = {}
    by_id: dict[str, Placed] = {}
    for item in placed:
        if (first := by_text.setdefault(item.sentence.text, item)) is not item:
            errors.append(f"{item.place}: same text as {first.place}; remove one")
        elif (first := by_id.setdefault(item.sentence.id, item)) is not item:
            errors.append(f"{item.place}: same id {item.sentence.id!r} as {first.place}; give it another")
    return errors


def _names_with_types(placed: Sequence[Placed]) -> list[NameWithTypes]:
    types: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in placed:
        for entity in item.sentence.entities:
            types[item.sentence.text[entity.start : entity.end]][entity.type] += 1
    found = [NameWithTypes(name, dict(counts.most_common())) for name, counts in types.items() if len(counts) > 1]
    return sorted(found, key=lambda item: (-sum(item.types.values()), item.name))


def _count(
    labels: Sequence[Sequence[str]], splits: Sequence[Split], keys: Sequence[str]
) -> dict[str, dict[Split, int]]:
    counts = Counter((label, split) for given, split in zip(labels, splits, strict=True) for label in given)
    return {key: {split: counts[key, split] for split in SPLITS} for key in keys}
