"""The benchmark with the one peer that needs nothing more than newsdesk itself, on a few sentences."""

import json

import pytest

from benchmarks.limit import encoder_flops
from benchmarks.material import Material, read_material
from benchmarks.peer import StepClock
from benchmarks.report import markdown, write_report
from benchmarks.results import Results, SystemResult, results_from_json
from benchmarks.run import Bench, measure
from benchmarks.systems import UnknownSystemError, chosen_systems, system
from labels.marked_text import parse_marked_line
from labels.taxonomy import taxonomy_of_keys
from models.bert import BertSize

SENTENCES = [
    parse_marked_line(f"{sector} | news | {text} in year {n}.", str(n))
    for n, (sector, text) in enumerate(
        [("chips", "Intel etches wafers"), ("cars", "Kia builds vans"), ("none", "Spar bakes bread")] * 8
    )
]
MATERIAL = Material(
    taxonomy=taxonomy_of_keys(["chips", "cars"]),
    train=SENTENCES,
    validation=SENTENCES[:9],
    timed=SENTENCES[:6],
    scored={"news": SENTENCES[:6], "letters": SENTENCES[6:15]},
)


def result(key, speed, **more):
    return SystemResult(key, key.title(), "by default", runs_encoder=True, sentences_per_second=speed, **more)


RESULTS = Results(
    date="2026-11-24",
    machine={"processor": "Some | Processor", "cores": 2},
    limit={
        "number_format": "bfloat16",
        "flops_per_second": 1e12,
        "flops_per_sentence": 1e9,
        "sentences_per_second": 1000.0,
    },
    runs=3,
    n_timed=50,
    n_train=200,
    n_steps=200,
    n_scored={"news": 241},
    systems=[
        result("newsdesk", [490.0, 500.0, 600.0], f1={"news": 0.82}, fit_f1=0.8, fit_seconds=9.0, steps_per_run=[90.0]),
        result("pipeline", [100.0], f1={"news": 0.8}, fit_f1=0.79, fit_seconds=20.0, steps_per_run=[45.0]),
        result("setfit", [], left_out="No module named 'setfit'"),
    ],
)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A whole benchmark of scikit-learn's TF-IDF, of a model that is not there, and of the machine."""
    folder = tmp_path_factory.mktemp("bench")
    MATERIAL.write(folder / "work")
    bench = Bench(folder / "work", registered={"baseline": folder / "nowhere"})
    return measure(bench, [system("newsdesk-baseline"), system("tfidf")], MATERIAL, runs=1)


def test_a_peer_is_fitted_scored_and_timed_in_processes_of_its_own(measured):
    tf_idf = measured.find("tfidf")
    assert tf_idf.left_out == ""
    assert tf_idf.f1 == {"news": 1.0, "letters": 1.0}
    assert tf_idf.trained_on == "24 sentences"
    assert tf_idf.speed > 0
    assert tf_idf.fit_seconds > 0
    assert tf_idf.peak_mb[0] > 10
    assert "scikit-learn" in tf_idf.versions


def test_a_system_that_fails_leaves_out_no_other(measured):
    assert "holds no model.json" in measured.find("newsdesk-baseline").left_out


def test_the_machine_and_its_limit_are_described(measured):
    assert measured.machine["cores"] >= 1
    assert measured.machine["processor"]
    assert measured.limit["number_format"] in ("bfloat16", "float32")
    assert measured.limit["sentences_per_second"] > 0


def test_what_was_measured_is_written_as_json_markdown_and_figure(measured, tmp_path):
    text = write_report(measured, tmp_path / "out", tmp_path / "docs" / "figure.png")
    assert (tmp_path / "out" / "results.md").read_text(encoding="utf-8") == text
    assert results_from_json((tmp_path / "out" / "results.json").read_text(encoding="utf-8")) == measured
    assert (tmp_path / "docs" / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_the_table_shows_medians_ratios_and_the_share_of_the_limit():
    classifying, training = markdown(RESULTS).split("## Training")
    cells = {line.split(" | ")[0].strip("| "): line.split(" | ") for line in classifying.splitlines() if "|" in line}
    assert cells["Newsdesk"][1:5] == ["500", "1.00", "–", "50%"]
    assert cells["Pipeline"][1:5] == ["100", "5.00", "–", "10%"]
    assert "| Pipeline | 20.0 | – | 0.790 | 45 | 2.00 |" in training


def test_the_table_says_why_a_system_is_left_out():
    assert "left out: No module named 'setfit' |" in markdown(RESULTS)


def test_material_is_read_as_it_was_written(tmp_path):
    MATERIAL.write(tmp_path / "work")
    assert json.loads((tmp_path / "work" / "taxonomy.json").read_text(encoding="utf-8"))["sectors"]
    read = read_material(tmp_path / "work")
    assert list(read.train) == SENTENCES
    assert {name: list(sentences) for name, sentences in read.scored.items()} == MATERIAL.scored


def test_only_some_systems_are_chosen_by_name():
    assert [peer.key for peer in chosen_systems("newsdesk,pipeline")] == [
        "newsdesk",
        "pipeline",
        "pipeline-1",
        "newsdesk-baseline",
    ]
    with pytest.raises(UnknownSystemError, match="no system 'bert'; known are newsdesk, pipeline"):
        chosen_systems("bert")


def test_the_encoders_operations_are_those_of_its_weights_and_of_attention():
    size = BertSize(384, 6, 12, 1536, 30522, 512, 1e-12)
    weights = 6 * (4 * 384 * 384 + 2 * 384 * 1536)
    assert encoder_flops(size, 1) == pytest.approx(2 * weights, rel=1e-3)
    assert encoder_flops(size, 100) == 2 * 100 * weights + 6 * 4 * 100 * 100 * 384


def test_steps_are_timed_without_what_lies_between_epochs():
    clock = StepClock(sentences_in_step=8)
    for epoch, now in [(1, 0.0), (1, 1.0), (1, 2.0), (2, 60.0), (2, 61.0), (2, 62.0)]:
        clock.tick(epoch, now)
    assert clock.sentences_per_second == 8.0
    assert StepClock(8).sentences_per_second is None
