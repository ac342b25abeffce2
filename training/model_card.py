"""A model's card in Markdown, made from what its run logged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from models.backbone import READ_ENGLISH_ONLY
from models.registry import MODEL_NAME
from training.compare import scores_by_set
from training.tracking import BACKBONE_TAG, COMMIT_TAG, DIGEST_TAG, KIND_TAG, RECIPE_TAG

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

_LONGEST = 5000
"""Characters that a description may have in MLflow's databases."""
_LEAST_DIFFERENCE = 0.0005

_OWN_USE = """Filing English technology-and-business newsletters and news under sectors, and finding the names in them.
Not for decisions about people, for trading, or as a record of facts."""
_OTHER_USE = "Sorting sentences by the labels named below."
_LIMITS = """- Sentences unlike the labelled ones score lower; real text says by how much.
- Probabilities are calibrated on the validation split, thresholds are chosen there.
- One seed. On a few hundred sentences a difference under 0.02 is within chance."""

_ENGLISH_BACKBONE = """- The backbone reads English only. Text in Chinese or another language is split, kept and shown
unharmed, and the catalogue's names in Chinese characters are found, but its sectors and other names mean nothing.
For Chinese, label sentences of it and train with `backbone: multilingual-minilm`."""
_OWN_BASELINE = """- It knows the words of its labelled sentences, which are English; sectors of text in another
language mean nothing."""


def model_card(run: Run, version: ModelVersion, changes: str) -> str:
    """Card of a registered version.

    Args:
        run: that trained it, with the scores that it has by now.
        version: as registered.
        changes: Markdown that says what is new in it.

    Returns:
        Markdown of at most 5,000 characters; scores a sector are left out where they do not fit.
    """
    tags = run.data.tags
    backbone = f", backbone `{tags[BACKBONE_TAG]}`" if BACKBONE_TAG in tags else ""
    address = f"models:/{version.name}/{version.version}"
    parts = [
        f"# {version.name}, version {version.version}: {tags[RECIPE_TAG]}",
        f"{tags[KIND_TAG].capitalize()}{backbone}, trained by the run *{run.info.run_name}* (`{run.info.run_id}`) "
        f"from commit `{tags[COMMIT_TAG]}`.",
        "## Intended use",
        _OWN_USE if version.name == MODEL_NAME else _OTHER_USE,
        "## How to load",
        f"```sh\nnewsdesk predict --model {version.name}/{version.version} issue.html\n```",
        f'```python\nimport mlflow, pandas\nmodel = mlflow.pyfunc.load_model("{address}")\n'
        'model.predict(pandas.DataFrame({"text": ["A sentence."]}))\n```',
        "## Data",
        _data(run),
        "## Scores",
        _table({name: scores for name, scores in scores_by_set(run.data.metrics).items() if scores}),
        "## F1 by sector",
        _table(_sector_scores(run.data.metrics)),
        "## Limits",
        "\n".join([_LIMITS, *_languages(version.name, tags)]),
        "## What changed",
        changes,
    ]
    card = "\n\n".join(parts)
    if len(card) > _LONGEST:
        at = parts.index("## F1 by sector")
        card = "\n\n".join([*parts[:at], *parts[at + 2 :]])
    return card if len(card) <= _LONGEST else card[: _LONGEST - 2] + " …"


def differences(before: Run, after: Run) -> list[str]:
    """What sets one run apart from another: kind, labels, code, recipe fields, headline scores; one line each."""
    lines = []
    for tag, name in ((KIND_TAG, "model"), (BACKBONE_TAG, "backbone"), (DIGEST_TAG, "labels"), (COMMIT_TAG, "commit")):
        old, new = before.data.tags.get(tag, "none"), after.data.tags.get(tag, "none")
        if old != new:
            lines.append(f"{name}: `{old}` → `{new}`")
    shared = before.data.params.keys() & after.data.params.keys() - {"model", "transformer.backbone"}
    for key in sorted(shared):
        old, new = before.data.params[key], after.data.params[key]
        if old != new:
            lines.append(f"{key}: {old} → {new}")
    earlier, later = scores_by_set(before.data.metrics), scores_by_set(after.data.metrics)
    for name, scores in later.items():
        for key, score in scores.items():
            if key in earlier.get(name, {}) and abs(gain := score - earlier[name][key]) >= _LEAST_DIFFERENCE:
                lines.append(f"{name}, {key}: {earlier[name][key]:.3f} → {score:.3f} ({gain:+.3f})")
    return lines or ["nothing: same recipe, labels, code and scores"]


def _languages(name: str, tags: Mapping[str, str]) -> list[str]:
    if BACKBONE_TAG in tags:
        return [_ENGLISH_BACKBONE] if tags[BACKBONE_TAG] in READ_ENGLISH_ONLY else []
    return [_OWN_BASELINE] if name == MODEL_NAME else []


def _data(run: Run) -> str:
    sizes = {}
    for one in run.inputs.dataset_inputs if run.inputs else ():
        rows = json.loads(one.dataset.profile or "{}").get("num_rows")
        sizes[one.dataset.name] = (rows, one.dataset.digest)
    lines = ["| dataset | sentences | digest |", "|---|---|---|"]
    lines += [f"| {name} | {rows:,} | `{digest}` |" for name, (rows, digest) in sizes.items()]
    return "\n".join(lines)


def _sector_scores(metrics: Mapping[str, float]) -> dict[str, dict[str, float]]:
    sets = ["own test", *(name for name in scores_by_set(dict(metrics)) if not name.startswith("own "))]
    prefixes = {name: "sectors/f1." if name == "own test" else f"real/{name}/sectors/f1." for name in sets}
    return {
        name: {key.removeprefix(prefix): score for key, score in metrics.items() if key.startswith(prefix)}
        for name, prefix in prefixes.items()
    }


def _table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """Scores as a table with a column for each set of sentences."""
    keys = dict.fromkeys(key for scores in columns.values() for key in scores)
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for key in keys:
        cells = (f"{scores[key]:.3f}" if key in scores else "" for scores in columns.values())
        lines.append(f"| {key} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
