"""Scores of a model on our own splits and on any labelled file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from labels.catalogue import load_countries
from labels.dataset import load_sentences
from labels.errors import UserError
from labels.sentence import Entity, LabelledSentence
from labels.splits import Split
from labels.table_rows import DEFAULT_COLUMNS, Columns
from models.classifier import Classifier, Prediction
from models.decision import sectors_above
from models.linking import Linker
from training.linking_metrics import measure_linking
from training.metrics import Metrics, measure
from training.source import TrainingSource


class OtherLabelsError(UserError):
    """A model is asked about labels that it was not trained on."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model's prediction of labelled sentences and how good it is."""

    name: str
    sentences: list[LabelledSentence]
    prediction: Prediction
    metrics: Metrics
    seconds: float | None = None  # that classifying took, None where that was done before


def evaluate(
    model: Classifier, sentences: Sequence[LabelledSentence], name: str, prediction: Prediction | None = None
) -> Evaluation:
    """Score the model on the sentences, classified now where `prediction` does not hold that already."""
    seconds = None
    if prediction is None:
        started = perf_counter()
        prediction = model.classify([sentence.text for sentence in sentences])
        seconds = perf_counter() - started
    return Evaluation(
        name,
        list(sentences),
        prediction,
        measure(prediction, model.decision.thresholds, sentences, model.taxonomy),
        seconds,
    )


def evaluate_split(model: Classifier, source: TrainingSource, split: Split, name: str) -> Evaluation:
    """Score a model on a split of labels.

    Args:
        model: to score.
        source: the labels.
        split: of them.
        name: by which the user knows the model, for the error.

    Raises:
        OtherLabelsError: the model was trained on other sectors than the labels have.
    """
    if model.taxonomy.sector_keys != source.taxonomy.sector_keys:
        raise OtherLabelsError(
            f"model {name}: knows other sectors than these labels; name its recipe with --config, or a file with "
            "--data; a recipe of other labels needs a `register_as` of its own"
        )
    return evaluate(model, source.splits[split], split)


def evaluate_test(model: Classifier, source: TrainingSource, name: str) -> Evaluation:
    """Score a model on the test split of its labels, and on their linked mentions where there are any.

    Args and errors as in `evaluate_split`.
    """
    evaluation = evaluate_split(model, source, "test", name)
    if not source.links:
        return evaluation
    linking = measure_linking(Linker(source.catalogue, load_countries()), source.links, model)
    return replace(evaluation, metrics=replace(evaluation.metrics, linking=linking))


def evaluate_file(model: Classifier, path: Path, columns: Columns = DEFAULT_COLUMNS) -> Evaluation:
    """Score a model on a labelled file in the dataset's format; the file's stem names the result.

    Args:
        model: to score.
        path: of JSONL, CSV or Parquet.
        columns: of CSV and Parquet.

    Raises:
        SentenceFileError: a line breaks the format or has labels that the model does not know.
    """
    return evaluate(model, load_sentences(path, model.taxonomy, columns), path.stem)


def error_table(evaluation: Evaluation, model: Classifier) -> dict[str, list[str | float]]:
    """Sentences judged otherwise than labelled, the surest mistakes first, as columns.

    `margin` is how far the worst sector's probability lies on the wrong side of its threshold.
    """
    rows = []
    for at, sentence in enumerate(evaluation.sentences):
        probabilities = evaluation.prediction.sectors[at]
        given = [key for key, _ in sectors_above(probabilities, model.decision.thresholds, model.taxonomy.sector_keys)]
        missed = [key for key in sentence.sectors if key not in given]
        invented = [key for key in given if key not in sentence.sectors]
        found, labelled = set(evaluation.prediction.entities[at]), set(sentence.entities)
        if not missed and not invented and found == labelled:
            continue
        positions = [model.taxonomy.sector_keys.index(key) for key in missed + invented]
        margin = max((abs(float(probabilities[p] - model.decision.thresholds[p])) for p in positions), default=0.0)
        rows.append(
            (
                sentence.id,
                sentence.text,
                ", ".join(sentence.sectors),
                ", ".join(given),
                _names(labelled - found, sentence.text),
                _names(found - labelled, sentence.text),
                round(margin, 3),
            )
        )
    rows.sort(key=lambda row: -row[-1])
    names = ("id", "text", "labelled", "given", "entities missed", "entities invented", "margin")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _names(entities: set[Entity], text: str) -> str:
    return ", ".join(f"{text[e.start : e.end]} ({e.type})" for e in sorted(entities))
