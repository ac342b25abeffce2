"""The runs in MLflow's pages, as `newsdesk ui` serves them and a browser shows them."""

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


def test_the_experiment_lists_the_runs_of_a_command_and_compares_two(page, address, runs):
    page.goto(f"{address}/#/experiments/{runs['baseline'].info.experiment_id}")
    page.get_by_text("baseline + transformer").first.wait_for()
    page.get_by_text("Expand rows").click()
    for run in runs.values():
        name = page.get_by_role("link", name=run.info.run_name, exact=True)
        name.wait_for()
        page.get_by_role("row", name=run.info.run_name).get_by_role("checkbox").first.click()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("Comparing 2 Runs").wait_for()
    for run in runs.values():
        page.get_by_text(run.info.run_name).first.wait_for()
    for name in ("transformer.epochs", "sectors/micro_f1", "entities/f1", "speed/classify_sentences_per_second"):
        page.get_by_text(name, exact=True).first.wait_for(state="attached")


def test_figures_and_tables_show_in_the_artifacts_of_a_run(page, address, runs):
    info = runs["transformer"].info
    artifacts = f"{address}/#/experiments/{info.experiment_id}/runs/{info.run_id}/artifacts"
    page.goto(f"{artifacts}/test/confusion.png")
    page.get_by_alt_text("test/confusion.png").wait_for()
    page.get_by_text("errors.json").click()
    page.get_by_text("entities missed").wait_for()


def test_the_registry_shows_the_card_of_the_champion(page, address, runs):
    page.goto(f"{address}/#/models/newsdesk")
    page.get_by_text("Intended use").first.wait_for()
