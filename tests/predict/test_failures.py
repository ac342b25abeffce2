"""How a command ends that fails: a line on standard error, and the exit codes of the help."""

import errno
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from labels.errors import UserError
from predict.commands.failures import FAULT, INTERRUPTED, MENDABLE, CommandGroup


def end_of(error):
    """What a command leaves behind that raises this."""
    app = typer.Typer(cls=CommandGroup, pretty_exceptions_enable=False)

    @app.command()
    def fail():
        raise error

    @app.command()
    def other():
        pass

    return CliRunner().invoke(app, ["fail"])


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UserError("a.txt: is empty; fill it"), MENDABLE, "newsdesk: a.txt: is empty; fill it\n"),
        (OSError(errno.ENOSPC, "No space left on device"), MENDABLE, "No space left on device; make room"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), MENDABLE, "/x: Permission denied; allow it"),
        (MemoryError(), MENDABLE, "out of memory"),
        (ModuleNotFoundError("No module named 'x'", name="x"), MENDABLE, "the package 'x' is not installed"),
        (KeyError("sector"), FAULT, "unexpected KeyError: 'sector'; this is a fault of newsdesk"),
        (KeyboardInterrupt(), INTERRUPTED, "newsdesk: interrupted\n"),
        (typer.Exit(3), 3, ""),
        (typer.BadParameter("no such thing"), 2, "no such thing"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_end_has_its_exit_code_and_its_line(error, code, said):
    done = end_of(error)
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_the_traceback_of_a_fault_is_kept_in_a_file():
    said = end_of(KeyError("sector")).stderr
    file = Path(said.partition("The traceback is in ")[2].partition(";")[0])
    assert "KeyError: 'sector'" in file.read_text()
    file.unlink()


def test_on_demand_the_traceback_of_any_error_is_shown(monkeypatch):
    monkeypatch.setenv("NEWSDESK_DEBUG", "1")
    for error in (KeyError("sector"), UserError("a.txt: is empty")):
        assert "Traceback (most recent call last)" in end_of(error).stderr
