"""Where trained models are kept: MLflow's registry, its aliases, and the store behind it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from labels.errors import UserError
from models.local_store import RegisteredVersion, stored_artifacts, stored_versions
from models.saved import DESCRIPTION_FILE
from models.store_check import StoreError, check_folder, check_server

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

MODEL_NAME = "newsdesk"
CHAMPION = "champion"
CHALLENGER = "challenger"

# What MLflow says of a model, a version or an alias that is not there, or of a name that none can have.
_NOT_THERE = {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}
_CHECKOUT = Path(__file__).resolve().parent.parent


class ModelNotFoundError(UserError):
    """A model that is not there; the message says which command makes one."""


def home() -> Path:
    """Folder of the local store: NEWSDESK_HOME, else the checkout, else the current folder."""
    if "NEWSDESK_HOME" in os.environ:
        return Path(os.environ["NEWSDESK_HOME"]).expanduser().resolve()
    return _CHECKOUT if (_CHECKOUT / "pyproject.toml").exists() else Path.cwd()


def local_database() -> Path:
    """SQLite file of the local store."""
    return home() / "mlflow.db"


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, else the local SQLite store."""
    return os.environ.get("MLFLOW_TRACKING_URI") or _local_uri()


def sqlite_file() -> Path | None:
    """File of the store where that is SQLite, our own or another, None where it is not."""
    scheme, separator, path = tracking_uri().partition(":///")
    return Path(path) if (scheme, separator) == ("sqlite", ":///") else None


def is_local_store() -> bool:
    """Whether runs go to the local store; MLflow itself sets the variable once it is told the address."""
    return tracking_uri() == _local_uri()


def connect() -> MlflowClient:
    """Client of the store, made where it is missing, with MLflow's reports turned down.

    Raises:
        StoreError: there is no making or reaching it.
    """
    import logging

    check_store()
    # Without these MLflow reports its schema migrations and draws a bar for each of its own files.
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow

    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.ERROR)

    mlflow.set_tracking_uri(tracking_uri())
    return mlflow.MlflowClient()


def check_store() -> None:
    """Stop unless the store can be used; a folder for a local one is made.

    Raises:
        StoreError: the folder cannot be made or written to, the database is none, or the server does not answer.
    """
    if is_local_store():
        check_folder(home(), local_database())
    elif tracking_uri().startswith(("http://", "https://")):
        check_server(tracking_uri())


def aliased_version(name: str, alias: str) -> ModelVersion | None:
    """The version that an alias points to, None if there is none.

    Raises:
        StoreError: the store cannot be used.
    """
    client = connect()
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version_by_alias(name, alias)
    except MlflowException as error:
        if error.error_code in _NOT_THERE:
            return None
        raise StoreError(_unusable(error)) from error


def registered_versions() -> list[RegisteredVersion]:
    """All versions of all registered models, by name and number; nothing is made where there is no store.

    Raises:
        StoreError: the store cannot be used.
    """
    database = sqlite_file()
    stored = stored_versions(database) if database else None
    if stored is not None:
        return stored
    client = connect()
    from mlflow.exceptions import MlflowException

    try:
        found = []
        for model in client.search_registered_models():
            aliases = client.get_registered_model(model.name).aliases
            for version in client.search_model_versions(f"name = '{model.name}'"):
                of_version = tuple(sorted(a for a, number in aliases.items() if str(number) == str(version.version)))
                tags = dict(client.get_run(version.run_id).data.tags) if version.run_id else {}
                found.append(
                    RegisteredVersion(model.name, str(version.version), version.run_id or "", of_version, tags)
                )
    except MlflowException as error:
        raise StoreError(_unusable(error)) from error
    return sorted(found, key=lambda one: (one.name, int(one.version)))


def split_model_name(model: str) -> tuple[str, str]:
    """Registered name and alias or version of `alias`, `version`, `name@alias` or `name/version`."""
    for separator in "@/":
        if separator in model:
            name, _, which = model.partition(separator)
            return name, which
    return MODEL_NAME, model


def model_folder(model: str = CHAMPION) -> Path:
    """Local folder of a model.

    Args:
        model: a folder, an alias or version of the registered model `newsdesk`, or another registered
            model as `name@alias` or `name/version`.

    Raises:
        ModelNotFoundError: there is none; says which command makes one.
    """
    if (Path(model) / DESCRIPTION_FILE).is_file():
        return Path(model)
    if os.sep in model and Path(model).exists():
        raise ModelNotFoundError(f"{model}: holds no {DESCRIPTION_FILE}; name a folder that a training wrote")
    name, which = split_model_name(model)
    folder = stored_artifacts(local_database(), name, which) if is_local_store() else None
    folder = folder or _downloaded(name, which)
    found = sorted(folder.rglob(DESCRIPTION_FILE))
    if not found:
        raise ModelNotFoundError(f"model {model!r}: its artifacts at {folder} hold no {DESCRIPTION_FILE}; train again")
    return found[0].parent


def registered_version(model: str) -> ModelVersion | None:
    """The registered version that a model's name means, None where it means a folder.

    Raises:
        ModelNotFoundError: there is none; says which command makes one.
    """
    if (Path(model) / DESCRIPTION_FILE).is_file():
        return None
    return _version(*split_model_name(model))


def _downloaded(name: str, which: str) -> Path:
    """Folder of a registered model's artifacts, from any store."""
    version = _version(name, which)
    from mlflow.artifacts import download_artifacts
    from mlflow.exceptions import MlflowException

    try:
        # Artifacts of a local store come back as the folder where they lie, without a copy.
        return Path(download_artifacts(f"models:/{name}/{version.version}"))
    except MlflowException as error:
        raise ModelNotFoundError(
            f"model {name}/{version.version}: its artifacts cannot be fetched from {tracking_uri()}; train again"
        ) from error


def _version(name: str, which: str) -> ModelVersion:
    client = connect()
    from mlflow.exceptions import MlflowException

    try:
        if which.isdigit():
            return client.get_model_version(name, which)
        return client.get_model_version_by_alias(name, which)
    except MlflowException as error:
        if error.error_code not in _NOT_THERE:
            raise StoreError(_unusable(error)) from error
        raise ModelNotFoundError(_advice(name, which)) from error


def no_champion(name: str) -> str:
    """What to tell a user who has no champion yet."""
    return (
        f"no champion of {name!r} in {tracking_uri()}; `make demo` trains and promotes one, "
        "`make promote` promotes one already trained"
    )


def _local_uri() -> str:
    return f"sqlite:///{local_database()}"


def _unusable(error: Exception) -> str:
    return f"{tracking_uri()}: the store cannot be used, MLflow says: {' '.join(str(error).split())}"


def _advice(name: str, which: str) -> str:
    if which == CHAMPION:
        return no_champion(name)
    return f"no model {name}@{which} in {tracking_uri()}; `make compare` lists what is there, `make train` trains one"
