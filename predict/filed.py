"""A filed issue: its stories, their sectors, sentences and entities, as every report shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from labels.sentence import Entity


@dataclass(frozen=True, slots=True)
class SectorProbability:
    """A sector above its threshold."""

    sector: str
    probability: float


@dataclass(frozen=True, slots=True)
class FiledSentence:
    """One sentence, verbatim, with its own sectors and entities."""

    text: str
    sectors: tuple[SectorProbability, ...]
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A name of a story with its type and how often it stands there."""

    name: str
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class FiledStory:
    """A heading and its sentences; the heading, where there is one, is the first of them."""

    issue: str
    story: int  # 1-based, in the order of the issue
    heading: str | None
    boilerplate: bool
    sectors: tuple[SectorProbability, ...]
    sentences: tuple[FiledSentence, ...]

    @property
    def entities(self) -> list[NamedEntity]:
        """Names of the story, most frequent first, then in reading order."""
        counts: Counter[tuple[str, str]] = Counter(
            (sentence.text[entity.start : entity.end], entity.type)
            for sentence in self.sentences
            for entity in sentence.entities
        )
        return [NamedEntity(name, kind, count) for (name, kind), count in counts.most_common()]

    def to_dict(self) -> dict[str, Any]:
        """The story as one JSON object, as the JSONL report has it."""
        return {
            "issue": self.issue,
            "story": self.story,
            "heading": self.heading,
            "boilerplate": self.boilerplate,
            "sectors": _sectors_to_list(self.sectors),
            "entities": [{"name": e.name, "type": e.type, "count": e.count} for e in self.entities],
            "sentences": [sentence_to_dict(sentence) for sentence in self.sentences],
        }


def sentence_to_dict(sentence: FiledSentence) -> dict[str, Any]:
    """The sentence as one JSON object."""
    return {
        "text": sentence.text,
        "sectors": _sectors_to_list(sentence.sectors),
        "entities": [{"start": e.start, "end": e.end, "type": e.type} for e in sentence.entities],
    }


def _sectors_to_list(sectors: tuple[SectorProbability, ...]) -> list[dict[str, str | float]]:
    return [{"sector": s.sector, "probability": round(s.probability, 4)} for s in sectors]
