import random

from labels.near_duplicates import near_duplicate_pairs
from labels.splits import assign_splits

SUBJECTS = ("ferry", "orchard", "museum", "tunnel", "bakery", "lighthouse", "quarry", "library", "harbour", "vineyard")
VERBS = ("opened", "closed", "moved", "burned", "sold", "painted", "flooded", "reopened", "rented", "renamed")


def texts_apart(n):
    generator = random.Random(5)
    words = [f"{a}{b}" for a in SUBJECTS for b in VERBS]
    return [" ".join(generator.sample(words, 9)) for _ in range(n)]


def test_texts_divide_about_80_10_10():
    splits = assign_splits(texts_apart(2000))
    assert 0.77 < splits.count("train") / 2000 < 0.83
    assert 0.08 < splits.count("validation") / 2000 < 0.12


def test_order_and_company_of_other_texts_do_not_matter():
    texts = texts_apart(300)
    alone = dict(zip(texts, assign_splits(texts), strict=True))
    more = texts_apart(600)[::-1]
    together = dict(zip(more, assign_splits(more), strict=True))
    assert all(together[text] == alone[text] for text in texts)


def test_near_duplicates_share_a_split_even_through_a_third():
    texts = texts_apart(300)
    twins = [text + " again" for text in texts]
    cousins = [text + " again today" for text in texts]
    splits = assign_splits(texts + twins + cousins)
    for at in range(300):
        assert splits[at] == splits[at + 300] == splits[at + 600]


def test_a_new_near_duplicate_never_moves_a_sentence_into_train():
    texts = texts_apart(400)
    before = assign_splits(texts)
    after = assign_splits(texts + [text + " again" for text in texts])[:400]
    assert all(new == old or old == "train" or new == "test" for old, new in zip(before, after, strict=True))


def test_near_duplicates_are_found_whatever_case_and_punctuation():
    texts = [
        "In this issue:",
        "IN THIS ISSUE 👇",
        "The ferry sank off the coast of Crete on Monday",
        "A new ferry for Crete",
    ]
    assert [(first, second) for first, second, _ in near_duplicate_pairs(texts)] == [(0, 1)]


def test_texts_of_marks_only_are_compared_as_they_are():
    assert near_duplicate_pairs(["🚀", "🎮", "🚀"]) == [(0, 2, 1.0)]
