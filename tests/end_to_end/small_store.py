"""A store with one small champion, made in seconds: a baseline that knows what bank customers want."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.end_to_end.bank_customers import write_csv
from tests.end_to_end.in_process import newsdesk


@dataclass(frozen=True)
class SmallStore:
    """Folder of the recipe and of the store `home`, and what the commands printed that filled it."""

    folder: Path
    trained: str = ""
    promoted: str = ""

    def run(self, line, **options):
        return newsdesk(line, **{"NEWSDESK_HOME": str(self.folder / "home"), **options})

    @property
    def model(self):
        """Folder of the champion."""
        return next((self.folder / "home" / "mlartifacts").rglob("model.json")).parent

    @contextmanager
    def copy(self, folder):
        """The same in another folder, which is the current one until the block ends."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        with _at(folder):
            yield replace(self, folder=folder)


def make_small_store(folder):
    """Train and promote in a folder."""
    write_csv(folder)
    (folder / "bank.yaml").write_text("name: bank\nmodel: baseline\nlabels:\n  sentences: intents\n")
    store = SmallStore(folder)
    with _at(folder):
        trained, promoted = store.run("train bank.yaml --json"), store.run("promote --config bank.yaml --json")
    assert (trained.code, promoted.code) == (0, 0), trained.err + promoted.err
    return replace(store, trained=trained.out, promoted=promoted.out)


@contextmanager
def _at(folder):
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
