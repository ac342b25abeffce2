"""Completion in a real bash: the script that `--show-completion` prints, asked as the shell asks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
ASK = """
source "$SCRIPT"
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_newsdesk_completion newsdesk
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def bash(small_store, environment_of, tmp_path_factory):
    """Run a script in a bash that finds the command, at home in a folder of the test."""
    folder = tmp_path_factory.mktemp("completion")
    with small_store.copy(folder):
        environment = environment_of(folder / "home")
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"

    def run(script, **more):
        done = subprocess.run(
            ["bash", "--norc", "-c", script],
            env=environment | {"PATH": path, "HOME": str(folder)} | more,
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    return run


@pytest.fixture(scope="module")
def complete(bash, tmp_path_factory):
    script = tmp_path_factory.mktemp("script") / "newsdesk.sh"
    script.write_text(bash("newsdesk --show-completion; true"))

    def ask(words):
        return bash(ASK.format(words=words), SCRIPT=str(script)).split()

    return ask


def test_commands_options_and_choices_are_completed(complete):
    assert complete("newsdesk pre") == ["predict"]
    assert complete("newsdesk labels sus") == ["suspects"]
    assert complete("newsdesk predict --prec") == ["--precision"]
    assert complete("newsdesk predict --format ''") == ["jsonl", "csv", "parquet"]


def test_models_of_the_store_are_completed_the_champion_first(complete):
    assert complete("newsdesk predict --model ''") == ["champion", "bank", "1"]
    assert complete("newsdesk evaluate --model b") == ["bank"]


def test_recipes_are_completed_and_other_files_left_to_the_shell(complete):
    assert complete("newsdesk train ''") == ["bank.yaml"]
    assert complete("newsdesk promote --config b") == ["bank.yaml"]
    assert complete("newsdesk predict inbox/") == []


def test_installing_adds_the_script_to_what_bash_reads(bash):
    assert "completion installed in" in bash("newsdesk --install-completion; true")
    assert bash("source ~/.bashrc; complete -p newsdesk").startswith("complete -o default -F _newsdesk_completion")
