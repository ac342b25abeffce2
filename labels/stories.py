"""Labelled stories: which sentences form one, and the sectors of the whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labels import FOLDER
from labels.errors import UserError
from labels.sentence import LabelledSentence
from labels.taxonomy import Taxonomy

DEFAULT_STORIES = FOLDER / "stories"


class StoryFileError(UserError):
    """A file of stories that cannot be read; the message names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class LabelledStory:
    """Sentences in order, the heading first if `heading`, and the story's own sectors."""

    id: str
    sentences: tuple[LabelledSentence, ...]
    heading: bool
    sectors: tuple[str, ...]

    def to_json(self) -> str:
        """One line of a file of stories; sentences are named by their ids."""
        return json.dumps(
            {
                "id": self.id,
                "sentences": [sentence.id for sentence in self.sentences],
                "heading": self.heading,
                "sectors": list(self.sectors),
            }
        )


def load_stories(folder: Path, sentences: Sequence[LabelledSentence], taxonomy: Taxonomy) -> list[LabelledStory]:
    """Stories of all JSONL files of a folder; none if there is no such folder.

    Raises:
        StoryFileError: a line breaks the format, or names a sentence or sector that is not there.
    """
    by_id = {sentence.id: sentence for sentence in sentences}
    return [
        _story(line, f"{file}:{number}", by_id, taxonomy)
        for file in sorted(folder.glob("*.jsonl"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip()
    ]


def _story(line: str, place: str, by_id: Mapping[str, LabelledSentence], taxonomy: Taxonomy) -> LabelledStory:
    try:
        content = json.loads(line)
        ids, sectors = content["sentences"], content["sectors"]
        heading, story_id = content["heading"], content["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoryFileError(f'{place}: must be {{"id", "sentences", "heading", "sectors"}} ({error!r})') from error
    unknown = [sentence_id for sentence_id in ids if sentence_id not in by_id]
    if unknown or not ids:
        raise StoryFileError(f"{place}: no sentence has the id {unknown[0]!r}" if unknown else f"{place}: is empty")
    if strange := [sector for sector in sectors if sector not in taxonomy.sector_keys]:
        raise StoryFileError(f"{place}: unknown sector {strange[0]!r}; known are {', '.join(taxonomy.sector_keys)}")
    return LabelledStory(story_id, tuple(by_id[sentence_id] for sentence_id in ids), bool(heading), tuple(sectors))
