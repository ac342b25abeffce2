"""The model as MLflow serves it: a table of texts in, sectors and entities out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.classifier import Classifier
from models.decision import sectors_above
from models.saved import load

if TYPE_CHECKING:
    import pandas as pd


class ServedModel:
    """What `mlflow.pyfunc.load_model` gives back."""

    def __init__(self, model: Classifier) -> None:
        """Serve a loaded model."""
        self.model = model

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Classify the column `text`.

        Returns:
            One row a text: `sectors`, those above their thresholds with probabilities, most probable
            first; `probabilities` of all sectors; `entities` with offsets, type and name.

        Raises:
            ValueError: there is no column `text`, or a value in it is no text.
        """
        import pandas as pd

        if "text" not in model_input.columns:
            raise ValueError(f"needs a column `text`, got {', '.join(map(str, model_input.columns))}")
        texts = model_input["text"].tolist()
        for row, text in enumerate(texts):
            if not isinstance(text, str):
                raise ValueError(f"row {row}: `text` must be a text, was {text!r}")
        prediction = self.model.classify(texts)
        keys = self.model.taxonomy.sector_keys
        return pd.DataFrame(
            {
                "sectors": [
                    [
                        {"sector": sector, "probability": probability}
                        for sector, probability in sectors_above(row, self.model.decision.thresholds, keys)
                    ]
                    for row in prediction.sectors
                ],
                "probabilities": [dict(zip(keys, map(float, row), strict=True)) for row in prediction.sectors],
                "entities": [
                    [{"start": e.start, "end": e.end, "type": e.type, "name": text[e.start : e.end]} for e in entities]
                    for text, entities in zip(texts, prediction.entities, strict=True)
                ],
            },
            index=model_input.index,
        )


def _load_pyfunc(path: str) -> ServedModel:
    """Entry point that MLflow calls with the folder of the model's data."""
    return ServedModel(load(Path(path)))
