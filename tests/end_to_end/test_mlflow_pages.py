"""The runs in MLflow's pages, as `newsdesk ui` serves them and a browser shows them."""

import re
import sys
from pathlib import Path

import pytest

from tests.end_to_end.servers import free_port, serving

PATIENCE = 60_000  # milliseconds for MLflow's pages to load on a busy machine


@pytest.fixture(scope="module")
def printed(trained, home, environment_of, tmp_path_factory):
    """What `newsdesk ui` prints while it serves the store with both trained models."""
    port = free_port()
    log = tmp_path_factory.mktemp("ui") / "ui.log"
    command = [str(Path(sys.executable).parent / "newsdesk"), "ui", "--port", str(port)]
    with serving(command, f"http://127.0.0.1:{port}/health", environment_of(home), log):
        yield log.read_text()


@pytest.fixture(scope="module")
def address(printed):
    return re.search(r"MLflow shows the runs at (http://127\.0\.0\.1:\d+) ", printed)[1]


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


def test_the_printed_page_shows_the_runs_and_compares_two_of_them(page, printed, runs):
    page.goto(re.search("Side by side, best first: (.*)", printed)[1])
    for run in runs.values():
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=run.info.run_name, exact=True))
        row.get_by_role("checkbox").first.check()
    for group in ("sectors", "entities", "loss", "speed", "validation/sectors"):
        page.get_by_text(group, exact=True).first.wait_for(state="attached")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("Comparing 2 Runs").first.wait_for()
    for run in runs.values():
        page.get_by_text(run.info.run_name).first.wait_for(state="attached")
    for name in ("transformer.epochs", "entities/f1", "entities/precision", "backbone", "labels_digest"):
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
