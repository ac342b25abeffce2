"""One filed issue as a page: what is in it at a glance, then its stories under their sectors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labels.taxonomy import Taxonomy
from predict.filed import FiledSentence, FiledStory
from predict.page.filed_issue import FiledIssue
from predict.page.marking import EntityType, Piece, ends_line, entity_types, pieces
from predict.page.rendering import render

_MOST_NAMED = 7
_COMPANY = "COMPANY"


@dataclass(frozen=True, slots=True)
class _Sector:
    key: str
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class _Sentence:
    pieces: tuple[Piece, ...]
    sectors: tuple[_Sector, ...]
    ends_line: bool


@dataclass(frozen=True, slots=True)
class _Name:
    name: str
    type: EntityType
    count: int


@dataclass(frozen=True, slots=True)
class _Story:
    number: int
    boilerplate: bool
    heading: _Sentence | None
    body: tuple[_Sentence, ...]
    sectors: tuple[_Sector, ...]
    names: tuple[_Name, ...]
    search: str
    """JSON of all names, canonical and as they stand, for the page's script."""
    probabilities: str
    """JSON of the sectors' percentages by key, for the page's script."""


@dataclass(frozen=True, slots=True)
class _Group:
    key: str  # of the sector, "" for no sector
    name: str
    stories: tuple[_Story, ...]


@dataclass(frozen=True, slots=True)
class _Bar:
    """How many stories touch a sector: in the first place, and besides."""

    key: str
    name: str
    first: int
    besides: int

    @property
    def total(self) -> int:
        """All stories that touch it."""
        return self.first + self.besides


def issue_page(issue: FiledIssue, taxonomy: Taxonomy, index: str | None = None) -> str:
    """HTML of an issue's page, which needs nothing beside it.

    Args:
        issue: with its filed stories.
        taxonomy: of the model that filed them.
        index: file name of the batch's index page, if there is one.
    """
    used = {entity.type for story in issue.stories for entity in story.entities}
    types = entity_types(taxonomy, used | _types_of_spans(issue.stories))
    shown = [_story(story, taxonomy, types) for story in issue.stories]
    filed = [story for story in shown if not story.boilerplate]
    percents = [sector.percent for story in filed for sector in story.sectors]
    bars = _bars(filed, taxonomy)
    names = _names_of(issue.filed, types)
    return render(
        "issue.html",
        "issue.js",
        issue=issue,
        index=index,
        n_stories=len(filed),
        n_sectors=sum(bar.total > 0 for bar in bars if bar.key),
        groups=_groups(filed, bars),
        boilerplate=[story for story in shown if story.boilerplate],
        bars=bars,
        longest=max((bar.total for bar in bars), default=1),
        names=names,
        most_named=[name for name in names if name.type.key == _COMPANY or _COMPANY not in types][:_MOST_NAMED],
        types=[kind for kind in types.values() if kind.key in used],
        # Below the least there is nothing to hide, so the slider starts there.
        least=min(percents, default=0) // 5 * 5,
        most=max(percents, default=0),
    )


def _story(story: FiledStory, taxonomy: Taxonomy, types: dict[str, EntityType]) -> _Story:
    sentences = [_sentence(sentence, taxonomy, types) for sentence in story.sentences]
    names = [_Name(entity.name, types[entity.type], entity.count) for entity in story.entities]
    as_written = [s.text[e.start : e.end] for s in story.sentences for e in s.entities]
    sectors = _sectors(story, taxonomy)
    return _Story(
        number=story.story,
        boilerplate=story.boilerplate,
        heading=sentences[0] if story.heading is not None else None,
        body=tuple(sentences[1:] if story.heading is not None else sentences),
        sectors=sectors,
        names=tuple(names),
        search=json.dumps(list(dict.fromkeys([*(name.name for name in names), *as_written]))),
        probabilities=json.dumps({sector.key: sector.percent for sector in sectors}),
    )


def _sentence(sentence: FiledSentence, taxonomy: Taxonomy, types: dict[str, EntityType]) -> _Sentence:
    return _Sentence(tuple(pieces(sentence, types)), _sectors(sentence, taxonomy), ends_line(sentence))


def _sectors(filed: FiledStory | FiledSentence, taxonomy: Taxonomy) -> tuple[_Sector, ...]:
    return tuple(_Sector(s.sector, taxonomy.sector_name(s.sector), round(100 * s.probability)) for s in filed.sectors)


def _types_of_spans(stories: Iterable[FiledStory]) -> set[str]:
    return {entity.type for story in stories for sentence in story.sentences for entity in sentence.entities}


def _bars(stories: Sequence[_Story], taxonomy: Taxonomy) -> list[_Bar]:
    """Sectors with stories, most stories first, then "no sector" if there is any such story."""
    first = Counter(story.sectors[0].key if story.sectors else "" for story in stories)
    besides = Counter(sector.key for story in stories for sector in story.sectors[1:])
    bars = [_Bar(s.key, s.name, first[s.key], besides[s.key]) for s in taxonomy.sectors]
    ranked = sorted((bar for bar in bars if bar.total), key=lambda bar: (-bar.total, -bar.first))
    return [*ranked, _Bar("", "No sector", first[""], 0)] if first[""] else ranked


def _groups(stories: Sequence[_Story], bars: Sequence[_Bar]) -> list[_Group]:
    """Each story once, under its first sector, in the order of the bars."""
    under = {bar.key: tuple(s for s in stories if (s.sectors[0].key if s.sectors else "") == bar.key) for bar in bars}
    return [_Group(bar.key, bar.name, under[bar.key]) for bar in bars if under[bar.key]]


def _names_of(stories: Iterable[FiledStory], types: dict[str, EntityType]) -> list[_Name]:
    """Names of the whole issue, most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    for story in stories:
        for entity in story.entities:
            counts[entity.name, entity.type] += entity.count
    return [_Name(name, types[kind], count) for (name, kind), count in counts.most_common()]
