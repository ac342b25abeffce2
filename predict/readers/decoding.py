"""From a file's bytes to its text: UTF-8 first, then what the file declares, then a careful guess."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

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
    return _guessed(data)


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


def _marked(text: str | None) -> str:
    if text is None:
        raise ContentError(_UNTOLD)
    if "\0" in text:
        raise ContentError(_BINARY)
    return text


def _guessed(data: bytes) -> str:
    matches = from_bytes(data, cp_isolation=_GUESSED)
    best = matches.best()
    # One accented letter fits Western and Central European alike; the tie goes to the commoner one.
    western = next((match for match in matches if match.encoding == "cp1252"), None)
    if best and western and (western.chaos, western.coherence) == (best.chaos, best.coherence):
        best = western
    text = str(best or "")
    seen = sum(character.isprintable() or character.isspace() for character in text)
    if not text or seen < _LEAST_PRINTABLE * len(text):
        raise ContentError(_UNTOLD)
    return text
