"""HTML pages: trafilatura tells the main content from what surrounds it, the walk cuts it into blocks."""

from __future__ import annotations

import logging
import re

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from predict.issue import Block, Issue
from predict.readers import ContentError
from predict.readers.decoding import decode_html
from predict.readers.folding import fold
from predict.readers.tree import parse
from predict.readers.walk import tree_blocks

_LEAST_MAIN_SHARE = 1 / 3
# Below this length a text may occur inside a sentence by chance, so it must stand alone to count.
_SHORT = 40
_INLINE = ("hi", "ref", "del", "code")

# Its complaints about pages it cannot use are not the user's concern: the walk takes over.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


def read(data: bytes, name: str) -> list[Issue]:
    """Return the one issue of an HTML page.

    Raises:
        ContentError: There is no document in the file.
    """
    tree = parse(decode_html(data))
    if tree is None:
        raise ContentError("no text in this HTML; save the page once it has loaded")
    blocks = tree_blocks(tree)
    main = _main_blocks(tree, blocks)
    enough = _length(main) >= _LEAST_MAIN_SHARE * _length(blocks)
    return [Issue(name, tuple(main if enough else blocks), _title(tree), _published(tree))]


def _main_blocks(tree: HtmlElement, blocks: list[Block]) -> list[Block]:
    """Return the page's own blocks whose text is in what trafilatura takes for the main content.

    Its tree is not walked itself: it has lost the rules between sections and at times merges cells.
    """
    try:
        found = bare_extraction(tree, favor_recall=True, include_comments=False, include_formatting=True)
    except Exception:
        # Whatever it stumbles on, the walk has already read the page.
        return []
    body = getattr(found, "body", None)
    if body is None:
        return []
    etree.strip_tags(body, *_INLINE)
    lines = [_squeezed(line) for text in body.itertext() for line in text.split("\n")]
    whole, lined = "".join(lines), "\n".join(["", *lines, ""])
    kept: list[Block] = []
    for block, below in zip(reversed(blocks), [None, *reversed(blocks)], strict=False):
        text = _squeezed(block.text)
        there = text in whole if len(text) >= _SHORT else _stands_alone(text, lined)
        # Headings over lists of links are lost on trafilatura, but the story below still needs its own.
        if there or (block.kind == "heading" and kept and kept[-1] is below):
            kept.append(block)
    return kept[::-1]


def _stands_alone(text: str, lined: str) -> bool:
    """Tell whether a text is made of whole lines, which is what markup inside it leaves."""
    return bool(re.search("\n" + "\n*".join(map(re.escape, text)) + "\n", lined))


def _squeezed(text: str) -> str:
    return fold(text).replace(" ", "")


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _title(tree: HtmlElement) -> str:
    own = fold(tree.findtext(".//title") or "")
    return own or _meta(tree, "og:title")


def _published(tree: HtmlElement) -> str:
    date = _meta(tree, "article:published_time") or _meta(tree, "date")
    return date[:10] if re.match(r"\d{4}-\d\d-\d\d", date) else ""


def _meta(tree: HtmlElement, key: str) -> str:
    named = (meta for meta in tree.iter("meta") if key in (meta.get("property"), meta.get("name")))
    return fold(next((meta.get("content", "") for meta in named), ""))
