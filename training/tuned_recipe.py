"""The best values of a study as a recipe that `newsdesk train` takes."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from training.config import ConfigError, Recipe, is_recipe_name
from training.tuning import Tuning

_WRITTEN_BY = "# Written by `newsdesk tune`"


def tuned_recipe_path(recipe_file: Path, out: Path | None, *, force: bool) -> Path:
    """Where the tuned recipe of a recipe's file goes: beside it unless `out` says otherwise.

    Raises:
        ConfigError: a recipe cannot be named like that file, or the file is none of a study's and `force` is not given.
    """
    path = out or recipe_file.with_name(f"{recipe_file.stem}_tuned.yaml")
    if not is_recipe_name(path.stem):
        raise ConfigError(f"{path}: names the recipe, so that it takes small letters, digits, _ and - only")
    if path.is_dir():
        raise ConfigError(f"{path}: is a folder; name a file with --out")
    if not path.parent.is_dir():
        raise ConfigError(f"{path}: there is no folder {path.parent}; make it or name another file with --out")
    if path.exists() and not force and not path.read_text(encoding="utf-8", errors="replace").startswith(_WRITTEN_BY):
        raise ConfigError(f"{path}: was not written by a study; name another file with --out, or replace it by --force")
    return path


def write_tuned_recipe(path: Path, recipe: Recipe, tuning: Tuning) -> None:
    """Write the best trial's values in the place of the recipe's, in one step; nothing without a complete trial.

    Args:
        path: of the file; its stem names the recipe.
        recipe: that was tuned.
        tuning: the study as it stands.
    """
    best = tuning.best
    if best is None:
        return
    content = {"name": path.stem} | recipe.with_values(best.values).model_dump(
        mode="json", exclude_unset=True, exclude={"name", "labels", "search"}
    )
    # Paths in a recipe count from its folder.
    labels = recipe.labels.model_dump(exclude_none=True)
    if labels:
        content["labels"] = {key: os.path.relpath(value, path.parent) for key, value in labels.items()}
    counts = Counter(trial.state for trial in tuning.trials)
    states = ", ".join(f"{counts[state]} {state}" for state in ("complete", "pruned", "failed") if counts[state])
    untuned = f"; {recipe.name} as it is scores {tuning.untuned.score:.4f}" if tuning.untuned else ""
    lines = [
        f"{_WRITTEN_BY}, which replaces it: trial {best.number}, the best of {tuning.done} ({states}).",
        f"# Score on validation {best.score:.4f}{untuned}.",
        f"# Study {tuning.study}, labels {tuning.labels_digest}, run {tuning.run_id}.",
    ]
    beside = path.with_name(path.name + ".new")
    body = yaml.dump(content, Dumper=_RecipeDumper, sort_keys=False, allow_unicode=True)
    beside.write_text("\n".join(lines) + "\n" + body, encoding="utf-8")
    beside.replace(path)


class _RecipeDumper(yaml.SafeDumper):
    """Mappings a key a line, lists in one line, as recipes are written by hand."""


def _flow_list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


_RecipeDumper.add_representer(list, _flow_list)
