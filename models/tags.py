"""BIO tags: from entity spans to a tag a word and back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from labels.sentence import Entity

OUTSIDE = 0

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _BRACKETS.items()}
# A name may end in these marks: "Inc.", "Disney+", "Phone (3a)", "Yahoo!", "Which?".
_CLOSING = frozenset(".+)]}!?'’*")


def tag_names(entity_types: Sequence[str]) -> list[str]:
    """Names in the order of the tag head's outputs: O, then B- and I- of each type."""
    return ["O"] + [f"{prefix}-{entity_type}" for entity_type in entity_types for prefix in "BI"]


def tags_of_words(
    spans: Sequence[tuple[int, int]], entities: Sequence[Entity], entity_types: Sequence[str]
) -> list[int]:
    """Tag index of each word, of `spans` in reading order; a word belongs to the entity that it overlaps."""
    tags = [OUTSIDE] * len(spans)
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    for entity in entities:
        begin = 1 + 2 * entity_types.index(entity.type)
        # Searched, since a page of names would otherwise take its names times its words.
        first = bisect_right(ends, entity.start)
        for position in range(first, bisect_left(starts, entity.end)):
            tags[position] = begin + (position > first)
    return tags


def allowed_transitions(n_tags: int) -> np.ndarray:
    """Which tag may follow which, bool (n_tags, n_tags): I-x only after B-x or I-x."""
    allowed = np.ones((n_tags, n_tags), dtype=bool)
    for inside in range(2, n_tags, 2):
        allowed[:, inside] = False
        allowed[[inside - 1, inside], inside] = True
    return allowed


def best_tags(scores: np.ndarray, lengths: Sequence[int], transitions: np.ndarray) -> list[list[int]]:
    """Most probable valid tag sequence of each text (Viterbi 1967), for all texts in step.

    Args:
        scores: float (n_words, n_tags), log-probabilities or logits of the texts' words in a row.
        lengths: words of each text.
        transitions: float (n_tags, n_tags), score of moving from row to column; -inf where forbidden.
    """
    n_words = np.asarray(lengths, dtype=np.int64)
    longest = int(n_words.max(initial=0))
    if not longest:
        return [[] for _ in lengths]
    n_tags = scores.shape[1]
    padded = np.zeros((len(n_words), longest, n_tags), dtype=scores.dtype)
    padded[np.arange(longest) < n_words[:, None]] = scores
    paths = padded[:, 0].copy()
    paths[:, 2::2] = -np.inf  # no text begins inside an entity
    # Behind a text's last word each tag points to itself, so that all texts can be read from the same end.
    pointers = np.tile(np.arange(n_tags), (longest, len(n_words), 1))
    for position in range(1, longest):
        going_on = np.flatnonzero(n_words > position)
        arriving = paths[going_on, :, None] + transitions
        pointers[position, going_on] = arriving.argmax(axis=1)
        paths[going_on] = arriving.max(axis=1) + padded[going_on, position]
    tags = np.empty((len(n_words), longest), dtype=np.int64)
    tags[:, -1] = paths.argmax(axis=1)
    for position in range(longest - 1, 0, -1):
        tags[:, position - 1] = pointers[position, np.arange(len(n_words)), tags[:, position]]
    return [row[:length].tolist() for row, length in zip(tags, n_words.tolist(), strict=True)]


def entities_of_tags(
    tags: Sequence[int], spans: Sequence[tuple[int, int]], entity_types: Sequence[str]
) -> list[Entity]:
    """Entities of a valid tag sequence, in reading order."""
    entities: list[Entity] = []
    for position, tag in enumerate(tags):
        if tag == OUTSIDE:
            continue
        start, end = spans[position]
        if tag % 2 == 1:
            entities.append(Entity(start, end, entity_types[(tag - 1) // 2]))
        else:
            entities[-1] = Entity(entities[-1].start, end, entities[-1].type)
    return entities


def well_formed(entities: Sequence[Entity], spans: Sequence[tuple[int, int]], text: str) -> list[Entity]:
    """Entities without marks that no name begins or ends with, parted at brackets left open.

    A tagger that gives "Bank of Japan (BOJ" or "Acme –" has found the names and missed their ends.

    Args:
        entities: of the text, in reading order.
        spans: characters of the text's words.
        text: the whole text.
    """
    repaired: list[Entity] = []
    for entity in entities:
        words = [span for span in spans if span[0] < entity.end and span[1] > entity.start]
        repaired += [Entity(part[0][0], part[-1][1], entity.type) for part in _names_in(words, text)]
    return repaired


def _names_in(words: Sequence[tuple[int, int]], text: str) -> list[Sequence[tuple[int, int]]]:
    while words and not text[words[0][0]].isalnum():
        words = words[1:]
    while words and not (text[words[-1][0]].isalnum() or text[words[-1][0]] in _CLOSING):
        words = words[:-1]
    marks = [text[start] if end - start == 1 else "" for start, end in words]
    for at, mark in enumerate(marks):
        left_open = mark in _BRACKETS and _BRACKETS[mark] not in marks[at:]
        never_opened = mark in _OPENING and _OPENING[mark] not in marks[:at]
        if left_open or never_opened:
            return [*_names_in(words[:at], text), *_names_in(words[at + 1 :], text)]
    return [words] if words else []
