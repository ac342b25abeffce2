"""Which sentences train, validate and test: a pure function of their texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, get_args

from labels.near_duplicates import near_duplicate_pairs, normalise

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

_TEST_SHARE = 0.1
_VALIDATION_SHARE = 0.1


def assign_splits(texts: Sequence[str]) -> list[Split]:
    """Split of each text, about 80/10/10.

    A text's own hash decides, so neither its place nor the other texts matter. Near-duplicates, and
    what is linked through them, go together to the strictest split that one of them hashes to (test
    before validation before train). Adding sentences therefore moves no sentence but near-duplicates
    of the new ones, and nothing ever moves from test or validation to train.
    """
    splits = [_split_of_hash(text) for text in texts]
    parents = list(range(len(texts)))
    pairs = near_duplicate_pairs(texts)
    for first, second, _ in pairs:
        parents[_root(parents, first)] = _root(parents, second)
    strictest: dict[int, Split] = {}
    linked = {position for first, second, _ in pairs for position in (first, second)}
    for position in linked:
        root = _root(parents, position)
        strictest[root] = max(splits[position], strictest.get(root, "train"), key=SPLITS.index)
    return [strictest[_root(parents, at)] if at in linked else split for at, split in enumerate(splits)]


def _split_of_hash(text: str) -> Split:
    digest = hashlib.sha256(normalise(text).encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < _TEST_SHARE:
        return "test"
    return "validation" if place < _TEST_SHARE + _VALIDATION_SHARE else "train"


def _root(parents: list[int], position: int) -> int:
    while parents[position] != position:
        parents[position] = parents[parents[position]]
        position = parents[position]
    return position
