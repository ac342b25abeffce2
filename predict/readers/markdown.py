"""Markdown: the blocks of its token stream, with front matter for title and date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from predict.issue import Block, BlockKind, Issue
from predict.readers.decoding import decode
from predict.readers.folding import fold
from predict.readers.walk import source_blocks

_FRONT_MATTER = re.compile(
    r"""\A(---|\+\+\+)[ \t]*\n
    (?P<fields> [\w-]+[ \t]*[:=].*\n (?:[\w-]+[ \t]*[:=].*\n | [ \t#].*\n | -[ \t].*\n | \n)*)
    \1[ \t]*(?:\n|\Z)""",
    re.VERBOSE,
)
_FIELD = re.compile(r"^([\w-]+)[ \t]*[:=][ \t]*(.*)$", re.MULTILINE)
# Deeper than any newsletter goes; what lies deeper still is dropped, as the parser recurses.
_DEEPEST = 100
_BREAK_TAG = re.compile(r"<br\b", re.IGNORECASE)
_UNSEEN_TAG = re.compile(r"<(/?)(?:script|style)\b", re.IGNORECASE)


def read(data: bytes, name: str) -> list[Issue]:
    """Return the one issue of a Markdown file."""
    text = re.sub(r"\r\n?", "\n", decode(data))
    fields, body = _split_front_matter(text)
    tokens = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"]).parse(body)
    date = re.match(r"\d{4}-\d\d-\d\d", fields.get("date", ""))
    return [Issue(name, tuple(_token_blocks(tokens)), fields.get("title", ""), date[0] if date else "")]


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the front matter's fields and the text, where blank lines stand in for the front matter."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    fields = {key.lower(): fold(value).strip("\"'") for key, value in _FIELD.findall(found["fields"])}
    return fields, "\n" * found[0].count("\n") + text[found.end() :]


def _token_blocks(tokens: Sequence[Token]) -> list[Block]:
    walk = _Walk()
    for token in tokens:
        walk.take(token)
    return walk.blocks


class _Walk:
    """The blocks so far and where in the document the next one stands."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._break = False
        self._heading = 0
        self._depth = 0
        self._items: list[str | None] = []
        self._cells: list[str] | None = None
        self._row_line = 0

    def take(self, token: Token) -> None:
        """Take the next token of the document."""
        line = token.map[0] + 1 if token.map else 0
        match token.type:
            case "hr":
                self._break = True
            case "heading_open":
                self._heading = int(token.tag[1])
            case "heading_close":
                self._heading = 0
            case "bullet_list_open" | "ordered_list_open":
                self._break = self._break or not self._depth
                self._depth += 1
            case "bullet_list_close" | "ordered_list_close":
                self._depth -= 1
            case "list_item_open":
                self._items.append(f"{token.info}{token.markup} " if token.info else "")
            case "list_item_close":
                self._items.pop()
            case "tr_open":
                self._cells, self._row_line = [], line
            case "tr_close":
                cells, self._cells = self._cells or [], None
                self._append(" | ".join(filter(None, cells)), "paragraph", 0, self._row_line)
            case "inline":
                self._take_text(_visible(token.children or []), line)
            case "fence" | "code_block":
                self._take_text(token.content.replace("\n", " "), line)
            case "html_block":
                for block in source_blocks(token.content):
                    self._break = self._break or block.blank_before
                    self._append(block.text, block.kind, block.level, line + max(block.line - 1, 0))

    def _take_text(self, text: str, line: int) -> None:
        if self._cells is not None:
            self._cells.append(fold(text))
        elif self._heading:
            self._append(text, "heading", self._heading, line)
        elif self._items and self._items[-1] is not None and fold(text):
            mark, self._items[-1] = self._items[-1], None
            self._append(f"{mark}{text}", "bullet", self._depth, line)
        else:
            for part in text.split("\n"):
                self._append(part, "paragraph", 0, line)

    def _append(self, text: str, kind: BlockKind, level: int, line: int) -> None:
        folded = fold(text)
        if folded:
            self.blocks.append(Block(folded, kind, level, self._break, line))
            self._break = False


def _visible(children: Sequence[Token]) -> str:
    return "".join(_visible_pieces(children))


def _visible_pieces(children: Sequence[Token]) -> Iterator[str]:
    """Yield the text of a run of inline tokens, with a newline for every hard break."""
    unseen = False
    for child in children:
        if child.type == "html_inline":
            tag = _UNSEEN_TAG.match(child.content)
            unseen = not tag[1] if tag else unseen
            yield "\n" if _BREAK_TAG.match(child.content) else ""
        elif child.type == "hardbreak":
            yield "\n"
        elif child.type == "softbreak":
            yield " "
        elif child.type in ("text", "code_inline") and not unseen:
            yield child.content
