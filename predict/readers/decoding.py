"""From a file's bytes to its text: UTF-8 first, then what the file declares, then a careful guess.

A document is decoded whole; a file of rows is decoded line by line, in the encoding that its beginning tells.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from charset_normalizer import CharsetMatch, from_bytes

from predict.readers import ContentError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Documents name the small set but are written in its superset, so the superset reads them.
_SUPERSETS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
# Without this list a short Western text is taken for an encoding nobody has used for decades.
_GUESSED = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_BINARY = "binary content, not text; convert it to HTML or text"
_UNTOLD = "not UTF-8 and no encoding could be told; save it as UTF-8"
_LEAST_PRINTABLE = 0.97
_ESCAPE = b"\x1b"
_DECLARATION = re.compile(
    rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)|<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_HEAD = 4096
_TELLING = 1 << 20
"""Bytes of a file of rows that tell its encoding."""


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of a file, whose own declaration of an encoding may be given.

    Raises:
        ContentError: The bytes are binary, or no encoding reads them as text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _marked(_strictly(data[len(mark) :], encoding))
    if b"\0" in data:
        raise ContentError(_BINARY)
    # Valid UTF-8 is no accident, whatever is declared, except in seven-bit encodings that use escapes.
    order = (declared, "utf-8") if _ESCAPE in data else ("utf-8", declared)
    for encoding in filter(None, order):
        text = _strictly(data, encoding)
        if text is not None:
            return text
    return str(_guessed(data))


def decode_lines(stream: BinaryIO) -> tuple[str, Iterator[str]]:
    """Return how a text begins and then all of its lines, each with its line feed, decoded as they are asked for.

    Raises:
        ContentError: The bytes are binary, or no encoding reads them as text. Where that shows later, the
            lines before are given first and the message names the line.
    """
    head = stream.read(_TELLING)
    encoding, mark = _told(head if len(head) < _TELLING else head[: head.rfind(b"\n") + 1] or head)
    head = head[mark:]
    return head.decode(encoding, "ignore"), _lines(_pieces(head, stream), encoding)


def decode_html(data: bytes, declared: str = "") -> str:
    """Return the text of an HTML page; an encoding from outside the page outranks the page's own.

    Raises:
        ContentError: The bytes are binary, or no encoding reads them as text.
    """
    found = _DECLARATION.search(data[:_HEAD])
    own = (found[1] or found[2]).decode("ascii", "ignore") if found else ""
    return decode(data, declared or own)


def _strictly(data: bytes, encoding: str) -> str | None:
    name = encoding.strip().lower()
    try:
        return data.decode(_SUPERSETS.get(name, name))
    except (LookupError, ValueError):
        return None


def _told(head: bytes) -> tuple[str, int]:
    """Return the encoding of a text that begins so, and the length of its byte order mark."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    if b"\0" in head:
        raise ContentError(_BINARY)
    if _strictly(head, "utf-8") is not None:
        return "utf-8", 0
    return _guessed(head).encoding, 0


def _pieces(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """Return the bytes of a stream whose head has been read, cut after line feeds."""
    first = io.BytesIO(head)
    for piece in first:
        yield piece if piece.endswith(b"\n") else piece + stream.readline()
    yield from stream


def _lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    number, begun = 1, ""
    for piece in pieces:
        try:
            begun += decoder.decode(piece)
        except UnicodeDecodeError:
            raise ContentError(f"line {number}: not {encoding} as the lines before; save the file as UTF-8") from None
        if "\0" in begun:
            raise ContentError(f"line {number}: {_BINARY}")
        *whole, begun = begun.split("\n")
        for line in whole:
            yield line + "\n"
        number += len(whole)
    if begun:
        yield begun


def _marked(text: str | None) -> str:
    if text is None:
        raise ContentError(_UNTOLD)
    if "\0" in text:
        raise ContentError(_BINARY)
    return text


def _guessed(data: bytes) -> CharsetMatch:
    matches = from_bytes(data, cp_isolation=_GUESSED)
    best = matches.best()
    # One accented letter fits Western and Central European alike; the tie goes to the commoner one.
    western = next((match for match in matches if match.encoding == "cp1252"), None)
    if best and western and (western.chaos, western.coherence) == (best.chaos, best.coherence):
        best = western
    text = str(best or "")
    seen = sum(character.isprintable() or character.isspace() for character in text)
    if best is None or not text or seen < _LEAST_PRINTABLE * len(text):
        raise ContentError(_UNTOLD)
    return best
