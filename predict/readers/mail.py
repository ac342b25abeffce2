"""E-mail files: the letter's own text, then that of any mail forwarded in it; attachments are left alone.

A mail has no navigation around its content, so its HTML is walked as it stands.
"""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from predict.issue import Block, Issue
from predict.readers import ContentError
from predict.readers.decoding import decode, decode_html
from predict.readers.folding import fold
from predict.readers.plain import line_blocks
from predict.readers.walk import source_blocks

_QUOTE_MARKS = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_LEAST_HTML_SHARE = 0.5


def read(data: bytes, name: str) -> list[Issue]:
    """Return the one issue of a mail.

    Raises:
        ContentError: The file is binary.
    """
    if b"\0" in data:
        raise ContentError("binary content, not a mail; save the mail as .eml or HTML")
    outer = message_from_bytes(data, policy=email.policy.default)
    blocks: list[Block] = []
    for letter in _letters(outer):
        own = _letter_blocks(letter)
        if blocks and own:
            own[0] = replace(own[0], blank_before=True)
        blocks.extend(own)
    return [Issue(name, tuple(blocks), fold(str(outer.get("subject", ""))), _date(outer))]


def _letters(outer: Message) -> Iterator[Message]:
    """Yield a mail and then, in order, those forwarded in it."""
    waiting = [outer]
    while waiting:
        letter = waiting.pop(0)
        yield letter
        for part in _parts(letter):
            waiting.extend(_inner(part) if part.get_content_type() == "message/rfc822" else [])


def _parts(letter: Message) -> Iterator[Message]:
    """Yield the parts of a mail that hold content, without looking into mails forwarded in it."""
    waiting = [letter]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(_inner(part)))
        else:
            yield part


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _letter_blocks(letter: Message) -> list[Block]:
    html: list[Block] = []
    plain: list[Block] = []
    for part in _parts(letter):
        if part.get_content_disposition() == "attachment" or part.get_filename():
            continue
        if part.get_content_type() == "text/html":
            html.extend(source_blocks(_text(part)))
        elif part.get_content_type() == "text/plain":
            plain.extend(line_blocks(_QUOTE_MARKS.sub("", _text(part))))
    # Some senders leave a stub in one part, such as "view this in your browser".
    chosen = html if html and _length(html) >= _LEAST_HTML_SHARE * _length(plain) else plain
    # Lines count from the start of a part, which once encoded is nowhere a reader could look.
    return [replace(block, line=0) for block in chosen]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    declared = part.get_content_charset() or ""
    read_text = decode_html if part.get_content_type() == "text/html" else decode
    try:
        return read_text(data, declared)
    except ContentError:
        # One unreadable character must not cost the mail, whose other parts may be sound.
        return data.decode("utf-8", "replace").replace("\0", "")


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _date(letter: Message) -> str:
    try:
        return parsedate_to_datetime(str(letter.get("date", ""))).date().isoformat()
    except (TypeError, ValueError):
        return ""
