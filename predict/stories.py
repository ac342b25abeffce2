"""Stories of an issue: which blocks belong together, told from layout, topics and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from labels.sentence import Entity
from predict.issue import Block
from predict.layout import Role, opens_item, roles_of, speaks_of_the_letter

_LEAST_REPEATED_LENGTH = 60
"""A block at least this long that stood above already is a copy, not a refrain."""
_LEAST_TOPIC = 0.4
_LEAST_OVERLAP = 0.45
"""Share of topic that a paragraph must have in common with the story above to continue it, where both
have a topic at all and no name in common."""
_COMMON_NAME_SHARE = 1 / 3
"""A name in more than this share of an issue's blocks says nothing of where a story ends."""
_LEAST_TEASER_COVER = 0.55
"""Share of a line's words found in the stories below from which it only announces them."""


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with what the model says of it."""

    text: str
    probabilities: np.ndarray  # float32 (n_sectors,)
    entities: list[Entity]

    @property
    def names(self) -> set[str]:
        """The entities' names."""
        return {self.text[entity.start : entity.end] for entity in self.entities}


@dataclass(slots=True)
class Story:
    """Blocks that belong together; the first one is the heading if `has_heading`."""

    blocks: list[Sequence[ReadSentence]] = field(default_factory=list)
    has_heading: bool = False
    has_body: bool = False
    about_letter: bool = False  # a sponsor line or a footer, whatever topic the model sees in it

    @property
    def sentences(self) -> list[ReadSentence]:
        """All sentences, the heading's first."""
        return [sentence for block in self.blocks for sentence in block]

    @property
    def body(self) -> list[ReadSentence]:
        """All sentences but the heading's; the heading's where nothing else is there."""
        below = self.blocks[1:] if self.has_heading else self.blocks
        return [sentence for block in below for sentence in block] or self.sentences


def find_stories(
    blocks: Sequence[Block], read: Sequence[Sequence[ReadSentence]], thresholds: np.ndarray
) -> list[Story]:
    """Stories in the order of the issue; every block is in one, but copies of earlier blocks.

    Args:
        blocks: of one issue.
        read: the sentences of each block.
        thresholds: float32 (n_sectors,), to tell a heading with a topic from a section's name.
    """
    kept = _without_copies(blocks)
    blocks = [blocks[at] for at in kept]
    read = [read[at] for at in kept]
    roles = roles_of(blocks)
    blanks_tell = _blanks_tell(blocks, roles)
    series = sum(role == "body" and opens_item(block.text) for role, block in zip(roles, blocks, strict=True)) > 1
    common = _common_names(read)
    stories: list[Story] = []
    current: Story | None = None
    for block, role, sentences in zip(blocks, roles, read, strict=True):
        if role != "text" and speaks_of_the_letter(block.text):
            stories.append(Story([sentences], about_letter=True))
            current = None
        elif role in ("text", "line"):
            stories.append(Story([sentences], has_heading=role == "line"))
            current = None
        elif role == "heading":
            current = Story([sentences], has_heading=True)
            stories.append(current)
        elif current is not None and _belongs(
            block,
            role,
            sentences,
            current,
            blanks_tell=blanks_tell,
            series=series,
            common=common,
            thresholds=thresholds,
        ):
            current.blocks.append(sentences)
            current.has_body = True
        elif role == "body":
            current = Story([sentences], has_body=True)
            stories.append(current)
        else:
            # An item that is a story of its own leaves an open section behind it open.
            stories.append(Story([sentences]))
    return stories


def find_teasers(stories: Sequence[Story], thresholds: np.ndarray) -> list[bool]:
    """Whether each story is a line, with no sector in what follows it, that only announces stories below."""
    teasers: list[bool] = []
    told: set[str] = set()
    for story in reversed(stories):
        words = _content_words(story.blocks[0])
        tells_more = story.has_body and (not story.has_heading or _has_sector(story.body, thresholds))
        teasers.append(not tells_more and bool(words) and len(words & told) >= _LEAST_TEASER_COVER * len(words))
        told |= _content_words(story.sentences)
    return teasers[::-1]


def _belongs(
    block: Block,
    role: Role,
    sentences: Sequence[ReadSentence],
    story: Story,
    *,
    blanks_tell: bool,
    series: bool,
    common: set[str],
    thresholds: np.ndarray,
) -> bool:
    """Whether a body paragraph or list item continues the story above it."""
    if not story.has_body:
        # Under a heading that names no topic ("Quick hits"), each item of a list is a story.
        return role == "body" or _has_sector(story.sentences, thresholds)
    if role == "item" and _has_sector(sentences, thresholds) and not _has_sector(story.sentences, thresholds):
        return False
    if role == "body" and ((blanks_tell and block.blank_before) or (series and opens_item(block.text))):
        return False
    return not _topic_shifts(story.body, sentences, common)


def _has_sector(sentences: Sequence[ReadSentence], thresholds: np.ndarray) -> bool:
    return any((sentence.probabilities >= thresholds).any() for sentence in sentences)


def _topic_shifts(above: Sequence[ReadSentence], below: Sequence[ReadSentence], common: set[str]) -> bool:
    names_above = {name for sentence in above for name in sentence.names}
    names_below = {name for sentence in below for name in sentence.names}
    if names_above & names_below - common:
        return False
    topic_above = np.mean([sentence.probabilities for sentence in above], axis=0)  # (n_sectors,)
    topic_below = np.mean([sentence.probabilities for sentence in below], axis=0)
    if min(topic_above.max(), topic_below.max()) < _LEAST_TOPIC:
        return False
    shared = np.minimum(topic_above, topic_below).sum()
    return bool(shared < _LEAST_OVERLAP * min(topic_above.sum(), topic_below.sum()))


def _without_copies(blocks: Sequence[Block]) -> list[int]:
    """Positions of blocks that are no copy; the heading right above a copied paragraph goes with it."""
    seen: set[str] = set()
    kept: list[int] = []
    for at, block in enumerate(blocks):
        if len(block.text) >= _LEAST_REPEATED_LENGTH and block.text in seen and block.kind != "text":
            if kept and kept[-1] == at - 1 and blocks[at - 1].text in seen and _seen_before(blocks, at - 1):
                kept.pop()
        else:
            kept.append(at)
        seen.add(block.text)
    return kept


def _seen_before(blocks: Sequence[Block], at: int) -> bool:
    return any(block.text == blocks[at].text for block in blocks[:at])


def _blanks_tell(blocks: Sequence[Block], roles: Sequence[Role]) -> bool:
    """Whether blank lines part stories; where they stand between all paragraphs they say nothing."""
    blanks = [
        blocks[below].blank_before
        for above, below in pairwise(range(len(blocks)))
        if roles[above] == roles[below] == "body"
    ]
    return 0 < sum(blanks) < len(blanks) / 2


def _common_names(read: Sequence[Sequence[ReadSentence]]) -> set[str]:
    counts = Counter(name for block in read for name in {name for sentence in block for name in sentence.names})
    return {name for name, count in counts.items() if count > max(2, _COMMON_NAME_SHARE * len(read))}


def _content_words(sentences: Sequence[ReadSentence]) -> set[str]:
    # Words of four letters and more, cut short, so that "invests" and "investing" meet.
    return {word[:6] for s in sentences for word in re.findall(r"\w{4,}", s.text.casefold())}
