"""A run of `newsdesk predict` over files: issues one by one, files of rows chunk by chunk."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from labels.errors import UserError
from predict.commands.json_output import print_json

if TYPE_CHECKING:
    from rich.console import Console

    from labels.taxonomy import Taxonomy
    from models.saved import Precision
    from predict.commands.progress import FilingBar
    from predict.desk import Desk
    from predict.page.folder import PageFolder
    from predict.row_stories import RowFiler
    from predict.run_output import RunOutput


@dataclass(frozen=True, slots=True)
class FilingOptions:
    """What the user asked for; None is what they left open."""

    out: Path | None
    output_format: Literal["jsonl", "csv", "parquet"] | None
    input_format: str | None
    column: str
    model: str
    precision: Precision | None
    html: bool
    resume: bool
    json: bool

    @property
    def to_stdout(self) -> bool:
        """Whether standard output is for the stories."""
        return self.out is None and (self.json or self.output_format is not None)

    @property
    def shows_tables(self) -> bool:
        """Whether standard output is for tables that people read."""
        return not self.json and not self.to_stdout

    @property
    def target(self) -> Path | None:
        """File of the stories."""
        return self.out / f"stories.{self.output_format or 'jsonl'}" if self.out else None

    def rows_of(self, file: Path) -> str | None:
        """Format of a file that is filed row by row, None for other files."""
        from predict.reading import row_format

        # A page shows the whole of its issue, so that its rows are read at once.
        return None if self.html else row_format(file, self.input_format)


@dataclass(frozen=True, slots=True)
class _Run:
    """What the files of a run share."""

    options: FilingOptions
    desk: Desk
    row_filer: RowFiler
    output: RunOutput
    pages: PageFolder | None
    bar: FilingBar


def file_all(paths: Sequence[str], options: FilingOptions) -> bool:
    """File everything that can be read; returns whether nothing went wrong.

    Raises:
        UserError: there is no such model, or the output must not or cannot be written.
    """
    from rich.console import Console

    from models.registry import model_folder
    from predict.reading import find_files

    notes = Console(stderr=True)
    files, missing = find_files(paths)
    problems = [str(problem) for problem in missing]
    if not files:
        _show_problems(notes, problems)
        return False
    folder = model_folder(options.model)
    output = _open_output(files, folder, options, problems)
    progress = output.progress
    page = None
    if progress.finished:
        _show(notes, f"{options.target}: its run is finished, nothing to do")
    else:
        try:
            page = _file_files(files, folder, output, options, notes)
            output.finish()
        finally:
            output.close()
    _show_problems(notes, progress.problems)
    if not options.to_stdout:
        filed = f"{progress.stories:,} stories of {len(files)} files filed"
        kept = f", all in {options.target}" if options.target else "; --out FOLDER keeps sentences and entities, too"
        _show(notes, filed + kept)
    if page:
        _show(notes, f"open {page} to read them")
    if options.json and options.target:
        print_json(
            {
                "files": len(files),
                "stories": progress.stories,
                "output": str(options.target),
                "page": str(page) if page else None,
                "problems": progress.problems,
            }
        )
    return not progress.problems


def _file_files(
    files: Sequence[Path], folder: Path, output: RunOutput, options: FilingOptions, notes: Console
) -> Path | None:
    """File what is not yet done; returns the page to open, where pages are made."""
    from models.processes import several_processes
    from models.saved import load
    from predict.commands.progress import FilingBar
    from predict.desk import Desk
    from predict.issue import IssueError
    from predict.reading import issue_name
    from predict.row_stories import RowFiler

    desk = Desk(load(folder, options.precision))
    row_filer = RowFiler(desk, partial(several_processes, folder, options.precision))
    pages = _pages(options.out, desk.model.taxonomy) if options.html and options.out else None
    progress = output.progress
    with FilingBar(notes, len(files)) as bar:
        run = _Run(options, desk, row_filer, output, pages, bar)
        try:
            for file in files[progress.file :]:
                bar.begin(issue_name(file), progress.file)
                try:
                    format = options.rows_of(file)
                    if format:
                        _file_rows(file, format, run)
                    else:
                        _file_issues(file, run)
                except IssueError as error:
                    progress.problems.append(str(error))
                output.end_file()
        finally:
            row_filer.close()
    return pages.close() if pages else None


def _file_issues(file: Path, run: _Run) -> None:
    from rich.console import Console

    from predict.reading import read_issues
    from predict.tables import story_table

    for issue in read_issues(file, format=run.options.input_format, column=run.options.column):
        stories = run.desk.file_issue(issue)
        run.output.add(stories)
        if run.pages:
            run.pages.write(issue, stories)
        if run.options.shows_tables:
            Console().print(story_table(issue.name, stories, run.desk.model.taxonomy))
        if all(story.boilerplate for story in stories):
            run.output.progress.problems.append(f"{file}: no stories in {issue.name}, only boilerplate")


def _file_rows(file: Path, format: str, run: _Run) -> None:
    from rich.console import Console

    from predict.reading import issue_name, read_chunks
    from predict.tables import sector_table

    progress = run.output.progress
    name = issue_name(file)
    chunks = read_chunks(file, format, column=run.options.column, skip=progress.rows)
    try:
        for filed in run.row_filer.file(name, chunks, first=progress.rows + 1):
            run.output.add_rows(filed.stories)
            run.bar.rows(name, len(filed.stories), progress.rows, filed.position, filed.size)
    finally:
        if run.options.shows_tables and progress.rows:
            Console().print(sector_table(name, progress.rows, progress.sectors, run.desk.model.taxonomy))


def _open_output(files: Sequence[Path], model: Path, options: FilingOptions, problems: list[str]) -> RunOutput:
    from predict.durable_writers import open_durable_writer
    from predict.reading import STDIN
    from predict.run_output import RecordedOutput, RunOutput, forget_record
    from predict.run_record import ResumeError, RunProgress, progress_to_resume, refuse_to_overwrite, run_settings
    from predict.writers import CsvWriter, JsonArrayWriter, JsonlWriter, open_writer

    target, begun = options.target, RunProgress(problems=problems)
    if target is None:
        if not options.to_stdout:
            return RunOutput(None, begun)
        writers = {"jsonl": JsonlWriter, "csv": CsvWriter, None: JsonArrayWriter}
        return RunOutput(writers[options.output_format](sys.stdout), begun)
    if options.resume and STDIN in files:
        raise ResumeError("stdin: cannot be read a second time, so that no run over it can go on; save it as a file")
    recorded = options.resume or (STDIN not in files and any(options.rows_of(file) for file in files))
    output_format = target.suffix.removeprefix(".")
    try:
        if not options.resume:
            refuse_to_overwrite(target)
            forget_record(target)
        if not recorded:
            return RunOutput(open_writer(target, output_format), begun)
        settings = run_settings(
            files,
            model,
            {
                "--input-format": options.input_format,
                "--column": options.column,
                "--precision": options.precision,
            },
        )
        if options.resume:
            begun = progress_to_resume(target, settings) or begun
        if begun.finished:
            return RunOutput(None, begun)
        return RecordedOutput(open_durable_writer(target, output_format, begun.saved), begun, target, settings)
    except OSError as error:
        raise UserError(f"{target}: cannot be written ({error.strerror}); name another --out") from error


def _pages(folder: Path, taxonomy: Taxonomy) -> PageFolder:
    # Imported only where pages are asked for: the templates' engine takes a while.
    from predict.page.folder import PageFolder

    return PageFolder(folder, taxonomy)


def _show_problems(notes: Console, problems: Sequence[str]) -> None:
    for problem in problems:
        _show(notes, f"newsdesk: {problem}")


def _show(notes: Console, line: str) -> None:
    notes.print(line, markup=False, highlight=False, soft_wrap=True)
