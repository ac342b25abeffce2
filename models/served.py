"""The model as MLflow serves it: a table of texts in, sectors and entities out."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labels.taxonomy import Taxonomy
from models.classifier import Classifier
from models.decision import sectors_above
from models.saved import load

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature


class ServedModel:
    """What `mlflow.pyfunc.load_model` gives back."""

    def __init__(self, model: Classifier) -> None:
        """Serve a loaded model."""
        self.model = model

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:
        """Classify the column `text`; MLflow has refused tables without it by the signature.

        Returns:
            One row a text: `sectors`, those above their thresholds with probabilities, most probable
            first; `probabilities` of all sectors; `entities` with offsets, type and name. A text of
            nothing but white space has neither sectors nor entities.

        Raises:
            MlflowException: a value is no text; names its row. A server answers it with status 400.
        """
        import pandas as pd

        texts = model_input["text"].tolist()
        _check_texts(texts)
        prediction = self.model.classify(texts)
        keys = self.model.taxonomy.sector_keys
        return pd.DataFrame(
            {
                "sectors": [
                    [
                        {"sector": sector, "probability": probability}
                        for sector, probability in sectors_above(row, self.model.decision.thresholds, keys)
                        if text.strip()
                    ]
                    for text, row in zip(texts, prediction.sectors, strict=True)
                ],
                "probabilities": [dict(zip(keys, map(float, row), strict=True)) for row in prediction.sectors],
                "entities": [
                    [{"start": e.start, "end": e.end, "type": e.type, "name": text[e.start : e.end]} for e in entities]
                    for text, entities in zip(texts, prediction.entities, strict=True)
                ],
            },
            index=model_input.index,
        )


def signature(taxonomy: Taxonomy) -> ModelSignature:
    """Schema of `ServedModel.predict`: said rather than inferred, since an example may lack what another text has."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema
    from mlflow.types.schema import Array, Object, Property

    probability, text, offset = DataType.double, DataType.string, DataType.long
    sector = Object([Property("sector", text), Property("probability", probability)])
    entity = Object(
        [Property("start", offset), Property("end", offset), Property("type", text), Property("name", text)]
    )
    return ModelSignature(
        inputs=Schema([ColSpec(text, "text")]),
        outputs=Schema(
            [
                ColSpec(Array(sector), "sectors"),
                ColSpec(Object([Property(key, probability) for key in taxonomy.sector_keys]), "probabilities"),
                ColSpec(Array(entity), "entities"),
            ]
        ),
    )


def _check_texts(values: Sequence[Any]) -> None:
    for row, value in enumerate(values):
        if not isinstance(value, str):
            from mlflow.exceptions import MlflowException

            # pandas has a NaN for JSON's null, and for the empty cells of a CSV.
            shown = "null" if value is None or value != value else reprlib.repr(value)
            raise MlflowException.invalid_parameter_value(
                f'row {row} (the first is 0): `text` is {shown}; send a string, "" where there is no text'
            )


def _load_pyfunc(path: str) -> ServedModel:
    """Entry point that MLflow calls with the folder of the model's data."""
    return ServedModel(load(Path(path)))
