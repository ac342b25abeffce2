"""Plain text: a line is a block, unless the file is hard-wrapped, and then its lines are joined first."""

from __future__ import annotations

import re
from itertools import pairwise

from predict.issue import Block, Issue
from predict.readers.decoding import decode
from predict.readers.folding import fold

_BULLET = re.compile(r"[-*•▪‣–]\s")
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’)\]]*$")
_NARROWEST, _WIDEST = 50, 100
_LEAST_JOINTS = 5
_LEAST_FULL = 0.8
_LEAST_RUNNING_ON = 0.5
_SLACK = 10

Line = tuple[int, str]


def read(data: bytes, name: str) -> list[Issue]:
    """Return the one issue of a plain text file."""
    return [Issue(name, tuple(line_blocks(decode(data))))]


def line_blocks(text: str) -> list[Block]:
    """Return a block per line, or per paragraph where the text is hard-wrapped."""
    lines = [(number, fold(line)) for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)]
    width = _wrap_width(lines)
    blocks: list[Block] = []
    above: Line = (0, "")
    blank = False
    for number, line in lines:
        if not line:
            blank = bool(blocks)
        elif width and _continues(above, (number, line)) and not _paragraph_ends(above[1], line, width):
            blocks[-1] = _joined(blocks[-1], line)
        else:
            bullet = bool(_BULLET.match(line))
            blocks.append(Block(line, "bullet" if bullet else "paragraph", int(bullet), blank, number))
            blank = False
        above = (number, line)
    return blocks


def _wrap_width(lines: list[Line]) -> int:
    """Return the column a file is hard-wrapped at, or 0 when a line is a paragraph.

    Wrapping leaves a signature that paragraphs do not: the first word of the next line would not have
    fitted, and the next line runs on in the middle of a sentence.
    """
    joints = [(above[1], below[1]) for above, below in pairwise(lines) if _continues(above, below)]
    if len(joints) < _LEAST_JOINTS:
        return 0
    # A few unbreakable addresses may stick out, so the width is not the longest line's.
    width = sorted(len(above) for above, _ in joints)[int(0.9 * (len(joints) - 1))]
    full = sum(_is_full(above, below, width) for above, below in joints)
    running_on = sum(not _starts_anew(below) for _, below in joints)
    wrapped = full >= _LEAST_FULL * len(joints) and running_on >= _LEAST_RUNNING_ON * len(joints)
    return width if wrapped and _NARROWEST <= width <= _WIDEST else 0


def _continues(above: Line, below: Line) -> bool:
    return bool(above[1] and below[1]) and not _BULLET.match(below[1])


def _is_full(above: str, below: str, width: int) -> bool:
    return len(above) + 1 + len(below.split(" ", 1)[0]) > width


def _starts_anew(line: str) -> bool:
    return line[0].isupper() or line[0].isdigit()


def _paragraph_ends(above: str, below: str, width: int) -> bool:
    roomy = not _is_full(above, below, width - _SLACK)
    return roomy and (_starts_anew(below) or bool(_SENTENCE_END.search(above)))


def _joined(block: Block, line: str) -> Block:
    return Block(f"{block.text} {line}", block.kind, block.level, block.blank_before, block.line)
