"""Issues written to files and read back, for the tests of the readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from predict.issue import Block, Issue, IssueError
from predict.reading import read_issues

CRUMB = "The bakery robot startup Crumbwise raised nine million euros from investors led by Old Mill Capital."
PARKING = "Regulators in three countries look into parking apps, after drivers complained of fees that doubled."
CHIP = "A small team in Oslo has built a chip that runs on the warmth of a hand, and sells it in the spring."

Shape = list[tuple[str, str, int]]


def issues_of(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> list[Issue]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_issues(path, format=format)


def blocks_of(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> tuple[Block, ...]:
    (issue,) = issues_of(folder, name, content, format=format)
    return issue.blocks


def texts_of(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> list[str]:
    return [block.text for block in blocks_of(folder, name, content, format=format)]


def shape_of(blocks: tuple[Block, ...]) -> Shape:
    return [(block.kind, block.text, block.level) for block in blocks]


def fault_of(folder: Path, name: str, content: str | bytes, *, format: str | None = None) -> str:
    with pytest.raises(IssueError) as caught:
        issues_of(folder, name, content, format=format)
    line = str(caught.value)
    assert line.startswith(f"{folder / name}: ") and "\n" not in line
    return line.removeprefix(f"{folder / name}: ")
