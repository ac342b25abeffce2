"""A store of its own for the tests, the command as a user runs it, and models trained once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

if "PYTEST_XDIST_WORKER" in os.environ:
    # Tests run side by side; two of them with a thread for every core would wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

SMALL_LABELS = """
labels:
  sentences: sentences
  taxonomy: {taxonomy}
"""
SMALL_RECIPES = {
    "baseline": "name: baseline\nmodel: baseline" + SMALL_LABELS,
    "transformer": "name: transformer\nmodel: transformer" + SMALL_LABELS + "transformer:\n  epochs: 2\n",
}


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Folder of the store that all commands of the session share."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSDESK_HOME", str(folder))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield folder


@pytest.fixture(scope="session")
def environment_of():
    """Environment in which a command meets one store and no other."""

    def environment(store, server=None):
        inherited = {**os.environ, "NEWSDESK_HOME": str(store), "COLUMNS": "160"}
        # MLflow puts it there in this very process, as soon as a test has told it of a store.
        inherited.pop("MLFLOW_TRACKING_URI", None)
        if server:
            inherited["MLFLOW_TRACKING_URI"] = server
        return inherited

    return environment


@pytest.fixture(scope="session")
def newsdesk(home, environment_of):
    """The `newsdesk` command in a process of its own."""

    def run(*arguments, stdin="", cwd=None, store=home, server=None):
        done = subprocess.run(
            [str(Path(sys.executable).parent / "newsdesk"), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=environment_of(store, server),
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def trained(newsdesk, tmp_path_factory):
    """Both models, trained on a fifth of the sentences, in the registry; the better one champion."""
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "sentences").mkdir()
    for file in sorted((PROJECT / "labels" / "sentences").glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()[::5]
        (folder / "sentences" / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    recipes = [folder / f"{name}.yaml" for name in SMALL_RECIPES]
    for recipe in recipes:
        text = SMALL_RECIPES[recipe.stem].format(taxonomy=PROJECT / "labels" / "taxonomy.yaml")
        recipe.write_text(text, encoding="utf-8")
    outcomes = {"train": newsdesk("train", *recipes), "promote": newsdesk("promote")}
    assert outcomes["train"].code == 0, outcomes["train"].err
    assert outcomes["promote"].code == 0, outcomes["promote"].err
    return outcomes


@pytest.fixture(scope="session")
def desk(trained):
    """Desk with the small transformer."""
    from predict import load

    return load("transformer")


# Of a module, since its event loop would be in the way of others in the same thread.
@pytest.fixture(scope="module")
def browser():
    """A real browser for the tests of pages."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; install one to test the pages")
    api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser; pip install playwright")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def write_sentences(tmp_path):
    """Write labelled sentences as JSONL and return the file."""

    def write(*sentences, name="sentences.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(s) + "\n" for s in sentences), encoding="utf-8")
        return path

    return write
