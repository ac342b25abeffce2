"""What makes a single labelled sentence wrong by the taxonomy or by its own offsets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy

MOST_SECTORS = 3


def sentence_problems(sentence: LabelledSentence, taxonomy: Taxonomy) -> Iterator[str]:
    """Every problem of one sentence as a message with its remedy; none if it is sound."""
    yield from _sector_problems(sentence, taxonomy)
    yield from _entity_problems(sentence, taxonomy)


def _sector_problems(sentence: LabelledSentence, taxonomy: Taxonomy) -> Iterator[str]:
    for sector in sentence.sectors:
        if sector not in taxonomy.sector_keys:
            yield f"unknown sector {sector!r}; known are {', '.join(taxonomy.sector_keys)}"
    if len(set(sentence.sectors)) != len(sentence.sectors):
        yield f"a sector stands twice in {list(sentence.sectors)}"
    if len(sentence.sectors) > MOST_SECTORS:
        yield f"{len(sentence.sectors)} sectors; keep the weightiest {MOST_SECTORS}"


def _entity_problems(sentence: LabelledSentence, taxonomy: Taxonomy) -> Iterator[str]:
    for entity in sentence.entities:
        where = f"entity {entity.start}-{entity.end}"
        if not 0 <= entity.start < entity.end <= len(sentence.text):
            yield f"{where} does not lie in the text of {len(sentence.text)} characters"
            continue
        name = sentence.text[entity.start : entity.end]
        if name != name.strip():
            yield f"{where} has a stray space: {name!r}"
        if entity.type not in taxonomy.entity_keys:
            known = ", ".join(taxonomy.entity_keys) or "none"
            yield f"{where} {name!r} has the unknown type {entity.type!r}; known are {known}"
    for first, second in pairwise(sorted(sentence.entities)):
        if second.start < first.end:
            yield f"entities {first.start}-{first.end} and {second.start}-{second.end} overlap"
