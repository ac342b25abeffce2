"""Filed stories as a table in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from labels.taxonomy import Taxonomy
from predict.filed import FiledSentence, FiledStory, SectorProbability

_MOST_NAMES = 5


def story_table(issue: str, stories: Sequence[FiledStory], taxonomy: Taxonomy) -> Table:
    """One row a story with its sectors and most frequent names; boilerplate is only counted."""
    filed = [story for story in stories if not story.boilerplate]
    apart = len(stories) - len(filed)
    table = Table(
        title=escape(issue),
        caption=f"{len(filed)} stories, {apart} pieces of boilerplate set apart",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("", justify="right", style="dim")
    table.add_column("Story", ratio=5)
    table.add_column("Sectors", ratio=3)
    table.add_column("Names", ratio=4)
    for story in filed:
        names = [f"{entity.name} ×{entity.count}" if entity.count > 1 else entity.name for entity in story.entities]
        opening = story.heading or f"“{_shortened(story.sentences[0].text, 90)}”"
        table.add_row(
            str(story.story),
            escape(opening),
            _sector_lines(story.sectors, taxonomy),
            escape(", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")),
        )
    return table


def sector_table(name: str, n_stories: int, sectors: Mapping[str, int], taxonomy: Taxonomy) -> Table:
    """How many stories have each sector, for files with too many rows to show.

    Args:
        name: of the file.
        n_stories: in all.
        sectors: stories by sector, under "" those without any.
        taxonomy: names the sectors.
    """
    table = Table(
        title=escape(name), caption=f"{n_stories:,} stories, one a row", title_justify="left", caption_justify="left"
    )
    table.add_column("Sector")
    table.add_column("Stories", justify="right")
    table.add_column("Share", justify="right")
    for key, count in sorted(sectors.items(), key=lambda one: (not one[0], -one[1], one[0])):
        label = escape(taxonomy.sector_name(key)) if key else "[dim]no sector[/dim]"
        table.add_row(label, f"{count:,}", f"{count / max(1, n_stories):.1%}")
    return table


def sentence_table(sentences: Sequence[FiledSentence], taxonomy: Taxonomy) -> Table:
    """One row a text with its sectors and entities."""
    table = Table()
    table.add_column("Text", ratio=5)
    table.add_column("Sectors", ratio=3)
    table.add_column("Entities", ratio=4)
    for sentence in sentences:
        names = [f"{sentence.text[e.start : e.end]} ({e.type})" for e in sentence.entities]
        table.add_row(escape(sentence.text), _sector_lines(sentence.sectors, taxonomy), escape(", ".join(names)))
    return table


def _sector_lines(sectors: Sequence[SectorProbability], taxonomy: Taxonomy) -> str:
    lines = [f"{escape(taxonomy.sector_name(s.sector))} {s.probability:.0%}" for s in sectors]
    return "\n".join(lines) or "[dim]no sector[/dim]"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
