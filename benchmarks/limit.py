"""The machine: what it is, how fast it multiplies matrices, and how many sentences a second that allows."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from models.bert import BertSize

_TOKENS_IN_PRODUCT = (1024, 4096)
_REPETITIONS = 12


@dataclass(frozen=True, slots=True)
class Limit:
    """How fast the encoder could classify if it did nothing but multiply at the machine's best rate."""

    number_format: str
    flops_per_second: float
    flops_per_sentence: float

    @property
    def sentences_per_second(self) -> float:
        """The share of 1 that a system is compared to."""
        return self.flops_per_second / self.flops_per_sentence

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON."""
        return asdict(self) | {"sentences_per_second": self.sentences_per_second}


def measure_limit(texts: Sequence[str]) -> Limit:
    """The limit for these texts, in the faster of bf16 and float32."""
    import torch
    from tokenizers import Tokenizer

    from models.backbone import PACKAGED, resolve_backbone
    from models.bert import size_of

    folder = resolve_backbone(PACKAGED)
    size = size_of(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    if size is None:
        raise ValueError(f"{folder}: is no BERT, whose multiplications this module counts")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))]
    per_sentence = sum(encoder_flops(size, length) for length in lengths) / len(lengths)
    rates = {kind: _matrix_rate(size, getattr(torch, kind)) for kind in ("bfloat16", "float32")}
    best = max(rates, key=lambda kind: rates[kind])
    return Limit(best, rates[best], per_sentence)


def encoder_flops(size: BertSize, n_tokens: int) -> float:
    """Operations of one text's matrix products, a multiplication and an addition counted as two."""
    weights = sum(rows * columns for rows, columns in _products(size))
    attention = 2 * n_tokens * size.hidden_size  # scores, then the weighted sum of values
    return 2.0 * size.num_hidden_layers * n_tokens * (weights + attention)


def machine() -> dict[str, str | int | float]:
    """What the results depend on: processor, cores, memory, system, Python, threads."""
    import psutil
    import torch

    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory GB": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "torch threads": torch.get_num_threads(),
    }


def _products(size: BertSize) -> list[tuple[int, int]]:
    """Shapes of a layer's weights: the three projections together, attention's output, wider, narrower."""
    width, wide = size.hidden_size, size.intermediate_size
    return [(3 * width, width), (width, width), (wide, width), (width, wide)]


def _matrix_rate(size: BertSize, number_format: torch.dtype) -> float:
    """Operations a second over a layer's products, each at the best of several batch sizes and repetitions."""
    import torch
    from torch.nn.functional import linear

    work, seconds = 0.0, 0.0
    with torch.inference_mode():
        for rows, columns in _products(size):
            weight = torch.randn(rows, columns).to(number_format)
            seconds_a_token = []
            for n_tokens in _TOKENS_IN_PRODUCT:
                states = torch.randn(n_tokens, columns).to(number_format)
                for _ in range(_REPETITIONS):
                    started = time.perf_counter()
                    linear(states, weight)
                    seconds_a_token.append((time.perf_counter() - started) / n_tokens)
            work += 2.0 * rows * columns
            seconds += min(seconds_a_token)
    return work / seconds


def _processor() -> str:
    """Name of the processor; Linux tells it in a file, others through Python."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
