"""Sectors from the words of a text: TF-IDF with one logistic regression a sector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from models.ngrams import HashIndex, NgramSettings, Occurrences, count_ngrams, portions

_WEIGHTS_FILE = "sectors.safetensors"
_SETTINGS_FILE = "ngrams.json"
_NEVER_SEEN = -8.0
"""Log-odds of a sector that no training sentence has."""


@dataclass(frozen=True, slots=True)
class NgramWeights:
    """The known n-grams of one kind and what each says."""

    hashes: np.ndarray  # uint64 (n_ngrams,)
    idf: np.ndarray  # float32 (n_ngrams,)
    coefficients: np.ndarray  # float32 (n_ngrams, n_sectors)


@dataclass(frozen=True, slots=True)
class TfIdf:
    """The n-grams of some texts that a vocabulary knows, ordered by text, each once a text."""

    rows: np.ndarray  # int64 (n,)
    places: np.ndarray  # int64 (n,), in the vocabulary
    values: np.ndarray  # float32 (n,), of Euclidean length 1 a text


class SectorScorer:
    """Known n-grams of words and of characters, and one logistic regression a sector."""

    def __init__(self, settings: NgramSettings, kinds: Sequence[NgramWeights], intercepts: np.ndarray) -> None:
        """Index the n-grams of `kinds` (words, characters); `intercepts` are float32 (n_sectors,)."""
        self.settings = settings
        self.kinds = kinds
        self.intercepts = intercepts
        self._indices = [HashIndex(kind.hashes) for kind in kinds]

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """Log-odds before calibration, float32 (n_texts, n_sectors)."""
        logits = np.tile(self.intercepts, (len(texts), 1))
        for first, end in portions(texts):
            counted = count_ngrams(texts[first:end], self.settings)
            for kind, index, occurrences in zip(self.kinds, self._indices, counted, strict=True):
                found = tf_idf(occurrences, index, kind.idf)
                if len(found.rows):
                    said = kind.coefficients[found.places] * found.values[:, None]
                    texts_at, starts = np.unique(found.rows, return_index=True)
                    logits[first + texts_at] += np.add.reduceat(said, starts)
        return logits

    def save(self, folder: Path) -> None:
        """Write hashes, document frequencies and coefficients as safetensors, settings as JSON."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"intercepts": self.intercepts}
        for name, kind in zip(("words", "characters"), self.kinds, strict=True):
            arrays |= {f"{name}.{part}": np.ascontiguousarray(array) for part, array in asdict(kind).items()}
        save_file(arrays, folder / _WEIGHTS_FILE)
        (folder / _SETTINGS_FILE).write_text(json.dumps(asdict(self.settings)) + "\n", encoding="utf-8")


def load_sector_scorer(folder: Path) -> SectorScorer:
    """Scorer from its folder."""
    from safetensors.numpy import load_file

    settings = json.loads((folder / _SETTINGS_FILE).read_text(encoding="utf-8"))
    arrays = load_file(folder / _WEIGHTS_FILE)
    kinds = [
        NgramWeights(arrays[f"{name}.hashes"], arrays[f"{name}.idf"], arrays[f"{name}.coefficients"])
        for name in ("words", "characters")
    ]
    ngrams = NgramSettings(tuple(settings["words"]), tuple(settings["characters"]), settings["least_documents"])
    return SectorScorer(ngrams, kinds, arrays["intercepts"])


def fit_sector_scorer(
    settings: NgramSettings, regularisation: float, texts: Sequence[str], targets: np.ndarray, *, seed: int
) -> SectorScorer:
    """Fit document frequencies and regressions.

    Args:
        settings: n-grams to count.
        regularisation: inverse strength of the L2 penalty.
        texts: of the training split.
        targets: bool or 0/1 (n_texts, n_sectors).
        seed: of the solver.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    vocabularies = [_vocabulary(occurrences, settings, len(texts)) for occurrences in _count_all(texts, settings)]
    found = [tf_idf(occurrences, HashIndex(hashes), idf) for occurrences, hashes, idf in vocabularies]
    features = hstack(
        [
            csr_matrix((one.values, (one.rows, one.places)), shape=(len(texts), len(idf)))
            for one, (_, _, idf) in zip(found, vocabularies, strict=True)
        ],
        format="csr",
    )
    coefficients = np.zeros((features.shape[1], targets.shape[1]), dtype=np.float32)
    intercepts = np.full(targets.shape[1], _NEVER_SEEN, dtype=np.float32)
    for sector, column in enumerate(np.asarray(targets, dtype=int).T):
        if len(np.unique(column)) < 2:
            intercepts[sector] = -_NEVER_SEEN if column.any() else _NEVER_SEEN
            continue
        regression = LogisticRegression(
            C=regularisation, solver="liblinear", class_weight="balanced", random_state=seed
        ).fit(features, column)
        coefficients[:, sector] = regression.coef_[0]
        intercepts[sector] = regression.intercept_[0]
    words = len(vocabularies[0][2])
    return SectorScorer(
        settings,
        [
            NgramWeights(hashes, idf, part)
            for (_, hashes, idf), part in zip(vocabularies, (coefficients[:words], coefficients[words:]), strict=True)
        ],
        intercepts,
    )


def tf_idf(occurrences: Occurrences, index: HashIndex, idf: np.ndarray) -> TfIdf:
    """Known n-grams weighted by (1 + log count) times `idf`, scaled to length 1 a text."""
    places = index.find(occurrences.hashes)
    known = places >= 0
    keys = np.sort(occurrences.rows[known] * len(idf) + places[known])
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(np.append(starts, len(keys)))
    rows, columns = np.divmod(keys[starts], max(1, len(idf)))
    values = (1 + np.log(counts.astype(np.float32))) * idf[columns]
    lengths = np.sqrt(np.bincount(rows, weights=values * values))
    return TfIdf(rows, columns, (values / lengths[rows]).astype(np.float32))


def _count_all(texts: Sequence[str], settings: NgramSettings) -> list[Occurrences]:
    """N-grams of all texts, of words and of characters."""
    parts = [(first, count_ngrams(texts[first:end], settings)) for first, end in portions(texts)]
    return [
        Occurrences(
            np.concatenate([np.zeros(0, np.int64), *(first + kinds[at].rows for first, kinds in parts)]),
            np.concatenate([np.zeros(0, np.uint64), *(kinds[at].hashes for _, kinds in parts)]),
        )
        for at in range(2)
    ]


def _vocabulary(
    occurrences: Occurrences, settings: NgramSettings, n_texts: int
) -> tuple[Occurrences, np.ndarray, np.ndarray]:
    """The occurrences again, hashes of the n-grams kept, and their smoothed inverse document frequency."""
    every = np.unique(occurrences.hashes)
    keys = np.sort(occurrences.rows * len(every) + HashIndex(every).find(occurrences.hashes))
    once_a_text = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
    documents = np.bincount(once_a_text % max(1, len(every)), minlength=len(every))
    kept = documents >= settings.least_documents
    idf = np.log((1 + n_texts) / (1 + documents[kept])) + 1
    return occurrences, every[kept], idf.astype(np.float32)
