"""The bar of a training; where no terminal shows it, a line whenever its note changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


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
