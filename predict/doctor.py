"""What newsdesk needs and whether this machine has it: one check a thing, each with the remedy.

Nothing is made, changed or fetched. A check that fails in a way of its own is a finding, never the end.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from labels.errors import UserError
from models.registry import (
    CHAMPION,
    MODEL_NAME,
    check_store,
    home,
    is_local_store,
    model_folder,
    registered_versions,
    tracking_uri,
)

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from models.local_store import RegisteredVersion

State = Literal["ok", "missing", "optional"]

_PYTHON = (3, 11)
_MEMORY = 3 * 2**30
"""Bytes that a training takes at most."""
_SPACE = 2 * 2**30
"""Bytes that two trainings leave room in: checkpoints, models, figures."""
_REINSTALL = "make setup, or install newsdesk again"
_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for.

    Attributes:
        group: of things that belong together.
        name: of the thing.
        state: `missing` where newsdesk cannot file issues without it, `optional` where it can.
        found: what is there, or what is wrong.
        remedy: what to do, empty where nothing is wrong.
        facts: the same for programs, where there is more than a text to tell.
    """

    group: str
    name: str
    state: State
    found: str
    remedy: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def examine() -> list[Check]:
    """All checks in reading order; takes some seconds, since PyTorch itself says which path it would take."""
    return [*_environment(), *_machine(), *_weights(), *_store(), *_extras()]


def _environment() -> Iterator[Check]:
    group = "Environment"
    sound = sys.version_info >= _PYTHON
    yield Check(
        group,
        "Python",
        "ok" if sound else "missing",
        f"{platform.python_version()}, {sys.executable}",
        "" if sound else f"install Python {'.'.join(map(str, _PYTHON))} or newer",
    )
    required = _requirements()
    faults = []
    for requirement in required:
        installed = _version(requirement.name)
        if not installed:
            faults.append(Check(group, requirement.name, "missing", "not installed", _REINSTALL))
        elif not requirement.specifier.contains(installed, prereleases=True):
            found = f"{installed}, newsdesk needs {requirement.specifier}"
            faults.append(Check(group, requirement.name, "missing", found, _REINSTALL))
    shown = ", ".join(f"{name} {_version(name)}" for name in ("torch", "transformers", "mlflow") if _version(name))
    yield Check(
        group,
        "packages",
        "ok",
        f"{len(required) - len(faults)} of {len(required)} as newsdesk needs them: {shown}",
        facts={requirement.name: _version(requirement.name) for requirement in required},
    )
    yield from faults


def _machine() -> Iterator[Check]:
    from models.machine import inspect_processor, memory_size
    from models.processes import n_usable_cores

    group = "Machine"
    processor = inspect_processor()
    yield Check(group, "processor", "ok", f"{processor.name}, {n_usable_cores()} cores")
    if processor.units:
        units = ", ".join(f"{unit} {'yes' if there else 'no'}" for unit, there in processor.units.items())
        yield Check(group, "units", "ok", units, facts=dict(processor.units))
    memory = memory_size()
    enough = memory >= _MEMORY
    yield Check(
        group,
        "memory",
        "ok" if enough else "optional",
        f"{memory / 2**30:.1f} GB",
        "" if enough else "training takes up to 3 GB; the baseline alone takes less",
    )
    yield from _inference(group)


def _inference(group: str) -> Iterator[Check]:
    try:
        from models.machine import gpus, inference_path

        path, found = inference_path(), gpus()
    except Exception as error:
        # A broken PyTorch fails in many ways, with a library that is missing among them.
        yield Check(group, "inference", "missing", f"PyTorch cannot be used ({_one_line(error)})", _REINSTALL)
        return
    yield Check(group, "GPU", "ok", ", ".join(found) or "none; none is needed")
    yield Check(
        group, "inference", "ok", f"{path.precision} on {path.device}; --precision overrides it", facts=asdict(path)
    )


def _weights() -> Iterator[Check]:
    from models.backbone import PACKAGED, PACKAGED_LARGE, BackboneError, installed_backbone

    group = "Pretrained encoders"
    choices: tuple[tuple[str, State, str], ...] = (
        (PACKAGED, "missing", _REINSTALL),
        (PACKAGED_LARGE, "optional", "make train-large fetches it, 400 MB"),
    )
    for name, state, remedy in choices:
        try:
            yield Check(group, name, "ok", str(installed_backbone(name)))
        except BackboneError:
            yield Check(group, name, state, "not installed", remedy)


