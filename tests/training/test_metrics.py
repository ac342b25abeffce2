import numpy as np
import pytest

from labels.sentence import Entity, LabelledSentence
from labels.taxonomy import taxonomy_of_keys
from models.classifier import Prediction
from training.metrics import measure

TAXONOMY = taxonomy_of_keys(["chips", "money", "cars"], ["COMPANY", "PLACE"])
SENTENCES = [
    LabelledSentence("1", "TSMC in Tainan", ("chips",), (Entity(0, 4, "COMPANY"), Entity(8, 14, "PLACE"))),
    LabelledSentence("2", "Shares of Bosch", ("money", "chips"), (Entity(10, 15, "COMPANY"),)),
    LabelledSentence("3", "Good morning", ()),
    LabelledSentence("4", "Rates rose", ("money",)),
]
PREDICTION = Prediction(
    np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.2, 0.0], [0.7, 0.3, 0.0]], dtype=np.float32),
    [[Entity(0, 4, "COMPANY"), Entity(8, 14, "COMPANY")], [Entity(10, 14, "COMPANY")], [], [Entity(0, 5, "PLACE")]],
)


@pytest.fixture(scope="module")
def scores():
    return measure(PREDICTION, np.full(3, 0.5, dtype=np.float32), SENTENCES, TAXONOMY).flat()


def test_sectors_are_counted_over_all_decisions(scores):
    # given: chips, money, -, chips; labelled: chips, money+chips, -, money: 2 hits of 3 given and 4 labelled
    assert scores["sectors.micro_precision"] == pytest.approx(2 / 3)
    assert scores["sectors.micro_recall"] == pytest.approx(2 / 4)
    assert scores["sectors.micro_f1"] == pytest.approx(4 / 7)


def test_macro_f1_is_over_sectors_that_the_data_holds(scores):
    assert scores["sectors.f1.chips"] == pytest.approx(0.5)
    assert scores["sectors.f1.money"] == pytest.approx(2 / 3)
    assert "sectors.f1.cars" not in scores
    assert scores["sectors.macro_f1"] == pytest.approx((0.5 + 2 / 3) / 2)


def test_no_sector_is_all_below_threshold(scores):
    assert scores["sectors.none_f1"] == 1.0
    assert scores["sectors.subset_accuracy"] == pytest.approx(2 / 4)


def test_entities_count_with_exact_span_and_type_only(scores):
    # one of four found is right; three are labelled
    assert scores["entities.precision"] == pytest.approx(1 / 4)
    assert scores["entities.recall"] == pytest.approx(1 / 3)
    assert scores["entities.f1"] == pytest.approx(2 / 7)


def test_without_entity_types_there_are_no_entity_scores():
    taxonomy = taxonomy_of_keys(["chips"])
    metrics = measure(
        Prediction(np.zeros((1, 1), dtype=np.float32), [[]]), np.array([0.5]), [LabelledSentence("1", "a")], taxonomy
    )
    assert metrics.entities is None
    assert not any(key.startswith("entities") for key in metrics.flat())
