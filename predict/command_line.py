"""The `newsdesk` command: puts the commands together and shows errors as one line each."""

from __future__ import annotations

import sys

import typer

from labels.errors import UserError
from predict.commands.filing import predict
from predict.commands.label_findings import suspects, unknown
from predict.commands.labelling import convert, labels
from predict.commands.review import review
from predict.commands.spark import spark
from predict.commands.training import champion, compare, evaluate, promote, train, ui

labels.command()(unknown)
labels.command()(suspects)

app = typer.Typer(
    name="newsdesk",
    help="File the stories of technology-and-business newsletters by sector, with their named entities.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for command in (predict, spark, train, evaluate, compare, promote, champion, review, convert, ui):
    app.command()(command)
app.add_typer(labels, name="labels")


def main() -> None:
    """Run the command; exits 1 for what a user can mend, 2 for a wrong call, 130 when interrupted."""
    try:
        app()
    except UserError as error:
        print(f"newsdesk: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("newsdesk: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe has had enough, as `head` does.
        sys.stderr.close()
        sys.exit(0)
