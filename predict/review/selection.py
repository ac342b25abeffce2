"""Which sentences of filed issues are most worth a person's minute: where models doubt, disagree, and all unlike."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from labels.sentence import Entity
from labels.taxonomy import Taxonomy
from labels.validity import MOST_SECTORS
from models.classifier import Classifier
from models.decision import sectors_above
from predict.filed import FiledStory

_MOST_AROUND = 3
"""Sentences of the story shown before and after the one in question."""
_LEAST_DOUBT = 0.5
"""Closeness to a threshold from which a sentence counts as uncertain: half of the way to it, or closer."""


@dataclass(frozen=True, slots=True)
class StorySentence:
    """A sentence of an issue and what stands around it in its story."""

    text: str
    issue: str
    is_heading: bool = False
    heading: str | None = None  # of its story; None for a heading itself
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same text, whenever it is reviewed."""
        return "r-" + hashlib.sha256(self.text.encode()).hexdigest()[:10]

    @property
    def genre(self) -> str:
        """Genre of the labelled sentence."""
        return "headline" if self.is_heading else "paragraph"

    @property
    def source(self) -> str:
        """Provenance of the labelled sentence."""
        return f"review:{self.issue}"


@dataclass(frozen=True, slots=True)
class Judge:
    """A model and the name by which people know it."""

    name: str
    model: Classifier


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence to review, what the model proposes, and why it was picked."""

    sentence: StorySentence
    probabilities: tuple[float, ...]  # in taxonomy order
    sectors: tuple[str, ...]
    entities: tuple[Entity, ...]
    reasons: tuple[str, ...]


def unreviewed(stories: Iterable[FiledStory], known: Collection[str]) -> list[StorySentence]:
    """Sentences of all stories but boilerplate, each text once, without the texts that are known already."""
    found: dict[str, StorySentence] = {}
    for story in stories:
        if not story.boilerplate:
            for sentence in _in_story(story):
                if sentence.text not in known:
                    found.setdefault(sentence.text, sentence)
    return list(found.values())


def pick(sentences: Sequence[StorySentence], first: Judge, second: Judge | None, most: int) -> list[Candidate]:
    """The sentences most worth reviewing, the worthiest first; the same input gives the same choice.

    A sentence is worth its doubt (how close its probability lies to the threshold, in any sector) and the
    disagreement of the two models on its sectors. The choice is greedy: what resembles a sentence already chosen
    loses its worth in proportion (maximal marginal relevance, Carbonell and Goldstein 1998).

    Args:
        sentences: of one or several issues.
        first: proposes the labels.
        second: only disagrees; None to go without it. Its sectors are those of the first.
        most: how many to choose.
    """
    if not sentences:
        return []
    texts = [sentence.text for sentence in sentences]
    taxonomy = first.model.taxonomy
    prediction = first.model.classify(texts)
    margins = _margins(prediction.sectors, first.model.decision.thresholds)
    doubt = 1 - np.abs(margins).min(axis=1)  # (n_texts,)
    others = second.model.classify(texts).sectors if second else prediction.sectors
    other_margins = _margins(others, second.model.decision.thresholds) if second else margins
    # Half the distance of the two, where they stand on different sides of the threshold.
    gap = np.where((margins >= 0) != (other_margins >= 0), np.abs(margins - other_margins) / 2, 0)
    picked = _choose(doubt + gap.max(axis=1), texts, most)
    return [
        Candidate(
            sentence=sentences[at],
            probabilities=tuple(float(p) for p in prediction.sectors[at]),
            sectors=tuple(
                key
                for key, _ in sectors_above(
                    prediction.sectors[at], first.model.decision.thresholds, taxonomy.sector_keys
                )
            )[:MOST_SECTORS],
            entities=tuple(prediction.entities[at]),
            reasons=tuple(
                _reasons(
                    taxonomy,
                    (first.name, second.name if second else ""),
                    (prediction.sectors[at], others[at]),
                    first.model.decision.thresholds,
                    margins[at],
                    gap[at],
                )
            ),
        )
        for at in picked
    ]


def _in_story(story: FiledStory) -> Iterator[StorySentence]:
    texts = [sentence.text for sentence in story.sentences]
    first_of_body = 0 if story.heading is None else 1
    for at, text in enumerate(texts):
        is_heading = at < first_of_body
        yield StorySentence(
            text=text,
            issue=story.issue,
            is_heading=is_heading,
            heading=None if is_heading else story.heading,
            before=tuple(texts[max(first_of_body, at - _MOST_AROUND) : at]),
            after=tuple(texts[at + 1 : at + 1 + _MOST_AROUND]),
        )


def _margins(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """How far each probability lies from its threshold: -1 at probability 0, 0 at the threshold, 1 at 1."""
    distance = probabilities - thresholds
    reach = np.where(distance < 0, thresholds, 1 - thresholds)
    return np.asarray(distance / np.maximum(reach, 1e-6))


def _choose(worth: np.ndarray, texts: Sequence[str], most: int) -> list[int]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    # Characters, so that texts of any language and of no word at all can be compared.
    weighted = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)
    nearest = np.zeros(len(texts))  # similarity to the closest text chosen so far
    left = np.ones(len(texts), dtype=bool)
    chosen: list[int] = []
    for _ in range(min(most, len(texts))):
        at = int(np.argmax(np.where(left, worth * (1 - nearest), -1)))
        chosen.append(at)
        left[at] = False
        similarity = (weighted @ weighted[at].T).toarray().ravel()  # rows have unit length: cosines
        nearest = np.maximum(nearest, np.clip(similarity, 0, 1))
    return chosen


def _reasons(
    taxonomy: Taxonomy,
    names: tuple[str, str],
    probabilities: tuple[np.ndarray, np.ndarray],
    thresholds: np.ndarray,
    margins: np.ndarray,
    gap: np.ndarray,
) -> Iterator[str]:
    closest = int(np.argmin(np.abs(margins)))
    widest = int(np.argmax(gap))
    if 1 - abs(margins[closest]) >= _LEAST_DOUBT:
        sector = taxonomy.sectors[closest].name
        yield f"unsure of {sector}: {probabilities[0][closest]:.0%}, given from {thresholds[closest]:.0%}"
    if gap[widest] > 0:
        sector = taxonomy.sectors[widest].name
        says, not_says = (0, 1) if margins[widest] >= 0 else (1, 0)
        yield (
            f"models disagree on {sector}: {names[says]} gives it ({probabilities[says][widest]:.0%}), "
            f"{names[not_says]} does not ({probabilities[not_says][widest]:.0%})"
        )
    if 1 - abs(margins[closest]) < _LEAST_DOUBT and gap[widest] == 0:
        yield "no doubt of the models, but unlike the sentences before"
