"""`--json`: one JSON value on standard output and nothing else, from every command that prints for reading."""

import json

import pytest

from predict.command_line import app
from tests.end_to_end.commands import commands

LINES = {
    "predict": (
        "predict letter.txt --model bank --json",
        "predict letter.txt rows.jsonl --model bank --json --out filed",
        "predict --text 'My card is lost' --model bank --json",
    ),
    "train": ("train bank.yaml --json",),
    "tune": ("tune bank.yaml --trials 1 --out tuned.yaml --json",),
    "evaluate": (
        "evaluate --model bank --config bank.yaml --json",
        "evaluate --model bank --data labelled.jsonl --data also.jsonl --no-log --json",
    ),
    "compare": ("compare --json",),
    "promote": ("promote --config bank.yaml --json",),
    "champion": ("champion --json",),
    "doctor": ("doctor --json",),
    "labels": ("labels --sentences intents --taxonomy wants.yaml --json",),
    "labels add": ("labels add labelled.jsonl --to added/all.jsonl --taxonomy wants.yaml --json",),
    "labels unknown": ("labels unknown letter.txt --model bank --json",),
    "labels suspects": ("labels suspects --config bank.yaml --folds 2 --json",),
}


@pytest.fixture(scope="module")
def store(small_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("json")
    letter = "A lost card\nMy “card” was swallowed by the machine outside of the Köln station.\n"
    (folder / "letter.txt").write_text(letter, encoding="utf-8")
    (folder / "rows.jsonl").write_text('{"text": "My loan is dear"}\n' * 3)
    for name in ("labelled.jsonl", "also.jsonl"):
        (folder / name).write_text('{"text": "The card is lost", "sectors": ["card"]}\n')
    (folder / "wants.yaml").write_text("sectors:\n- key: card\n- key: loan\n- key: transfer\n")
    with small_store.copy(folder) as store:
        yield store


def strictly(text):
    def refused(constant):
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refused)


def test_every_command_with_the_option_is_tried_here():
    having = {name for name, command in commands(app) if any("--json" in option.opts for option in command.params)}
    assert having == set(LINES)


@pytest.mark.parametrize("line", [line for lines in LINES.values() for line in lines])
def test_standard_output_is_one_json_value(store, line):
    done = store.run(line)
    assert done.code == 0, done.err
    assert strictly(done.out) is not None


def test_a_training_tells_its_version_and_its_scores(store):
    (told,) = strictly(store.trained)
    assert (told["recipe"], told["model"], told["version"]) == ("bank", "newsdesk", "1")
    assert 0 < told["scores"]["test"]["sectors.micro_f1"] <= 1
    assert strictly(store.promoted)["promoted"] is True


def test_predict_prints_stories_or_what_the_run_into_a_folder_did(store):
    shown = strictly(store.run("predict letter.txt rows.jsonl --model bank --json").out)
    assert [story["issue"] for story in shown] == ["letter.txt"] + 3 * ["rows.jsonl"]
    assert "Köln" in shown[0]["sentences"][-1]["text"]
    did = strictly(store.run("predict letter.txt gone.txt --model bank --json --out done --html").out)
    assert (did["files"], did["output"]) == (1, "done/stories.jsonl")
    assert did["page"].endswith(".html")
    assert "gone.txt" in did["problems"][0]


def test_a_model_may_be_a_version_with_its_champion_told(store):
    told = strictly(store.run("champion --json").out)
    assert told["model"] == "newsdesk"
    assert told["run_id"] == strictly(store.trained)[0]["run_id"]
