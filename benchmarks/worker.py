"""One measurement in a process of its own: `python -m benchmarks.worker JOB SYSTEM WORK MODEL`.

Writes its result as JSON into the work folder, since libraries print to both outputs.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.material import Material, read_material
from benchmarks.peer import Peer
from benchmarks.systems import system

RESULT_FILE = "result.json"
_WARM_UP = 64
_STEP_EPOCHS = 2
STEP_SENTENCES = 640
"""Sentences of which the training steps are timed, in two epochs: newsdesk's encoder has dropout in the later
half of its epochs only."""


def fit(peer: Peer, material: Material, model: Path) -> dict[str, Any]:
    """Train by the system's own settings; `seconds` holds loading, training, calibration and saving."""
    model.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    peer.fit(material.training_set, model, None)
    return {"seconds": time.perf_counter() - started, "peak_mb": peak_megabytes()}


def steps(peer: Peer, material: Material, model: Path) -> dict[str, Any]:
    """Rate of the training steps alone."""
    model.mkdir(parents=True, exist_ok=True)
    training = replace(
        material.training_set, train=material.train[:STEP_SENTENCES], validation=material.validation[:_WARM_UP]
    )
    return {"sentences_per_second": peer.fit(training, model, _STEP_EPOCHS)}


def score(peer: Peer, material: Material, model: Path) -> dict[str, Any]:
    """F1 of sectors on the scored data, at thresholds by newsdesk's rule from the validation split.

    The rule is one for all, so that no system loses by thresholds of 0.5.
    """
    from sklearn.metrics import f1_score

    from models.thresholds import fit_thresholds
    from training.metrics import sector_targets

    classify = peer.load(model)
    wanted = sector_targets(material.validation, material.taxonomy)
    thresholds = fit_thresholds(classify([s.text for s in material.validation]), wanted)
    scores: dict[str, Any] = {}
    all_given, all_wanted = [], []
    for name, sentences in material.scored.items():
        given = classify([s.text for s in sentences]) >= thresholds
        wanted = sector_targets(sentences, material.taxonomy)
        scores[name] = float(f1_score(wanted, given, average="micro", zero_division=0.0))
        all_given.append(given)
        all_wanted.append(wanted)
    together = f1_score(np.concatenate(all_wanted), np.concatenate(all_given), average="micro", zero_division=0.0)
    return {"f1": scores, "f1_together": float(together)}


def speed(peer: Peer, material: Material, model: Path) -> dict[str, Any]:
    """Rate of classifying after a warm-up, time to load, and the most memory of the process."""
    texts = [sentence.text for sentence in material.timed]
    started = time.perf_counter()
    classify = peer.load(model)
    loaded = time.perf_counter()
    classify(texts[:_WARM_UP])
    warm = time.perf_counter()
    probabilities = classify(texts)
    seconds = time.perf_counter() - warm
    if probabilities.shape != (len(texts), len(material.taxonomy.sectors)) or not np.isfinite(probabilities).all():
        raise ValueError(f"{peer.title} gave probabilities of the shape {probabilities.shape}")
    return {
        "sentences_per_second": len(texts) / seconds,
        "load_seconds": loaded - started,
        "peak_mb": peak_megabytes(),
    }


def limit(material: Material) -> dict[str, Any]:
    """The machine's limit for the timed sentences, and the machine."""
    from benchmarks.limit import machine, measure_limit

    return {"limit": measure_limit([s.text for s in material.timed]).to_dict(), "machine": machine()}


def peak_megabytes() -> float:
    """Most memory that this process has had resident, in MB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


JOBS = {"fit": fit, "steps": steps, "score": score, "speed": speed}


def main(job: str, key: str, work: Path, model: Path) -> None:
    """Do one job of one system, or the job `limit` of none."""
    from training.quiet import quieten_libraries

    quieten_libraries()
    material = read_material(work)
    result = limit(material) if job == "limit" else JOBS[job](system(key), material, model)
    (work / RESULT_FILE).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
