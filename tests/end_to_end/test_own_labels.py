"""The same pair of models on labels of another domain: what bank customers want."""

import json

WANTS = {
    "card": (
        "My card was swallowed by the machine in {}",
        "I lost my debit card near {}",
        "When does the new card for {} come",
    ),
    "transfer": (
        "The transfer to my sister in {} has not arrived",
        "How long does money sent to {} take",
        "I sent rent to {} twice",
    ),
    "loan": (
        "Can I borrow more for the house in {}",
        "What is the rate of a loan for a car in {}",
        "I want to repay my {} mortgage early",
    ),
    "none": ("Good morning from {}", "Thanks, that is all, greetings to {}", "Lovely weather in {} today"),
}
TOWNS = (
    "Lima Oslo Győr Turin Basel Kyoto Perth Davao Natal Accra Quito Izmir Leeds Malmö Porto Busan Hanoi Tunis Graz"
).split()


def write_csv(folder):
    rows = [
        f'"{sentence.format(town)}, please look at case {n * 37 + k * 11}",{want}'
        for want, sentences in WANTS.items()
        for k, sentence in enumerate(sentences)
        for n, town in enumerate(TOWNS)
    ]
    (folder / "intents").mkdir()
    (folder / "intents" / "wants.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")


def test_a_csv_of_another_domain_trains_evaluates_promotes_and_files(newsdesk, tmp_path):
    write_csv(tmp_path)
    recipe = tmp_path / "bank.yaml"
    recipe.write_text("name: bank\nmodel: baseline\nregister_as: bank\nlabels:\n  sentences: intents\n")
    store = tmp_path / "store"
    trained = newsdesk("train", recipe, store=store)
    assert trained.code == 0, trained.err
    assert newsdesk("promote", "--config", recipe, store=store).code == 0
    scores = json.loads(newsdesk("evaluate", "--model", "bank@champion", "--config", recipe, "--json", store=store).out)
    assert scores["sectors.micro_f1"] > 0.9
    assert "entities.f1" not in scores
    done = newsdesk(
        "predict", "--text", "My debit card is gone", "--model", "bank@champion", "--format", "jsonl", store=store
    )
    assert json.loads(done.out)["sectors"][0]["sector"] == "card"


def test_a_model_of_other_labels_is_not_measured_on_ours(newsdesk, tmp_path):
    write_csv(tmp_path)
    (tmp_path / "bank.yaml").write_text(
        "name: bank\nmodel: baseline\nregister_as: bank\nlabels:\n  sentences: intents\n"
    )
    store = tmp_path / "store"
    assert newsdesk("train", tmp_path / "bank.yaml", store=store).code == 0
    done = newsdesk("evaluate", "--model", "bank@bank", store=store)
    assert done.code == 1
    assert "name its recipe with --config" in done.err
