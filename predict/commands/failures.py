"""How a command ends: its exit code, and the line on standard error that says why."""

from __future__ import annotations

import errno
import io
import os
import sys
import tempfile
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from labels.errors import UserError

MENDABLE = 1
"""Something that the user named cannot be used, or the machine lacks something."""
FAULT = 70
"""A fault of newsdesk's own (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130
"""Ctrl-C, as shells count it: 128 and the signal's number."""
DEBUG_VARIABLE = "NEWSDESK_DEBUG"

_REMEDIES = {
    errno.ENOSPC: "make room and try again",
    errno.EDQUOT: "make room and try again",
    errno.EACCES: "allow it, or name another place",
    errno.EPERM: "allow it, or name another place",
    errno.EROFS: "name another place",
    errno.ENOTDIR: "a part of the path is a file; name another place",
    errno.EEXIST: "a file has that name; name another place",
    errno.EISDIR: "name a file",
}


class CommandGroup(TyperGroup):
    """Commands whose errors become one line and an exit code, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the arguments name."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal of few characters, or a file name in another encoding, must not end a run.
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            result = super().invoke(ctx)
            # What is left in the buffer must meet a closed pipe here, not when Python shuts down.
            sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            _say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _let_go_of_stdout()
            raise typer.Exit(0) from None
        except SystemExit as error:
            # Rich ends the process itself where a pipe is closed.
            if isinstance(error.__context__, BrokenPipeError):
                raise typer.Exit(0) from None
            raise
        except Exception as error:
            # Wrong calls and wanted exits carry their own code.
            if isinstance(error, typer.Abort) or hasattr(error, "exit_code"):
                raise
            raise typer.Exit(_report(error)) from None


def _report(error: Exception) -> int:
    """Say what went wrong; returns the exit code."""
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error)
    reason = _mendable(error)
    if reason is not None:
        _say(reason)
        return MENDABLE
    _say(
        f"unexpected {type(error).__name__}: {_one_line(error)}; this is a fault of newsdesk, not of what you gave it. "
        + ("" if os.environ.get(DEBUG_VARIABLE) else f"{_kept_traceback(error)}{DEBUG_VARIABLE}=1 shows it at once")
    )
    return FAULT


def _mendable(error: Exception) -> str | None:
    """What a user can mend, None for a fault of newsdesk."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError):
        if error.strerror is None:
            return _one_line(error)
        place = f"{error.filename}: " if error.filename is not None else ""
        remedy = _REMEDIES.get(error.errno or 0)
        return f"{place}{error.strerror}" + (f"; {remedy}" if remedy else "")
    if isinstance(error, MemoryError):
        return "out of memory; close other programs, or give it less at a time"
    if isinstance(error, ModuleNotFoundError):
        return f"the package {error.name!r} is not installed; install it, or see `newsdesk doctor`"
    if any(isinstance(error, of_store) for of_store in _errors_of_store()):
        from models.registry import tracking_uri

        return f"{tracking_uri()}: the store cannot be used: {_one_line(error)}; `newsdesk doctor` examines it"
    return None


def _errors_of_store() -> list[type[Exception]]:
    """Of MLflow and of the databases behind it; not imported for their sake: what raised one is there."""
    names = (("mlflow.exceptions", "MlflowException"), ("sqlalchemy.exc", "SQLAlchemyError"))
    return [getattr(sys.modules[module], name) for module, name in names if module in sys.modules]


def _kept_traceback(error: Exception) -> str:
    try:
        number, path = tempfile.mkstemp(prefix="newsdesk-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{sys.argv}\n")
            traceback.print_exception(error, file=file)
    except OSError:
        return ""
    return f"The traceback is in {path}; "


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _say(line: str) -> None:
    print(f"newsdesk: {line}", file=sys.stderr)


def _let_go_of_stdout() -> None:
    """Send what is still in the buffer nowhere, or Python complains of the closed pipe when it ends."""
    if sys.stdout.closed:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
