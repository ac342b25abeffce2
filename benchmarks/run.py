"""`make bench`: fits, scores and times all systems, each in a process of its own, and writes the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.material import Material, project_material
from benchmarks.peer import Peer
from benchmarks.report import write_report
from benchmarks.results import Results, SystemResult
from benchmarks.systems import chosen_systems
from benchmarks.worker import RESULT_FILE, STEP_SENTENCES
from labels.errors import UserError

_PROJECT = Path(__file__).resolve().parent.parent
_LONGEST_REASON = 160


class FailedJobError(Exception):
    """A system that could not do its job; the message says why in one line."""


class TrainingSizeError(UserError):
    """A training size that is neither a number nor `full`."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the processes of one benchmark find sentences and models."""

    work: Path
    registered: dict[str, Path]  # folder of newsdesk's trained model by alias

    def job(self, name: str, key: str = "none", model: Path | None = None) -> dict[str, Any]:
        """Result of a job of `benchmarks.worker` in a process of its own.

        Raises:
            FailedJobError: the process failed.
        """
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.worker", name, key, str(self.work), str(model or self.work)],
            cwd=_PROJECT,
            # All that the systems need is here; a library that asks its hub would be timed on the network.
            env={**os.environ, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"])[-1]
            raise FailedJobError(reason[:_LONGEST_REASON])
        result: dict[str, Any] = json.loads((self.work / RESULT_FILE).read_text(encoding="utf-8"))
        return result

    def fitted(self, peer: Peer) -> Path:
        """Folder of the model that a peer was fitted into."""
        return self.work / "models" / (peer.fitted_by or peer.key)

    def timed(self, peer: Peer) -> Path:
        """Folder of the model that is timed: newsdesk's own is that of the registry."""
        return self.registered[peer.alias] if peer.alias else self.fitted(peer)


def bench(
    runs: Annotated[int, typer.Option(min=1, help="Runs of which the medians are taken.")] = 3,
    sentences: Annotated[int, typer.Option(min=1, help="Sentences to classify in each run.")] = 2000,
    train: Annotated[str, typer.Option(help="Sentences that the peers learn from, or `full`.")] = "2000",
    data: Annotated[list[Path] | None, typer.Option(help="Labelled file for F1.  [default: our test split]")] = None,
    only: Annotated[str, typer.Option(help="Systems, separated by commas.  [default: all]")] = "",
    out: Annotated[Path, typer.Option(help="Folder of results.json and results.md.")] = _PROJECT / "benchmarks",
    figure: Annotated[Path, typer.Option(help="PNG file of the figure.")] = _PROJECT / "docs" / "benchmark.png",
) -> None:
    """Compare newsdesk with its peers on the same sentences.

    Example: `python -m benchmarks.run --only newsdesk,pipeline --runs 1`
    """
    peers = chosen_systems(only)
    material = project_material(_training_size(train), sentences, data or [])
    registered = registered_models(peers)
    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as work:
        material.write(Path(work))
        results = measure(Bench(Path(work), registered), peers, material, runs)
    print(write_report(results, out, figure))
    _tell(f"written to {out / 'results.json'}, {out / 'results.md'} and {figure}")


def registered_models(peers: Sequence[Peer]) -> dict[str, Path]:
    """Folders of newsdesk's models in the registry by alias, trained where missing.

    Raises:
        UserError: a training did not give the model.
    """
    from models.registry import ModelNotFoundError, model_folder

    folders: dict[str, Path] = {}
    for alias in [peer.alias for peer in peers if peer.alias]:
        try:
            folders[alias] = model_folder(alias)
        except ModelNotFoundError:
            _tell(f"training newsdesk's {alias}, which is not in the registry yet")
            command = Path(sys.executable).parent / "newsdesk"
            subprocess.run([str(command), "train", str(_PROJECT / "configs" / f"{alias}.yaml")], check=False)
            folders[alias] = model_folder(alias)
    return folders


def measure(bench: Bench, peers: Sequence[Peer], material: Material, runs: int) -> Results:
    """Fit and score each system once, then time all of them in `runs` rounds of alternating order."""
    results: dict[str, SystemResult] = {}
    for peer in peers:
        if peer.fitted_by:
            results[peer.key] = _as_fitted(peer, results[peer.fitted_by])
        else:
            results[peer.key] = _fit_and_score(bench, peer, material)
    limits = []
    for number in range(runs):
        limits.append(bench.job("limit"))
        for peer in peers if number % 2 == 0 else reversed(peers):
            if not results[peer.key].left_out:
                results[peer.key] = _timed(bench, peer, results[peer.key], f"run {number + 1} of {runs}")
    # A limit is the best that was seen: what else ran on the machine can only lower it.
    best = max(limits, key=lambda found: found["limit"]["flops_per_second"])
    return Results(
        date=date.today().isoformat(),
        machine=best["machine"],
        limit=best["limit"],
        runs=runs,
        n_timed=len(material.timed),
        n_train=len(material.train),
        n_steps=min(STEP_SENTENCES, len(material.train)),
        n_scored={name: len(sentences) for name, sentences in material.scored.items()},
        systems=list(results.values()),
    )


def _fit_and_score(bench: Bench, peer: Peer, material: Material) -> SystemResult:
    result = SystemResult(peer.key, peer.title, peer.settings, peer.runs_encoder, _versions(peer))
    try:
        fitted = bench.job("fit", peer.key, bench.fitted(peer))
        result = replace(result, fit_seconds=fitted["seconds"], fit_peak_mb=fitted["peak_mb"])
        _tell(f"{peer.title}: fitted in {fitted['seconds']:.1f} s")
        scored = bench.job("score", peer.key, bench.fitted(peer))
        result = replace(
            result, f1=scored["f1"], fit_f1=scored["f1_together"], trained_on=f"{len(material.train):,} sentences"
        )
        if peer.alias:
            registered = bench.job("score", peer.key, bench.timed(peer))
            result = replace(result, f1=registered["f1"], trained_on="all, from the registry")
        shown = ", ".join(f"{name} {value:.3f}" for name, value in result.f1.items())
        _tell(f"{peer.title}: F1 {shown}")
    except FailedJobError as error:
        _tell(f"{peer.title}: left out: {error}")
        return replace(result, left_out=str(error))
    return result


def _as_fitted(peer: Peer, other: SystemResult) -> SystemResult:
    """Result of a peer that classifies with another's model, so far."""
    return replace(
        other,
        key=peer.key,
        title=peer.title,
        settings=peer.settings,
        fit_seconds=None,
        fit_peak_mb=None,
    )


def _timed(bench: Bench, peer: Peer, result: SystemResult, run: str) -> SystemResult:
    """The result with one more run in it."""
    try:
        found = bench.job("speed", peer.key, bench.timed(peer))
        _tell(f"{run}: {peer.title}: {found['sentences_per_second']:,.0f} sentences/s")
        result = replace(
            result,
            sentences_per_second=[*result.sentences_per_second, found["sentences_per_second"]],
            load_seconds=[*result.load_seconds, found["load_seconds"]],
            peak_mb=[*result.peak_mb, found["peak_mb"]],
        )
        if peer.has_steps:
            rate = bench.job("steps", peer.key, bench.work / "models" / f"{peer.key}-steps")["sentences_per_second"]
            if rate:
                _tell(f"{run}: {peer.title}: {rate:,.0f} sentences/s in training")
                result = replace(result, steps_per_run=[*result.steps_per_run, rate])
    except FailedJobError as error:
        _tell(f"{peer.title}: left out: {error}")
        return replace(result, left_out=str(error))
    return result


def _versions(peer: Peer) -> dict[str, str]:
    """Versions of what a peer needs, as far as it is installed."""
    found = {}
    for name in peer.requires:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _training_size(train: str) -> int | None:
    if train == "full":
        return None
    if not train.isdigit() or int(train) == 0:
        raise TrainingSizeError(f"TRAIN={train}: must be a number of sentences, or full")
    return int(train)


def _tell(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)


def main() -> None:
    """Run the command; exits 1 for what a user can mend, 130 when interrupted."""
    try:
        typer.run(bench)
    except UserError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
