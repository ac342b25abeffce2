"""The order of a batch's issues, and the columns that they are drawn in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from predict.page.summary import IssueSummary

MOST_COLUMNS = 60
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the axis: an issue, or those of a period where there are too many."""

    label: str
    title: str
    issues: tuple[IssueSummary, ...]


def in_order(issues: Sequence[IssueSummary]) -> list[IssueSummary]:
    """By date where any is known, those without one last; else by the first number in their names; else as given."""
    if any(issue.published for issue in issues):
        return sorted(issues, key=lambda issue: issue.published or date.max)
    numbers = {issue.name: found for issue in issues if (found := _NUMBER.search(issue.name))}
    if all(issue.name in numbers for issue in issues):
        return sorted(issues, key=lambda issue: int(numbers[issue.name].group()))
    return list(issues)


def columns(ordered: Sequence[IssueSummary]) -> list[Column]:
    """One column an issue, or a month, a year or equally many issues, so that there are not too many.

    Args:
        ordered: as `in_order` gives them.
    """
    dates = [issue.published for issue in ordered if issue.published]
    all_dated = len(dates) == len(ordered)
    if len(ordered) <= MOST_COLUMNS:
        years = {day.year for day in dates}
        return [
            Column(_day(issue.published, len(years) > 1) if issue.published else str(n), issue.title, (issue,))
            for n, issue in enumerate(ordered, 1)
        ]
    if all_dated and len(months := _months(dates[0], dates[-1])) <= MOST_COLUMNS:
        names = [f"{date(year, month, 1):%b %Y}" for year, month in months]
        return [
            Column(name, name, tuple(i for i in ordered if i.published and (i.published.year, i.published.month) == at))
            for at, name in zip(months, names, strict=True)
        ]
    if all_dated and len(span := range(dates[0].year, dates[-1].year + 1)) <= MOST_COLUMNS:
        return [
            Column(str(year), str(year), tuple(i for i in ordered if i.published and i.published.year == year))
            for year in span
        ]
    size = -(-len(ordered) // MOST_COLUMNS)
    return [
        Column(str(at + 1), f"Issues {at + 1} to {min(at + size, len(ordered))}", tuple(ordered[at : at + size]))
        for at in range(0, len(ordered), size)
    ]


def _day(day: date, with_year: bool) -> str:
    return f"{day.day} {day:%b}" + (f" {day:%y}" if with_year else "")


def _months(first: date, last: date) -> list[tuple[int, int]]:
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [(n // 12, n % 12 + 1) for n in range(start, end + 1)]
