"""Varies training sentences from epoch to epoch where their labels cannot change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from labels.sentence import Entity, LabelledSentence


def names_by_type(sentences: Sequence[LabelledSentence]) -> dict[str, list[str]]:
    """All marked names of each entity type, sorted; a name counts once, however often it stands there."""
    names: dict[str, set[str]] = {}
    for sentence in sentences:
        for entity in sentence.entities:
            names.setdefault(entity.type, set()).add(sentence.text[entity.start : entity.end])
    return {kind: sorted(found) for kind, found in names.items()}


def replace_mentions(
    sentence: LabelledSentence, names: Mapping[str, Sequence[str]], share: float, generator: np.random.Generator
) -> LabelledSentence:
    """The sentence with some entities replaced by others of their type.

    Mention replacement (Dai and Adel 2020, An Analysis of Simple Data Augmentation for Named Entity
    Recognition). The sectors stay, since by the guide a name carries none.

    Args:
        sentence: to vary.
        names: to draw from, by type.
        share: probability of each entity to be replaced.
        generator: of random numbers.
    """
    pieces: list[str] = []
    entities: list[Entity] = []
    length = 0
    after = 0
    for entity in sorted(sentence.entities):
        name = sentence.text[entity.start : entity.end]
        if generator.random() < share:
            known = names[entity.type]
            name = known[int(generator.integers(len(known)))]
        before = sentence.text[after : entity.start]
        start = length + len(before)
        length = start + len(name)
        pieces += [before, name]
        entities.append(Entity(start, length, entity.type))
        after = entity.end
    pieces.append(sentence.text[after:])
    return replace(sentence, text="".join(pieces), entities=tuple(entities))
