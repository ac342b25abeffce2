"""Whether the store can be used at all, told in seconds and in words that name the remedy."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from labels.errors import UserError
from models.local_store import is_database

_PATIENCE = 5
"""Seconds for a tracking server to answer at all."""


class StoreError(UserError):
    """The store of runs and models cannot be used; the message names it and the remedy."""


def check_folder(folder: Path, database: Path) -> None:
    """Stop unless a folder, which is made where it is missing, can hold the local store.

    Raises:
        StoreError: it cannot be made or written to, or the database in it is none.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sound = not database.exists() or is_database(database)
    except OSError as error:
        place = error.filename or folder
        raise StoreError(
            f"{place}: cannot hold runs and models ({error.strerror}); let NEWSDESK_HOME name another folder"
        ) from error
    if not os.access(folder, os.W_OK):
        raise StoreError(f"{folder}: cannot be written to; allow it, or let NEWSDESK_HOME name another folder")
    if not sound:
        raise StoreError(
            f"{database}: is no SQLite database; put back a copy of it, or move it away to begin with an empty store"
        )


@cache
def check_server(address: str) -> None:
    """Stop unless something answers at the address of a server: MLflow itself would go on asking for minutes.

    Raises:
        StoreError: nothing answers within seconds.
    """
    import ssl
    from urllib.error import HTTPError, URLError
    from urllib.request import urlopen

    try:
        urlopen(f"{address.rstrip('/')}/health", timeout=_PATIENCE).close()
    except HTTPError:
        # Something answers; whether it may be used is between it and MLflow.
        return
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        # MLflow has certificates and exceptions of its own.
        if isinstance(reason, ssl.SSLError):
            return
        said = getattr(reason, "strerror", None) or reason
        raise StoreError(
            f"{address}: the tracking server does not answer ({said}); start it, mend MLFLOW_TRACKING_URI, "
            "or unset it to use the local store"
        ) from error
