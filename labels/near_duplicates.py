"""Pairs of texts that say nearly the same in nearly the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence

SHINGLE_LENGTH = 5
SIMILARITY = 0.7
"""Jaccard similarity of character shingles from which two texts count as near-duplicates."""

# The index must offer every pair above SIMILARITY as a candidate, so its own threshold lies lower.
_CANDIDATE_SIMILARITY = 0.5
_PERMUTATIONS = 128


def normalise(text: str) -> str:
    """Text without case, punctuation and repeated spaces: what two exact duplicates share."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def shingles(text: str) -> frozenset[str]:
    """Character n-grams of the normalised text; a text shorter than one n-gram is its own shingle."""
    normal = normalise(text) or text.strip()
    return frozenset(normal[at : at + SHINGLE_LENGTH] for at in range(max(1, len(normal) - SHINGLE_LENGTH + 1)))


def near_duplicate_pairs(texts: Sequence[str]) -> list[tuple[int, int, float]]:
    """Index pairs (i < j) with their Jaccard similarity, in order.

    Candidates come from MinHash with locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman
    and Ullman, Mining of Massive Datasets, chapter 3); each is then measured exactly.
    """
    from datasketch import MinHash, MinHashLSH

    sets = [shingles(text) for text in texts]
    index = MinHashLSH(threshold=_CANDIDATE_SIMILARITY, num_perm=_PERMUTATIONS)
    pairs = []
    signatures = MinHash.generator(
        ([shingle.encode() for shingle in shingle_set] for shingle_set in sets),
        num_perm=_PERMUTATIONS,
        seed=1,
    )
    for position, signature in enumerate(signatures):
        for candidate in index.query(signature):
            similarity = jaccard(sets[candidate], sets[position])
            if similarity >= SIMILARITY:
                pairs.append((candidate, position, similarity))
        index.insert(position, signature)
    return sorted(pairs)


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Shared shingles as a share of all shingles, 0 to 1."""
    return len(first & second) / len(first | second)
