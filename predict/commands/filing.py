"""`newsdesk predict`: files issues, or classifies one text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from labels.errors import UserError
from models.registry import CHAMPION
from predict.commands.json_output import print_json
from predict.commands.options import Model, Precision

if TYPE_CHECKING:
    from predict.desk import Desk

_InputFormat = Literal["text", "markdown", "html", "email", "feed", "lines", "jsonl", "csv", "parquet"]


def predict(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files or folders; - reads standard input.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Classify this one text instead of files.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the file of stories, made if missing.")] = None,
    format: Annotated[
        Literal["jsonl", "csv", "parquet"] | None,
        typer.Option(help="Format of the stories; without --out they go to standard output.  [default: jsonl]"),
    ] = None,
    html: Annotated[
        bool, typer.Option("--html", help="Also write each issue to --out as a page to read; several get an index.")
    ] = False,
    model: Model = CHAMPION,
    input_format: Annotated[
        _InputFormat | None,
        typer.Option(help="Format of the input, where extension and content do not tell."),
    ] = None,
    column: Annotated[str, typer.Option(help="Column of a JSONL, CSV or Parquet file that holds the texts.")] = "text",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run over files of rows that stopped; needs its --out.")
    ] = False,
    precision: Precision = None,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON instead of tables: the stories, or with --out what the run did."),
    ] = False,
) -> None:
    """File the stories of issues under their sectors.

    Reads plain text, Markdown, HTML, e-mail (.eml), RSS and Atom feeds, one text a line, JSONL, CSV
    and Parquet. A file that cannot be read is named on standard error and the others are still
    filed; the exit code is then 1. Rows are read and filed as they come, whatever the length.

    Example: `newsdesk predict inbox/ --html --out filed`

    Example: `newsdesk predict letter.eml feed.xml --format csv`

    Example: `newsdesk predict archive.parquet --column headline --out filed --format parquet --resume`

    Example: `newsdesk predict --text "Kioxia stacks 332 layers in a flash die." --json`
    """
    if (text is None) == (not paths):
        raise typer.BadParameter("name files or folders, or give one --text")
    if format == "parquet" and out is None:
        raise typer.BadParameter("Parquet is a file: name a folder with --out")
    if html and text is not None:
        raise typer.BadParameter("--html makes pages of issues: name files or folders, not --text")
    if html and out is None:
        raise typer.BadParameter("--html writes pages: name a folder for them with --out")
    if resume and out is None:
        raise typer.BadParameter("--resume goes on with a file: name its folder with --out")
    if resume and html:
        raise typer.BadParameter("--resume goes on with rows, --html makes pages of whole issues: give one of them")
    if json and format is not None and out is None:
        raise typer.BadParameter("--json and --format both want standard output: give one of them, or --out")
    if text is not None:
        from predict.desk import load

        _classify_text(load(model, precision), text, as_json=json or format == "jsonl")
        return
    from predict.commands.filing_run import FilingOptions, file_all

    options = FilingOptions(out, format, input_format, column, model, precision, html=html, resume=resume, json=json)
    if not file_all(paths or [], options):
        raise typer.Exit(1)


def _classify_text(desk: Desk, text: str, *, as_json: bool) -> None:
    from rich.console import Console

    from predict.filed import sentence_to_dict
    from predict.tables import sentence_table

    if not text.strip():
        raise UserError("--text: is empty; give a sentence")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UserError("--text: is not in the terminal's encoding; put it into a file and name that") from error
    sentences = desk.classify([text])
    if as_json:
        print_json(sentence_to_dict(sentences[0]), indent=None)
    else:
        Console().print(sentence_table(sentences, desk.model.taxonomy))
