"""The way of a user through the command line, on a store made for the tests."""

import json
import os
import socket

import pytest

from tests.conftest import PROJECT

SAMPLE = PROJECT / "examples" / "sample_issue.md"


def test_training_registers_both_models_and_shows_their_scores(trained):
    assert "baseline: registered as newsdesk version 1" in trained["train"].err
    assert "transformer: registered as newsdesk version 2" in trained["train"].err
    assert "sectors.micro_f1" in trained["train"].out
    assert "Traceback" not in trained["train"].err


def test_the_first_promotion_crowns_the_better_model_and_the_second_keeps_it(trained, newsdesk):
    assert "there was no champion" in trained["promote"].out
    again = json.loads(newsdesk("promote", "--json").out)
    assert again["promoted"] is False
    assert again["champion"]
    assert "the champion stays" in again["reason"]


def test_evaluate_prints_the_documented_keys_as_json(trained, newsdesk, write_sentences):
    data = write_sentences(
        {
            "text": "TSMC prints chips in Tainan.",
            "sectors": ["semiconductors"],
            "entities": [{"start": 0, "end": 4, "type": "COMPANY"}],
        },
        {"text": "Good morning!"},
        name="mine.jsonl",
    )
    done = newsdesk("evaluate", "--model", "baseline", "--data", data, "--json")
    assert done.code == 0, done.err
    scores = json.loads(done.out)
    keys = ("micro_f1", "macro_f1", "none_f1", "subset_accuracy", "f1.semiconductors")
    assert {f"sectors.{key}" for key in keys} | {"entities.f1", "entities.precision", "entities.recall"} <= set(scores)
    assert scores["sentences"] == 2


def test_evaluate_measures_the_champion_on_our_own_test_split(trained, newsdesk):
    scores = json.loads(newsdesk("evaluate", "--json").out)
    assert scores["sectors.micro_f1"] > 0.6


def test_compare_shows_the_runs_side_by_side(trained, newsdesk):
    table = newsdesk("compare").out
    assert "baseline" in table
    assert "transformer" in table
    runs = json.loads(newsdesk("compare", "--json").out)
    assert {run["recipe"] for run in runs} == {"baseline", "transformer"}
    assert all(run["scores"]["own test"]["sectors/micro_f1"] > 0.5 for run in runs)


def test_the_sample_issue_is_filed_with_boilerplate_set_apart(trained, newsdesk, tmp_path):
    done = newsdesk("predict", SAMPLE, "--out", tmp_path / "filed")
    assert done.code == 0, done.err
    stories = [json.loads(line) for line in (tmp_path / "filed" / "stories.jsonl").read_text().splitlines()]
    by_heading = {story["heading"]: story for story in stories}
    assert by_heading["Packaging is the new bottleneck in chips"]["sectors"][0]["sector"] == "semiconductors"
    assert by_heading["Harbour City Bank buys a payments start-up"]["sectors"][0]["sector"] == "finance"
    apart = " ".join(s["text"] for story in stories if story["boilerplate"] for s in story["sentences"])
    assert "Unsubscribe" in apart
    assert "brought to you by" in apart
    assert [story["story"] for story in stories] == list(range(1, len(stories) + 1))
    for story in stories:
        for sentence in story["sentences"]:
            assert all(sentence["text"][e["start"] : e["end"]].strip() for e in sentence["entities"])


def test_filing_the_same_issue_twice_gives_the_same_file(trained, newsdesk, tmp_path):
    for folder in ("a", "b"):
        assert newsdesk("predict", SAMPLE, "--model", "baseline", "--out", tmp_path / folder).code == 0
    assert (tmp_path / "a" / "stories.jsonl").read_bytes() == (tmp_path / "b" / "stories.jsonl").read_bytes()


