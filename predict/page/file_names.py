"""File names of pages: safe on every system, and no two alike."""

from __future__ import annotations

import re
from pathlib import PurePath

from predict.readers.sniffing import EXTENSIONS

INDEX = "index.html"
_LONGEST = 100
"""In bytes; a file system takes 255, and the number of a namesake and the extension come on top."""
_UNSAFE = re.compile(r"[^\w.\-]+")
_TAKEN_BY_WINDOWS = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class PageNames:
    """Gives each issue of a batch a file name of its own."""

    def __init__(self) -> None:
        """Start with the index's name taken."""
        self._taken = {PurePath(INDEX).stem, *_TAKEN_BY_WINDOWS}

    def name(self, issue: str) -> str:
        """File name for the page of an issue with this name."""
        stem = _safe_stem(issue)
        unique, n = stem, 1
        # Some systems do not tell cases apart.
        while unique.casefold() in self._taken:
            n += 1
            unique = f"{stem}-{n}"
        self._taken.add(unique.casefold())
        return f"{unique}.html"


def _safe_stem(issue: str) -> str:
    path = PurePath(issue.replace("\\", "/"))
    shown = issue.removesuffix(path.suffix) if path.suffix.lower() in EXTENSIONS else issue
    short = _UNSAFE.sub("-", shown).encode("utf-8", errors="ignore")[:_LONGEST].decode("utf-8", errors="ignore")
    return re.sub(r"-{2,}", "-", short).strip("-. ") or "issue"
