"""Turns down what libraries print of their own accord, so that a training's bar stays readable."""

from __future__ import annotations

import logging
import os
import warnings


def quieten_libraries() -> None:
    """Keep errors, drop progress bars of files, loading reports and advice; call before their import."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", category=UserWarning, module=r"mlflow\..*")
    for name in ("mlflow", "transformers", "datasets", "git"):
        logging.getLogger(name).setLevel(logging.ERROR)
