"""Figures of an evaluation: F1 a sector, confusion, precision and recall, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labels.taxonomy import Taxonomy
from models.decision import sectors_above
from training.evaluation import Evaluation
from training.metrics import sector_targets

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#2f6db3", "#d9822b", "#8a8f98"


def f1_by_sector(evaluation: Evaluation, taxonomy: Taxonomy) -> Figure:
    """Horizontal bars of F1 with each sector's support, best on top."""
    figure, axes = new_figure(6.4, 0.34 * len(taxonomy.sectors) + 1.2)
    scores = sorted(evaluation.metrics.sectors.f1.items(), key=lambda item: item[1])
    support = evaluation.metrics.sectors.support
    names = [f"{taxonomy.sector_name(key)} ({support[key]})" for key, _ in scores]
    bars = axes.barh(names, [score for _, score in scores], color=BLUE)
    axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=8)
    axes.axvline(evaluation.metrics.sectors.macro_f1, color=ORANGE, linewidth=1, label="macro-F1")
    axes.set_xlim(0, 1.08)
    axes.set_xlabel("F1 (number of labelled sentences in brackets)")
    axes.set_title(f"F1 by sector, {evaluation.name}")
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    return figure


def confusion_of_first_sectors(evaluation: Evaluation, taxonomy: Taxonomy, thresholds: np.ndarray) -> Figure:
    """Labelled sector against the most probable one given, with counts; rows are shares of their sum.

    A sentence of several sectors is right with any of them first, else it counts for its weightiest.
    """
    counts = _first_sectors(evaluation, taxonomy, thresholds)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [*(taxonomy.sector_name(key) for key in taxonomy.sector_keys), "no sector"]
    side = 0.36 * len(names) + 2.4
    figure, axes = new_figure(side, side)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.argwhere(counts):
        ink = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=7, color=ink)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xlabel("Given first")
    axes.set_ylabel("Labelled")
    axes.set_title(f"First sectors, {evaluation.name}")
    return figure


def precision_recall(evaluation: Evaluation, taxonomy: Taxonomy) -> Figure:
    """Precision against recall over all thresholds, all decisions together and each sector faintly."""
    from sklearn.metrics import precision_recall_curve

    figure, axes = new_figure(5.4, 5.0)
    targets = sector_targets(evaluation.sentences, taxonomy)
    probabilities = evaluation.prediction.sectors
    for at in range(len(taxonomy.sectors)):
        if targets[:, at].any():
            precision, recall, _ = precision_recall_curve(targets[:, at], probabilities[:, at])
            axes.plot(recall, precision, color=GREY, linewidth=0.6, alpha=0.6)
    if targets.any():
        precision, recall, _ = precision_recall_curve(targets.ravel(), probabilities.ravel())
        axes.plot(recall, precision, color=BLUE, linewidth=2, label="all sectors")
    sectors = evaluation.metrics.sectors
    axes.plot(sectors.micro_recall, sectors.micro_precision, "o", color=ORANGE, label="at the chosen thresholds")
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.01)
    axes.set_xlabel("Recall")
    axes.set_ylabel("Precision")
    axes.set_title(f"Precision and recall, {evaluation.name}")
    axes.legend(loc="lower left", frameon=False, fontsize=8)
    return figure


def calibration(evaluation: Evaluation, taxonomy: Taxonomy, bins: int = 10) -> Figure:
    """Observed share against stated probability, with the number of decisions in each bin."""
    figure, axes = new_figure(5.4, 5.0)
    stated = evaluation.prediction.sectors.ravel()
    observed = sector_targets(evaluation.sentences, taxonomy).ravel()
    which = np.minimum((stated * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins)
    filled = counts > 0
    mean_stated = np.bincount(which, weights=stated, minlength=bins)[filled] / counts[filled]
    mean_observed = np.bincount(which, weights=observed, minlength=bins)[filled] / counts[filled]
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="perfect")
    axes.plot(mean_stated, mean_observed, "o-", color=BLUE, label="model")
    for x, y, count in zip(mean_stated, mean_observed, counts[filled], strict=True):
        axes.annotate(f"{count:,}", (x, y), textcoords="offset points", xytext=(6, -10), fontsize=7, color=GREY)
    axes.set_xlabel("Stated probability")
    axes.set_ylabel("Share that has the label")
    error = evaluation.metrics.sectors.calibration_error
    axes.set_title(f"Calibration, {evaluation.name} (error {error:.3f})")
    axes.legend(loc="upper left", frameon=False, fontsize=8)
    return figure


def _first_sectors(evaluation: Evaluation, taxonomy: Taxonomy, thresholds: np.ndarray) -> np.ndarray:
    """Counts as int (n_sectors + 1, n_sectors + 1), labelled by given; the last place is no sector."""
    position = {key: at for at, key in enumerate(taxonomy.sector_keys)}
    nothing = len(position)
    counts = np.zeros((nothing + 1, nothing + 1), dtype=int)
    for sentence, probabilities in zip(evaluation.sentences, evaluation.prediction.sectors, strict=True):
        given = [position[key] for key, _ in sectors_above(probabilities, thresholds, taxonomy.sector_keys)]
        labelled = [position[key] for key in sentence.sectors]
        first = given[0] if given else nothing
        counts[first if first in labelled else labelled[0] if labelled else nothing, first] += 1
    return counts


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of so many inches in the house's style."""
    # A figure of its own, not pyplot's: nothing global, nothing to close, no display needed.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=130, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
