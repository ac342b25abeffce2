"""What a recipe learns from: splits, taxonomy, digest, story pooling and known names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labels.catalogue import CatalogueEntry, load_catalogue
from labels.dataset import DEFAULT_SENTENCES, labels_digest, load_labels, to_sentences
from labels.links import DEFAULT_LINKS, LinkedMention, load_links
from labels.sentence import LabelledSentence
from labels.splits import SPLITS, Split
from labels.stories import DEFAULT_STORIES, LabelledStory, load_stories
from labels.taxonomy import Taxonomy
from models.pooling import StoryPooling, fit_pooling
from training.config import LabelsConfig
from training.metrics import sector_targets


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """Labels of one recipe, split."""

    path: Path
    taxonomy: Taxonomy
    splits: dict[Split, list[LabelledSentence]]
    digest: str
    pooling: StoryPooling
    catalogue: list[CatalogueEntry]
    links: list[LinkedMention]


def load_source(config: LabelsConfig) -> TrainingSource:
    """Read and split the labels that a recipe names.

    Raises:
        UserError: sentences, stories or taxonomy cannot be used.
    """
    dataset, taxonomy = load_labels(config.sentences, config.taxonomy, config.columns)
    splits = {split: to_sentences(dataset[split]) for split in SPLITS}
    sentences = [sentence for split in SPLITS for sentence in splits[split]]
    own = config.sentences is None
    stories = load_stories(DEFAULT_STORIES, sentences, taxonomy) if own else []
    catalogue = load_catalogue(taxonomy=taxonomy) if own else []
    return TrainingSource(
        path=config.sentences or DEFAULT_SENTENCES,
        taxonomy=taxonomy,
        splits=splits,
        digest=labels_digest(sentences),
        pooling=pooling_of_stories(stories, taxonomy),
        catalogue=catalogue,
        links=load_links(DEFAULT_LINKS, sentences, catalogue) if own else [],
    )


def pooling_of_stories(stories: list[LabelledStory], taxonomy: Taxonomy) -> StoryPooling:
    """Pooling fitted on the labels of stories and of their sentences; the default without stories.

    The sentences' labels stand in for a model's probabilities, so that no model is asked about
    sentences that it was trained on.
    """
    if not stories:
        return StoryPooling()
    parts = []
    for story in stories:
        targets = sector_targets(story.sentences, taxonomy).astype(np.float64)
        parts.append((targets[0], targets[1:]) if story.heading and len(targets) > 1 else (None, targets))
    wanted = np.array([[key in story.sectors for key in taxonomy.sector_keys] for story in stories])
    return fit_pooling(parts, wanted)
