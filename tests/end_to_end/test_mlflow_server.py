"""A team's way: runs, models and their files on an MLflow server, reached over HTTP alone."""

import json
import sys
from pathlib import Path

import pytest

from tests.end_to_end.bank_customers import write_csv
from tests.end_to_end.servers import free_port, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory, environment_of):
    """Address of a real server that also hands out the artifacts."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/server.db"]
    command += ["--serve-artifacts", "--artifacts-destination", str(folder / "artifacts")]
    environment = environment_of(folder) | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with serving(command, f"{address}/health", environment, folder / "server.log"):
        yield address


@pytest.fixture(scope="module")
def bank(newsdesk, server, tmp_path_factory):
    """Folder with a recipe whose model was trained and promoted on the server."""
    folder = tmp_path_factory.mktemp("bank")
    write_csv(folder)
    recipe = folder / "bank.yaml"
    recipe.write_text("name: bank\nmodel: baseline\nregister_as: bank\nlabels:\n  sentences: intents\n")
    for command in (("train", recipe), ("promote", "--config", recipe)):
        done = newsdesk(*command, store=folder / "home", server=server)
        assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def client(bank, server):
    import mlflow

    return mlflow.MlflowClient(server, server)


def test_a_model_on_the_server_files_text_and_nothing_lies_beside_it(newsdesk, bank, server):
    done = newsdesk(
        "predict",
        "--text",
        "My debit card is gone",
        "--model",
        "bank@champion",
        "--format",
        "jsonl",
        store=bank / "home",
        server=server,
    )
    assert done.code == 0, done.err
    assert json.loads(done.out)["sectors"][0]["sector"] == "card"
    assert not list((bank / "home").rglob("mlflow.db")) and not list((bank / "home").rglob("mlartifacts"))


def test_new_data_is_logged_to_the_run_of_the_model_and_stands_in_its_card(newsdesk, bank, server, client):
    data = bank / "branch.jsonl"
    lines = [{"text": "The card is lost", "sectors": ["card"]}, {"text": "Good morning", "sectors": []}]
    version = client.get_model_version_by_alias("bank", "champion")
    # The second time, the file has fewer mistakes to show: its tables replace the first ones.
    for kept in (lines, lines[:1]):
        data.write_text("".join(json.dumps(line) + "\n" for line in kept))
        done = newsdesk(
            "evaluate", "--model", "bank@champion", "--data", data, "--json", store=bank / "home", server=server
        )
        assert done.code == 0, done.err
        assert json.loads(done.out)["sentences"] == len(kept)
        assert f"logged to the run of bank version 1, {version.run_id}" in done.err
    run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert "real/branch/sectors/micro_f1" in run.data.metrics
    assert run.data.tags["real/branch"].startswith("sectors ")
    assert "branch" in {one.dataset.name for one in run.inputs.dataset_inputs}
    sweep = json.loads(Path(client.download_artifacts(version.run_id, "real/branch/threshold_sweep.json")).read_text())
    thresholds = [row[0] for row in sweep["data"]]
    assert len(thresholds) == len(set(thresholds))
    assert "branch" in client.get_model_version("bank", "1").description


def test_evaluation_logs_nothing_where_that_is_asked(newsdesk, bank, server, client):
    data = bank / "private.jsonl"
    data.write_text('{"text": "The card is lost", "sectors": ["card"]}\n')
    done = newsdesk(
        "evaluate", "--model", "bank@champion", "--data", data, "--no-log", store=bank / "home", server=server
    )
    assert done.code == 0, done.err
    run = client.get_run(client.get_model_version_by_alias("bank", "champion").run_id)
    assert not any("private" in key for key in {**run.data.metrics, **run.data.tags})


def test_the_registry_says_what_a_new_version_changed(newsdesk, bank, server, client):
    recipe = bank / "weaker.yaml"
    recipe.write_text(
        "name: weaker\nmodel: baseline\nregister_as: bank\nlabels:\n  sentences: intents\n"
        "baseline:\n  regularisation: 0.5\n"
    )
    assert newsdesk("train", recipe, store=bank / "home", server=server).code == 0
    version = client.get_model_version_by_alias("bank", "weaker")
    assert "Compared with the champion, version 1" in version.tags["changes"]
    assert "baseline.regularisation: 10.0 → 0.5" in version.tags["changes"]
    assert version.tags["changes"] in version.description


def test_promotion_names_champion_and_challenger_and_says_why(newsdesk, bank, server, client):
    done = newsdesk("promote", "--config", bank / "bank.yaml", "--json", store=bank / "home", server=server)
    assert done.code == 0, done.err
    champion = client.get_model_version_by_alias("bank", "champion")
    challenger = client.get_model_version_by_alias("bank", "challenger")
    assert champion.version != challenger.version
    assert champion.tags["promotion"].startswith(f"version {champion.version} scores")
    assert client.get_registered_model("bank").description == champion.description


def test_the_page_of_a_servers_runs_is_the_servers(newsdesk, bank, server):
    done = newsdesk("ui", store=bank / "home", server=server)
    assert (done.code, server in done.out) == (0, True)
