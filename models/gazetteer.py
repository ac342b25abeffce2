"""Known names found in a text: longest match, whole words, as they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import ahocorasick

from labels.sentence import Entity, LabelledSentence
from models.words import plain_marks, word_spans

_LEAST_MARKED_SHARE = 0.5
"""A name is kept if it is an entity in at least this share of its appearances ("Gap", "Line")."""


class Gazetteer:
    """Names with one entity type each."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Build the automaton of `names`, from a name as written to its type."""
        self.names = dict(sorted(names.items()))
        self._automaton = ahocorasick.Automaton()
        for name, entity_type in self.names.items():
            self._automaton.add_word(plain_marks(name), (len(name), entity_type))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Entity]:
        """Entities of a text in reading order; of overlapping names the leftmost and longest counts."""
        if not self.names:
            return []
        spans = word_spans(text)
        starts, ends = {start for start, _ in spans}, {end for _, end in spans}
        matches = [
            Entity(last + 1 - length, last + 1, entity_type)
            for last, (length, entity_type) in self._automaton.iter(plain_marks(text))
            if last + 1 - length in starts and last + 1 in ends
        ]
        found: list[Entity] = []
        for match in sorted(matches, key=lambda entity: (entity.start, -entity.end)):
            if not found or match.start >= found[-1].end:
                found.append(match)
        return found


def learn_gazetteer(sentences: Sequence[LabelledSentence]) -> Gazetteer:
    """Gazetteer of the names marked in sentences; a name with several types takes its commonest."""
    types: dict[str, Counter[str]] = {}
    for sentence in sentences:
        for entity in sentence.entities:
            types.setdefault(sentence.text[entity.start : entity.end], Counter())[entity.type] += 1
    names = {name: min(counts, key=lambda kind: (-counts[kind], kind)) for name, counts in types.items()}
    appearances: Counter[str] = Counter()
    every_name = Gazetteer(names)
    for sentence in sentences:
        appearances.update(sentence.text[e.start : e.end] for e in every_name.find(sentence.text))
    return Gazetteer(
        {
            name: entity_type
            for name, entity_type in names.items()
            if types[name].total() >= _LEAST_MARKED_SHARE * appearances[name]
        }
    )
