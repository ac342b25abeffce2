"""HTML source to a tree of what a reader can see: scripts, hidden parts and comments are taken out."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

_UNSEEN_TAGS = (
    *("script", "style", "nav", "template", "noscript", "svg"),
    *("iframe", "object", "textarea", "select"),
)
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_NESTING_TAG = re.compile(rf"<(?!/?(?:{'|'.join(_UNSEEN_TAGS)}|head|title)\b)/?[a-z][^>]*>", re.IGNORECASE)


def parse(source: str) -> HtmlElement | None:
    """Return the tree of a page or a fragment, or None where there is nothing in it."""
    parser = _parser()
    tree = _tree(source, parser)
    # The parser gives up on absurd depth and drops the rest: the text is kept, at the cost of markup.
    if any("depth" in entry.message for entry in parser.error_log):
        tree = _tree(_NESTING_TAG.sub("<br>", source), _parser())
    if tree is not None:
        _prune(tree)
    return tree


def _parser() -> HTMLParser:
    return HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)


def _tree(source: str, parser: HTMLParser) -> HtmlElement | None:
    data = _XML_DECLARATION.sub("", source, count=1).encode("utf-8", "replace")
    try:
        return document_fromstring(data, parser=parser)
    except etree.ParserError:
        return None


def _prune(tree: HtmlElement) -> None:
    for element in list(tree.iter(*_UNSEEN_TAGS)):
        element.drop_tree()
    for element in list(tree.iterfind(".//*[@style]")) + list(tree.iterfind(".//*[@hidden]")):
        hidden = "hidden" in element.attrib or _HIDING_STYLE.search(element.get("style", ""))
        if hidden and element.getparent() is not None:
            element.drop_tree()
