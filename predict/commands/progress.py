"""The bars of long commands, on standard error and only where that is a terminal.

Where none shows a training, a line tells whenever its note changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def training_bar(console: Console, name: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a training; gives the function to be told of steps done, steps in all (0: unchanged), a note."""
    columns = (
        TextColumn("[bold]{task.fields[name]}[/bold]"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading labels", total=None, name=name)
        last = ""

        def show(done: int, total: int, note: str) -> None:
            nonlocal last
            if total:
                progress.update(task, completed=done, total=total)
            progress.update(task, description=note)
            if not console.is_terminal and note != last:
                console.print(f"{name}: {note}", highlight=False)
            last = note

        yield show


@contextmanager
def task_bar(console: Console) -> Iterator[Callable[[int, int, int], None]]:
    """Show tasks of a cluster; gives the function to be told of tasks done, tasks in all, failed attempts."""
    columns = (
        TextColumn("classifying"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total} tasks{task.fields[failed]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=0, failed="")

        def show(done: int, total: int, failed: int) -> None:
            note = f", {failed} failed and tried again" if failed else ""
            progress.update(task, completed=done, total=total, failed=note)

        yield show


class FilingBar:
    """How many files are filed, and of a file of rows how many rows, how fast, and the time left."""

    def __init__(self, console: Console, n_files: int) -> None:
        """Show nothing yet; to be used as a context."""
        self._progress = Progress(
            TextColumn("filing {task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._n_files = n_files
        self._files = self._progress.add_task("", total=n_files, note="")
        self._rows: TaskID | None = None
        self._n_rows = 0
        self._begun = 0.0

    def __enter__(self) -> FilingBar:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        self._progress.stop()

    def begin(self, name: str, n_done: int) -> None:
        """Show the file that comes next, and how many are done."""
        if self._rows is not None:
            self._progress.remove_task(self._rows)
            self._rows = None
        self._n_rows, self._begun = 0, monotonic()
        note = f"{n_done}/{self._n_files} files"
        self._progress.update(self._files, description=name, completed=n_done, note=note)

    def rows(self, name: str, n_new: int, n_done: int, position: int, size: int) -> None:
        """Show that `n_new` more rows of a file are filed, which is read up to a position (size 0: unknown)."""
        self._n_rows += n_new
        rate = self._n_rows / max(1e-9, monotonic() - self._begun)
        note = f"{n_done:,} rows, {rate:,.0f} rows/s"
        if self._rows is None:
            # Where it begins is no progress, or a run that goes on would seem fast.
            self._rows = self._progress.add_task(name, completed=position, total=size or None, note=note)
            self._progress.update(self._files, visible=self._n_files > 1)
        else:
            self._progress.update(self._rows, completed=position, note=note)
