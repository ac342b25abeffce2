"""N-grams are those of scikit-learn's vectorizer, whatever the text."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from models.lexical import fit_sector_scorer, load_sector_scorer
from models.ngrams import HashIndex, NgramSettings, count_ngrams, portions
from models.words import plain_marks

TEXTS = [
    "Intel etches wafers, Intel sells wafers.",
    "It's 3.5% up — “a lot”, said the maker_of_things",
    "a I ab to the",
    "",
    " \t\n ",
    "…!?",
    "İstanbul'da 华为发布了新手机 🚀 x",
    "Intel etches wafers, Intel sells wafers.",
    "word " * 50,
]


@pytest.mark.parametrize("lengths", [((1, 2), (3, 5)), ((1, 1), (2, 3)), ((2, 3), (4, 6)), ((1, 3), (5, 5))])
def test_the_same_ngrams_are_counted_as_by_scikit_learn(lengths):
    plain = [plain_marks(text) for text in TEXTS]
    counted = count_ngrams(TEXTS, NgramSettings(*lengths))
    for occurrences, analyzer, ngrams in zip(counted, ("word", "char_wb"), lengths, strict=True):
        vectorizer = TfidfVectorizer(
            analyzer=analyzer,
            ngram_range=ngrams,
            token_pattern=r"(?u)\b\w+\b" if analyzer == "word" else None,
            use_idf=False,
            norm=None,
        )
        theirs = vectorizer.fit_transform(plain)
        _, column = np.unique(occurrences.hashes, return_inverse=True)
        ours = np.zeros((len(TEXTS), column.max() + 1))
        np.add.at(ours, (occurrences.rows, column), 1)
        assert ours.shape == theirs.shape
        # Columns are in another order: compare them as multisets.
        assert sorted(map(tuple, ours.T.tolist())) == sorted(map(tuple, theirs.toarray().T.tolist()))


def test_scores_are_those_of_scikit_learns_tf_idf_with_the_same_regressions():
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    texts = ["Intel etches wafers", "wafers are etched", "Kia builds vans", "vans from Kia", "", "bread"]
    targets = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0]])
    scorer = fit_sector_scorer(NgramSettings((1, 2), (3, 5)), 10.0, texts, targets, seed=1)
    features = hstack(
        [
            TfidfVectorizer(
                analyzer=analyzer, ngram_range=ngrams, sublinear_tf=True, token_pattern=pattern
            ).fit_transform(texts)
            for analyzer, ngrams, pattern in (("word", (1, 2), r"(?u)\b\w+\b"), ("char_wb", (3, 5), None))
        ]
    ).tocsr()
    for sector in range(2):
        regression = LogisticRegression(
            C=10.0, solver="liblinear", class_weight="balanced", random_state=1, tol=1e-8, max_iter=1000
        ).fit(features, targets[:, sector])
        assert scorer.logits(texts)[:, sector] == pytest.approx(regression.decision_function(features), abs=0.02)


def test_a_text_scores_alone_as_it_does_among_others(tmp_path):
    targets = np.array([[len(text) % 2, "wafer" in text] for text in TEXTS], dtype=int)
    scorer = fit_sector_scorer(NgramSettings((1, 2), (3, 5)), 1.0, TEXTS, targets, seed=1)
    many = TEXTS * 2_000
    assert len(list(portions(many))) > 1
    assert scorer.logits(many)[-len(TEXTS) :] == pytest.approx(scorer.logits(TEXTS), abs=1e-5)
    assert scorer.logits([]).shape == (0, 2)
    scorer.save(tmp_path)
    assert (load_sector_scorer(tmp_path).logits(TEXTS) == scorer.logits(TEXTS)).all()


def test_an_index_finds_every_known_hash_and_no_other():
    generator = np.random.default_rng(1)
    known = np.unique(generator.integers(0, 2**63, 5_000, dtype=np.uint64))
    # Hashes that share their low bits all want the same slot.
    known = np.concatenate([known, np.arange(1, 40, dtype=np.uint64) << np.uint64(40)])
    index = HashIndex(known)
    assert (index.find(known) == np.arange(len(known))).all()
    assert (index.find(generator.integers(2**63, 2**64, 1_000, dtype=np.uint64)) == -1).all()
    assert len(index.find(known[:0])) == 0


def test_a_sector_that_no_sentence_has_is_improbable_and_one_that_all_have_is_not():
    targets = np.tile([[0, 1]], (len(TEXTS), 1))
    logits = fit_sector_scorer(NgramSettings((1, 2), (3, 5)), 1.0, TEXTS, targets, seed=1).logits(TEXTS)
    assert (logits[:, 0] < -5).all()
    assert (logits[:, 1] > 5).all()
