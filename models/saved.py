"""Models in folders: `model.json` says what a folder holds, the rest is the kind's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from labels.errors import UserError

if TYPE_CHECKING:
    from labels.taxonomy import Taxonomy
    from models.classifier import Classifier
    from models.decision import Decision

DESCRIPTION_FILE = "model.json"
Precision = Literal["float32", "bfloat16"]
_FORMAT = 4


class SavedModelError(UserError):
    """A folder that holds no usable model; the message names it and the remedy."""


def write_description(
    folder: Path,
    kind: str,
    taxonomy: Taxonomy,
    decision: Decision,
    settings: dict[str, Any],
) -> None:
    """Write `model.json`: the parts that every kind has, and the kind's own settings."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "format": _FORMAT,
        "kind": kind,
        "taxonomy": taxonomy.to_dict(),
        "decision": decision.to_dict(taxonomy.sector_keys),
        "settings": settings,
    }
    (folder / DESCRIPTION_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(folder: Path, precision: Precision | None = None) -> Classifier:
    """Model of any kind from its folder; nothing in it is executed.

    Args:
        folder: that a training wrote.
        precision: of a transformer's encoder; the fastest that the hardware has if not given.

    Raises:
        SavedModelError: the folder holds no model, a damaged one, or one of a format or kind unknown here.
    """
    path = folder / DESCRIPTION_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SavedModelError(f"{folder}: holds no {DESCRIPTION_FILE}; name a folder that a training wrote") from error
    except ValueError as error:
        raise SavedModelError(f"{path}: is damaged ({error}); train or download the model again") from error
    found = content.get("format") if isinstance(content, dict) else None
    if found != _FORMAT:
        raise SavedModelError(f"{path}: has format {found!r}, this newsdesk reads {_FORMAT}; train again")
    try:
        return _load(folder, content, precision)
    except (UserError, ImportError, MemoryError):
        raise
    except Exception as error:
        # The readers of weights, tokenizers and settings each fail in ways of their own, some undocumented.
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise SavedModelError(f"{folder}: is damaged ({reason}); train or download the model again") from error


def _load(folder: Path, content: dict[str, Any], precision: Precision | None) -> Classifier:
    from labels.taxonomy import taxonomy_from_dict
    from models.decision import Decision

    path = folder / DESCRIPTION_FILE
    taxonomy = taxonomy_from_dict(content["taxonomy"], str(path))
    decision = Decision.from_dict(content["decision"], taxonomy.sector_keys)
    # Each kind is imported only when met: the baseline must not wait for torch.
    if content["kind"] == "baseline":
        from models.baseline import load_baseline

        return load_baseline(folder, taxonomy, decision)
    if content["kind"] == "transformer":
        from models.transformer import load_transformer

        return load_transformer(folder, taxonomy, decision, content["settings"], precision)
    raise SavedModelError(f"{path}: has the unknown kind {content['kind']!r}; known are baseline, transformer")
