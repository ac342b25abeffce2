"""Stories of all issues of a batch together, for what looks at the whole of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from labels.errors import UserError
from predict.desk import Desk
from predict.filed import FiledStory
from predict.reading import find_files, read_issues


def file_batch(desk: Desk, paths: Sequence[str | Path]) -> tuple[list[FiledStory], list[UserError]]:
    """Stories of everything that can be read, in order, and what was wrong with the rest."""
    files, missing = find_files(paths)
    problems: list[UserError] = [*missing]
    stories: list[FiledStory] = []
    for file in files:
        try:
            for issue in read_issues(file):
                stories += desk.file_issue(issue)
        except UserError as error:
            problems.append(error)
    return stories, problems
