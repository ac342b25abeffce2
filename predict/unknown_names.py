"""Companies and organizations of filed stories that the catalogue does not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from predict.filed import FiledStory

_CATALOGUED_TYPES = ("COMPANY", "ORGANIZATION")


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name as it stands in the text, and how often."""

    name: str
    type: str
    mentions: int
    stories: int


def count_unknown_names(stories: Sequence[FiledStory]) -> list[UnknownName]:
    """Unlinked names of the types that the catalogue has, the most frequent first, then by name."""
    mentions: Counter[tuple[str, str]] = Counter()
    told_in: Counter[tuple[str, str]] = Counter()
    for story in stories:
        found = [
            (sentence.text[entity.start : entity.end], entity.type)
            for sentence in story.sentences
            for entity in sentence.entities
            if entity.entry is None and entity.type in _CATALOGUED_TYPES
        ]
        mentions.update(found)
        told_in.update(set(found))
    names = [UnknownName(name, kind, count, told_in[name, kind]) for (name, kind), count in mentions.items()]
    return sorted(names, key=lambda name: (-name.mentions, name.name, name.type))
