"""The desk: reads issues, classifies their sentences in one batch and files their stories."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from labels.catalogue import load_catalogue, load_countries
from labels.sentence import Entity
from models.classifier import Classifier
from models.decision import sectors_above
from models.linking import Linker
from models.pooling import STORY_THRESHOLD
from models.registry import CHAMPION, model_folder
from models.saved import Precision
from models.saved import load as load_model
from predict.filed import FiledEntity, FiledSentence, FiledStory, SectorProbability
from predict.issue import Issue
from predict.reading import find_files, read_issues
from predict.sentences import split_sentences
from predict.stories import ReadSentence, Story, find_stories, find_teasers

_LONGEST_BOILERPLATE = 3
"""More sentences than this under a heading, between other stories, are a story of no sector."""


def load(model: str = CHAMPION, precision: Precision | None = None) -> Desk:
    """Desk with a trained model.

    Args:
        model: a folder, an alias or version of the registered model, or `name@alias`.
        precision: of a transformer's encoder; the fastest that the hardware has if not given.

    Raises:
        ModelNotFoundError: there is no such model; says which command makes one.
    """
    return Desk(load_model(model_folder(model), precision))


class Desk:
    """A model at work on issues."""

    def __init__(self, model: Classifier, linker: Linker | None = None) -> None:
        """File with a loaded model; names are linked by the project's own catalogue if not by another."""
        self.model = model
        self._given_linker = linker

    @cached_property
    def _linker(self) -> Linker:
        # The catalogue takes as long to read as a baseline does to classify; a text without names needs none.
        return self._given_linker or Linker(load_catalogue(), load_countries())

    def classify(self, texts: Sequence[str]) -> list[FiledSentence]:
        """Sectors and entities of each text as it is, without splitting it."""
        prediction = self.model.classify(texts)
        return [
            FiledSentence(text, self._sectors(row, self.model.decision.thresholds), self._linked(text, entities))
            for text, row, entities in zip(texts, prediction.sectors, prediction.entities, strict=True)
        ]

    def file(
        self, path: str | os.PathLike[str], *, format: str | None = None, column: str = "text"
    ) -> list[FiledStory]:
        """Stories of a file, or of all files of a folder, in order.

        Args:
            path: plain text, Markdown, HTML, e-mail, feed, JSONL, CSV or Parquet.
            format: one of `predict.reading.FORMATS`; told from extension and content if not given.
            column: of a JSONL, CSV or Parquet file, the column that holds the texts.

        Raises:
            IssueError: a file cannot be read; names it and the remedy.
        """
        files, problems = find_files([Path(path)])
        if problems:
            raise problems[0]
        return [
            story
            for file in files
            for issue in read_issues(file, format=format, column=column)
            for story in self.file_issue(issue)
        ]

    def file_issue(self, issue: Issue) -> list[FiledStory]:
        """Stories of one issue, in order."""
        texts = [split_sentences(block.text) for block in issue.blocks]
        # Newsletters repeat themselves; each text is classified once.
        unique = list(dict.fromkeys(text for block in texts for text in block))
        prediction = self.model.classify(unique)
        read = {
            text: ReadSentence(text, row, entities)
            for text, row, entities in zip(unique, prediction.sectors, prediction.entities, strict=True)
        }
        blocks = [[read[text] for text in block] for block in texts]
        stories = find_stories(issue.blocks, blocks, self.model.decision.thresholds)
        if issue.blocks[0].kind == "text":
            boilerplate = [False] * len(stories)
        else:
            stories, boilerplate = _joined_boilerplate(stories, self._set_apart(stories))
        return [
            self._filed(issue.name, number, story, apart)
            for number, (story, apart) in enumerate(zip(stories, boilerplate, strict=True), 1)
        ]

    def filed_sentence(self, sentence: ReadSentence) -> FiledSentence:
        """A sentence with its sectors above their thresholds, its names linked."""
        sectors = self._sectors(sentence.probabilities, self.model.decision.thresholds)
        return FiledSentence(sentence.text, sectors, self._linked(sentence.text, sentence.entities))

    def story_sectors(self, story: Story) -> tuple[SectorProbability, ...]:
        """Sectors of a story, from those of its heading and sentences."""
        heading = np.mean([s.probabilities for s in story.blocks[0]], axis=0) if story.has_heading else None
        pooled = self.model.decision.pooling.pool(heading, np.stack([s.probabilities for s in story.body]))
        return self._sectors(pooled, np.full(len(pooled), STORY_THRESHOLD))

    def _set_apart(self, stories: Sequence[Story]) -> list[bool]:
        """Whether each piece is boilerplate: a teaser, a footer, or sectorless and short, untitled or outermost."""
        thresholds = self.model.decision.thresholds
        filed = [bool(self.story_sectors(story)) for story in stories]
        teaser = find_teasers(stories, thresholds)
        told = [at for at, s in enumerate(stories) if filed[at] and not teaser[at] and not s.about_letter]
        first, last = (told[0], told[-1]) if told else (0, len(stories))
        return [
            teaser[at]
            or story.about_letter
            or (
                not filed[at]
                and (not first < at < last or not story.has_heading or len(story.body) <= _LONGEST_BOILERPLATE)
            )
            for at, story in enumerate(stories)
        ]

    def _filed(self, issue: str, number: int, story: Story, boilerplate: bool) -> FiledStory:
        return FiledStory(
            issue=issue,
            story=number,
            heading=story.sentences[0].text if story.has_heading and not boilerplate else None,
            boilerplate=boilerplate,
            sectors=() if boilerplate else self.story_sectors(story),
            sentences=tuple(self.filed_sentence(sentence) for sentence in story.sentences),
        )

    def _linked(self, text: str, entities: Sequence[Entity]) -> tuple[FiledEntity, ...]:
        links = [self._linker.link(text[entity.start : entity.end], entity.type, text) for entity in entities]
        return tuple(
            FiledEntity(entity.start, entity.end, entity.type, link.entry if link else None)
            for entity, link in zip(entities, links, strict=True)
        )

    def _sectors(self, probabilities: np.ndarray, thresholds: np.ndarray) -> tuple[SectorProbability, ...]:
        given = sectors_above(probabilities, thresholds, self.model.taxonomy.sector_keys)
        return tuple(SectorProbability(sector, probability) for sector, probability in given)


def _joined_boilerplate(stories: Sequence[Story], set_apart: Sequence[bool]) -> tuple[list[Story], list[bool]]:
    """Neighbouring boilerplate as one piece, so that a masthead is not ten stories."""
    joined: list[Story] = []
    flags: list[bool] = []
    for story, apart in zip(stories, set_apart, strict=True):
        if apart and flags and flags[-1]:
            joined[-1].blocks += story.blocks
        else:
            joined.append(Story(list(story.blocks), has_heading=story.has_heading, has_body=story.has_body))
            flags.append(apart)
    return joined, flags
