"""One labelled sentence and its entities: the same dataclass and the same JSON object everywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from labels.errors import UserError

FIELDS = ("id", "text", "sectors", "entities", "genre", "source")


class LabelError(UserError):
    """A label that breaks the format; the message says which field and what it should be."""


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """A named entity: characters `start` to `end` (exclusive) of a text, and its type."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A text with its sectors, weightiest first, and its entities in reading order."""

    id: str
    text: str
    sectors: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    genre: str = ""
    source: str = ""

    def to_json(self) -> str:
        """One line of JSON with a stable key order, so that a corrected label is a one-line diff."""
        return json.dumps(
            {
                "id": self.id,
                "text": self.text,
                "sectors": list(self.sectors),
                "entities": [{"start": e.start, "end": e.end, "type": e.type} for e in self.entities],
                "genre": self.genre,
                "source": self.source,
            },
            ensure_ascii=False,
        )


def sentence_from_dict(content: Any) -> LabelledSentence:
    """Labelled sentence from a parsed JSON object; optional are all fields but `text`.

    Raises:
        LabelError: a missing, unknown or wrongly typed field.
    """
    if not isinstance(content, dict):
        raise LabelError(f"must be a JSON object, was {type(content).__name__}")
    unknown = set(content) - set(FIELDS)
    if unknown:
        raise LabelError(f"unknown field {sorted(unknown)[0]!r}; known are {', '.join(FIELDS)}")
    text = content.get("text")
    if not isinstance(text, str) or not text.strip():
        raise LabelError("`text` must be a text that is not empty")
    sectors = content.get("sectors", [])
    if not isinstance(sectors, list) or not all(isinstance(sector, str) for sector in sectors):
        raise LabelError("`sectors` must be a list of sector keys, [] for no sector")
    entities = content.get("entities", [])
    if not isinstance(entities, list):
        raise LabelError('`entities` must be a list of {"start", "end", "type"}')
    for field in ("id", "genre", "source"):
        if not isinstance(content.get(field, ""), str):
            raise LabelError(f"`{field}` must be a text, was {content[field]!r}")
    return LabelledSentence(
        id=content.get("id", ""),
        text=text,
        sectors=tuple(sectors),
        entities=tuple(_entity_from_dict(entity) for entity in entities),
        genre=content.get("genre", ""),
        source=content.get("source", ""),
    )


def _entity_from_dict(content: Any) -> Entity:
    if not isinstance(content, dict) or set(content) != {"start", "end", "type"}:
        raise LabelError(f'an entity must be {{"start", "end", "type"}}, was {content!r}')
    start, end, kind = content["start"], content["end"], content["type"]
    if type(start) is not int or type(end) is not int or not isinstance(kind, str):
        raise LabelError(f"an entity's start and end must be whole numbers and its type a text, was {content!r}")
    return Entity(start, end, kind)
