"""The runs in MLflow's pages, as `newsdesk ui` serves them and a browser shows them."""

import re
import sys
from pathlib import Path

import pytest

from tests.end_to_end.servers import free_port, serving

PATIENCE = 60_000  # milliseconds for MLflow's pages to load on a busy machine


@pytest.fixture(scope="module")
def address(trained, home, environment_of, tmp_path_factory):
    """Where `newsdesk ui` serves the store with both trained models."""
    port = free_port()
    log = tmp_path_factory.mktemp("ui") / "ui.log"
    command = [str(Path(sys.executable).parent / "newsdesk"), "ui", "--port", str(port)]
    with serving(command, f"http://127.0.0.1:{port}/health", environment_of(home), log):
        assert f"MLflow shows the runs at http://127.0.0.1:{port}" in log.read_text()
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def runs(trained, home):
    """Runs of the two models by recipe."""
    from models.registry import connect

    client = connect()
    return {
        recipe: client.get_run(client.get_model_version_by_alias("newsdesk", recipe).run_id)
        for recipe in ("baseline", "transformer")
    }


@pytest.fixture
def page(browser, address):
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def test_the_experiment_lists_the_runs_by_recipe_and_date(page, address, runs):
    experiment = runs["baseline"].info.experiment_id
    page.goto(f"{address}/#/experiments/{experiment}/runs")
    for run in runs.values():
        page.get_by_text(run.info.run_name, exact=True).first.wait_for()


def test_two_runs_compare_by_name_parameters_and_grouped_metrics(page, address, runs):
    ids = ",".join(f'"{run.info.run_id}"' for run in runs.values())
    page.goto(f'{address}/#/compare-runs?runs=[{ids}]&experiments=["{runs["baseline"].info.experiment_id}"]')
    for run in runs.values():
        page.get_by_text(run.info.run_name).first.wait_for()
    for name in ("transformer.epochs", "sectors/micro_f1", "entities/f1", "speed/classify_sentences_per_second"):
        page.get_by_text(name, exact=True).first.wait_for(state="attached")


def test_a_figure_shows_in_the_runs_artifacts(page, address, runs):
    info = runs["transformer"].info
    page.goto(f"{address}/#/experiments/{info.experiment_id}/runs/{info.run_id}/artifacts/test/confusion.png")
    page.get_by_role("img", name=re.compile("confusion.png")).wait_for()
