"""`newsdesk labels` and `newsdesk convert`: checks labelled sentences, adds some, reads and writes other formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labels.errors import UserError
from predict.commands.json_output import print_json
from predict.commands.options import Json

if TYPE_CHECKING:
    from rich.table import Table

    from labels.audit import Audit
    from labels.splits import Split

_MOST_LISTED = 20

labels = typer.Typer(rich_markup_mode="markdown")

_Taxonomy = Annotated[
    Path | None, typer.Option("--taxonomy", help="Taxonomy of the sentences.  [default: the project's own]")
]


@labels.callback(invoke_without_command=True)
def audit_labels(
    context: typer.Context,
    sentences: Annotated[
        Path | None, typer.Option(help="File or folder to audit.  [default: the project's own]")
    ] = None,
    taxonomy: _Taxonomy = None,
    config: Annotated[
        Path | None, typer.Option(help="Recipe that names sentences, taxonomy and columns, instead of the two above.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List all findings, not the first twenty.")] = False,
    json: Json = False,
) -> None:
    """Audit the labelled sentences, add to them, exchange them.

    Without a command of its own, audits format, labels, offsets and duplicates, and counts; exits 1 on errors.

    Example: `newsdesk labels --all`

    Example: `newsdesk labels --sentences my/sentences --taxonomy my/taxonomy.yaml`
    """
    if context.invoked_subcommand:
        if sentences or taxonomy or config or everything or json:
            raise typer.BadParameter(f"only the audit takes options here; put them after {context.invoked_subcommand}")
        return
    if config and (sentences or taxonomy):
        raise typer.BadParameter("the recipe of --config names sentences and taxonomy; leave the others out")
    from labels.audit import audit
    from labels.dataset import DEFAULT_SENTENCES
    from labels.taxonomy import DEFAULT_PATH, load_taxonomy

    if config:
        from training.config import load_recipe

        named = load_recipe(config).labels
        own = load_taxonomy(named.taxonomy or DEFAULT_PATH) if named.taxonomy or not named.sentences else None
        found = audit(named.sentences or DEFAULT_SENTENCES, own, named.columns)
    else:
        found = audit(sentences or DEFAULT_SENTENCES, load_taxonomy(taxonomy or DEFAULT_PATH))
    if json:
        from dataclasses import asdict

        print_json(asdict(found))
    else:
        _print(found, None if everything else _MOST_LISTED)
    if found.errors:
        raise typer.Exit(1)


@labels.command()
def add(
    file: Annotated[Path, typer.Argument(help="JSONL of labelled sentences, such as `newsdesk review` writes.")],
    to: Annotated[
        Path | None,
        typer.Option(help="File that they are added to.  [default: 90_reviewed.jsonl of the project's own sentences]"),
    ] = None,
    taxonomy: _Taxonomy = None,
    json: Json = False,
) -> None:
    """Add reviewed sentences to the labelled ones.

    All of a sound file is added or nothing, and nothing twice. What is labelled the same way already is skipped. What
    is labelled otherwise is named and left as it is; the exit code is then 1.

    Example: `newsdesk labels add review.jsonl`
    """
    from labels.additions import DEFAULT_TARGET, add_sentences
    from labels.taxonomy import DEFAULT_PATH, load_taxonomy

    target = to or DEFAULT_TARGET
    result = add_sentences(file, load_taxonomy(taxonomy or DEFAULT_PATH), target)
    for line in (*result.errors, *result.conflicts):
        print(f"newsdesk: {line}", file=sys.stderr)
    if result.errors:
        print(f"newsdesk: {len(result.errors)} errors, nothing was added", file=sys.stderr)
        raise typer.Exit(1)
    if json:
        counts = {"added": len(result.added), "skipped": len(result.skipped), "conflicts": len(result.conflicts)}
        print_json({"file": str(target), **counts})
    else:
        for line in result.skipped:
            print(f"skipped {line}")
        print(
            f"{len(result.added)} added to {target}, {len(result.skipped)} skipped, {len(result.conflicts)} in conflict"
            + ("; `make labels` audits them, `make train` learns from them" if result.added else "")
        )
    if result.conflicts:
        raise typer.Exit(1)


@labels.command()
def to_label_studio(
    file: Annotated[
        Path | None, typer.Argument(help="File or folder of labelled sentences.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="File of tasks for Label Studio's import.")] = Path("tasks.json"),
    config: Annotated[
        bool, typer.Option("--config", help="Print the labelling config of a project instead of writing tasks.")
    ] = False,
    taxonomy: _Taxonomy = None,
) -> None:
    """Write labelled sentences as tasks for Label Studio.

    Example: `newsdesk labels to-label-studio review.jsonl --out tasks.json`

    Example: `newsdesk labels to-label-studio --config`
    """
    from labels.dataset import load_sentences
    from labels.label_studio import label_config, write_tasks
    from labels.taxonomy import DEFAULT_PATH, load_taxonomy

    if (file is None) != config:
        raise typer.BadParameter("name a file of labelled sentences, or ask for the --config alone")
    loaded = load_taxonomy(taxonomy or DEFAULT_PATH)
    if file is None:
        print(label_config(loaded))
        return
    sentences = load_sentences(file, loaded)
    write_tasks(out, sentences)
    print(f"{len(sentences)} tasks in {out}; `newsdesk labels to-label-studio --config` prints the labelling config")


@labels.command()
def from_label_studio(
    file: Annotated[Path, typer.Argument(help="Label Studio's export as JSON.")],
    out: Annotated[Path, typer.Option(help="File of labelled sentences to write.")] = Path("sentences.jsonl"),
    taxonomy: _Taxonomy = None,
) -> None:
    """Turn an export of Label Studio into labelled sentences.

    Example: `newsdesk labels from-label-studio project-1.json --out sentences.jsonl`
    """
    from labels.label_studio import read_export
    from labels.taxonomy import DEFAULT_PATH, load_taxonomy

    found = read_export(file, load_taxonomy(taxonomy or DEFAULT_PATH))
    try:
        out.write_text("".join(f"{sentence.to_json()}\n" for sentence in found.sentences), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another --out") from error
    unfinished = f", {found.n_open} tasks without an annotation left out" if found.n_open else ""
    print(f"{len(found.sentences)} sentences in {out}{unfinished}; `make labels ADD={out}` adds them")


def convert(
    file: Annotated[Path, typer.Argument(help="Lines `sectors | genre | text with [name](TYPE) marks`.")],
    prefix: Annotated[str, typer.Option(help="What the ids begin with; a number follows.")],
    source: Annotated[str, typer.Option(help="Where the sentences come from, kept with each.")] = "",
    stories: Annotated[
        Path | None, typer.Option(help="Where to write the stories that `## sectors` lines begin.")
    ] = None,
) -> None:
    """Turn hand-written marked lines into labelled sentences.

    JSONL of the dataset's format goes to standard output.

    Example: `newsdesk convert new.txt --prefix s19 --source new > labels/sentences/19_new.jsonl`
    """
    from labels.marked_text import parse_marked_lines
    from labels.sentence import LabelError
    from labels.stories import LabelledStory

    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror}); name a file of marked lines") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: is not UTF-8 (at byte {error.start}); name a UTF-8 file of marked lines") from error
    try:
        items = list(parse_marked_lines(lines, prefix, source))
    except LabelError as error:
        raise UserError(f"{file}:{error}") from error
    found = [item for item in items if isinstance(item, LabelledStory)]
    if found and stories is None:
        raise UserError(f"{file}: holds {len(found)} stories; name the file to write them to with --stories")
    for item in items:
        if not isinstance(item, LabelledStory):
            print(item.to_json())
    if stories is not None:
        try:
            stories.write_text("".join(story.to_json() + "\n" for story in found), encoding="utf-8")
        except OSError as error:
            raise UserError(f"{stories}: cannot be written ({error.strerror}); name another --stories") from error


def _print(found: Audit, most: int | None) -> None:
    from rich.console import Console

    console = Console()
    console.print(_count_table("Sentences by sector", found.sector_counts, found.split_sizes))
    if found.type_counts:
        console.print(_count_table("Entities by type", found.type_counts, None))
    names = [
        f"{item.name}: {', '.join(f'{kind} ×{count}' for kind, count in item.types.items())}"
        for item in found.names_with_types
    ]
    for title, lines, shown in (
        ("names with several types (no error: a firm and its product may share a name)", names, most),
        ("near-duplicates (kept in one split)", found.near_duplicates, most),
        ("errors", found.errors, None),
    ):
        console.print(f"\n[bold]{len(lines)} {title}[/bold]")
        for line in lines[:shown]:
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
        if shown is not None and len(lines) > shown:
            console.print(f"  … {len(lines) - shown} more; --all lists them")
    console.print(f"\n{found.n_sentences:,} sentences, {len(found.errors)} errors")


def _count_table(title: str, counts: dict[str, dict[Split, int]], sizes: dict[Split, int] | None) -> Table:
    from rich.table import Table

    from labels.splits import SPLITS

    table = Table(title=title, title_justify="left")
    table.add_column("")
    for split in (*SPLITS, "all"):
        table.add_column(split, justify="right")
    for key, row in counts.items():
        table.add_row(key, *(f"{row[split]:,}" for split in SPLITS), f"{sum(row.values()):,}")
    if sizes:
        table.add_section()
        table.add_row("sentences", *(f"{sizes[split]:,}" for split in SPLITS), f"{sum(sizes.values()):,}")
    return table
