"""The catalogue of companies and organizations: who is meant by which name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labels import FOLDER
from labels.errors import UserError
from labels.taxonomy import Taxonomy

DEFAULT_CATALOGUE = FOLDER / "entities"
_COUNTRIES = FOLDER / "countries.yaml"
# The parser in C, where PyYAML was built with it, reads the catalogue in a fraction of the time. All values are
# strings: to look for numbers and dates takes long, and makes a falsehood of Norway's "NO".
_YamlLoader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class CatalogueError(UserError):
    """A catalogue that cannot be used; the message names the file, the line and the remedy."""


class CatalogueEntry(BaseModel):
    """One company or organization."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(min_length=1)
    """As newsletters usually write it."""
    type: Literal["COMPANY", "ORGANIZATION"]
    aliases: list[str] = []
    """Former and short names, legal names, names in other scripts."""
    tickers: list[str] = []
    parent: str | None = None
    """Id of the owner."""
    country: str = Field(pattern=r"^[A-Z]{2}$|^INT$")
    """ISO 3166 alpha-2, INT for a body of several states."""
    sectors: list[str] = Field(default=[], max_length=3)
    """Home sectors, weightiest first."""
    ambiguous: list[str] = []
    """Of its names, those that are also ordinary words or names of other things; they are linked
    only where a model has found an entity of the right type."""
    shared: list[str] = []
    """Of its names, those that another entry has too; the entry without this mark is meant."""

    @property
    def names(self) -> list[str]:
        """Canonical name and aliases."""
        return [self.name, *self.aliases]


def load_catalogue(folder: Path = DEFAULT_CATALOGUE, taxonomy: Taxonomy | None = None) -> list[CatalogueEntry]:
    """Entries of all YAML files of a folder, in order of file name; none if there is no such folder.

    Args:
        folder: of the YAML files, each a list of entries.
        taxonomy: to check the entries' sectors against, if given.

    Raises:
        CatalogueError: the first entry that breaks the format or a rule.
    """
    placed = [item for file in sorted(folder.glob("*.yaml")) for item in _entries(file)]
    if problem := next(_broken_rules(placed, taxonomy), None):
        raise CatalogueError(problem)
    return [entry for _, entry in placed]


def load_countries(path: Path = _COUNTRIES) -> dict[str, list[str]]:
    """Words that name each country, its people, its cities or its government, by ISO 3166 alpha-2."""
    content: dict[str, list[str]] = yaml.load(path.read_text(encoding="utf-8"), _YamlLoader)  # noqa: S506 - builds strings only
    return content


def _entries(file: Path) -> Iterator[tuple[str, CatalogueEntry]]:
    """Every entry with its `file:line`."""
    constructor = yaml.BaseLoader("")
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), _YamlLoader)
        nodes = node.value if isinstance(node, yaml.SequenceNode) else None
        content = [constructor.construct_document(item) for item in nodes or []]
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file}: is not valid YAML: {' '.join(str(error).split())}") from error
    if nodes is None:
        raise CatalogueError(f"{file}: must be a list of entries, each with an id, a name, a type and a country")
    for item, item_node in zip(content, nodes, strict=True):
        place = f"{file}:{item_node.start_mark.line + 1}"
        try:
            yield place, CatalogueEntry.model_validate(item)
        except ValidationError as error:
            problem = error.errors()[0]
            key = ".".join(str(part) for part in problem["loc"])
            raise CatalogueError(f"{place}: {key}: {problem['msg']} (was {problem['input']!r})") from error


def _broken_rules(placed: Sequence[tuple[str, CatalogueEntry]], taxonomy: Taxonomy | None) -> Iterator[str]:
    ids = {entry.id: entry for _, entry in placed}
    seen: dict[str, str] = {}
    owners: dict[str, str] = {}
    for place, entry in placed:
        if entry.id in seen:
            yield f"{place}: the id {entry.id!r} stands at {seen[entry.id]} too; give each entry its own"
        seen[entry.id] = place
        if entry.parent is not None and entry.parent not in ids:
            yield f"{place}: the parent {entry.parent!r} is no id of the catalogue; add it or remove the parent"
        if entry.id in _ancestors(entry, ids):
            yield f"{place}: {entry.id!r} is its own ancestor; remove a parent"
        if len(set(entry.names)) < len(entry.names):
            repeated = next(name for name in entry.names if entry.names.count(name) > 1)
            yield f"{place}: {repeated!r} stands twice among the names; keep one"
        for name in (*entry.ambiguous, *entry.shared):
            if name not in entry.names:
                yield f"{place}: {name!r} is marked ambiguous or shared and is none of the names; add it to aliases"
        for name in entry.names:
            if name not in entry.shared and name in owners:
                yield f"{place}: the name {name!r} belongs to {owners[name]} too; mark it `shared` in one of them"
            if name not in entry.shared:
                owners[name] = f"{entry.id} ({place})"
        if taxonomy is not None and (strange := set(entry.sectors) - set(taxonomy.sector_keys)):
            known = ", ".join(taxonomy.sector_keys)
            yield f"{place}: unknown sector {min(strange)!r}; known are {known}"
    for place, entry in placed:
        for name in entry.shared:
            if name not in owners:
                yield f"{place}: no other entry has the shared name {name!r}; remove the mark"


def _ancestors(entry: CatalogueEntry, ids: dict[str, CatalogueEntry]) -> list[str]:
    found: list[str] = []
    parent = entry.parent
    while parent is not None and parent in ids and parent not in found:
        found.append(parent)
        parent = ids[parent].parent
    return found
