"""Known names found in a text: longest match, whole words, as they are written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import ahocorasick

from labels.catalogue import CatalogueEntry
from labels.sentence import Entity, LabelledSentence
from models.words import has_characters, plain_marks, word_spans

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

    @classmethod
    def load(cls, path: Path) -> Gazetteer:
        """Gazetteer from its JSON file."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        """Write the names as one JSON object, a name a line."""
        path.write_text(json.dumps(self.names, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

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

    def find_in_characters(self, text: str) -> list[Entity]:
        """Of the entities of a text, those whose names are written in Chinese characters or kana."""
        if not has_characters(text):
            return []
        return [entity for entity in self.find(text) if has_characters(text[entity.start : entity.end])]


def with_names_in_characters(entities: Sequence[Entity], known: Sequence[Entity]) -> list[Entity]:
    """Entities that a tagger found, with the known names in place of what overlaps them, in reading order.

    An English encoder reads all characters as the same unknown token, so that what it says of them is chance.
    """
    apart = [one for one in entities if all(one.end <= name.start or name.end <= one.start for name in known)]
    return sorted([*apart, *known])


def catalogue_names(catalogue: Sequence[CatalogueEntry]) -> dict[str, str]:
    """Types of the catalogue's names that mean one entity wherever they stand."""
    return {
        name: entry.type
        for entry in catalogue
        for name in entry.names
        if name not in entry.ambiguous and name not in entry.shared
    }


def learn_gazetteer(sentences: Sequence[LabelledSentence], catalogue: Sequence[CatalogueEntry] = ()) -> Gazetteer:
    """Gazetteer of the names marked in sentences and of those in a catalogue.

    A name with several types takes the one that sentences give it most often; the catalogue speaks for names that
    no sentence marks, and not for the ambiguous ones.
    """
    types: dict[str, Counter[str]] = {}
    for sentence in sentences:
        for entity in sentence.entities:
            types.setdefault(sentence.text[entity.start : entity.end], Counter())[entity.type] += 1
    learnt = {name: min(counts, key=lambda kind: (-counts[kind], kind)) for name, counts in types.items()}
    names = catalogue_names(catalogue) | learnt
    appearances: Counter[str] = Counter()
    every_name = Gazetteer(names)
    for sentence in sentences:
        appearances.update(sentence.text[e.start : e.end] for e in every_name.find(sentence.text))
    return Gazetteer(
        {
            name: entity_type
            for name, entity_type in names.items()
            if types.get(name, Counter()).total() >= _LEAST_MARKED_SHARE * appearances[name]
        }
    )
