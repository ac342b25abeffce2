"""One training over several processes, each with a share of every batch: started by torchrun, joined by accelerate."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch
    from accelerate import Accelerator
    from torch import nn

    from models.network import JointNetwork

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Processes:
    """This process among those of one training."""

    rank: int
    size: int
    device: torch.device
    _accelerator: Accelerator | None = None

    @property
    def is_main(self) -> bool:
        """Whether it is this process that evaluates, logs and saves."""
        return self.rank == 0

    def joined(self, network: JointNetwork) -> nn.Module:
        """The network, with its gradients averaged over all processes after each backward pass."""
        return self._accelerator.prepare_model(network) if self._accelerator else network

    def share(self, batch: Sequence[T]) -> Sequence[T]:
        """This process's part of a batch; of a batch smaller than there are processes, at least its first member."""
        return batch[self.rank :: self.size] or batch[:1]

    def weight(self, in_share: int, in_batch: int, n_texts: int) -> float:
        """What a mean over the share must be multiplied with, so that the processes' average is the batch's mean.

        Args:
            in_share: items (texts or words) of the share.
            in_batch: items of the whole batch.
            n_texts: of the whole batch; a process without a text of its own counts nothing.
        """
        return self.size * in_share / in_batch if self.rank < n_texts and in_batch else 0.0


def is_follower() -> bool:
    """Whether torchrun started this process beside the one that evaluates, logs and saves."""
    return int(os.environ.get("RANK", "0")) > 0


def join_processes() -> Processes:
    """The processes of this training: those that torchrun started, else this one alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        from models.transformer import best_device

        return Processes(0, 1, best_device())
    from accelerate import Accelerator

    accelerator = Accelerator()
    return Processes(accelerator.process_index, size, accelerator.device, accelerator)
