"""The sectors and entity types that labels may use, in the order that models use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from labels import FOLDER
from labels.errors import UserError

DEFAULT_PATH = FOLDER / "taxonomy.yaml"


class TaxonomyError(UserError):
    """A taxonomy file that cannot be used; the message names the file, the key and the remedy."""


@dataclass(frozen=True, slots=True)
class Category:
    """One sector or entity type, with the words that explain it to people."""

    key: str
    name: str
    description: str = ""
    not_here: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All sectors and entity types; a position in a tuple is the position in a model's output."""

    sectors: tuple[Category, ...]
    entity_types: tuple[Category, ...] = ()

    @property
    def sector_keys(self) -> tuple[str, ...]:
        """Keys of the sectors in model order."""
        return tuple(category.key for category in self.sectors)

    @property
    def entity_keys(self) -> tuple[str, ...]:
        """Keys of the entity types in model order."""
        return tuple(category.key for category in self.entity_types)

    def sector_name(self, key: str) -> str:
        """Name that people read for a sector's key."""
        return next(category.name for category in self.sectors if category.key == key)

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping as it stands in YAML and in a saved model."""
        return {
            "sectors": [_category_to_dict(category) for category in self.sectors],
            "entity_types": [_category_to_dict(category) for category in self.entity_types],
        }


def taxonomy_of_keys(sectors: list[str], entity_types: list[str] | None = None) -> Taxonomy:
    """Taxonomy whose names are its keys, for labels that come without one."""
    return Taxonomy(
        tuple(Category(key, key) for key in sectors),
        tuple(Category(key, key) for key in entity_types or []),
    )


def taxonomy_from_dict(content: Any, origin: str) -> Taxonomy:
    """Taxonomy from a parsed mapping.

    Raises:
        TaxonomyError: a missing or repeated key, or an unknown field; names `origin` and the entry.
    """
    if not isinstance(content, dict) or not content.get("sectors"):
        raise TaxonomyError(f"{origin}: needs a list `sectors`, each entry with a `key`")
    unknown = set(content) - {"sectors", "entity_types"}
    if unknown:
        raise TaxonomyError(f"{origin}: unknown field {sorted(unknown)[0]!r}; known are sectors, entity_types")
    return Taxonomy(
        _categories(content["sectors"], f"{origin}: sectors"),
        _categories(content.get("entity_types") or [], f"{origin}: entity_types"),
    )


def load_taxonomy(path: Path = DEFAULT_PATH) -> Taxonomy:
    """Read a taxonomy file.

    Raises:
        TaxonomyError: the file is missing, is no YAML, or breaks the format.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TaxonomyError(f"{path}: cannot be read ({error.strerror}); name a taxonomy that exists") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TaxonomyError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from error
    return taxonomy_from_dict(content, str(path))


def _categories(entries: Any, origin: str) -> tuple[Category, ...]:
    if not isinstance(entries, list):
        raise TaxonomyError(f"{origin}: must be a list, was {type(entries).__name__}")
    categories = []
    for position, entry in enumerate(entries, 1):
        where = f"{origin}, entry {position}"
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or not entry["key"].strip():
            raise TaxonomyError(f"{where}: needs a text `key`, was {entry!r}")
        unknown = set(entry) - {"key", "name", "description", "not_here", "examples"}
        if unknown:
            raise TaxonomyError(f"{where}: unknown field {sorted(unknown)[0]!r}")
        categories.append(
            Category(
                key=entry["key"],
                name=str(entry.get("name") or entry["key"]),
                description=str(entry.get("description") or ""),
                not_here=str(entry.get("not_here") or ""),
                examples=tuple(str(example) for example in entry.get("examples") or ()),
            )
        )
    keys = [category.key for category in categories]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise TaxonomyError(f"{origin}: key {repeated[0]!r} stands more than once; keys must differ")
    return tuple(categories)


def _category_to_dict(category: Category) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": category.key, "name": category.name}
    if category.description:
        entry["description"] = category.description
    if category.not_here:
        entry["not_here"] = category.not_here
    if category.examples:
        entry["examples"] = list(category.examples)
    return entry
