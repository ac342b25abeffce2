"""How far a run over files has come, in a small file beside its output, so that a stopped one can go on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from labels.errors import UserError
from models.saved import DESCRIPTION_FILE

_FORMAT = 1


class ResumeError(UserError):
    """A run that cannot go on, or must not be begun; one line with the file, the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class InputState:
    """An input file as it was when the run began."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What must be the same for a run to go on."""

    inputs: tuple[InputState, ...]
    model: str  # digest of its description
    options: dict[str, str | None]  # by name on the command line, None where left open


@dataclass(slots=True)
class RunProgress:
    """What is done: all files before `file`, and of that one the first `rows` rows with text."""

    file: int = 0
    rows: int = 0
    saved: int = 0  # of the output, as its writer counts
    stories: int = 0
    sectors: dict[str, int] = field(default_factory=dict)  # stories of the present file's rows, "" for no sector
    problems: list[str] = field(default_factory=list)
    finished: bool = False


def run_settings(files: Sequence[Path], model: Path, options: dict[str, str | None]) -> RunSettings:
    """Settings of a run over files with the model of a folder."""
    states = [(file.resolve(), file.stat()) for file in files]
    return RunSettings(
        tuple(InputState(str(path), state.st_size, state.st_mtime_ns) for path, state in states),
        hashlib.sha256((model / DESCRIPTION_FILE).read_bytes()).hexdigest(),
        options,
    )


def record_path(output: Path) -> Path:
    """Where the record of an output file is kept."""
    return output.with_name(output.name + ".progress")


def save_record(output: Path, settings: RunSettings, progress: RunProgress) -> None:
    """Replace the record in one step; a run that is killed leaves the old one or the new one."""
    path = record_path(output)
    beside = path.with_name(path.name + ".new")
    content = {"newsdesk_run": _FORMAT, "settings": asdict(settings), "progress": asdict(progress)}
    with beside.open("w", encoding="utf-8") as stream:
        # Names of files may hold bytes that are no text; as escapes they come back as they were.
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)


def progress_to_resume(output: Path, settings: RunSettings) -> RunProgress | None:
    """How far the run has come that is to go on; None where nothing has been written yet.

    Raises:
        ResumeError: inputs, options or model have changed, or the output is not of such a run.
    """
    record = _load(output)
    if record is None:
        if output.exists():
            raise ResumeError(f"{output}: no run is recorded beside it; without --resume it is written anew")
        return None
    before, progress = record
    if [state.path for state in before.inputs] != [state.path for state in settings.inputs]:
        raise ResumeError(f"{output}: its run had other inputs; name the same in the same order, or {_anew(output)}")
    for then, now in zip(before.inputs, settings.inputs, strict=True):
        if then != now:
            raise ResumeError(f"{now.path}: has changed since the run over it began; {_anew(output)}")
    for option, value in settings.options.items():
        had = before.options.get(option)
        if had != value:
            raise ResumeError(f"{output}: its run had {option} {had or 'open'}; say the same, or {_anew(output)}")
    if before.model != settings.model:
        raise ResumeError(f"{output}: its run had another model; name that one with --model, or {_anew(output)}")
    return progress


def refuse_to_overwrite(output: Path) -> None:
    """Keep the output of a run that is not finished.

    Raises:
        ResumeError: there is such a run.
    """
    record = _load(output)
    if record and not record[1].finished:
        raise ResumeError(
            f"{output}: holds a run that stopped after {record[1].stories:,} stories; "
            f"go on with --resume, or {_anew(output)}"
        )


def _load(output: Path) -> tuple[RunSettings, RunProgress] | None:
    path = record_path(output)
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["newsdesk_run"] != _FORMAT:
            raise ResumeError(f"{path}: was written by another version of newsdesk; {_anew(output)}")
        settings, progress = content["settings"], content["progress"]
        settings["inputs"] = tuple(InputState(**state) for state in settings["inputs"])
        return RunSettings(**settings), RunProgress(**progress)
    except FileNotFoundError:
        return None
    except ResumeError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise ResumeError(f"{path}: is damaged; {_anew(output)}") from error


def _anew(output: Path) -> str:
    return f"delete {record_path(output)} to begin anew"
