import numpy as np

from labels.sentence import LabelledSentence
from labels.taxonomy import taxonomy_of_keys
from models.classifier import Prediction
from training.evaluation import Evaluation
from training.figures import confusion_of_first_sectors
from training.metrics import measure

TAXONOMY = taxonomy_of_keys(["chips", "money"])
THRESHOLDS = np.full(2, 0.5, dtype=np.float32)


def counted(labels, probabilities):
    """Counts that the figure shows, by its place (labelled, given): chips, money, no sector."""
    sentences = [LabelledSentence(str(at), "text", sectors) for at, sectors in enumerate(labels)]
    prediction = Prediction(np.array(probabilities, dtype=np.float32), [[] for _ in labels])
    metrics = measure(prediction, THRESHOLDS, sentences, TAXONOMY)
    figure = confusion_of_first_sectors(Evaluation("test", sentences, prediction, metrics), TAXONOMY, THRESHOLDS)
    return {
        (int(text.get_position()[1]), int(text.get_position()[0])): int(text.get_text())
        for text in figure.axes[0].texts
    }


def test_the_most_probable_sector_counts_against_the_label_or_none():
    labels = [("chips",), ("chips",), (), ("money",)]
    assert counted(labels, [[0.9, 0.6], [0.6, 0.9], [0.1, 0.1], [0.2, 0.1]]) == {
        (0, 0): 1,
        (0, 1): 1,
        (2, 2): 1,
        (1, 2): 1,
    }


def test_any_label_of_several_is_right_and_a_miss_counts_for_the_weightiest():
    labels = [("chips", "money"), ("chips", "money")]
    assert counted(labels, [[0.6, 0.9], [0.1, 0.1]]) == {(1, 1): 1, (0, 2): 1}
