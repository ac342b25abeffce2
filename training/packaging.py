"""Logs a model to MLflow so that it runs where newsdesk is not installed."""

from __future__ import annotations

import re
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import labels
import models
from models.classifier import Classifier
from models.registry import connect
from models.served import signature

if TYPE_CHECKING:
    from mlflow.models.model import ModelInfo

PRIVATE_PACKAGE = "newsdesk_model"
"""Name of the copied code inside a logged model: `labels` and `models` would clash with others'."""

_REQUIREMENTS = ("mlflow", "numpy", "pandas", "pyahocorasick", "pydantic", "pyyaml", "safetensors")
_TRANSFORMER_REQUIREMENTS = ("tokenizers", "torch")
_EXAMPLE = "Nvidia-backed start-up Figure unveils a humanoid robot that sorts parcels in Shenzhen."


def log_model(model: Classifier, kind: str, registered_name: str) -> str:
    """Log a model to the active run with its code, signature and example, and register it.

    Returns:
        The version in the registry.
    """
    import mlflow
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "model"
        model.save(data)
        code = copy_inference_code(Path(folder) / "code")
        info = mlflow.pyfunc.log_model(
            name="model",
            loader_module=f"{PRIVATE_PACKAGE}.models.served",
            data_path=str(data),
            code_paths=[str(code)],
            signature=signature(model.taxonomy),
            input_example=pd.DataFrame({"text": [_EXAMPLE]}),
            pip_requirements=requirements(kind, data),
        )
    return _register(registered_name, info)


def requirements(kind: str, folder: Path) -> list[str]:
    """Packages with versions that the inference code imports for a saved model of a kind, and MLflow."""
    names = list(_REQUIREMENTS)
    if kind == "transformer":
        from models.transformer import needs_transformers

        names += _TRANSFORMER_REQUIREMENTS
        if needs_transformers(folder):
            names.append("transformers")
    # Without the build ("+cpu"), which other machines lack.
    return [f"{name}=={version(name).partition('+')[0]}" for name in names]


def _register(name: str, info: ModelInfo) -> str:
    # mlflow.register_model does the same and prints as it goes.
    from mlflow.exceptions import MlflowException

    client = connect()
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name)
    version = client.create_model_version(
        name, source=info.model_uri, run_id=info.run_id, model_id=info.model_id, await_creation_for=60
    )
    return str(version.version)


def copy_inference_code(folder: Path) -> Path:
    """Copy the modules of `labels` and `models` under one private package, imports rewritten.

    Returns:
        The package's folder.
    """
    package = folder / PRIVATE_PACKAGE
    for room in (labels, models):
        target = package / room.__name__
        target.mkdir(parents=True)
        for module in sorted(Path(str(room.__file__)).parent.glob("*.py")):
            code = re.sub(
                r"^(\s*(?:from|import) )(labels|models)\b",
                rf"\1{PRIVATE_PACKAGE}.\2",
                module.read_text(encoding="utf-8"),
                flags=re.MULTILINE,
            )
            (target / module.name).write_text(code, encoding="utf-8")
    (package / "__init__.py").write_text('"""Inference code of newsdesk, as logged with the model."""\n')
    return package
