"""From a mention to the catalogue's entry: exact, normalised and near matches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick
from rapidfuzz import fuzz, process

from labels.catalogue import CatalogueEntry
from models.gazetteer import Gazetteer
from models.words import plain_marks

NEAR_THRESHOLD = 93.0
"""Least similarity (0 to 100, rapidfuzz's ratio of normalised names) of a near match."""

_NEAR_REMEMBERED = 1 << 14
_SHORTEST_NEAR = 6
"""Characters; shorter names are a letter away from too many others."""

_LEGAL_FORM = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|plc|ag|se|sa|nv|n v|bv|gmbh|kk|oyj|asa|ab"
    r"|group|holding|holdings|pte|pty|spa|s p a|jsc|pjsc|lp|llp))+$"
)
_NOT_IN_NAMES = re.compile(r"[^\w&+]+")


@dataclass(frozen=True, slots=True)
class Link:
    """The entry that a mention means, and how it was found."""

    entry: CatalogueEntry
    how: str  # "exact", "normalised" or "near"


class Linker:
    """Links mentions to a catalogue."""

    def __init__(
        self,
        entries: Sequence[CatalogueEntry],
        countries: Mapping[str, Sequence[str]] | None = None,
        near_threshold: float = NEAR_THRESHOLD,
    ) -> None:
        """Build the automata of the entries' names, as written and normalised.

        Args:
            entries: of the catalogue.
            countries: words that name each country, as `labels.catalogue.load_countries` gives them.
            near_threshold: least similarity of a near match.
        """
        self.entries = list(entries)
        self._near_threshold = near_threshold
        self._countries = Gazetteer({word: code for code, words in (countries or {}).items() for word in words})
        self._exact = ahocorasick.Automaton()
        self._normalised = ahocorasick.Automaton()
        claims: dict[str, set[str]] = {}
        for entry in self.entries:
            for name in entry.names:
                claims.setdefault(normalise_name(name), set()).add(entry.id)
        for entry in self.entries:
            for name in entry.names:
                if name in entry.shared:
                    continue
                self._exact.add_word(plain_marks(name), (entry, name in entry.ambiguous))
                key = normalise_name(name)
                # What normalising makes equal to another's name, or leaves of an ordinary word, says too little.
                if len(claims[key]) == 1 and name not in entry.ambiguous:
                    self._normalised.add_word(key, entry)
        # Every name is compared with, and the same few unknown ones come again and again.
        self._near = lru_cache(_NEAR_REMEMBERED)(self._nearest)
        self._near_names = [key for key in self._normalised if len(key) >= _SHORTEST_NEAR]

    def link(self, mention: str, entity_type: str, text: str = "") -> Link | None:
        """Entry of a mention that a model found, or none.

        Args:
            mention: as it stands in the text.
            entity_type: that the model gave it. People, places and products are never linked, and
                an ambiguous name only where the type is the entry's own.
            text: around the mention. An ambiguous name of an organization ("Ministry of Finance") is
                not linked where other countries are named and the entry's own is not.
        """
        if entity_type not in ("COMPANY", "ORGANIZATION"):
            return None
        entry, ambiguous = self._exact.get(plain_marks(mention), (None, False))
        if entry is not None:
            if ambiguous and (entry.type != entity_type or self._is_abroad(entry, text)):
                return None
            return Link(entry, "exact")
        key = normalise_name(mention)
        if not key:
            return None
        if (entry := self._normalised.get(key, None)) is not None:
            return Link(entry, "normalised")
        if len(key) < _SHORTEST_NEAR:
            return None
        entry = self._near(key)
        return Link(entry, "near") if entry is not None and entry.type == entity_type else None

    def _nearest(self, key: str) -> CatalogueEntry | None:
        """Entry with the name most similar to a normalised one, if that is similar enough."""
        near = process.extractOne(key, self._near_names, scorer=fuzz.ratio, score_cutoff=self._near_threshold)
        entry: CatalogueEntry | None = self._normalised.get(near[0]) if near else None
        return entry

    def _is_abroad(self, entry: CatalogueEntry, text: str) -> bool:
        if entry.type != "ORGANIZATION":
            return False
        named = {word.type for word in self._countries.find(text)}
        return bool(named) and entry.country not in named


def normalise_name(name: str) -> str:
    """Name in lower case without accents, marks, a leading article and legal forms ("Inc", "Group")."""
    decomposed = unicodedata.normalize("NFKD", plain_marks(name))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
    words = _NOT_IN_NAMES.sub(" ", bare.replace("'s", "s").replace(".", "")).strip().removeprefix("the ")
    return _LEGAL_FORM.sub("", words) or words
