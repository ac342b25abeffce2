"""Systems without a pretrained encoder: scikit-learn's TF-IDF, fastText and spaCy."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.peer import SEED, Classify, Peer, TrainingSet

_TF_IDF_FILE = "tf_idf.joblib"
_FASTTEXT_FILE = "model.bin"
_SECTORS_FILE = "sectors.txt"
_LABEL = "__label__"
_NO_SECTOR = "none"
_FASTTEXT_EPOCHS = 25
_SPACY_EPOCHS = 5
_SPACY_BATCH = 64


def _fit_tf_idf(training: TrainingSet, folder: Path, epochs: int | None) -> None:
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import FeatureUnion, Pipeline

    from training.metrics import sector_targets

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
    regression = LogisticRegression(C=10.0, solver="liblinear", class_weight="balanced", random_state=SEED)
    pipeline = Pipeline(
        [
            ("features", FeatureUnion([("words", words), ("characters", characters)])),
            ("regressions", OneVsRestClassifier(regression)),
        ]
    )
    pipeline.fit(training.texts, sector_targets(training.train, training.taxonomy).astype(int))
    joblib.dump(pipeline, folder / _TF_IDF_FILE)


def _load_tf_idf(folder: Path) -> Classify:
    import joblib

    pipeline = joblib.load(folder / _TF_IDF_FILE)
    return lambda texts: np.asarray(pipeline.predict_proba(list(texts)), dtype=np.float32)


def _fit_fasttext(training: TrainingSet, folder: Path, epochs: int | None) -> None:
    import fasttext

    lines = [
        " ".join([*(_LABEL + sector for sector in sentence.sectors or [_NO_SECTOR]), _one_line(sentence.text)])
        for sentence in training.train
    ]
    data = folder / "train.txt"
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    model = fasttext.train_supervised(
        str(data), loss="ova", lr=0.5, epoch=epochs or _FASTTEXT_EPOCHS, wordNgrams=2, verbose=0
    )
    model.save_model(str(folder / _FASTTEXT_FILE))
    (folder / _SECTORS_FILE).write_text("\n".join(training.taxonomy.sector_keys), encoding="utf-8")


def _load_fasttext(folder: Path) -> Classify:
    import fasttext

    model = fasttext.load_model(str(folder / _FASTTEXT_FILE))
    sectors = (folder / _SECTORS_FILE).read_text(encoding="utf-8").split("\n")
    columns = {_LABEL + sector: at for at, sector in enumerate(sectors)}

    def classify(texts: Sequence[str]) -> np.ndarray:
        probabilities = np.zeros((len(texts), len(columns)), dtype=np.float32)
        labels, values = model.predict([_one_line(text) for text in texts], k=-1)
        for at, (names, row) in enumerate(zip(labels, values, strict=True)):
            for name, value in zip(names, row, strict=True):
                if name in columns:
                    probabilities[at, columns[name]] = value
        return probabilities

    return classify


def _one_line(text: str) -> str:
    return " ".join(text.lower().split())


def _fit_spacy(training: TrainingSet, folder: Path, epochs: int | None) -> None:
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(SEED)
    nlp = spacy.blank("en")
    component = nlp.add_pipe("textcat_multilabel")
    keys = training.taxonomy.sector_keys
    for key in keys:
        component.add_label(key)
    examples = [
        Example.from_dict(nlp.make_doc(s.text), {"cats": {key: float(key in s.sectors) for key in keys}})
        for s in training.train
    ]
    optimizer = nlp.initialize(lambda: examples)
    generator = random.Random(SEED)
    for _ in range(epochs or _SPACY_EPOCHS):
        generator.shuffle(examples)
        for batch in minibatch(examples, _SPACY_BATCH):
            nlp.update(batch, sgd=optimizer)
    nlp.to_disk(folder)


def _load_spacy(folder: Path) -> Classify:
    import spacy

    nlp = spacy.load(folder)
    sectors = nlp.get_pipe("textcat_multilabel").labels

    def classify(texts: Sequence[str]) -> np.ndarray:
        rows = [[doc.cats[sector] for sector in sectors] for doc in nlp.pipe(texts)]
        return np.array(rows, dtype=np.float32).reshape(len(texts), len(sectors))

    return classify


TF_IDF = Peer(
    key="tfidf",
    family="tfidf",
    title="scikit-learn TF-IDF",
    settings="n-grams and regressions as newsdesk's baseline has them, no entities",
    fit=_fit_tf_idf,
    load=_load_tf_idf,
    requires=("scikit-learn",),
)

FASTTEXT = Peer(
    key="fasttext",
    family="fasttext",
    title="fastText",
    settings=f"words and pairs of words, one-vs-all loss, {_FASTTEXT_EPOCHS} epochs",
    fit=_fit_fasttext,
    load=_load_fasttext,
    requires=("fasttext-wheel",),
)

SPACY = Peer(
    key="spacy",
    family="spacy",
    title="spaCy textcat_multilabel",
    settings=f"blank English, default architecture, {_SPACY_EPOCHS} epochs of batch {_SPACY_BATCH}",
    fit=_fit_spacy,
    load=_load_spacy,
    requires=("spacy",),
)
