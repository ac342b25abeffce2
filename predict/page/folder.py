"""A folder of pages, written as issues come: one each, and an index once there are several."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from labels.errors import UserError
from labels.taxonomy import Taxonomy
from predict.filed import FiledStory
from predict.issue import Issue
from predict.page.file_names import INDEX, PageNames
from predict.page.filed_issue import FiledIssue, filed_issue
from predict.page.index_page import index_page
from predict.page.issue_page import issue_page
from predict.page.summary import IssueSummary, summary_of


class PageFolder:
    """Writes the pages of one batch."""

    def __init__(self, folder: Path, taxonomy: Taxonomy) -> None:
        """Write into a folder, which is made where it is missing."""
        self._folder = folder
        self._taxonomy = taxonomy
        self._names = PageNames()
        self._summaries: list[IssueSummary] = []
        self._first: tuple[FiledIssue, str] | None = None

    def write(self, issue: Issue, stories: Iterable[FiledStory]) -> None:
        """Add the page of an issue."""
        filed = filed_issue(issue, stories)
        file = self._names.name(issue.name)
        self._summaries.append(summary_of(filed, file))
        if len(self._summaries) == 1:
            # Whether there is an index to link to shows with the second issue.
            self._first = (filed, file)
            return
        self._write_first(INDEX)
        self._save(file, issue_page(filed, self._taxonomy, INDEX))

    def close(self) -> Path | None:
        """Write what is left; returns the page to open, None if no issue came."""
        self._write_first(None)
        if len(self._summaries) > 1:
            self._save(INDEX, index_page(self._summaries, self._taxonomy))
            return self._folder / INDEX
        return self._folder / self._summaries[0].file if self._summaries else None

    def _write_first(self, index: str | None) -> None:
        if self._first is not None:
            filed, file = self._first
            self._first = None
            self._save(file, issue_page(filed, self._taxonomy, index))

    def _save(self, file: str, page: str) -> None:
        path = self._folder / file
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # JSON can smuggle in halves of characters, which no file can hold.
            path.write_bytes(page.encode("utf-8", errors="replace"))
        except OSError as error:
            raise UserError(f"{path}: cannot be written ({error.strerror}); name another --out") from error
