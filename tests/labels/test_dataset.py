import pytest

from labels.dataset import load_labels, load_sentences, to_dataset, to_sentences
from labels.files import SentenceFileError
from labels.taxonomy import load_taxonomy, taxonomy_of_keys


def test_a_dataset_has_typed_features_and_gives_the_sentences_back(write_sentences):
    path = write_sentences(
        {
            "id": "a",
            "text": "Sony in Kyoto",
            "sectors": ["devices"],
            "entities": [{"start": 0, "end": 4, "type": "COMPANY"}],
        },
        {"id": "b", "text": "Hello"},
    )
    sentences = load_sentences(path, load_taxonomy())
    dataset = to_dataset(sentences)
    assert dataset.features["entities"].feature["start"].dtype == "int32"
    assert to_sentences(dataset) == sentences


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ({"text": "a", "sectors": ["fashion"]}, "unknown sector 'fashion'"),
        ({"text": "a", "sectors": ["policy", "policy"]}, "stands twice"),
        ({"text": "a", "sectors": ["policy", "energy", "health", "finance"]}, "4 sectors"),
        ({"text": "Sony", "entities": [{"start": 0, "end": 9, "type": "COMPANY"}]}, "does not lie in the text"),
        ({"text": "Sony ", "entities": [{"start": 0, "end": 5, "type": "COMPANY"}]}, "stray space"),
        ({"text": "Sony", "entities": [{"start": 0, "end": 4, "type": "BRAND"}]}, "unknown type 'BRAND'"),
        (
            {
                "text": "Sony TV",
                "entities": [{"start": 0, "end": 4, "type": "COMPANY"}, {"start": 2, "end": 7, "type": "PRODUCT"}],
            },
            "overlap",
        ),
    ],
)
def test_labels_that_break_the_taxonomy_or_the_text_stop_the_loading(write_sentences, sentence, message):
    path = write_sentences(sentence)
    with pytest.raises(SentenceFileError, match=message) as caught:
        load_sentences(path, load_taxonomy())
    assert f"{path}:1: " in str(caught.value)


def test_labels_without_a_taxonomy_imply_one(tmp_path):
    rows = [
        f"question number {n} about {'cards' if n % 2 else 'loans'} and {n * n} things,{'cards' if n % 2 else 'loans'}"
        for n in range(200)
    ]
    (tmp_path / "a.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    dataset, taxonomy = load_labels(tmp_path)
    assert taxonomy == taxonomy_of_keys(["cards", "loans"])
    assert set(dataset) == {"train", "validation", "test"}


def test_too_few_sentences_for_three_splits_are_refused(write_sentences):
    with pytest.raises(SentenceFileError, match="leave the .* split empty"):
        load_labels(write_sentences(*({"text": f"{n} {n**9}", "sectors": ["x"] * (n < 3)} for n in range(4))))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[]] * 60, "none of 60 sentences has a label"),
        ([["card"]] * 60, "all 60 sentences have the label 'card'; add sentences of other labels"),
        ([["card"], ["loan"]] * 30 + [["crad"]], ":61: the label 'crad' has only 1 of 61 sentences, 3 are needed"),
    ],
)
def test_labels_that_nothing_can_be_learnt_from_are_named(write_sentences, labels, message):
    path = write_sentences(*({"text": f"number {at}", "sectors": given} for at, given in enumerate(labels)))
    with pytest.raises(SentenceFileError, match=message) as caught:
        load_labels(path)
    assert str(caught.value).startswith(str(path))


def test_a_taxonomy_says_that_a_rare_label_is_meant(write_sentences, tmp_path):
    given = [["card"], ["loan"], []] * 30 + [["cash"]]
    path = write_sentences(*({"text": hex(hash((at, 1))), "sectors": sectors} for at, sectors in enumerate(given)))
    (tmp_path / "labels.yaml").write_text("sectors: [{key: card}, {key: loan}, {key: cash}]")
    assert load_labels(path, tmp_path / "labels.yaml")[1].sector_keys == ("card", "loan", "cash")
