"""Where the local store keeps a registered model, read from its database without MLflow.

Importing MLflow takes longer than classifying a sentence. The tables read here are MLflow's own
(https://github.com/mlflow/mlflow, store/model_registry/dbmodels/models.py); where they look otherwise than expected,
the answer is None and MLflow is asked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ALIASED = "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?"
_STORED = "SELECT COALESCE(storage_location, source) FROM model_versions WHERE name = ? AND version = ?"
_VERSIONS = "SELECT name, version, run_id FROM model_versions ORDER BY name, version"
_ALIASES = "SELECT name, version, alias FROM registered_model_aliases ORDER BY alias"
_TAGS = "SELECT run_uuid, key, value FROM tags WHERE run_uuid IN (SELECT run_id FROM model_versions)"
_SQLITE_HEADER = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """A version of a registered model, by what the registry and its run say of it."""

    name: str
    version: str
    run_id: str
    aliases: tuple[str, ...]
    run_tags: dict[str, str]


def stored_artifacts(database: Path, name: str, which: str) -> Path | None:
    """Folder with the artifacts of a registered model's alias or version, None if this database cannot tell.

    Args:
        database: SQLite file of an MLflow store.
        name: of the registered model.
        which: alias, or version in digits.
    """
    if not database.is_file():
        return None
    try:
        with closing(_opened(database)) as connection:
            version = which if which.isdigit() else _single(connection, _ALIASED, name, which)
            location = _single(connection, _STORED, name, version) if version is not None else None
    except sqlite3.Error:
        return None
    address = urlsplit(str(location or ""))
    folder = Path(unquote(address.path))
    return folder if address.scheme == "file" and folder.is_dir() else None


def stored_versions(database: Path) -> list[RegisteredVersion] | None:
    """All registered versions by name and number, None if this database cannot tell.

    Args:
        database: SQLite file of an MLflow store; without the file nothing is registered.
    """
    if not database.exists():
        return []
    try:
        with closing(_opened(database)) as connection:
            versions = connection.execute(_VERSIONS).fetchall()
            aliases = connection.execute(_ALIASES).fetchall()
            tags = connection.execute(_TAGS).fetchall()
    except sqlite3.Error:
        return None
    return [
        RegisteredVersion(
            name=name,
            version=str(version),
            run_id=run_id or "",
            aliases=tuple(alias for of, number, alias in aliases if (of, str(number)) == (name, str(version))),
            run_tags={key: value for run, key, value in tags if run == run_id},
        )
        for name, version, run_id in versions
    ]


def is_database(file: Path) -> bool:
    """Whether a file is what SQLite writes; a new one is empty.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        return stream.read(len(_SQLITE_HEADER)) in (b"", _SQLITE_HEADER)


def _opened(database: Path) -> sqlite3.Connection:
    # Read-only: looking something up must not make a file.
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)


def _single(connection: sqlite3.Connection, query: str, *values: object) -> object | None:
    rows = connection.execute(query, values).fetchall()
    # Several rows mean workspaces, which this query knows nothing of.
    return rows[0][0] if len(rows) == 1 else None
