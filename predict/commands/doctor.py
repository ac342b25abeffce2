"""`newsdesk doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from predict.commands.json_output import print_json
from predict.commands.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from predict.doctor import Check

_MARKS = {"ok": "[green]ok[/green]", "missing": "[bold red]missing[/bold red]", "optional": "[yellow]optional[/yellow]"}


def doctor(json: Json = False) -> None:
    """Say what is installed, what is missing, and what to do about it.

    Exits 1 where something is missing that filing issues needs; `optional` marks what it does not need.

    Example: `newsdesk doctor`

    Example: `newsdesk doctor --json`
    """
    from training.quiet import quieten_libraries

    quieten_libraries()
    from predict.doctor import examine

    checks = examine()
    missing = [check.name for check in checks if check.state == "missing"]
    if json:
        from dataclasses import asdict

        print_json({"ok": not missing, "missing": missing, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks, missing)
    if missing:
        raise typer.Exit(1)


def _print(checks: Sequence[Check], missing: Sequence[str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    for group in dict.fromkeys(check.group for check in checks):
        table = Table(title=group, title_justify="left", show_header=False, box=None, pad_edge=False)
        table.add_column(min_width=14, no_wrap=True)
        table.add_column(min_width=8, no_wrap=True)
        table.add_column(overflow="fold")
        for check in checks:
            if check.group == group:
                remedy = f"\n[bold]→ {escape(check.remedy)}[/bold]" if check.remedy else ""
                table.add_row(check.name, _MARKS[check.state], escape(check.found) + remedy)
        console.print(table)
        console.print()
    console.print(
        f"[bold red]Missing: {escape(', '.join(missing))}[/bold red]"
        if missing
        else "[bold green]Everything that filing issues needs is there.[/bold green]"
    )
