"""A filed issue with what a page says of it besides its stories: title and date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from predict.filed import FiledStory
from predict.issue import Issue

_TITLE_BLOCKS = 5
"""A main heading this near to the top is the issue's title; further down it is a story's."""
_NAME_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class FiledIssue:
    """The stories of one issue under its title and date."""

    name: str
    title: str
    published: date | None
    stories: tuple[FiledStory, ...]

    @property
    def filed(self) -> list[FiledStory]:
        """The stories without boilerplate."""
        return [story for story in self.stories if not story.boilerplate]


def filed_issue(issue: Issue, stories: Iterable[FiledStory]) -> FiledIssue:
    """An issue as it was read, with its stories as they were filed."""
    return FiledIssue(issue.name, _title(issue), _published(issue), tuple(stories))


def _title(issue: Issue) -> str:
    tops = [block.text for block in issue.blocks[:_TITLE_BLOCKS] if block.kind == "heading" and block.level == 1]
    return issue.title or (tops[0] if tops else issue.name)


def _published(issue: Issue) -> date | None:
    """The date that the format tells, else the one in the name."""
    found = _NAME_DATE.search(issue.name)
    for text in (issue.published[:10], "-".join(found.group(1, 3, 4)) if found else ""):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return None
