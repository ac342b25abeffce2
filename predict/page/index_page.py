"""The index of a batch: its issues with links, and sectors and companies over time as charts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from labels.taxonomy import Taxonomy
from predict.page.rendering import render
from predict.page.summary import IssueSummary
from predict.page.timeline import Column, columns, in_order

_MOST_SECTORS = 6
_MOST_COMPANIES = 10
_MAIN_SECTORS = 3
_MOST_NUMBERED = 8
"""With more columns than these a cell is too narrow for its number."""
_LEAST_PLOT = 250
"""Pixels of a row's plot where it is narrowest."""
_WIDEST_COLUMN = 72
_LETTER = 6.5


@dataclass(frozen=True, slots=True)
class _Series:
    """What a row of a chart shows: a count of each issue, by the file of its page."""

    name: str
    counts: Mapping[str, int]
    view: Mapping[str, str]
    """Filter of the issue's page that shows the counted stories; empty where no filter does."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """One column of a row, in per cent of the row's width."""

    x: float
    width: float
    value: int
    share: float  # of the greatest value of the chart
    title: str
    href: str  # "" where the column is not one issue


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    total: int
    cells: tuple[_Cell, ...]
    said: str  # for those who cannot see the chart


@dataclass(frozen=True, slots=True)
class _Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class _MainSector:
    name: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class _Listed:
    """An issue in the table."""

    number: int
    issue: IssueSummary
    href: str
    main: tuple[_MainSector, ...]


def index_page(issues: Sequence[IssueSummary], taxonomy: Taxonomy) -> str:
    """HTML of the index page.

    Args:
        issues: of the batch, in the order they came in.
        taxonomy: of the model that filed them.
    """
    ordered = in_order(issues)
    axis = columns(ordered)
    listed = [_listed(number, issue, taxonomy) for number, issue in enumerate(ordered, 1)]
    dates = [issue.published for issue in ordered if issue.published]
    return render(
        "index.html",
        # Who opens an index looks for the latest issue.
        listed=listed[::-1] if dates else listed,
        dates=dates,
        n_stories=sum(issue.n_stories for issue in ordered),
        widest_plot=_WIDEST_COLUMN * len(axis),
        numbered=len(axis) <= _MOST_NUMBERED,
        ticks=_ticks(axis),
        sectors=_rows(_sectors(ordered, taxonomy), axis, "story", "stories"),
        companies=_rows(_companies(ordered), axis, "mention", "mentions"),
    )


def _sectors(issues: Sequence[IssueSummary], taxonomy: Taxonomy) -> list[_Series]:
    """The sectors with most stories, then the others together."""
    totals = sum((issue.sectors for issue in issues), Counter[str]())
    ranked = sorted((key for key in taxonomy.sector_keys if totals[key]), key=lambda key: -totals[key])
    top = [
        _Series(taxonomy.sector_name(key), {i.file: i.sectors[key] for i in issues}, {"sector": key})
        for key in ranked[:_MOST_SECTORS]
    ]
    others = ranked[_MOST_SECTORS:]
    if not others:
        return top
    return [*top, _Series("Other sectors", {i.file: sum(i.sectors[key] for key in others) for i in issues}, {})]


def _companies(issues: Sequence[IssueSummary]) -> list[_Series]:
    totals = sum((issue.companies for issue in issues), Counter[str]())
    return [
        _Series(name, {i.file: i.companies[name] for i in issues}, {"name": name})
        for name, _ in totals.most_common(_MOST_COMPANIES)
    ]


def _rows(series: Sequence[_Series], axis: Sequence[Column], one: str, several: str) -> list[_Row]:
    values = [[sum(line.counts[issue.file] for issue in column.issues) for column in axis] for line in series]
    # One scale for all rows, or they could not be compared.
    greatest = max((value for row in values for value in row), default=1) or 1
    rows = []
    for line, row in zip(series, values, strict=True):
        step = 100 / len(axis)
        cells = [
            _Cell(
                x=round(at * step, 3),
                width=round(step * 0.86, 3),
                value=value,
                share=round(value / greatest, 4),
                title=f"{line.name}, {column.title}: {_counted(value, one, several)}",
                href=_href(column.issues[0].file, line.view) if len(column.issues) == 1 and line.view else "",
            )
            for at, (column, value) in enumerate(zip(axis, row, strict=True))
        ]
        most = max(cells, key=lambda cell: cell.value)
        when = axis[cells.index(most)].title
        said = f"{line.name}: {_counted(sum(row), one, several)}; the most in {when}, {most.value}"
        rows.append(_Row(line.name, sum(row), tuple(cells), said))
    return rows


def _ticks(axis: Sequence[Column]) -> list[_Tick]:
    """As many labels as there is room for, evenly spaced from the first."""
    room = min(_LEAST_PLOT, _WIDEST_COLUMN * len(axis)) / len(axis)
    every = math.ceil(_LETTER * (max(len(column.label) for column in axis) + 2) / room)
    return [
        _Tick(round(100 * at / len(axis), 3), axis[at].label)
        for at in range(0, len(axis), every)
        if at == 0 or at + every <= len(axis)
    ]


def _listed(number: int, issue: IssueSummary, taxonomy: Taxonomy) -> _Listed:
    main = tuple(
        _MainSector(taxonomy.sector_name(key), count, _href(issue.file, {"sector": key}))
        for key, count in issue.sectors.most_common(_MAIN_SECTORS)
    )
    return _Listed(number, issue, _href(issue.file, {}), main)


def _href(file: str, view: Mapping[str, str]) -> str:
    """Address of a page beside this one, in a view of it."""
    fragment = urlencode(view, quote_via=quote, errors="replace")
    return quote(file) + (f"#{fragment}" if fragment else "")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
