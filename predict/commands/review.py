"""`newsdesk review`: the sentences most worth a person's minute, on a page of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labels.errors import UserError
from predict.commands.options import model_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from predict.desk import Desk
    from predict.filed import FiledStory
    from predict.review.selection import Judge


def review(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Issues: files or folders; - standard input.")],
    out: Annotated[Path, typer.Option(help="File of accepted sentences, gone on with if it is there.")] = Path(
        "review.jsonl"
    ),
    most: Annotated[int, typer.Option(help="How many sentences to show.", min=1)] = 40,
    model: Annotated[
        str,
        typer.Option(help="Model that proposes: alias, version, name@alias or folder.", autocompletion=model_names),
    ] = "transformer",
    second: Annotated[
        str, typer.Option(help="Model whose disagreement counts.", autocompletion=model_names)
    ] = "baseline",
    port: Annotated[int, typer.Option(help="Port on this machine; 0 takes a free one.", min=0, max=65535)] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the page's address.")] = False,
) -> None:
    """Correct labels on a page: the sentences most worth a minute.

    Those are the ones on which the models are unsure or disagree. Each accepted sentence is saved at once, in the
    dataset's format; `newsdesk labels add` adds them to the labels.

    Example: `newsdesk review issues/ --out review.jsonl`
    """
    import webbrowser
    from contextlib import suppress

    from rich.console import Console

    from labels.dataset import DEFAULT_SENTENCES
    from labels.files import read_sentences
    from predict.desk import load
    from predict.review.answers import AnswerFile
    from predict.review.selection import Judge, pick, unreviewed

    notes = Console(stderr=True)

    def note(line: str) -> None:
        notes.print(line, markup=False, highlight=False, soft_wrap=True)

    answers = AnswerFile(out)
    labelled = {placed.sentence.text for placed in read_sentences(DEFAULT_SENTENCES)}
    desk = load(model)
    other = _second_judge(desk, second, note)
    left = unreviewed(_filed(desk, paths, note), answers.texts | labelled)
    candidates = pick(left, Judge(model, desk.model), other, most)
    if not candidates:
        note("nothing to review: every sentence is labelled or answered already")
        return

    from predict.review.server import HOST, listen, make_app, serve

    with listen(port) as listener:
        port = listener.getsockname()[1]
        app = make_app(candidates, desk.model.taxonomy, answers, port)
        address = f"http://{HOST}:{port}"
        print(f"Review {len(candidates)} sentences at {address} (stop with Ctrl-C)", flush=True)
        if not no_browser:
            webbrowser.open(address)
        # The way to end a review, not a failure.
        with suppress(KeyboardInterrupt):
            serve(app, listener)
    note(f"{len(answers.texts)} sentences in {out}; `newsdesk labels add {out}` adds them to the labels")


def _second_judge(desk: Desk, name: str, note: Callable[[str], None]) -> Judge | None:
    from models.registry import ModelNotFoundError, model_folder
    from models.saved import load as load_model
    from predict.review.selection import Judge

    try:
        model = load_model(model_folder(name))
    except ModelNotFoundError as error:
        note(f"newsdesk: {error}; going on without a second model")
        return None
    if model.taxonomy.sector_keys != desk.model.taxonomy.sector_keys:
        raise UserError(f"--second {name}: has other sectors than the model that proposes; name one with the same")
    return Judge(name, model)


def _filed(desk: Desk, paths: list[str], note: Callable[[str], None]) -> list[FiledStory]:
    """Stories of everything that can be read; what cannot is named."""
    from predict.batch import file_batch

    stories, problems = file_batch(desk, paths)
    if not stories and problems:
        raise problems[0]
    for problem in problems:
        note(f"newsdesk: {problem}")
    return stories
