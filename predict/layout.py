"""What each block of an issue is, from its form alone: heading, body, list item or a line by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from predict.issue import Block

Role = Literal["heading", "line", "body", "item", "text"]
"""heading: opens what stands below it; line: looks like one but has nothing below it (a section name,
a title, a teaser); body: a paragraph; item: one of a list; text: a row of a table, a story of its own."""

_LONGEST_HEADING = 220
_MOST_HEADING_WORDS = 30
_LEAST_LISTED_LINES = 3

_TRAILING_LINKS = re.compile(r"(\s*[(\[][^()\[\]]{0,80}[)\]])+$")
_SENTENCE_END = re.compile(r"[.!:;,…。！：；][\"'”’)\]]*$")
_ASIDE = re.compile(r"^[(\[][^()\[\]]*[)\]]$|^(?:https?://|www\.)\S+$")
_ADDRESS = re.compile(r"https?://|www\.")
_ABOUT_THE_LETTER = re.compile(
    r"\b(?:brought to you by|you(?:’|')?(?: a)?re receiving this|update your preferences|all rights reserved"
    r"|(?:view|read|open) (?:it |this \w+ )?(?:in|on) (?:your |a |the )?browser|with the code [A-Z0-9]+)\b"
    r"|^(?:sponsored by|presented by|©)",
    re.IGNORECASE,
)
_ITEM_LEAD = re.compile(r"^(?:\d{1,2}[.)]\s|[①-⑳]|#\d{1,2}\b|\d\ufe0f?\u20e3)")
_SYMBOL_LEAD = re.compile(r"^[\u2190-\u2bff\U0001f000-\U0001faff]")


def roles_of(blocks: Sequence[Block]) -> list[Role]:
    """Role of each block, in order."""
    roles = [_first_guess(block) for block in blocks]
    for at in reversed(range(len(roles))):
        below = roles[at + 1] if at + 1 < len(roles) else None
        if roles[at] == "heading" and below not in ("body", "item"):
            roles[at] = "line"
    for first, last in _runs(roles, ("line", "heading")):
        # Short lines under "In this issue:" are a list, though no mark says so.
        announced = first > 0 and blocks[first - 1].text.rstrip().endswith((":", "："))
        if announced and last - first >= _LEAST_LISTED_LINES:
            for at in range(first, last):
                if blocks[at].kind != "heading":
                    roles[at] = "item"
    return roles


def opens_item(text: str) -> bool:
    """Whether a paragraph starts like one of a series: with a number or a pictograph."""
    return bool(_ITEM_LEAD.match(text) or _SYMBOL_LEAD.match(text))


def speaks_of_the_letter(text: str) -> bool:
    """Whether a block has the words of a sponsor line, a subscription plea or a footer."""
    return bool(_ABOUT_THE_LETTER.search(text))


def looks_like_heading(text: str) -> bool:
    """Whether a line without markup has the form of a heading: short and not a whole sentence."""
    stem = _TRAILING_LINKS.sub("", text)
    return (
        bool(stem)
        and len(stem) <= _LONGEST_HEADING
        and len(stem.split()) <= _MOST_HEADING_WORDS
        and any(character.isalnum() for character in stem)
        and not _SENTENCE_END.search(stem)
        and not _ADDRESS.search(text)
    )


def _first_guess(block: Block) -> Role:
    if block.kind == "paragraph":
        if _ASIDE.search(block.text):
            return "line"
        return "heading" if looks_like_heading(block.text) else "body"
    if block.kind == "bullet":
        return "item"
    return block.kind


def _runs(roles: Sequence[Role], wanted: Sequence[Role]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each longest run of wanted roles."""
    runs: list[tuple[int, int]] = []
    for at, role in enumerate(roles):
        if role in wanted:
            if runs and runs[-1][1] == at:
                runs[-1] = (runs[-1][0], at + 1)
            else:
                runs.append((at, at + 1))
    return runs
