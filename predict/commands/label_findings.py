"""`newsdesk labels unknown` and `suspects`: what the catalogue lacks, and which labels to judge again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labels.errors import UserError
from models.registry import CHAMPION
from predict.commands.json_output import print_json
from predict.commands.options import Json, Model, recipe_files


def unknown(
    paths: Annotated[list[Path], typer.Argument(help="Issues: files or folders.")],
    model: Model = CHAMPION,
    most: Annotated[int, typer.Option(help="Names to list.", min=1)] = 30,
    json: Json = False,
) -> None:
    """List the most frequent names that the catalogue lacks.

    Example: `newsdesk labels unknown inbox/ --most 50`
    """
    import sys

    from predict.batch import file_batch
    from predict.desk import load
    from predict.unknown_names import count_unknown_names

    stories, problems = file_batch(load(model), paths)
    for problem in problems:
        print(f"newsdesk: {problem}", file=sys.stderr)
    names = count_unknown_names(stories)
    if json:
        from dataclasses import asdict

        print_json([asdict(name) for name in names[:most]])
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        linked = sum(bool(e.entry) for story in stories for s in story.sentences for e in s.entities)
        table = Table(
            title="Names that the catalogue lacks",
            caption=f"{linked} mentions linked, {sum(name.mentions for name in names)} not; "
            "labels/entities/*.yaml is the catalogue",
            title_justify="left",
            caption_justify="left",
        )
        table.add_column("Name")
        table.add_column("Type")
        table.add_column("Mentions", justify="right")
        table.add_column("Stories", justify="right")
        for name in names[:most]:
            table.add_row(escape(name.name), name.type, str(name.mentions), str(name.stories))
        Console().print(table)
    if problems:
        raise typer.Exit(1)


def suspects(
    config: Annotated[
        Path | None,
        typer.Option(
            help="Recipe to train in each fold.  [default: configs/baseline.yaml]", autocompletion=recipe_files
        ),
    ] = None,
    folds: Annotated[int, typer.Option(help="Parts, each judged by a model of the others.", min=2, max=20)] = 5,
    out: Annotated[Path, typer.Option(help="JSONL file of the suspects, the worst first.")] = Path("suspects.jsonl"),
    json: Json = False,
) -> None:
    """Find labels that are likely wrong.

    Each sentence is judged by a model that was trained without it; listed is what that model contradicts.

    Example: `newsdesk labels suspects --config configs/transformer.yaml --folds 3`
    """
    from rich.console import Console

    from predict.commands.progress import training_bar
    from training.config import CONFIGS_FOLDER, load_recipe
    from training.label_suspects import find_suspects
    from training.quiet import quieten_libraries
    from training.source import load_source

    quieten_libraries()
    recipe = load_recipe(config or CONFIGS_FOLDER / "baseline.yaml")
    source = load_source(recipe.labels)
    with training_bar(Console(stderr=True), "suspects") as show:
        show(0, folds, f"fold 1 of {folds}")
        found = find_suspects(
            recipe,
            source,
            folds,
            on_fold=lambda done, total: show(done, total, f"fold {min(done + 1, total)} of {total}"),
        )
    try:
        out.write_text("".join(suspect.to_json() + "\n" for suspect in found), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another --out") from error
    sectors = sum(suspect.sectors_suspected for suspect in found)
    names = sum(bool(suspect.missed or suspect.invented) for suspect in found)
    if json:
        print_json(
            {"file": str(out), "suspects": len(found), "sectors_suspected": sectors, "entities_otherwise": names}
        )
        return
    print(
        f"{sectors} sentences whose sectors are likely wrong, {names} whose entities a model sees otherwise: {out}\n"
        "Judge each by labels/guide.md; corrections are kept in labels/CHANGES.md."
    )
