"""`newsdesk tune` as a user runs it, killed in the middle and given again."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.bank_customers import write_csv


def test_a_killed_study_goes_on_and_its_best_recipe_and_runs_are_whole(newsdesk, environment_of, tmp_path):
    write_csv(tmp_path)
    recipe = tmp_path / "bank.yaml"
    recipe.write_text("name: bank\nmodel: baseline\nregister_as: bank\nlabels:\n  sentences: intents\n")
    store = tmp_path / "store"
    command = [str(Path(sys.executable).parent / "newsdesk"), "tune", str(recipe), "--trials", "1000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment_of(store)) as process:
        for line in process.stderr:
            if line.startswith("bank: trial 2"):
                process.kill()
                break
    assert "the best of " in (tmp_path / "bank_tuned.yaml").read_text()

    resumed = newsdesk("tune", recipe, "--trials", "6", "--json", store=store)
    assert resumed.code == 0, resumed.err
    assert int(re.search(r"(\d+) of 6 trials done", resumed.err)[1]) >= 2
    study = json.loads(resumed.out)
    states = [trial["state"] for trial in study["trials"]]
    # It takes a moment from the line that was read to the end of the process, which may lie between two trials.
    assert states.count("complete") >= 6
    assert states.count("interrupted") == resumed.err.count("was interrupted; what it tried is tried again") <= 1
    assert study["database"] == str(store / "tuning.db")
    assert study["recipe"] == str(tmp_path / "bank_tuned.yaml")
    assert f"the best of {states.count('complete')} " in (tmp_path / "bank_tuned.yaml").read_text()

    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{store / 'mlflow.db'}")
    runs = client.search_runs([client.get_experiment_by_name("bank").experiment_id])
    (parent,) = (run for run in runs if run.info.run_id == study["run_id"])
    children = {int(run.data.tags["trial"]): run for run in runs if run is not parent}
    assert {run.data.tags["mlflow.parentRunId"] for run in children.values()} == {study["run_id"]}
    assert [children[number].data.tags["state"] for number in range(len(states))] == states
    assert parent.info.status == "FINISHED"


def test_what_a_user_did_wrong_is_one_line(newsdesk, tmp_path):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nmodel: baseline\nsearch:\n  epochs: [1, 2]\n")
    done = newsdesk("tune", recipe, store=tmp_path / "store")
    assert done.code == 1
    assert done.err.startswith(f"newsdesk: {recipe}: search.epochs: is no key of this model; known keys are")
