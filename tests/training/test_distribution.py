"""Several processes learn together what one learns alone."""

import os
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

from tests.conftest import PROJECT
from training.distribution import Processes

SCRIPT = PROJECT / "tests" / "training" / "step_in_processes.py"


def test_shares_and_weights_make_the_mean_of_the_whole_batch():
    batch = [3.0, 5.0, 7.0, 1.0, 9.0]
    for size in (1, 2, 3, 8):
        processes = [Processes(rank, size, torch.device("cpu")) for rank in range(size)]
        means = []
        for process in processes:
            share = process.share(batch)
            means.append(process.weight(len(share), len(batch), len(batch)) * sum(share) / len(share))
        assert sum(means) / size == pytest.approx(sum(batch) / len(batch))


def test_two_processes_over_gloo_give_the_gradients_of_one(tmp_path, tiny_backbone):
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    launchers = {"alone": [], "together": ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]}
    for name, launcher in launchers.items():
        done = subprocess.run(
            [sys.executable, *launcher, str(SCRIPT), str(tiny_backbone), str(tmp_path / name)],
            capture_output=True,
            text=True,
            check=False,
            cwd=PROJECT,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
    alone, together = (
        torch.cat([part.flatten() for _, part in sorted(load_file(tmp_path / name).items())]) for name in launchers
    )
    assert alone.norm() > 0.1
    # bf16 products of other batch shapes round otherwise; a wrong weight of a share would be off by a quarter.
    assert (alone - together).norm() < 0.03 * alone.norm()
