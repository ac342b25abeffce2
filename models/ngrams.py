"""N-grams of words and characters of many texts at once, known by 64-bit hashes instead of strings.

The n-grams are those of scikit-learn's `TfidfVectorizer` (analyzers `word` and `char_wb`), counted by array
operations over all texts: a loop over n-grams in Python is where that class spends its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.words import plain_marks

# Odd, so that every power has an inverse modulo 2^64.
_BASE = 0x9E3779B97F4A7C15
_INVERSE_BASE = pow(_BASE, -1, 1 << 64)
_WORD_BASE = 0xD6E8FEB86659FD93
_SPACE = ord(" ")
_CHARACTERS_AT_ONCE = 1 << 18
"""Texts are counted in portions of about this many characters, whose arrays stay in the processor's cache."""


_HashesOf = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Hashes of the spans with these starts and ends (exclusive)."""


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """Which n-grams are counted."""

    words: tuple[int, int]
    characters: tuple[int, int]
    """Lengths of 2 or more; inside a word and the spaces around it."""
    least_documents: int = 1


@dataclass(frozen=True, slots=True)
class Occurrences:
    """N-grams of one kind in some texts, each as often as it occurs, in no order."""

    rows: np.ndarray  # int64 (n,), index of the text
    hashes: np.ndarray  # uint64 (n,)


def portions(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last (exclusive) text of each portion that is worth counting at once."""
    first = size = 0
    for at, text in enumerate(texts):
        size += len(text)
        if size >= _CHARACTERS_AT_ONCE:
            yield first, at + 1
            first, size = at + 1, 0
    if first < len(texts):
        yield first, len(texts)


def count_ngrams(texts: Sequence[str], settings: NgramSettings) -> tuple[Occurrences, Occurrences]:
    """Word n-grams and character n-grams of texts, lower-cased, with plain quotes and dashes."""
    buffers = [f" {' '.join(plain_marks(text).lower().split())} " for text in texts]
    characters = np.frombuffer("".join(buffers).encode("utf-32-le"), dtype=np.uint32)
    row_of = np.repeat(np.arange(len(texts)), [len(buffer) for buffer in buffers])
    powers, inverses = _powers(1 << max(16, len(characters).bit_length()))
    sums = np.zeros(len(characters) + 1, dtype=np.uint64)
    # A span's hash is the difference of two prefix sums, moved to the origin by the inverse power.
    np.cumsum(_scattered(characters) * powers[: len(characters)], out=sums[1:])

    def hashes_of(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        return _finished((sums[ends] - sums[starts]) * inverses[starts])

    spaces = characters == _SPACE
    return (
        _word_ngrams(characters, row_of, hashes_of, settings.words),
        _character_ngrams(spaces, row_of, hashes_of, settings.characters),
    )


def _character_ngrams(
    spaces: np.ndarray, row_of: np.ndarray, hashes_of: _HashesOf, lengths: tuple[int, int]
) -> Occurrences:
    """N-grams inside words and the one space on either side; a word shorter than all of them counts as a whole."""
    starts: list[np.ndarray] = []
    ends: list[np.ndarray] = []
    spaces_before = np.concatenate(([0], np.cumsum(spaces)))
    for length in range(lengths[0], lengths[1] + 1):
        at = np.arange(max(0, len(spaces) - length + 1))
        inside = spaces_before[at + length - 1] == spaces_before[at + 1]
        if length == 2:
            inside &= ~(spaces[at] & spaces[at + 1])
        at = at[inside]
        starts.append(at)
        ends.append(at + length)
    edges = np.flatnonzero(spaces)
    short = np.diff(edges)
    whole = (short > 1) & (short + 1 < lengths[0])
    starts.append(edges[:-1][whole])
    ends.append(edges[1:][whole] + 1)
    start, end = np.concatenate(starts), np.concatenate(ends)
    return Occurrences(row_of[start], hashes_of(start, end))


def _word_ngrams(
    characters: np.ndarray, row_of: np.ndarray, hashes_of: _HashesOf, lengths: tuple[int, int]
) -> Occurrences:
    """N-grams of runs of letters, digits and underscores, never across two texts."""
    in_word = np.concatenate(([False], _is_word(characters), [False]))
    edges = np.flatnonzero(in_word[1:] != in_word[:-1])
    starts, ends = edges[::2], edges[1::2]
    rows, words = row_of[starts], hashes_of(starts, ends)
    found_rows: list[np.ndarray] = []
    found: list[np.ndarray] = []
    grams = words
    for length in range(1, lengths[1] + 1):
        if length > 1:
            grams = grams[:-1] * np.uint64(_WORD_BASE) + words[length - 1 :]
        if length >= lengths[0]:
            same_text = rows[: len(grams)] == rows[length - 1 :]
            found_rows.append(rows[: len(grams)][same_text])
            found.append(_finished(grams[same_text]))
        if len(grams) <= 1:
            break
    return Occurrences(np.concatenate(found_rows or [rows[:0]]), np.concatenate(found or [words[:0]]))


class HashIndex:
    """Place of each known hash in an array; open addressing, all look-ups of a call at once."""

    def __init__(self, known: np.ndarray) -> None:
        """Index the distinct hashes `known`, uint64 (n,)."""
        size = 1 << max(4, (2 * len(known)).bit_length())
        self._mask = np.uint64(size - 1)
        self._keys = np.zeros(size, dtype=np.uint64)
        self._places = np.full(size, -1, dtype=np.int32)
        waiting = np.arange(len(known), dtype=np.int32)
        slots = (known & self._mask).astype(np.int64)
        while len(waiting):
            free = self._places[slots] < 0
            self._places[slots[free]] = waiting[free]
            # Of several that want one slot the last has it; the others go on to the next slot.
            lost = self._places[slots] != waiting
            waiting, slots = waiting[lost], (slots[lost] + 1) & (size - 1)
        taken = self._places >= 0
        self._keys[taken] = known[self._places[taken]]

    def find(self, hashes: np.ndarray) -> np.ndarray:
        """Place of each hash among the known ones, int32 (n,), -1 where it is none of them."""
        slots = (hashes & self._mask).astype(np.int64)
        places = self._places[slots]
        open_at = np.flatnonzero((places >= 0) & (self._keys[slots] != hashes))
        while len(open_at):
            slots[open_at] = (slots[open_at] + 1) & int(self._mask)
            places[open_at] = self._places[slots[open_at]]
            still = (places[open_at] >= 0) & (self._keys[slots[open_at]] != hashes[open_at])
            open_at = open_at[still]
        return places


def _scattered(characters: np.ndarray) -> np.ndarray:
    """Code points as 64-bit values far from each other, so that sums of them are."""
    return _finished(characters.astype(np.uint64) + np.uint64(1))


def _finished(values: np.ndarray) -> np.ndarray:
    """Bits mixed so that the low ones depend on all (the finalizer of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = values ^ (values >> np.uint64(31))
    return mixed


@lru_cache(maxsize=1)
def _powers(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Powers of the base and of its inverse modulo 2^64, from the zeroth on."""
    return tuple(  # type: ignore[return-value]
        np.concatenate(([np.uint64(1)], np.multiply.accumulate(np.full(size, base, dtype=np.uint64))))
        for base in (_BASE, _INVERSE_BASE)
    )


def _is_word(characters: np.ndarray) -> np.ndarray:
    """Which code points are letters, digits or underscores."""
    present = np.bincount(characters) > 0
    for kind in np.flatnonzero(present).tolist():
        present[kind] = chr(kind).isalnum() or kind == ord("_")
    of_words: np.ndarray = present[characters]
    return of_words
