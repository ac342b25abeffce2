"""The plain walk of an HTML tree: a block for every block-level leaf, in reading order.

It guesses nothing about which part of a page matters, so mails and feed entries, which have no
navigation around them, need nothing else.
"""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

from predict.issue import Block, BlockKind
from predict.readers.folding import fold
from predict.readers.plain import line_blocks
from predict.readers.tree import parse

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu", "dl"))
_ITEMS = frozenset(("li", "dd", "dt"))
_BLOCKS = frozenset(
    "address article aside blockquote body caption center details dialog div fieldset figcaption figure"
    " footer form header hgroup html legend main p section summary table tbody td tfoot th thead tr".split()
).union(_HEADINGS, _LISTS, _ITEMS)
# Broken pages have a title outside their head, where it would be taken for a paragraph.
_TAKEN_WHOLE = frozenset(("pre", "head", "title"))


def source_blocks(source: str) -> list[Block]:
    """Return the blocks of an HTML document or fragment."""
    tree = parse(source)
    return [] if tree is None else tree_blocks(tree)


def tree_blocks(tree: HtmlElement) -> list[Block]:
    """Return the blocks of a parsed page's body."""
    body = tree.find("body")
    root = tree if body is None else body
    walk = _Walk()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.leave(element.tag)
            walk.add(element.tail if element is not root else None, element.sourceline)
        elif element.tag in _TAKEN_WHOLE:
            if element.tag == "pre":
                walk.take_preformatted("".join(element.itertext()), element.sourceline)
            events.skip_subtree()
        else:
            walk.enter(element.tag)
            walk.add(element.text, element.sourceline)
    walk.flush()
    return walk.blocks


class _Walk:
    """The blocks so far, the text of the next one, and where in the markup it stands."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._line = 0
        self._break = False
        self._breaks = 0
        self._headings: list[int] = []
        self._depth = 0
        self._items: list[bool] = []

    def enter(self, tag: str) -> None:
        """Open an element."""
        if tag == "br":
            self._line_break()
        elif tag == "hr":
            self.flush()
            self._break = True
        elif tag in _BLOCKS:
            self.flush()
            self._headings.extend([_HEADINGS[tag]] if tag in _HEADINGS else [])
            if tag in _LISTS:
                self._break = self._break or not self._depth
                self._depth += 1
            elif tag in _ITEMS:
                self._items.append(True)

    def leave(self, tag: str) -> None:
        """Close an element."""
        if tag not in _BLOCKS:
            return
        self.flush()
        if tag in _HEADINGS:
            self._headings.pop()
        elif tag in _LISTS:
            self._depth -= 1
        elif tag in _ITEMS:
            self._items.pop()

    def add(self, text: str | None, line: int | None) -> None:
        """Add inline text to the block being built."""
        if text and not text.isspace():
            self._breaks = 0
            self._line = self._line or line or 0
        self._pieces.append(text or "")

    def take_preformatted(self, text: str, line: int | None) -> None:
        """Add the lines of preformatted text, which are laid out like a plain text file."""
        self.flush()
        for block in line_blocks(text):
            source_line = (line or 1) + block.line - 1
            self._append(block.text, block.kind, block.level, block.blank_before, source_line)

    def flush(self) -> None:
        """End the block being built."""
        text, line = fold("".join(self._pieces)), self._line
        self._pieces, self._line = [], 0
        if not text:
            return
        if self._headings:
            self._append(text, "heading", self._headings[-1], False, line)
        elif self._items and self._items[-1]:
            self._items[-1] = False
            self._append(text, "bullet", max(self._depth, 1), False, line)
        else:
            self._append(text, "paragraph", 0, False, line)

    def _line_break(self) -> None:
        if self._headings or (self._items and self._items[-1]):
            self._pieces.append(" ")
            return
        self.flush()
        self._breaks += 1
        # Two breaks in a row are how a mail without paragraphs leaves a blank line.
        self._break = self._break or self._breaks > 1

    def _append(self, text: str, kind: BlockKind, level: int, blank: bool, line: int) -> None:
        self.blocks.append(Block(text, kind, level, blank or self._break, line))
        self._break = False
        self._breaks = 0
