"""Adds reviewed sentences to the labelled ones: all of a sound file or nothing, and nothing twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from labels.dataset import DEFAULT_SENTENCES
from labels.errors import UserError
from labels.files import SUFFIXES, Placed, SentenceFileError, read_sentences, scan_sentences
from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy
from labels.validity import sentence_problems

DEFAULT_TARGET = DEFAULT_SENTENCES / "90_reviewed.jsonl"


@dataclass(slots=True)
class Additions:
    """What became of the sentences of a file; with `errors` none was added."""

    added: list[LabelledSentence] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # labelled so already
    conflicts: list[str] = field(default_factory=list)  # labelled otherwise already, left as they are
    errors: list[str] = field(default_factory=list)  # each begins with file:line


def add_sentences(file: Path, taxonomy: Taxonomy, target: Path = DEFAULT_TARGET) -> Additions:
    """Append the sentences of a file to `target`, but those that stand in its folder already.

    Raises:
        UserError: the file lies in that folder, what is there cannot be read, or the target cannot be written.
    """
    if target.suffix != ".jsonl":
        raise UserError(f"{target}: must end in .jsonl to hold labelled sentences")
    if file.resolve().parent == target.resolve().parent:
        raise UserError(f"{file}: lies among the sentences that it is to be added to; move it out of the folder")
    has_sentences = target.parent.is_dir() and any(one.suffix in SUFFIXES for one in target.parent.iterdir())
    placed, errors = _sound(file, taxonomy)
    result = _sorted_out(placed, read_sentences(target.parent) if has_sentences else [])
    result.errors = errors + result.errors
    if result.errors:
        result.added = []
    elif result.added:
        try:
            _append(target, result.added)
        except OSError as error:
            raise UserError(f"{target}: cannot be written ({error.strerror}); nothing was added") from error
    return result


def _sound(file: Path, taxonomy: Taxonomy) -> tuple[list[Placed], list[str]]:
    placed: list[Placed] = []
    errors: list[str] = []
    for item in scan_sentences(file):
        if isinstance(item, SentenceFileError):
            errors.append(str(item))
            continue
        problems = list(sentence_problems(item.sentence, taxonomy))
        if item.sentence.text != item.sentence.text.strip():
            problems.append("`text` begins or ends with a stray space; remove it and correct the offsets")
        errors += [f"{item.place}: {problem}" for problem in problems]
        placed.append(item)
    if not placed and not errors:
        errors.append(f"{file}: holds no sentence; add at least one line")
    return placed, errors


def _sorted_out(placed: Sequence[Placed], existing: Sequence[Placed]) -> Additions:
    result = Additions()
    there = {item.sentence.text: item for item in existing}
    new: dict[str, Placed] = {}
    ids = {item.sentence.id for item in existing}
    for item in placed:
        text = item.sentence.text
        if (old := there.get(text)) is not None:
            if _same_labels(old, item):
                result.skipped.append(f"{item.place}: stands already in {old.place}")
            else:
                result.conflicts.append(f"{item.place}: is labelled otherwise in {old.place}; correct one of them")
        elif (twin := new.get(text)) is not None:
            if _same_labels(twin, item):
                result.skipped.append(f"{item.place}: same as {twin.place}")
            else:
                result.errors.append(f"{item.place}: is labelled otherwise in {twin.place}; remove one of them")
        else:
            new[text] = item
            sentence = replace(item.sentence, id=_unique(item.sentence.id, ids))
            ids.add(sentence.id)
            result.added.append(sentence)
    return result


def _same_labels(first: Placed, second: Placed) -> bool:
    return first.sentence.sectors == second.sentence.sectors and sorted(first.sentence.entities) == sorted(
        second.sentence.entities
    )


def _unique(sentence_id: str, taken: set[str]) -> str:
    unique, number = sentence_id, 1
    while unique in taken:
        number += 1
        unique = f"{sentence_id}-{number}"
    return unique


def _append(target: Path, sentences: Sequence[LabelledSentence]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.read_bytes() if target.exists() else b""
    if old and not old.endswith(b"\n"):
        old += b"\n"
    # Written whole beside the target and put in its place, so that no reader meets half of it.
    unfinished = target.with_name(f".{target.name}.new")
    with unfinished.open("wb") as file:
        file.write(old + "".join(f"{sentence.to_json()}\n" for sentence in sentences).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, target)
