"""Mentions of the dataset with the catalogue's entry that each means: what linking is measured on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labels import FOLDER
from labels.catalogue import CatalogueEntry
from labels.errors import UserError
from labels.sentence import Entity, LabelledSentence

DEFAULT_LINKS = FOLDER / "links.jsonl"


class LinkFileError(UserError):
    """A file of links that cannot be used; the message names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class LinkedMention:
    """An entity of a sentence and whom it means."""

    sentence: LabelledSentence
    entity: Entity
    entry_id: str | None  # None where the catalogue does not have it

    @property
    def name(self) -> str:
        """The mention as it stands in the text."""
        return self.sentence.text[self.entity.start : self.entity.end]


def load_links(
    path: Path, sentences: Sequence[LabelledSentence], catalogue: Sequence[CatalogueEntry]
) -> list[LinkedMention]:
    """Mentions of a JSONL file, each `{"sentence", "name", "start", "entry"}`; none if there is no such file.

    Raises:
        LinkFileError: a line breaks the format, or names a sentence, entity or entry that is not there.
    """
    if not path.exists():
        return []
    by_id = {sentence.id: sentence for sentence in sentences}
    entry_ids = {entry.id for entry in catalogue}
    return [
        _mention(line, f"{path}:{number}", by_id, entry_ids)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip()
    ]


def _mention(line: str, place: str, by_id: Mapping[str, LabelledSentence], entry_ids: set[str]) -> LinkedMention:
    try:
        content = json.loads(line)
        sentence_id, name, start, entry_id = (content[key] for key in ("sentence", "name", "start", "entry"))
    except (ValueError, KeyError, TypeError) as error:
        raise LinkFileError(f'{place}: must be {{"sentence", "name", "start", "entry"}} ({error!r})') from error
    if sentence_id not in by_id:
        raise LinkFileError(f"{place}: no sentence has the id {sentence_id!r}; remove the line or mend the id")
    sentence = by_id[sentence_id]
    for entity in sentence.entities:
        if entity.start == start and sentence.text[entity.start : entity.end] == name:
            break
    else:
        raise LinkFileError(f"{place}: {sentence_id} marks no entity {name!r} at character {start}; mend the line")
    if entry_id is not None and entry_id not in entry_ids:
        raise LinkFileError(f"{place}: no entry of the catalogue has the id {entry_id!r}; add it, or write null")
    return LinkedMention(sentence, entity, entry_id)
