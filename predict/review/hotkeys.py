"""One key a sector and one a type, so that a review needs no mouse."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase

from labels.taxonomy import Category, Taxonomy

_TAKEN_BY_PAGE = "su"
_DIGITS = "1234567890"


def assign_hotkeys(taxonomy: Taxonomy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of the sectors and of the entity types, in taxonomy order; "" where the keyboard has no more.

    Types get a letter of their own names, sectors the digits and then the letters left.
    """
    free = [letter for letter in ascii_lowercase if letter not in _TAKEN_BY_PAGE]
    types = []
    for category in taxonomy.entity_types:
        key = next((letter for letter in _letters(category) if letter in free), free[0] if free else "")
        if key:
            free.remove(key)
        types.append(key)
    left = [*_DIGITS, *free]
    sectors = [left[at] if at < len(left) else "" for at in range(len(taxonomy.sectors))]
    return tuple(sectors), tuple(types)


def _letters(category: Category) -> Sequence[str]:
    return category.name.casefold()
