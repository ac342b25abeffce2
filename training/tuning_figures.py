"""Figures of a study: what mattered, and how the score grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from training.figures import BLUE, GREY, ORANGE, new_figure
from training.study import TrialOutcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def importance_figure(shares: dict[str, float], study: str) -> Figure:
    """Horizontal bars of importance, greatest on top."""
    figure, axes = new_figure(6.4, 0.34 * len(shares) + 1.2)
    ascending = sorted(shares.items(), key=lambda item: item[1])
    bars = axes.barh([key for key, _ in ascending], [share for _, share in ascending], color=BLUE)
    axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=8)
    axes.set_xlim(0, 1.08)
    axes.set_xlabel("Importance for being among the best quarter of trials (PED-ANOVA)")
    axes.set_title(f"What mattered, {study}")
    return figure


def history_figure(trials: Sequence[TrialOutcome], study: str) -> Figure:
    """The score of each trial and the best so far; pruned trials with their last score."""
    from matplotlib.ticker import MaxNLocator

    figure, axes = new_figure(6.4, 4.0)
    for state, colour, marker in (("complete", BLUE, "o"), ("pruned", GREY, "x")):
        points = [(t.number, t.score) for t in trials if t.state == state and t.score is not None]
        if points:
            axes.plot(*zip(*points, strict=True), marker, color=colour, label=state)
    best: list[tuple[int, float]] = []
    for trial in trials:
        if trial.state == "complete" and trial.score is not None:
            best.append((trial.number, max([trial.score, *(score for _, score in best[-1:])])))
    if best:
        axes.step(*zip(*best, strict=True), where="post", color=ORANGE, label="best so far")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("Trial")
    axes.set_ylabel("Score on validation")
    axes.set_title(f"Trials, {study}")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", frameon=False, fontsize=8)
    return figure
