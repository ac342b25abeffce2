import json

import pytest
from mlflow.entities import Dataset, DatasetInput, Metric, Param, Run, RunData, RunInfo, RunInputs, RunTag
from mlflow.entities.model_registry import ModelVersion

from training.model_card import differences, model_card

TAGS = {"recipe": "small", "model_kind": "baseline", "labels_digest": "aaa", "git_commit": "c1"}


def make_run(metrics, params=None, tags=None):
    info = RunInfo("run1", "1", "me", "FINISHED", 0, 1, "active", run_name="small 2026-01-02 03:04")
    data = RunData(
        metrics=[Metric(key, value, 0, 0) for key, value in metrics.items()],
        params=[Param(key, value) for key, value in (params or {}).items()],
        tags=[RunTag(key, value) for key, value in (TAGS | (tags or {})).items()],
    )
    dataset = Dataset("labels-train", "aaa", "local", "{}", profile=json.dumps({"num_rows": 1200}))
    return Run(info, data, RunInputs([DatasetInput(dataset)]))


def card(metrics, changes="nothing"):
    return model_card(make_run(metrics), ModelVersion("newsdesk", "7", 0), changes)


def test_own_scores_stand_beside_real_text_and_so_do_sectors():
    text = card(
        {
            "sectors/micro_f1": 0.8,
            "sectors/f1.finance": 0.7,
            "real/news/sectors/micro_f1": 0.75,
            "real/news/sectors/f1.finance": 0.6,
        }
    )
    assert "| | own test | news |" in text
    assert "| sectors/micro_f1 | 0.800 | 0.750 |" in text
    assert "| finance | 0.700 | 0.600 |" in text


def test_the_card_says_what_was_learnt_from_and_how_to_load():
    text = card({"sectors/micro_f1": 0.8})
    assert "| labels-train | 1,200 | `aaa` |" in text
    assert 'mlflow.pyfunc.load_model("models:/newsdesk/7")' in text
    assert "newsdesk predict --model newsdesk/7" in text


def test_the_card_says_which_language_the_backbone_reads_and_what_to_do_for_chinese():
    version = ModelVersion("newsdesk", "7", 0)
    english = model_card(make_run({}, tags={"backbone": "packaged"}), version, "")
    assert "The backbone reads English only." in english
    assert "backbone: multilingual-minilm" in english
    assert "English only" not in model_card(make_run({}, tags={"backbone": "multilingual-minilm"}), version, "")
    assert "which are English" in card({})


def test_many_labels_still_fit_into_a_description():
    text = card({"sectors/micro_f1": 0.8} | {f"sectors/f1.a_rather_long_label_{at}": 0.5 for at in range(200)})
    assert len(text) <= 5000
    assert "F1 by sector" not in text
    assert "What changed" in text


def test_differences_name_fields_labels_and_scores():
    before = make_run({"sectors/micro_f1": 0.80, "entities/f1": 0.7}, {"seed": "1", "labels.sentences": "a"})
    after = make_run(
        {"sectors/micro_f1": 0.82, "entities/f1": 0.7},
        {"seed": "2", "labels.sentences": "a"},
        {"labels_digest": "bbb"},
    )
    assert differences(before, after) == [
        "labels: `aaa` → `bbb`",
        "seed: 1 → 2",
        "own test, sectors/micro_f1: 0.800 → 0.820 (+0.020)",
    ]


@pytest.mark.parametrize("metrics", [{}, {"sectors/micro_f1": 0.8}])
def test_two_equal_runs_differ_in_nothing(metrics):
    assert differences(make_run(metrics), make_run(metrics)) == ["nothing: same recipe, labels, code and scores"]
