"""The machine that a model runs on: its processor's units, and the path that inference takes on it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_UNITS = {
    "AVX2": ("avx2",),
    "AVX-512": ("avx512f",),
    "bf16": ("avx512_bf16", "amx_bf16", "bf16"),
    "int8": ("avx512_vnni", "avx_vnni", "amx_int8", "i8mm"),
    "AMX": ("amx_tile",),
}
"""What matters to matrix products, by the flags with which processors of x86 and of Arm tell of it."""


@dataclass(frozen=True, slots=True)
class Processor:
    """What the operating system says of the processor."""

    name: str
    units: dict[str, bool]  # kind of unit -> whether it is there; empty where the system does not tell


@dataclass(frozen=True, slots=True)
class InferencePath:
    """How a transformer classifies on this machine where nothing else is asked for."""

    device: str
    precision: str


def inspect_processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> Processor:
    """Name and units of the processor.

    Args:
        cpuinfo: where Linux tells of it; elsewhere only the name is known.
    """
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    told = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = set(told.get("flags", told.get("features", "")).split())
    return Processor(
        name=told.get("model name") or platform.processor() or platform.machine(),
        units={unit: not flags.isdisjoint(names) for unit, names in _UNITS.items()} if flags else {},
    )


def inference_path() -> InferencePath:
    """Device and number format, by the very choice that loading a transformer makes; imports PyTorch."""
    from models.transformer import best_device, best_precision

    device = best_device()
    return InferencePath(str(device), str(best_precision(device)).removeprefix("torch."))


def gpus() -> list[str]:
    """Names of the GPUs that PyTorch can use."""
    import torch

    return [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())]


def memory_size() -> int:
    """Bytes of memory that this process may use: the machine's, or less where its group is held to less."""
    import psutil

    total: int = psutil.virtual_memory().total
    for limit in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        try:
            return min(total, int(limit.read_text()))
        except (OSError, ValueError):
            # No such group, or `max` for no limit.
            continue
    return total


def free_space(folder: Path) -> int:
    """Bytes free where a folder is or would be made."""
    there = existing(folder)
    status = os.statvfs(there)
    return status.f_bavail * status.f_frsize


def existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())