def test_a_batch_files_what_can_be_read_and_names_the_rest(trained, newsdesk, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.txt").write_text("Kia opens a plant\nKia opened a car plant in Slovakia and hired ninety people.\n")
    (inbox / "empty.txt").write_text("")
    (inbox / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (inbox / "paper.pdf").write_bytes(b"%PDF-1.7")
    (inbox / "thanks.txt").write_text("Thanks for reading, see you next week!\n")
    done = newsdesk("predict", inbox, tmp_path / "gone.txt", "--model", "baseline", "--out", tmp_path / "filed")
    assert done.code == 1
    complaints = [line for line in done.err.splitlines() if line.startswith("newsdesk: ")]
    for name in ("empty.txt", "picture.txt", "paper.pdf", "gone.txt", "thanks.txt"):
        assert sum(name in line for line in complaints) == 1, (name, complaints)
    stories = [json.loads(line) for line in (tmp_path / "filed" / "stories.jsonl").read_text().splitlines()]
    assert "good.txt" in {story["issue"] for story in stories}


def test_standard_input_goes_in_and_jsonl_comes_out(trained, newsdesk):
    text = "Foundry prints 2nm chips\nThe foundry prints 2nm chips on wafers in Tainan for a phone maker.\n"
    done = newsdesk("predict", "-", "--model", "baseline", "--format", "jsonl", stdin=text)
    assert done.code == 0, done.err
    assert json.loads(done.out.splitlines()[0])["heading"] == "Foundry prints 2nm chips"


def test_rows_of_a_csv_are_stories_in_order(trained, newsdesk, tmp_path):
    path = tmp_path / "archive.csv"
    path.write_text('id,headline\n1,"Chips, again: foundry prints 2nm wafers"\n2,Hello there\n')
    done = newsdesk("predict", path, "--column", "headline", "--model", "baseline", "--format", "jsonl")
    stories = [json.loads(line) for line in done.out.splitlines()]
    assert [story["boilerplate"] for story in stories] == [False, False]
    assert stories[0]["sectors"][0]["sector"] == "semiconductors"


def test_one_text_is_classified_at_once(trained, newsdesk):
    done = newsdesk(
        "predict", "--text", "The foundry prints 2nm chips in Tainan.", "--model", "baseline", "--format", "jsonl"
    )
    assert json.loads(done.out)["sectors"][0]["sector"] == "semiconductors"


def test_from_python_a_desk_files_and_classifies(trained, home):
    from predict import load

    desk = load("baseline")
    assert desk.file(SAMPLE)[0].issue == "sample_issue.md"
    assert desk.classify(["The foundry prints 2nm chips in Tainan."])[0].sectors[0].sector == "semiconductors"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("predict", SAMPLE), "no champion of 'newsdesk'"),
        (("evaluate",), "`make demo` trains and promotes one"),
        (("compare",), "`make train` makes two"),
        (("promote",), "`make train` trains one"),
        (("evaluate", "--data", "nowhere.jsonl"), "nowhere.jsonl: no such file"),
        (("train", "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        (("predict", "--text", " ", "--model", SAMPLE), "sample_issue.md: holds no model.json"),
        (("labels", "--sentences", "nowhere"), "nowhere: no such file or folder"),
    ],
)
def test_what_a_user_did_wrong_is_one_line_without_a_traceback(newsdesk, tmp_path, arguments, message):
    done = newsdesk(*arguments, store=tmp_path / "empty", cwd=tmp_path)
    assert done.code == 1
    assert message in done.err.replace("\n", " ")
    assert "Traceback" not in done.err


def test_a_wrong_call_exits_with_2(newsdesk):
    assert newsdesk("predict").code == 2
    assert newsdesk("predict", SAMPLE, "--format", "parquet").code == 2
    assert newsdesk("fly").code == 2


def test_training_on_a_labels_error_names_file_and_line_and_registers_nothing(newsdesk, tmp_path, write_sentences):
    path = write_sentences({"text": "fine", "sectors": []}, {"text": "bad", "sectors": "x"})
    (tmp_path / "mine.yaml").write_text(f"name: mine\nmodel: baseline\nlabels:\n  sentences: {path.name}\n")
    done = newsdesk("train", tmp_path / "mine.yaml", store=tmp_path / "store")
    assert done.code == 1
    assert f"{path}:2: `sectors` must be a list" in done.err


def test_a_busy_port_is_said_with_the_remedy(newsdesk):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = newsdesk("ui", "--port", port)
    assert done.code == 1
    assert f"port {port} is busy; choose another: make ui PORT={port + 1}" in done.err


def test_the_audit_passes_on_the_projects_labels_and_fails_on_bad_ones(newsdesk, write_sentences):
    good = newsdesk("labels")
    assert good.code == 0
    assert "0 errors" in good.out
    bad = newsdesk("labels", "--sentences", write_sentences({"text": "a", "sectors": ["fashion"]}))
    assert bad.code == 1
    assert ":1: unknown sector 'fashion'" in bad.out


def test_marked_lines_become_jsonl(newsdesk, tmp_path):
    path = tmp_path / "new.txt"
    path.write_text("mobility | news | [Kia](COMPANY) hires.\n")
    done = newsdesk("convert", path, "--prefix", "s99", "--source", "mine")
    assert json.loads(done.out)["id"] == "s99-0001"
    path.write_text("mobility | news\n")
    assert newsdesk("convert", path, "--prefix", "s99").code == 1


def test_the_run_holds_inputs_metrics_figures_tables_and_a_served_model(trained, home):
    import pandas as pd

    from models.registry import connect

    client = connect()
    version = client.get_model_version_by_alias("newsdesk", "baseline")
    run = client.get_run(version.run_id)
    assert run.data.params["baseline.regularisation"]
    assert run.data.tags["git_commit"]
    # An evaluation on a file of one's own adds that file.
    assert {one.dataset.name for one in run.inputs.dataset_inputs} >= {
        "labels-train",
        "labels-validation",
        "labels-test",
    }
    assert {"sectors/micro_f1", "sectors/f1.finance", "entities/f1.PLACE", "validation/sectors/micro_f1"} <= set(
        run.data.metrics
    )
    artifacts = {file.path for file in client.list_artifacts(version.run_id, "test")}
    assert {
        "test/f1_by_sector.png",
        "test/confusion.png",
        "test/calibration.png",
        "test/precision_recall.png",
        "test/errors.json",
    } <= artifacts
    import mlflow

    served = mlflow.pyfunc.load_model("models:/newsdesk@baseline")
    answer = served.predict(pd.DataFrame({"text": ["The foundry prints 2nm chips in Tainan."]}))
    assert answer["sectors"][0][0]["sector"] == "semiconductors"
    assert not list((home / "mlartifacts").rglob("*.pkl"))


def test_the_trainings_of_one_command_are_children_of_one_run(trained, home):
    from models.registry import connect

    client = connect()
    runs = client.search_runs([client.get_experiment_by_name("newsdesk").experiment_id])
    (group,) = (run for run in runs if "recipes" in run.data.tags)
    children = {run.data.tags["recipe"]: run for run in runs if run is not group}
    assert group.data.tags["recipes"] == "baseline + transformer"
    assert group.info.status == "FINISHED"
    assert {run.data.tags["mlflow.parentRunId"] for run in children.values()} == {group.info.run_id}
    assert children["transformer"].data.tags["backbone"] == "packaged"
    for run in children.values():
        assert run.data.metrics["speed/train_sentences_per_second"] > 0
        assert run.data.metrics["speed/classify_sentences_per_second"] > 0


def test_a_version_has_a_card_made_from_its_run(trained, home):
    from models.registry import connect

    client = connect()
    version = client.get_model_version_by_alias("newsdesk", "champion")
    scores = client.get_run(version.run_id).data.metrics
    for part in ("Intended use", "How to load", "labels-train", "Limits", "What changed"):
        assert part in version.description
    assert f"| finance | {scores['sectors/f1.finance']:.3f} |" in version.description
    assert client.get_registered_model("newsdesk").description == version.description


def test_losses_and_validation_are_logged_by_step(trained, home):
    from models.registry import connect

    client = connect()
    run_id = client.get_model_version_by_alias("newsdesk", "transformer").run_id
    losses = client.get_metric_history(run_id, "loss/total")
    assert len(losses) > 10
    assert losses[-1].value < losses[0].value
    assert len(client.get_metric_history(run_id, "validation/epoch/sectors/micro_f1")) == 2


@pytest.mark.skipif(os.name != "posix", reason="make is for POSIX systems")
def test_make_alone_lists_every_target_with_a_line():
    import subprocess

    listed = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target in (
        "setup",
        "review",
        "demo",
        "train",
        "train-baseline",
        "train-transformer",
        "tune",
        "evaluate",
        "compare",
        "promote",
        "predict",
        "ui",
        "serve",
        "labels",
        "doctor",
        "test",
        "lint",
        "clean",
    ):
        assert f"  {target} " in listed
