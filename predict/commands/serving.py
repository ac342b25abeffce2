"""`newsdesk serve`: a registered model behind MLflow's scoring server."""

from __future__ import annotations

from typing import Annotated

import typer

from labels.errors import UserError
from models.registry import CHAMPION
from predict.commands.options import model_names


def serve(
    model: Annotated[
        str, typer.Option(help="Alias, version or name@alias of the model.", autocompletion=model_names)
    ] = CHAMPION,
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 5001,
    workers: Annotated[int, typer.Option(help="Processes that answer, each with a model of its own.", min=1)] = 1,
) -> None:
    """Answer texts over HTTP, on this machine only.

    Example: `newsdesk serve --port 5001 --model champion`
    """
    import os
    import sys
    from pathlib import Path

    from models.registry import registered_version, tracking_uri
    from predict.commands.ports import HOST, require_free_port

    require_free_port(port, "serve")
    version = registered_version(model)
    if version is None:
        raise UserError(f"{model}: is a folder; name a registered model, by alias, version or name@alias")
    print(
        f"{version.name} version {version.version} will answer at http://{HOST}:{port}/invocations (stop with Ctrl-C)",
        flush=True,
    )
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["--model-uri", f"models:/{version.name}/{version.version}"]
    command += ["--host", HOST, "--port", str(port), "--workers", str(workers)]
    # MLflow starts uvicorn by its name, which must be the one of this environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    # In place of this process, so that whoever ends it ends the server.
    os.execve(sys.executable, command, os.environ | {"PATH": path, "MLFLOW_TRACKING_URI": tracking_uri()})
