import numpy as np
import pytest

from labels.sentence import Entity
from models.tags import allowed_transitions, best_tags, entities_of_tags, tag_names, tags_of_words, well_formed
from models.words import word_spans

TYPES = ("COMPANY", "PLACE")


def test_spans_become_tags_and_tags_become_the_same_spans():
    text = "Bank of China opened in Győr."
    entities = [Entity(0, 13, "COMPANY"), Entity(24, 28, "PLACE")]
    tags = tags_of_words(word_spans(text), entities, TYPES)
    assert [tag_names(TYPES)[tag] for tag in tags] == ["B-COMPANY", "I-COMPANY", "I-COMPANY", "O", "O", "B-PLACE", "O"]
    assert entities_of_tags(tags, word_spans(text), TYPES) == entities


def test_neighbouring_entities_of_one_type_stay_two():
    tags = [1, 1, 2]
    assert entities_of_tags(tags, [(0, 2), (3, 5), (6, 8)], TYPES) == [Entity(0, 2, "COMPANY"), Entity(3, 8, "COMPANY")]


def test_the_best_path_never_holds_an_inside_without_its_beginning():
    generator = np.random.default_rng(0)
    transitions = np.where(allowed_transitions(5), 0.0, -np.inf)
    for tags in best_tags(generator.normal(size=(600, 5)), [12] * 50, transitions):
        for before, tag in zip([0, *tags], tags, strict=False):
            assert tag == 0 or tag % 2 == 1 or before in (tag - 1, tag)


def test_the_best_path_is_the_best_of_all_valid_ones():
    from itertools import product

    generator = np.random.default_rng(1)
    allowed = allowed_transitions(5)
    transitions = np.where(allowed, 0.0, -np.inf)
    scores = generator.normal(size=(9, 5))
    valid = [
        path
        for path in product(range(5), repeat=4)
        if path[0] not in (2, 4) and all(allowed[a, b] for a, b in zip(path, path[1:], strict=False))
    ]
    # Beside a shorter text, an empty one and a longer one, none of which may make a difference.
    found = best_tags(scores, [1, 0, 4, 4], transitions)
    for first, tags in ((1, found[2]), (5, found[3])):
        best = max(valid, key=lambda path: sum(scores[first + at, tag] for at, tag in enumerate(path)))
        assert tags == list(best)
    assert [len(tags) for tags in found] == [1, 0, 4, 4]


@pytest.mark.parametrize("n_tags", [1, 3])
def test_no_words_and_no_types_give_no_tags_but_outside(n_tags):
    transitions = np.where(allowed_transitions(n_tags), 0.0, -np.inf)
    assert best_tags(np.zeros((0, n_tags)), [0, 0], transitions) == [[], []]
    assert best_tags(np.zeros((0, n_tags)), [], transitions) == []
    assert best_tags(np.zeros((2, 1)), [2], np.zeros((1, 1))) == [[0, 0]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bank of Japan (BOJ", ["Bank of Japan", "BOJ"]),
        ("Acme –", ["Acme"]),
        ("(SAFE)", ["SAFE"]),
        ("Phone (3a)", ["Phone (3a)"]),
        ("Disney+", ["Disney+"]),
        ("(", []),
    ],
)
def test_names_lose_marks_that_no_name_begins_or_ends_with(text: str, names: list[str]):
    found = well_formed([Entity(0, len(text), "COMPANY")], word_spans(text), text)
    assert [text[entity.start : entity.end] for entity in found] == names
