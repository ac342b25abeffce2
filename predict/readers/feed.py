"""RSS and Atom feeds: every entry is an issue, headed by its title. Nothing is ever fetched."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from time import struct_time

import feedparser

from predict.issue import Block, Issue
from predict.readers import ContentError
from predict.readers.folding import fold
from predict.readers.plain import line_blocks
from predict.readers.walk import source_blocks

_TAG = re.compile(r"<[a-z!/]|&#?\w+;", re.IGNORECASE)


def read(data: bytes, name: str) -> list[Issue]:
    """Return an issue for every entry that has content.

    Raises:
        ContentError: The file is no feed, or none of its entries has content.
    """
    # A stream, because the parser would take bare bytes for a file's name or an address.
    feed = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)
    if not feed.entries:
        raise ContentError(f"no feed entries{_reason(feed)}; save the feed's XML, not a page that shows it")
    issues = [_issue(entry, f"{name}#", number) for number, entry in enumerate(feed.entries, 1)]
    found = [issue for issue in issues if issue]
    if not found:
        raise ContentError("its entries have titles only; save the pages they link to and read those")
    return found


def _issue(entry: feedparser.FeedParserDict, prefix: str, number: int) -> Issue | None:
    texts = [*entry.get("content", []), entry.get("summary_detail") or {"value": entry.get("summary", "")}]
    blocks = max((_blocks(text.get("value", "")) for text in texts), key=_length)
    if not blocks:
        return None
    title = " ".join(block.text for block in _blocks(entry.get("title", "")))
    heading = [Block(title, "heading", 1)] if title else []
    return Issue(f"{prefix}{title or number}", (*heading, *blocks), title, _date(entry))


def _blocks(text: str) -> list[Block]:
    """Return the blocks of a text, which feeds mark as HTML or plain too carelessly to be trusted."""
    blocks = source_blocks(text) if _TAG.search(text) else line_blocks(text)
    # Lines count from the start of the entry's text, which is nowhere a reader could look.
    return [replace(block, line=0) for block in blocks]


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _date(entry: feedparser.FeedParserDict) -> str:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    return f"{moment[0]:04}-{moment[1]:02}-{moment[2]:02}" if isinstance(moment, struct_time) else ""


def _reason(feed: feedparser.FeedParserDict) -> str:
    error = feed.get("bozo_exception")
    return f" ({fold(str(error))})" if error else ""
