"""A filed issue: its stories, their sectors, sentences and entities, as every report shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from labels.catalogue import CatalogueEntry


@dataclass(frozen=True, slots=True)
class SectorProbability:
    """A sector above its threshold."""

    sector: str
    probability: float


@dataclass(frozen=True, slots=True)
class FiledEntity:
    """A named entity: characters `start` to `end` (exclusive) of its sentence, its type, and who is meant."""

    start: int
    end: int
    type: str
    entry: CatalogueEntry | None = None  # of the catalogue, None where the name is not in it


@dataclass(frozen=True, slots=True)
class FiledSentence:
    """One sentence, verbatim, with its own sectors and entities."""

    text: str
    sectors: tuple[SectorProbability, ...]
    entities: tuple[FiledEntity, ...]


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A name of a story with its type and how often it stands there, under whichever of its names."""

    name: str  # canonical where the catalogue has the entity, else as it stands in the text
    type: str
    count: int
    id: str | None = None  # in the catalogue


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
        counts: Counter[tuple[str, str, str | None]] = Counter(
            (entity.entry.name, entity.entry.type, entity.entry.id)
            if entity.entry
            else (sentence.text[entity.start : entity.end], entity.type, None)
            for sentence in self.sentences
            for entity in sentence.entities
        )
        return [NamedEntity(name, kind, count, entry_id) for (name, kind, entry_id), count in counts.most_common()]

    def to_dict(self) -> dict[str, Any]:
        """The story as one JSON object, as the JSONL report has it."""
        return {
            "issue": self.issue,
            "story": self.story,
            "heading": self.heading,
            "boilerplate": self.boilerplate,
            "sectors": _sectors_to_list(self.sectors),
            "entities": [{"name": e.name, "type": e.type, "count": e.count, "id": e.id} for e in self.entities],
            "sentences": [sentence_to_dict(sentence) for sentence in self.sentences],
        }


def sentence_to_dict(sentence: FiledSentence) -> dict[str, Any]:
    """The sentence as one JSON object."""
    return {
        "text": sentence.text,
        "sectors": _sectors_to_list(sentence.sectors),
        "entities": [
            {"start": e.start, "end": e.end, "type": e.type, "id": e.entry.id if e.entry else None}
            for e in sentence.entities
        ],
    }


def _sectors_to_list(sectors: tuple[SectorProbability, ...]) -> list[dict[str, str | float]]:
    return [{"sector": s.sector, "probability": round(s.probability, 4)} for s in sectors]
