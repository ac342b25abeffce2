"""What a newsletter issue is once it has been read: named, dated and cut into blocks.

Nothing here knows a file format; the readers fill these classes and story finding consumes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labels.errors import UserError

BlockKind = Literal["heading", "paragraph", "bullet", "text"]


@dataclass(frozen=True, slots=True)
class Block:
    """One visible piece of an issue, in reading order.

    Attributes:
        text: Visible text, stripped and with inner whitespace folded to single spaces; never empty.
        kind: "heading" only where the markup says so; "text" is a table row, a story of its own.
        level: Heading level 1..6, list depth from 1 for bullets, else 0.
        blank_before: A blank line (plain text) or a section break, rule or new list came before it.
        line: 1-based source line where known, else 0.
    """

    text: str
    kind: BlockKind
    level: int = 0
    blank_before: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a newsletter.

    Attributes:
        name: File name without its folder; for a feed entry "<file>#<entry title or number>".
        blocks: The visible blocks in reading order; never empty.
        title: The document's own title, mail subject or feed entry title, else "".
        published: ISO date where the format tells it, else "".
    """

    name: str
    blocks: tuple[Block, ...]
    title: str = ""
    published: str = ""


class IssueError(UserError):
    """Why a file could not be read: one line with the file, what is wrong and the remedy."""
