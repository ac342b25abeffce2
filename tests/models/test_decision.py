"""Calibration, thresholds and story pooling."""

import numpy as np
import pytest
from scipy.special import expit

from models.calibration import expected_calibration_error, fit_calibration
from models.decision import Decision, sectors_above
from models.pooling import StoryPooling, fit_pooling
from models.thresholds import fit_thresholds


@pytest.fixture(scope="module")
def overconfident():
    """Logits three times too large, and the labels that honest ones would have given."""
    generator = np.random.default_rng(3)
    honest = generator.normal(-1.5, 2.0, size=(3000, 4))
    return 3 * honest, generator.random((3000, 4)) < expit(honest)


def test_calibration_undoes_overconfidence(overconfident):
    logits, targets = overconfident
    calibration = fit_calibration(logits, targets)
    assert calibration.temperature == pytest.approx(3.0, rel=0.15)
    before = expected_calibration_error(expit(logits), targets)
    assert expected_calibration_error(calibration.apply(logits), targets) < before / 3


def test_calibration_keeps_the_order_of_a_sectors_sentences(overconfident):
    logits, targets = overconfident
    calibrated = fit_calibration(logits, targets).apply(logits)
    assert (
        np.argsort(calibrated[:, 0], kind="stable") == np.argsort(logits[:, 0].astype(np.float32), kind="stable")
    ).mean() > 0.99


def test_the_calibration_error_is_zero_for_perfect_and_one_for_contrary_statements():
    targets = np.array([[1, 0], [0, 1]])
    assert expected_calibration_error(targets.astype(float), targets) == 0
    assert expected_calibration_error(1.0 - targets, targets) == pytest.approx(1.0)


def test_thresholds_of_a_rare_sector_stay_near_the_common_one():
    generator = np.random.default_rng(4)
    targets = generator.random((1000, 3)) < [0.3, 0.3, 0.005]
    probabilities = np.clip(np.where(targets, 0.6, 0.2) + generator.normal(0, 0.15, targets.shape), 0, 1)
    probabilities[:, 2] = np.where(targets[:, 2], 0.79, 0.0)
    thresholds = fit_thresholds(probabilities, targets)
    assert thresholds.dtype == np.float32
    assert abs(thresholds[2] - thresholds[:2].mean()) < 0.15


def test_a_sector_without_a_validation_sentence_gets_a_threshold_too():
    targets = np.zeros((50, 2), dtype=bool)
    targets[:20, 0] = True
    assert np.isfinite(fit_thresholds(np.where(targets, 0.9, 0.1), targets)).all()


def test_sectors_come_most_probable_first_and_only_above_their_own_threshold():
    given = sectors_above(np.array([0.4, 0.9, 0.6]), np.array([0.5, 0.5, 0.3]), ("a", "b", "c"))
    assert [sector for sector, _ in given] == ["b", "c"]


def test_pooling_learns_that_most_of_a_story_outweighs_one_sentence():
    generator = np.random.default_rng(5)
    stories, targets = [], []
    for _ in range(150):
        sentences = (generator.random((6, 3)) < generator.choice([0.1, 0.8], size=3)).astype(float)
        stories.append((None, sentences))
        targets.append(sentences.mean(0) > 0.5)
    pooling = fit_pooling(stories, np.array(targets))
    mostly, once = np.array([[1.0], [1.0], [1.0], [0.0]]), np.array([[1.0], [0.0], [0.0], [0.0]])
    assert pooling.pool(None, mostly)[0] > 0.5 > pooling.pool(None, once)[0]


def test_a_heading_moves_the_story():
    sentences = np.array([[0.4, 0.4], [0.4, 0.4]])
    with_heading = StoryPooling().pool(np.array([0.95, 0.0]), sentences)
    assert with_heading[0] > with_heading[1]


def test_a_heading_without_a_topic_does_not_speak_against_the_story():
    sentences = np.array([[0.7, 0.0], [0.6, 0.1]])
    vague, none = StoryPooling().pool(np.array([0.05, 0.05]), sentences), StoryPooling().pool(None, sentences)
    assert (vague == none).all()


def test_a_decision_survives_the_way_through_json(overconfident):
    decision = Decision(
        fit_calibration(*overconfident), np.array([0.5, 0.25, 0.5, 0.5], dtype=np.float32), StoryPooling()
    )
    keys = ("a", "b", "c", "d")
    again = Decision.from_dict(decision.to_dict(keys), keys)
    assert again.calibration == decision.calibration
    assert again.pooling == decision.pooling
    assert (again.thresholds == decision.thresholds).all()
