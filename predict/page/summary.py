"""What an index says of an issue, so that a batch's stories need not be kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from predict.page.filed_issue import FiledIssue


@dataclass(frozen=True, slots=True)
class IssueSummary:
    """Counts of one issue, and where its page is."""

    file: str
    name: str
    title: str
    published: date | None
    n_stories: int
    sectors: Counter[str]
    """Stories a sector, a story of two sectors under both."""
    companies: Counter[str]
    """Mentions of the catalogue's companies, by canonical name."""


def summary_of(issue: FiledIssue, file: str) -> IssueSummary:
    """Counts of an issue whose page is in `file`."""
    companies: Counter[str] = Counter()
    for story in issue.filed:
        for entity in story.entities:
            if entity.id is not None and entity.type == "COMPANY":
                companies[entity.name] += entity.count
    return IssueSummary(
        file=file,
        name=issue.name,
        title=issue.title,
        published=issue.published,
        n_stories=len(issue.filed),
        sectors=Counter(sector.sector for story in issue.filed for sector in story.sectors),
        companies=companies,
    )
