"""How well mentions are linked to the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labels.links import LinkedMention
from labels.sentence import Entity
from models.classifier import Classifier
from models.linking import Linker


@dataclass(frozen=True, slots=True)
class LinkingMetrics:
    """Scores over labelled mentions; a mention without an entry must stay unlinked."""

    precision: float
    """Of the mentions linked, the share linked to their own entry."""
    recall: float
    """Of the mentions whose entry the catalogue has, the share linked to it."""
    recall_in_text: float
    """The same where the model must find the mention first, with its exact span."""
    mentions: int

    def flat(self) -> dict[str, float]:
        """Scores by dotted key."""
        return {
            "linking.precision": self.precision,
            "linking.recall": self.recall,
            "linking.recall_in_text": self.recall_in_text,
        }


def measure_linking(linker: Linker, mentions: Sequence[LinkedMention], model: Classifier) -> LinkingMetrics:
    """Link the mentions as labelled, and as the model finds them in their sentences."""
    texts = list(dict.fromkeys(mention.sentence.text for mention in mentions))
    found = dict(zip(texts, model.classify(texts).entities, strict=True))
    given = [_entry_id(linker, mention, mention.entity) for mention in mentions]
    in_text = [
        next(
            (
                _entry_id(linker, mention, entity)
                for entity in found[mention.sentence.text]
                if (entity.start, entity.end) == (mention.entity.start, mention.entity.end)
            ),
            None,
        )
        for mention in mentions
    ]
    linked = sum(entry_id is not None for entry_id in given)
    catalogued = sum(mention.entry_id is not None for mention in mentions)
    return LinkingMetrics(
        precision=_hits(given, mentions) / linked if linked else 0.0,
        recall=_hits(given, mentions) / catalogued if catalogued else 0.0,
        recall_in_text=_hits(in_text, mentions) / catalogued if catalogued else 0.0,
        mentions=len(mentions),
    )


def _entry_id(linker: Linker, mention: LinkedMention, entity: Entity) -> str | None:
    link = linker.link(mention.name, entity.type, mention.sentence.text)
    return link.entry.id if link else None


def _hits(given: Sequence[str | None], mentions: Sequence[LinkedMention]) -> int:
    return sum(
        entry_id is not None and entry_id == mention.entry_id for entry_id, mention in zip(given, mentions, strict=True)
    )
