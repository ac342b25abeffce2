"""The one definition of visible text that every block obeys: folded, and free of unseen characters."""

from __future__ import annotations

import re

# Newsletters pad their preview line with these; none of them is ever seen by a reader.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u034f\u180e\u200b\u200e\u200f\u2060\ufeff\ud800-\udfff]")
# A joiner shapes emoji and several scripts, so it stays between two visible non-ASCII characters.
_IDLE_JOINER = re.compile("(?<![^\\s\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\s\x00-\x7f])")


def fold(text: str) -> str:
    """Return the visible text, stripped and with every run of whitespace as one space."""
    return " ".join(_IDLE_JOINER.sub("", _UNSEEN.sub("", text)).split())
