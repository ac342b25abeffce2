"""`newsdesk predict`: files issues, or classifies one text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from labels.errors import UserError
from models.registry import CHAMPION

if TYPE_CHECKING:
    from labels.taxonomy import Taxonomy
    from predict.desk import Desk
    from predict.filed import FiledStory
    from predict.page.folder import PageFolder
    from predict.writers import StoryWriter

_InputFormat = Literal["text", "markdown", "html", "email", "feed", "lines", "jsonl", "csv"]


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
    model: Annotated[str, typer.Option(help="Alias, version, name@alias or folder of the model.")] = CHAMPION,
    input_format: Annotated[
        _InputFormat | None,
        typer.Option(help="Format of the input, where extension and content do not tell."),
    ] = None,
    column: Annotated[str, typer.Option(help="Column of a CSV or JSONL file that holds the texts.")] = "text",
    precision: Annotated[
        Literal["float32", "bfloat16"] | None,
        typer.Option(help="Of a transformer's products; the fastest that the processor offers if not given."),
    ] = None,
) -> None:
    """File the stories of issues under their sectors.

    Reads plain text, Markdown, HTML, e-mail (.eml), RSS and Atom feeds, one text a line, JSONL and
    CSV. A file that cannot be read is named on standard error and the others are still filed; the
    exit code is then 1.

    Example: `newsdesk predict issues/ --out filed --format jsonl`
    """
    if (text is None) == (not paths):
        raise typer.BadParameter("name files or folders, or give one --text")
    if format == "parquet" and out is None:
        raise typer.BadParameter("Parquet is a file: name a folder with --out")
    if html and text is not None:
        raise typer.BadParameter("--html makes pages of issues: name files or folders, not --text")
    if html and out is None:
        raise typer.BadParameter("--html writes pages: name a folder for them with --out")
    from predict.desk import load

    if text is not None:
        _classify_text(load(model, precision), text, as_json=format == "jsonl")
        return
    if not _file_paths(paths or [], partial(load, model, precision), out, format, input_format, column, html=html):
        raise typer.Exit(1)


def _classify_text(desk: Desk, text: str, *, as_json: bool) -> None:
    import json

    from rich.console import Console

    from predict.filed import sentence_to_dict
    from predict.tables import sentence_table

    if not text.strip():
        raise UserError("--text: is empty; give a sentence")
    sentences = desk.classify([text])
    if as_json:
        print(json.dumps(sentence_to_dict(sentences[0]), ensure_ascii=False))
    else:
        Console().print(sentence_table(sentences, desk.model.taxonomy))


def _file_paths(
    paths: list[str],
    load_desk: Callable[[], Desk],
    out: Path | None,
    output_format: Literal["jsonl", "csv", "parquet"] | None,
    input_format: str | None,
    column: str,
    *,
    html: bool,
) -> bool:
    """File everything that can be read; returns whether nothing went wrong."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    from predict.reading import find_files, read_issues
    from predict.tables import story_table

    to_stdout = output_format is not None and out is None
    notes = Console(stderr=True)
    files, missing = find_files(paths)
    problems: list[UserError] = [*missing]
    if not files:
        for problem in problems:
            notes.print(f"newsdesk: {problem}", markup=False, highlight=False, soft_wrap=True)
        return False
    desk = load_desk()
    writer, target = _writer(out, output_format)
    pages = _pages(out, desk.model.taxonomy) if html and out else None
    n_stories = 0
    try:
        with Progress(
            TextColumn("filing {task.description}"),
            *Progress.get_default_columns()[1:],
            MofNCompleteColumn(),
            console=notes,
            transient=True,
            disable=not notes.is_terminal,
        ) as progress:
            task = progress.add_task("", total=len(files))
            for file in files:
                progress.update(task, description=file.name)
                try:
                    for issue in read_issues(file, format=input_format, column=column):
                        stories = desk.file_issue(issue)
                        if writer:
                            writer.write(stories)
                        if pages:
                            pages.write(issue, stories)
                        if not to_stdout:
                            Console().print(story_table(issue.name, stories, desk.model.taxonomy))
                        n_stories += _n_filed(stories)
                        if not _n_filed(stories):
                            problems.append(UserError(f"{file}: no stories in {issue.name}, only boilerplate"))
                except UserError as error:
                    problems.append(error)
                progress.advance(task)
    finally:
        if writer:
            writer.close()
    page = pages.close() if pages else None
    for problem in problems:
        notes.print(f"newsdesk: {problem}", markup=False, highlight=False, soft_wrap=True)
    if not to_stdout:
        where = f", all in {target}" if target else "; --out FOLDER keeps them with sentences and entities"
        notes.print(
            f"{n_stories} stories of {len(files)} files filed{where}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if page:
        notes.print(f"open {page} to read them", markup=False, highlight=False, soft_wrap=True)
    return not problems


def _pages(folder: Path, taxonomy: Taxonomy) -> PageFolder:
    # Imported only where pages are asked for: the templates' engine takes a while.
    from predict.page.folder import PageFolder

    return PageFolder(folder, taxonomy)


def _n_filed(stories: list[FiledStory]) -> int:
    return sum(not story.boilerplate for story in stories)


def _writer(
    out: Path | None, output_format: Literal["jsonl", "csv", "parquet"] | None
) -> tuple[StoryWriter | None, Path | None]:
    from predict.writers import CsvWriter, JsonlWriter, open_writer

    if out is not None:
        suffix = output_format or "jsonl"
        path = out / f"stories.{suffix}"
        try:
            return open_writer(path, suffix), path
        except OSError as error:
            raise UserError(f"{path}: cannot be written ({error.strerror}); name another --out") from error
    if output_format == "jsonl":
        return JsonlWriter(sys.stdout), None
    return (CsvWriter(sys.stdout), None) if output_format == "csv" else (None, None)
