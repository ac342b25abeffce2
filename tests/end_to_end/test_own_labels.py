"""The same pair of models on labels of another domain: what bank customers want."""

import json

import pytest

from tests.end_to_end.bank_customers import write_csv


@pytest.fixture(scope="module")
def bank(newsdesk, tmp_path_factory):
    """A recipe of other labels and the store that its model was trained into."""
    folder = tmp_path_factory.mktemp("bank")
    write_csv(folder)
    recipe = folder / "bank.yaml"
    recipe.write_text("name: bank\nmodel: baseline\nregister_as: bank\nlabels:\n  sentences: intents\n")
    trained = newsdesk("train", recipe, store=folder / "store")
    assert trained.code == 0, trained.err
    return recipe, folder / "store"


def test_a_csv_of_another_domain_trains_evaluates_promotes_and_files(newsdesk, bank):
    recipe, store = bank
    assert newsdesk("promote", "--config", recipe, store=store).code == 0
    scores = json.loads(newsdesk("evaluate", "--model", "bank@champion", "--config", recipe, "--json", store=store).out)
    assert scores["sectors.micro_f1"] > 0.5
    assert "entities.f1" not in scores
    done = newsdesk(
        "predict", "--text", "My debit card is gone", "--model", "bank@champion", "--format", "jsonl", store=store
    )
    assert json.loads(done.out)["sectors"][0]["sector"] == "card"


def test_a_model_of_other_labels_is_not_measured_on_ours(newsdesk, bank):
    _, store = bank
    done = newsdesk("evaluate", "--model", "bank@bank", store=store)
    assert done.code == 1
    assert "name its recipe with --config" in done.err
