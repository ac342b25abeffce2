"""Sentences cut into plain and marked pieces, so that a template can show each name as a mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labels.taxonomy import Taxonomy
from predict.filed import FiledSentence

_HUES = (212, 275, 345, 35, 150)
_ENDS = ".!?…。！？”\"'’)）」』"


@dataclass(frozen=True, slots=True)
class EntityType:
    """A type of entity as pages show it."""

    key: str
    name: str
    hue: int
    css: str  # class


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; a name if it has a type."""

    text: str
    type: EntityType | None = None
    name: str = ""  # canonical

    @property
    def tooltip(self) -> str:
        """Who is meant, and what it is."""
        return f"{self.name} · {self.type.name}" if self.type else ""


def entity_types(taxonomy: Taxonomy, used: set[str]) -> dict[str, EntityType]:
    """Types by key: those of the taxonomy, then any others in use, as a catalogue may bring."""
    names = {category.key: category.name for category in taxonomy.entity_types}
    names |= {key: key for key in sorted(used - set(names))}
    return {key: EntityType(key, name, _hue(at), f"type-{at}") for at, (key, name) in enumerate(names.items())}


def pieces(sentence: FiledSentence, types: dict[str, EntityType]) -> Iterator[Piece]:
    """The sentence from end to end; of names that overlap the first is marked."""
    at = 0
    for entity in sorted(sentence.entities, key=lambda e: (e.start, -e.end)):
        if entity.start < at:
            continue
        if entity.start > at:
            yield Piece(sentence.text[at : entity.start])
        text = sentence.text[entity.start : entity.end]
        kind, name = (entity.entry.type, entity.entry.name) if entity.entry else (entity.type, text)
        yield Piece(text, types[kind], name)
        at = entity.end
    if at < len(sentence.text):
        yield Piece(sentence.text[at:])


def ends_line(sentence: FiledSentence) -> bool:
    """Whether the sentence is a line of its own, as headings and list items are, since no stop ends it."""
    return not sentence.text.rstrip().endswith(tuple(_ENDS))


def _hue(position: int) -> int:
    # Beyond the five a golden angle keeps neighbours apart.
    return _HUES[position] if position < len(_HUES) else (position * 137) % 360
