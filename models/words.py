"""Words of a text with their offsets and casing: the units that entity tags are given to."""

from __future__ import annotations

import re
from enum import IntEnum

_CHARACTER = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CHARACTERS = re.compile(f"[{_CHARACTER}]")
# Initials with full stops (U.S., J.K.), runs of letters and digits, single CJK characters, and every
# other mark on its own.
_WORD = re.compile(rf"(?<![^\W_])(?:[A-Za-z]\.){{2,}}|[{_CHARACTER}]|(?:(?![{_CHARACTER}])[^\W_])+|[^\s]")

# Typographic marks that real text uses where typed sentences have the plain ones; one character
# for one, so that offsets stay.
_PLAIN_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "\u00a0": " "}
)


# Half of a character outside the basic plane, left by software that cut a text; no encoder takes it.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Casing(IntEnum):
    """How a word is written; a lower-casing tokenizer hides it from the encoder."""

    NONE = 0
    LOWER = 1
    INITIAL = 2
    UPPER = 3
    SINGLE_UPPER = 4
    MIXED = 5
    DIGIT = 6
    ALPHANUMERIC = 7
    MARK = 8
    OTHER = 9


def plain_marks(text: str) -> str:
    """Text with typographic quotes and dashes, and half characters, replaced one for one."""
    return _HALF_CHARACTER.sub("\ufffd", text.translate(_PLAIN_MARKS))


def has_characters(text: str) -> bool:
    """Whether a text holds Chinese characters or Japanese kana, which stand without spaces between words."""
    return _CHARACTERS.search(text) is not None


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end (exclusive) of every word, in characters."""
    return [match.span() for match in _WORD.finditer(text)]


def casing_of(word: str) -> Casing:
    """Casing class of one word."""
    if not word[0].isalnum():
        return Casing.MARK
    if word.isdigit():
        return Casing.DIGIT
    if any(character.isdigit() for character in word):
        return Casing.ALPHANUMERIC
    if word.islower():
        return Casing.LOWER
    if word.isupper():
        return Casing.SINGLE_UPPER if len(word) == 1 else Casing.UPPER
    if word[0].isupper() and word[1:].islower():
        return Casing.INITIAL
    return Casing.MIXED if word.lower() != word.upper() else Casing.OTHER
