"""Where the local store keeps a registered model, read from its database without MLflow.

Importing MLflow takes longer than classifying a sentence. The tables read here are MLflow's own
(https://github.com/mlflow/mlflow, store/model_registry/dbmodels/models.py); where they look otherwise than expected,
the answer is None and MLflow is asked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ALIASED = "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?"
_STORED = "SELECT COALESCE(storage_location, source) FROM model_versions WHERE name = ? AND version = ?"


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
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            version = which if which.isdigit() else _single(connection, _ALIASED, name, which)
            location = _single(connection, _STORED, name, version) if version is not None else None
    except sqlite3.Error:
        return None
    address = urlsplit(str(location or ""))
    folder = Path(unquote(address.path))
    return folder if address.scheme == "file" and folder.is_dir() else None


def _single(connection: sqlite3.Connection, query: str, *values: object) -> object | None:
    rows = connection.execute(query, values).fetchall()
    # Several rows mean workspaces, which this query knows nothing of.
    return rows[0][0] if len(rows) == 1 else None
