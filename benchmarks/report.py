"""Results as a table in Markdown and as a figure of F1 against speed."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.results import Results, SystemResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

_BLUE, _ORANGE, _GREY = "#2f6db3", "#d9822b", "#8a8f98"
_NONE = "–"
_TEXT_COLUMNS = ("System", "trained on", "settings")
_NEWSDESK = ("newsdesk", "newsdesk-baseline")


def write_report(results: Results, folder: Path, figure: Path) -> str:
    """Write `results.json` and `results.md` into a folder, and the figure; returns the Markdown."""
    text = markdown(results)
    folder.mkdir(parents=True, exist_ok=True)
    figure.parent.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(results.to_json(), encoding="utf-8")
    (folder / "results.md").write_text(text, encoding="utf-8")
    speed_figure(results).savefig(figure)
    return text


def markdown(results: Results) -> str:
    """Machine, both tables and how they were made."""
    machine = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    limit = results.limit
    scored = ", ".join(f"{name} ({count:,} sentences)" for name, count in results.n_scored.items())
    versions = {name: version for one in results.systems for name, version in one.versions.items()}
    parts = [
        "# newsdesk and its peers",
        f"{results.date}. Machine: {machine}. Versions: {', '.join(f'{n} {v}' for n, v in sorted(versions.items()))}.",
        "## Classifying",
        _classifying_table(results),
        f"{results.n_timed:,} sentences at once after a warm-up, median of {results.runs} runs in alternating order, "
        "each in a process of its own. “Transformer ×” and “baseline ×”: how many times as fast newsdesk's models are. "
        f"The machine's limit is {limit['sentences_per_second']:,.0f} sentences/s: the encoder's multiplications "
        f"({limit['flops_per_sentence'] / 1e9:.2f} GFLOP a sentence without padding) at the "
        f"{limit['flops_per_second'] / 1e9:,.0f} GFLOP/s that torch reaches here in {limit['number_format']}. Only the "
        "systems that run this encoder are compared to it. newsdesk finds entities in the same time, its peers do not.",
        f"F1 is the micro-F1 of sectors on {scored}, at thresholds that newsdesk's rule takes from our validation "
        "split for each system. Here newsdesk's models are those of the registry, the others those of the next table.",
        "## Training",
        _training_table(results),
        f"Fit: once, from {results.n_train:,} sentences to the saved model, newsdesk's calibration included. F1 after "
        "it: over all data together; all systems have seen the same sentences. Steps: sentences a second through "
        f"training steps alone, two epochs of {results.n_steps:,} sentences, median of {results.runs} runs.",
    ]
    return "\n\n".join(parts) + "\n"


def speed_figure(results: Results) -> Figure:
    """F1 after the same training against sentences a second, with the machine's limit."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.6), dpi=130, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xscale("log")
    points: list[tuple[str, float, float]] = []
    for one in results.systems:
        if one.speed is None or one.fit_f1 is None:
            continue
        color = _BLUE if one.key in _NEWSDESK else _ORANGE
        axes.plot(one.speed, one.fit_f1, "o", color=color)
        points.append((one.title, one.speed, one.fit_f1))
    limit = results.limit["sentences_per_second"]
    axes.axvline(limit, color=_GREY, linewidth=1, linestyle="--")
    axes.annotate(
        "limit of the encoder's\nmatrix products",
        (limit, 0.02),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        xytext=(4, 0),
        fontsize=8,
        color=_GREY,
    )
    axes.margins(x=0.25, y=0.15)
    axes.set_xlabel("Sentences a second")
    axes.set_ylabel(f"Micro-F1 of sectors ({', '.join(results.n_scored)})")
    axes.set_title(f"All trained on the same {results.n_train:,} sentences, {results.machine.get('processor', '')}")
    figure.canvas.draw()
    _name_points(axes, points)
    return figure


def _name_points(axes: Axes, points: list[tuple[str, float, float]]) -> None:
    """Name each point on the side where the name covers no earlier one, the last side tried if none is free."""
    taken: list[Bbox] = []
    for title, speed, f1 in points:
        for across, up in ((6, 4), (6, -11), (-6, 4), (-6, -11)):
            name = axes.annotate(
                title,
                (speed, f1),
                textcoords="offset points",
                xytext=(across, up),
                ha="left" if across > 0 else "right",
                fontsize=8,
            )
            box = name.get_window_extent()
            if not any(box.overlaps(other) for other in taken):
                break
            if (across, up) != (-6, -11):
                name.remove()
        taken.append(box)


def _classifying_table(results: Results) -> str:
    transformer, baseline = (_speed(results.find(key)) for key in _NEWSDESK)
    header = ["System", "sentences/s", "transformer ×", "baseline ×", "of the limit", "load, s", "peak, MB"]
    header += [f"F1 {name}" for name in results.n_scored] + ["trained on", "settings"]
    rows = []
    for one in results.systems:
        if one.left_out:
            rows.append(_left_out(one, len(header)))
            continue
        share = one.speed / results.limit["sentences_per_second"] if one.speed and one.runs_encoder else None
        rows.append(
            [
                one.title,
                _number(one.speed, ",.0f"),
                _ratio(transformer, one.speed),
                _ratio(baseline, one.speed),
                _number(share, ".0%"),
                _number(_median(one.load_seconds), ".1f"),
                _number(_median(one.peak_mb), ",.0f"),
                *(_number(one.f1.get(name), ".3f") for name in results.n_scored),
                one.trained_on,
                one.settings,
            ]
        )
    return _table(header, rows)


def _training_table(results: Results) -> str:
    ours = results.find(_NEWSDESK[0])
    transformer = ours.step_speed if ours else None
    header = ["System", "fit, s", "peak, MB", "F1 after it", "steps, sentences/s", "transformer ×"]
    rows = []
    for one in results.systems:
        if one.fit_seconds is None:
            continue
        rows.append(
            [
                one.title,
                _number(one.fit_seconds, ",.1f"),
                _number(one.fit_peak_mb, ",.0f"),
                _number(one.fit_f1, ".3f"),
                _number(one.step_speed, ",.0f"),
                _ratio(transformer, one.step_speed),
            ]
        )
    return _table(header, rows)


def _speed(one: SystemResult | None) -> float | None:
    return one.speed if one else None


def _left_out(one: SystemResult, n_columns: int) -> list[str]:
    return [one.title, *[_NONE] * (n_columns - 2), f"left out: {one.left_out}"]


def _table(header: list[str], rows: list[list[str]]) -> str:
    aligned = ["---" if name in _TEXT_COLUMNS else "---:" for name in header]
    lines = [header, aligned, *([cell.replace("|", "/") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _median(values: list[float]) -> float | None:
    return median(values) if values else None


def _number(value: float | None, format: str) -> str:
    return _NONE if value is None else f"{value:{format}}"


def _ratio(ours: float | None, theirs: float | None) -> str:
    return f"{ours / theirs:.2f}" if ours and theirs else _NONE
