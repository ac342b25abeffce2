"""Sectors from the words of a text: TF-IDF with one logistic regression a sector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.words import plain_marks

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier

_SECTORS_FILE = "sectors.skops"
_NGRAMS_FILE = "ngrams.json"


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """Which n-grams are counted."""

    words: tuple[int, int]
    characters: tuple[int, int]
    least_documents: int = 1

    def vectorizers(self, vocabularies: Sequence[Sequence[str]] | None = None) -> list[TfidfVectorizer]:
        """Unfitted TF-IDF of words and of characters, with fixed vocabularies where given."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        return [
            TfidfVectorizer(
                analyzer=analyzer,
                ngram_range=ngrams,
                min_df=self.least_documents,
                sublinear_tf=True,
                token_pattern=r"(?u)\b\w+\b" if analyzer == "word" else None,
                vocabulary=vocabularies[at] if vocabularies else None,
                dtype=np.float32,
            )
            for at, (analyzer, ngrams) in enumerate((("word", self.words), ("char_wb", self.characters)))
        ]


@dataclass(frozen=True, slots=True)
class SectorScorer:
    """Fitted TF-IDF vectorizers and one logistic regression a sector."""

    settings: NgramSettings
    vectorizers: list[TfidfVectorizer]
    regressions: OneVsRestClassifier

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """Log-odds before calibration, float (n_texts, n_sectors)."""
        n_sectors = len(self.regressions.estimators_)
        if not texts:
            return np.zeros((0, n_sectors))
        # With a single sector scikit-learn returns a vector.
        return np.asarray(self.regressions.decision_function(features(self.vectorizers, texts))).reshape(-1, n_sectors)

    def save(self, folder: Path) -> None:
        """Write the regressions and document frequencies as skops, n-grams and settings as JSON."""
        import skops.io

        folder.mkdir(parents=True, exist_ok=True)
        skops.io.dump(
            {"regressions": self.regressions, "idf": [vectorizer.idf_ for vectorizer in self.vectorizers]},
            folder / _SECTORS_FILE,
        )
        # As JSON the vocabularies load in a fiftieth of the time that skops needs for large mappings.
        vocabularies = [list(vectorizer.get_feature_names_out()) for vectorizer in self.vectorizers]
        content = {"settings": asdict(self.settings), "ngrams": vocabularies}
        (folder / _NGRAMS_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def fit_sector_scorer(
    settings: NgramSettings, regularisation: float, texts: Sequence[str], targets: np.ndarray, *, seed: int
) -> SectorScorer:
    """Fit vectorizers and regressions.

    Args:
        settings: n-grams to count.
        regularisation: inverse strength of the L2 penalty.
        texts: of the training split.
        targets: bool or 0/1 (n_texts, n_sectors).
        seed: of the solver.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    plain = [plain_marks(text) for text in texts]
    vectorizers = [vectorizer.fit(plain) for vectorizer in settings.vectorizers()]
    regression = LogisticRegression(C=regularisation, solver="liblinear", class_weight="balanced", random_state=seed)
    regressions = OneVsRestClassifier(regression).fit(features(vectorizers, texts), np.asarray(targets, dtype=int))
    return SectorScorer(settings, vectorizers, regressions)


def features(vectorizers: Sequence[TfidfVectorizer], texts: Sequence[str]) -> csr_matrix:
    """TF-IDF of all vectorizers side by side, float32 (n_texts, n_ngrams)."""
    from scipy.sparse import hstack

    plain = [plain_marks(text) for text in texts]
    return hstack([vectorizer.transform(plain) for vectorizer in vectorizers], format="csr")


def load_sector_scorer(folder: Path) -> SectorScorer:
    """Scorer from its folder; skops builds only the types that it trusts by itself."""
    import skops.io

    content = json.loads((folder / _NGRAMS_FILE).read_text(encoding="utf-8"))
    settings = content["settings"]
    ngrams = NgramSettings(tuple(settings["words"]), tuple(settings["characters"]), settings["least_documents"])
    vectorizers = ngrams.vectorizers(content["ngrams"])
    fitted = skops.io.load(folder / _SECTORS_FILE, trusted=[])
    for vectorizer, idf in zip(vectorizers, fitted["idf"], strict=True):
        vectorizer.idf_ = idf
    return SectorScorer(ngrams, vectorizers, fitted["regressions"])
