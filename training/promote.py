"""Decides who is champion: a model that is better on the validation split, and why; the next best is challenger."""

from __future__ import annotations

from dataclasses import dataclass

from labels.errors import UserError
from models.registry import CHAMPION, aliased_version, model_folder, registered_version
from models.saved import load
from training.compare import latest_runs
from training.config import Recipe
from training.evaluation import evaluate_split
from training.metrics import Metrics
from training.registration import crown, name_challenger
from training.source import TrainingSource, load_source


class PromotionError(UserError):
    """There is nothing that could be promoted."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was decided and why."""

    promoted: bool
    candidate: str  # version
    champion: str | None  # version before
    reason: str


def validation_score(metrics: Metrics) -> float:
    """The one number that models compete in: mean of sectors' micro-F1 and entities' F1."""
    if metrics.entities is None:
        return metrics.sectors.micro_f1
    return (metrics.sectors.micro_f1 + metrics.entities.f1) / 2


def promote(recipe: Recipe, version: str | None = None) -> Promotion:
    """Let a candidate compete with the champion on the validation split as it is now.

    Both are measured afresh, so that a champion of older labels is judged by today's.

    Args:
        recipe: names the labels and the registered model.
        version: candidate; without it, the best of the latest runs of all recipes.

    Raises:
        PromotionError: no model was trained yet.
        ModelNotFoundError: there is no such version.
    """
    name = recipe.register_as
    if version:
        # Named wrongly, it must not wait for all labels to be read.
        registered_version(f"{name}/{version}")
    source = load_source(recipe.labels)
    crowned = aliased_version(name, CHAMPION)
    champion = str(crowned.version) if crowned else None
    scores: dict[str, float] = {}
    versions = [version] if version else [run.version for run in latest_runs(name) if run.version]
    for candidate in dict.fromkeys([*versions, *([champion] if champion else [])]):
        scores[candidate] = _score(f"{name}/{candidate}", source)
    rivals = {candidate: score for candidate, score in scores.items() if candidate != champion}
    if not rivals:
        if champion:
            return Promotion(False, champion, champion, f"version {champion} is the champion already")
        raise PromotionError(f"no model of {name!r} to promote; `make train` trains one")
    best = max(rivals, key=lambda candidate: rivals[candidate])
    said = f"version {best} scores {rivals[best]:.4f} on {len(source.splits['validation'])} validation sentences"
    if champion is None:
        said += "; there was no champion"
        crown(name, best, said)
        name_challenger(name, _best_but(best, scores))
        return Promotion(True, best, None, said)
    said += f", champion version {champion} scores {scores[champion]:.4f}"
    promoted = rivals[best] > scores[champion]
    if promoted:
        crown(name, best, said)
    else:
        said += "; the champion stays"
    name_challenger(name, _best_but(best if promoted else champion, scores))
    return Promotion(promoted, best, champion, said)


def _score(model: str, source: TrainingSource) -> float:
    candidate = load(model_folder(model))
    return validation_score(evaluate_split(candidate, source, "validation", model).metrics)


def _best_but(champion: str, scores: dict[str, float]) -> str | None:
    """The version that scores best beside the champion, None where it is alone."""
    return max((version for version in scores if version != champion), key=lambda v: scores[v], default=None)
