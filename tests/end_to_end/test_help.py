"""`--help` as a page: what is there, in groups, with examples that work, at once."""

import re
import shlex
import subprocess
import sys

import pytest

from predict.command_line import app
from predict.commands.failures import FAULT, INTERRUPTED, MENDABLE
from tests.conftest import PROJECT
from tests.end_to_end.commands import commands
from tests.end_to_end.in_process import newsdesk

COMMANDS = dict(commands(app))
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def examples(command):
    return re.findall(r"Example: `newsdesk ([^`]+)`", command.help)


def parse(line):
    """Read a command line as the command does; an option that is not there raises."""
    words = shlex.split(line, comments=True)
    words = words[: next((at for at, word in enumerate(words) if word in {">", "|"}), len(words))]
    name = words.pop(0)
    if words and f"{name} {words[0]}" in COMMANDS:
        name += f" {words.pop(0)}"
    with COMMANDS[name].make_context(name, words):
        return name


def test_the_page_begins_with_the_everyday_task_and_groups_the_commands():
    page = newsdesk("--help").out
    places = [page.index(f" {title} ") for title in ("File issues", "Train and compare", "Labels", "This machine")]
    assert places == sorted(places)
    assert page.index("newsdesk predict inbox/ --html --out filed") < places[0]
    for name in COMMANDS:
        assert re.search(rf"│ {name} ", page) or " " in name
    for code in (0, MENDABLE, 2, FAULT, INTERRUPTED):
        assert re.search(rf"• {code} – ", page)
    for name in ("NEWSDESK_HOME", "MLFLOW_TRACKING_URI", "NEWSDESK_DEBUG", "README.md", "newsdesk doctor"):
        assert name in page


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_a_line_and_has_examples_that_parse(name):
    first_line, _, rest = COMMANDS[name].help.partition("\n\n")
    assert re.fullmatch(r"[A-Z][^.]*\.", first_line)
    assert len(first_line) <= 72
    assert rest
    assert examples(COMMANDS[name])
    for line in examples(COMMANDS[name]):
        assert parse(line) == name
    for option in COMMANDS[name].params:
        assert option.name == "help" or option.help


def test_every_command_line_of_the_readme_parses():
    lines = re.findall(r"^(?:.*\| )?newsdesk ((?!`).+)$", "\n".join(re.findall(r"```sh\n(.*?)```", README, re.S)), re.M)
    assert len(lines) > 10
    for line in lines:
        parse(line)


def test_the_readme_documents_the_exit_codes():
    for code in (0, MENDABLE, 2, FAULT, INTERRUPTED):
        assert re.search(rf"^\| {code} \|", README, re.M)


def test_help_imports_nothing_that_takes_long():
    heavy = "torch", "numpy", "mlflow", "pydantic", "yaml", "transformers", "sklearn", "datasets", "fastapi"
    code = f"import predict.command_line, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"


def test_the_version_is_told():
    assert re.fullmatch(r"newsdesk \d+\.\d+\.\d+\n", newsdesk("--version").out)
