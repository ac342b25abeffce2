"""Where a training stands after an epoch, on disk, so that an interrupted one continues."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from labels.errors import UserError

_STATE_FILE = "state.json"
_NETWORK_FILE = "network.safetensors"
_AVERAGE_FILE = "average.safetensors"
_OPTIMIZER_FILE = "optimizer.pt"


class CheckpointError(UserError):
    """A checkpoint that does not fit the training that should continue from it."""


@dataclass(frozen=True)
class Checkpoint:
    """All that the next epoch needs from the last one."""

    epoch: int
    network: dict[str, torch.Tensor]
    average: dict[str, torch.Tensor] | None  # None where no average of weights is kept
    optimizer: dict[str, Any]
    scheduler: dict[str, Any]

    @classmethod
    def of(
        cls,
        epoch: int,
        network: nn.Module,
        average: nn.Module,
        optimizer: torch.optim.Optimizer,
        scheduler: torch.optim.lr_scheduler.LambdaLR,
    ) -> Checkpoint:
        """State of a training after `epoch` epochs; `average` may be the network itself."""
        return cls(
            epoch,
            network.state_dict(),
            average.state_dict() if average is not network else None,
            optimizer.state_dict(),
            scheduler.state_dict(),
        )

    def restore(
        self,
        network: nn.Module,
        average: nn.Module,
        optimizer: torch.optim.Optimizer,
        scheduler: torch.optim.lr_scheduler.LambdaLR,
    ) -> None:
        """Put this state into the parts of a fresh training."""
        network.load_state_dict(self.network)
        if self.average is not None:
            average.load_state_dict(self.average)
        optimizer.load_state_dict(self.optimizer)
        scheduler.load_state_dict(self.scheduler)


class CheckpointFolder:
    """The folder of one recipe's latest checkpoint."""

    def __init__(self, folder: Path, fingerprint: str, *, resume: bool) -> None:
        """Name the folder.

        Args:
            folder: made when first written to.
            fingerprint: of recipe and labels; a checkpoint of another training is refused.
            resume: whether to continue from what lies there, or to start anew.
        """
        self.folder = folder
        self.fingerprint = fingerprint
        self._resume = resume
        self.run_id = ""
        """Tracking run that the training reports to, kept so that a resumed one reports there too."""
        if resume:
            self.run_id = self._state().get("run_id", "")
        else:
            self.clear()

    def latest(self) -> Checkpoint | None:
        """The checkpoint to continue from, None to start anew.

        Raises:
            CheckpointError: `resume` was asked for and there is none, or it is of another training.
        """
        if not self._resume:
            return None
        state = self._state()
        average_file = self.folder / _AVERAGE_FILE
        optimizer = torch.load(self.folder / _OPTIMIZER_FILE, weights_only=True)
        return Checkpoint(
            epoch=state["epoch"],
            network=load_file(self.folder / _NETWORK_FILE),
            average=load_file(average_file) if average_file.exists() else None,
            optimizer=optimizer["optimizer"],
            scheduler=optimizer["scheduler"],
        )

    def write(self, checkpoint: Checkpoint) -> None:
        """Replace the folder's checkpoint at one stroke, so that a stop in between loses neither."""
        fresh = self.folder.with_name(self.folder.name + ".partial")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        save_file(checkpoint.network, fresh / _NETWORK_FILE)
        if checkpoint.average is not None:
            save_file(checkpoint.average, fresh / _AVERAGE_FILE)
        torch.save({"optimizer": checkpoint.optimizer, "scheduler": checkpoint.scheduler}, fresh / _OPTIMIZER_FILE)
        state = {"epoch": checkpoint.epoch, "fingerprint": self.fingerprint, "run_id": self.run_id}
        (fresh / _STATE_FILE).write_text(json.dumps(state) + "\n", encoding="utf-8")
        shutil.rmtree(self.folder, ignore_errors=True)
        fresh.rename(self.folder)

    def clear(self) -> None:
        """Remove the checkpoint, once it is no longer needed."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _state(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self.folder / _STATE_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CheckpointError(f"{self.folder}: no checkpoint to resume from; train without --resume") from error
        if state["fingerprint"] != self.fingerprint:
            raise CheckpointError(
                f"{self.folder}: the checkpoint is of another recipe or of other labels; train without --resume"
            )
        return state
