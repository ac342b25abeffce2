"""A store with one small champion, made in seconds: a baseline that knows what bank customers want."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.bank_customers import write_csv
from tests.end_to_end.in_process import newsdesk


@dataclass(frozen=True)
class SmallStore:
    """Folder of the recipe, which is also the store's, and what the commands that filled it left behind."""

    folder: Path
    trained: object
    promoted: object

    def run(self, line, **options):
        return newsdesk(line, **{"NEWSDESK_HOME": str(self.folder / "home"), **options})

    @property
    def model(self):
        """Folder of the champion."""
        return next((self.folder / "home" / "mlartifacts").rglob("model.json")).parent


@contextmanager
def small_store(folder):
    """Train and promote in a folder, which is the current one until the block ends."""
    write_csv(folder)
    (folder / "bank.yaml").write_text("name: bank\nmodel: baseline\nlabels:\n  sentences: intents\n")
    before = Path.cwd()
    os.chdir(folder)
    try:
        home = str(folder / "home")
        trained = newsdesk("train bank.yaml --json", NEWSDESK_HOME=home)
        assert trained.code == 0, trained.err
        promoted = newsdesk("promote --config bank.yaml --json", NEWSDESK_HOME=home)
        assert promoted.code == 0, promoted.err
        yield SmallStore(folder, trained, promoted)
    finally:
        os.chdir(before)
