"""The `newsdesk` command: puts the commands together, by what people come for."""

from __future__ import annotations

from typing import Annotated

import typer

from predict.commands.doctor import doctor
from predict.commands.failures import CommandGroup
from predict.commands.filing import predict
from predict.commands.label_findings import suspects, unknown
from predict.commands.labelling import convert, labels
from predict.commands.review import review
from predict.commands.serving import serve
from predict.commands.spark import spark
from predict.commands.training import champion, compare, evaluate, promote, train, ui
from predict.commands.tuning import tune

labels.command()(unknown)
labels.command()(suspects)

_WELCOME = """
File the stories of technology-and-business newsletters under their sectors, and find the companies, organizations,
people, products and places in them.

File a folder of issues, and read the result in a browser:

`newsdesk predict inbox/ --html --out filed`

Every command has examples: `newsdesk train --help`
"""
_CLOSING = """
**Exit codes**

* `0` – done
* `1` – something is wrong that you can mend: standard error names it and the remedy, and what could be done is done
* `2` – a wrong call: an unknown command or option, a missing or impossible value
* `70` – a fault of newsdesk: standard error says where the traceback is kept
* `130` – interrupted with Ctrl-C

**Environment**

* `NEWSDESK_HOME` – folder of runs and models, instead of the project's own
* `MLFLOW_TRACKING_URI` – a tracking server that keeps them for a team
* `NEWSDESK_DEBUG=1` – shows the traceback of every error

**Read on**

README.md tells all of it, labels/guide.md what the labels mean, and `newsdesk doctor` what is missing when something
does not work.
"""

app = typer.Typer(
    name="newsdesk",
    cls=CommandGroup,
    help=_WELCOME,
    epilog=_CLOSING,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
_LABELS = "Labels"
for panel, commands in {
    "File issues": (predict, spark, serve, review),
    "Train and compare": (train, tune, evaluate, compare, promote, champion, ui),
    _LABELS: (convert,),
    "This machine": (doctor,),
}.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(labels, name="labels", rich_help_panel=_LABELS)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"newsdesk {version('newsdesk')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options before a command."""


def main() -> None:
    """Run the command that the arguments name."""
    app()
