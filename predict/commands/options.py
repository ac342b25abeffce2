"""Options and arguments that several commands share, and how a shell completes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

_CHAMPION_FIRST = ("champion", "challenger")


def model_names(incomplete: str) -> list[tuple[str, str]]:
    """Aliases and versions in the local store that begin like `incomplete`, each with what it stands for."""
    from models.local_store import stored_versions
    from models.registry import MODEL_NAME, sqlite_file

    # A server may take its time, and whoever presses Tab must not wait for it.
    database = sqlite_file()
    found: list[tuple[str, str]] = []
    for version in (stored_versions(database) if database else None) or []:
        meaning = f"{version.name} version {version.version}"
        own = version.name == MODEL_NAME
        found += [(alias if own else f"{version.name}@{alias}", meaning) for alias in version.aliases]
        found.append((version.version if own else f"{version.name}/{version.version}", meaning))
    found.sort(key=lambda name: (name[0] not in _CHAMPION_FIRST, name[0].isdigit(), name[0]))
    return [name for name in found if name[0].startswith(incomplete)]


def recipe_files(incomplete: str) -> list[str]:
    """Recipes in the current folder and in its `configs` that begin like `incomplete`."""
    folder = Path(incomplete).parent if "/" in incomplete else None
    places = [folder] if folder else [Path(), Path("configs")]
    return [str(file) for place in places for file in sorted(place.glob("*.yaml")) if str(file).startswith(incomplete)]


Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else.")]
Model = Annotated[
    str, typer.Option(help="Alias, version, name@alias or folder of the model.", autocompletion=model_names)
]
Config = Annotated[
    Path | None, typer.Option(help="Recipe that names labels and registered model.", autocompletion=recipe_files)
]
Precision = Annotated[
    Literal["float32", "bfloat16"] | None,
    typer.Option(help="Of a transformer's products; the fastest that the processor offers if not given."),
]