def _store() -> Iterator[Check]:
    from models.machine import existing, free_space

    group = "Store"
    folder = home()
    named = "NEWSDESK_HOME" if "NEWSDESK_HOME" in os.environ else "the default; NEWSDESK_HOME names another"
    place = existing(folder)
    sound = place.is_dir() and os.access(place, os.W_OK)
    yield Check(
        group,
        "home",
        "ok" if sound else "missing",
        f"{folder} ({named})" if sound else f"{folder} cannot be written to",
        "" if sound else "let NEWSDESK_HOME name a folder that can",
    )
    free = free_space(folder)
    roomy = free >= _SPACE
    yield Check(
        group,
        "disk space",
        "ok" if roomy else "optional",
        f"{free / 2**30:.1f} GB free",
        "" if roomy else "trainings want 2 GB",
    )
    try:
        if folder.exists() or not is_local_store():
            check_store()
        versions = registered_versions()
    except Exception as error:
        # MLflow and the databases behind it each have errors of their own.
        found, _, remedy = _one_line(error).partition("; ")
        yield Check(group, "tracking", "missing", found, remedy or "mend the store, or name another")
        return
    yield Check(group, "tracking", "ok", tracking_uri() + ("" if versions else ", empty so far"))
    yield _models(group, versions)
    yield _champion(group, versions)


def _models(group: str, versions: list[RegisteredVersion]) -> Check:
    named = [f"{one.name} {one.version} ({', '.join(one.aliases)})" for one in versions if one.aliases]
    if not versions:
        return Check(group, "models", "optional", "none is registered", "make demo trains two and promotes the better")
    found = f"{len(versions)} versions; " + (", ".join(named) or "none has an alias")
    return Check(group, "models", "ok", found, facts={"versions": [asdict(one) for one in versions]})


def _champion(group: str, versions: list[RegisteredVersion]) -> Check:
    from training.tracking import DIGEST_TAG, RECIPE_TAG

    of_ours = [one for one in versions if one.name == MODEL_NAME]
    crowned = next((one for one in of_ours if CHAMPION in one.aliases), None)
    if crowned is None:
        remedy = "make promote crowns the best that is trained" if of_ours else "make demo trains and promotes one"
        return Check(group, "champion", "missing", "none yet", remedy)
    recipe, digest = crowned.run_tags.get(RECIPE_TAG, "unknown"), crowned.run_tags.get(DIGEST_TAG, "unknown")
    found = f"version {crowned.version}, recipe {recipe}, labels {digest}"
    facts = {"version": crowned.version, "run_id": crowned.run_id, RECIPE_TAG: recipe, DIGEST_TAG: digest}
    if is_local_store():
        try:
            found += f", in {model_folder(CHAMPION)}"
        except UserError as error:
            return Check(group, "champion", "missing", f"{found}: {error}", "make train, make promote")
    return Check(group, "champion", "ok", found, facts=facts)


def _extras() -> Iterator[Check]:
    group = "Extras"
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), "")
    yield _extra(group, "Chromium", browser, "install it to run the tests of the pages")
    yield _extra(group, "playwright", _version("playwright"), "make setup installs it for the tests of the pages")
    yield _extra(group, "pyspark", _version("pyspark"), "pip install 'newsdesk[spark]' to file on Spark")
    yield _extra(group, "Java", _java(), "install Java 17 or newer for Spark, or let JAVA_HOME name it")


def _extra(group: str, name: str, found: str, remedy: str) -> Check:
    return Check(group, name, "ok", found) if found else Check(group, name, "optional", "not installed", remedy)


def _java() -> str:
    in_home = Path(os.environ.get("JAVA_HOME", ""), "bin", "java")
    java = str(in_home) if "JAVA_HOME" in os.environ and in_home.is_file() else shutil.which("java")
    if java is None:
        return ""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"{said.partition(chr(10))[0]}, {java}"


def _requirements() -> list[Requirement]:
    """What newsdesk itself needs, without its extras: by the checkout, or else by the installed package."""
    import tomllib

    from packaging.requirements import Requirement

    if _PROJECT.is_file():
        lines = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    else:
        lines = requires("newsdesk") or []
    parsed = [Requirement(line) for line in lines]
    return [one for one in parsed if one.marker is None or one.marker.evaluate({"extra": ""})]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _one_line(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())
