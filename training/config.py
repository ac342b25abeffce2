"""Recipes: one YAML file in `configs/` each, validated before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError, model_validator

from labels import FOLDER
from labels.errors import UserError
from labels.table_rows import DEFAULT_COLUMNS, Columns
from models.registry import MODEL_NAME
from training.search_space import Searched, default_space, search_problem

CONFIGS_FOLDER = FOLDER.parent / "configs"

_NAME = r"^[a-z0-9][a-z0-9_-]*$"

Share = Annotated[float, Field(ge=0, lt=1)]


class ConfigError(UserError):
    """A recipe that cannot be used; the message names the file, the key and the remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelsConfig(_Strict):
    """Which labels to learn from; nothing named means the project's own."""

    sentences: Path | None = None
    """File or folder of JSONL, CSV or Parquet; a relative path counts from the recipe's folder."""
    taxonomy: Path | None = None
    """Taxonomy of those sentences; without it, the labels in use are the taxonomy."""
    text_column: Annotated[str, Field(min_length=1)] = DEFAULT_COLUMNS.text
    """Column of a CSV or Parquet file that holds the texts."""
    label_column: Annotated[str, Field(min_length=1)] = DEFAULT_COLUMNS.label
    """Column that holds the labels of each text."""

    @property
    def columns(self) -> Columns:
        """Columns of the sentences' files."""
        return Columns(self.text_column, self.label_column)

    @model_validator(mode="after")
    def _columns_are_of_a_file(self) -> Self:
        if self.sentences is None and self.columns != DEFAULT_COLUMNS:
            raise ValueError("text_column and label_column name columns of a file; name it with `sentences`")
        return self


class BaselineConfig(_Strict):
    """TF-IDF, logistic regressions and gazetteer."""

    word_ngrams: tuple[PositiveInt, PositiveInt] = (1, 2)
    character_ngrams: tuple[Annotated[int, Field(ge=2)], Annotated[int, Field(ge=2)]] = (3, 5)
    least_documents: PositiveInt = 2
    """An n-gram of fewer sentences than this is no feature."""
    regularisation: PositiveFloat = 10.0
    """Inverse strength of the L2 penalty."""


class TransformerConfig(_Strict):
    """One encoder with a sector head and a tag head."""

    backbone: str = "packaged"
    """`packaged`, `packaged-large`, a short name of `models.backbone.HUB_NAMES`, a folder, or a hub name."""
    max_tokens: Annotated[int, Field(ge=16, le=512)] = 256
    epochs: PositiveInt = 4
    batch_size: PositiveInt = 32
    learning_rate: PositiveFloat = 2e-4
    head_learning_rate: PositiveFloat = 1e-3
    warmup_share: Share = 0.1
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    gradient_clip: PositiveFloat = 1.0
    sector_loss_weight: Annotated[float, Field(ge=0)] = 10.0
    tag_loss_weight: Annotated[float, Field(ge=0)] = 2.0
    dropout: Share = 0.1
    dropout_start: Share = 0.6
    """Share of the epochs after which the encoder's dropout begins, the heads have theirs throughout: late
    dropout (Liu et al. 2023, Dropout Reduces Underfitting)."""
    train_embeddings: bool = False
    """Whether the embeddings below the first layer move too; frozen they are as good and faster."""
    average_decay: Share = 0.99
    """Decay of the running average of weights that becomes the model; 0 takes the last weights."""
    lexical_weight: Annotated[float, Field(ge=0)] = 0.6
    """Weight of TF-IDF's sector logits beside the network's; 0 leaves TF-IDF out."""
    casing_width: PositiveInt = 16
    known_width: PositiveInt = 16
    known_dropout: Share = 0.3
    """Share of the sentences whose names the tag head must find without the catalogue's help."""
    tag_hidden: PositiveInt = 256


class Recipe(_Strict):
    """Everything that determines one training."""

    name: Annotated[str, Field(pattern=_NAME)]
    model: Literal["baseline", "transformer"]
    register_as: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] = MODEL_NAME
    """Name in the registry, and of the experiment; models of other labels need one of their own."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    labels: LabelsConfig = LabelsConfig()
    baseline: BaselineConfig = BaselineConfig()
    transformer: TransformerConfig = TransformerConfig()
    search: dict[str, Searched] = {}
    """What `newsdesk tune` varies in the model's part; without it, `training/search_spaces.yaml` says."""

    def parameters(self) -> dict[str, str | int | float]:
        """The recipe flat, by its YAML names, without what has no effect on a training: for tracking."""
        other = "transformer" if self.model == "baseline" else "baseline"
        return _flat(self.model_dump(mode="json", exclude={other, "name", "search"}))

    def part(self) -> BaselineConfig | TransformerConfig:
        """The settings of the recipe's own model."""
        return self.baseline if self.model == "baseline" else self.transformer

    def search_space(self) -> dict[str, Searched]:
        """What is varied in that part when the recipe is tuned."""
        return self.search or default_space(self.model)

    def with_values(self, values: Mapping[str, Any]) -> Recipe:
        """This recipe with other values of its model's part, by key.

        Raises:
            ValidationError: the part does not take such values.
        """
        part = type(self.part()).model_validate(self.part().model_dump(exclude_unset=True) | dict(values))
        return self.model_copy(update={self.model: part})


def is_recipe_name(name: str) -> bool:
    """Whether a recipe may be called so."""
    return re.match(_NAME, name) is not None


def load_recipe(path: Path) -> Recipe:
    """Read and validate one recipe.

    Raises:
        ConfigError: the file is missing, is no YAML, or a key is unknown or has a bad value.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(str(file) for file in sorted(CONFIGS_FOLDER.glob("*.yaml")))
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); the recipes here are {known}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: must hold keys and values, as configs/baseline.yaml does")
    other = {"baseline": "transformer", "transformer": "baseline"}.get(str(content.get("model")))
    if other in content:
        raise ConfigError(f"{path}: {other}: has no effect with `model: {content['model']}`; remove it")
    try:
        recipe = Recipe.model_validate(content)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        given = "" if problem["type"] in ("missing", "extra_forbidden") else f" (was {problem['input']!r})"
        advice = "; known keys are " + _known_keys(problem["loc"]) if problem["type"] == "extra_forbidden" else ""
        raise ConfigError(f"{path}: {key}: {problem['msg']}{given}{advice}") from error
    if problem_of_search := search_problem(recipe.search, type(recipe.part())):
        raise ConfigError(f"{path}: search.{problem_of_search}")
    files = {key: path.parent / value for key, value in recipe.labels if isinstance(value, Path)}
    return recipe.model_copy(update={"labels": recipe.labels.model_copy(update=files)})


def _known_keys(location: tuple[int | str, ...]) -> str:
    if location[0] == "search":
        return ", ".join(Searched.model_fields)
    model: Any = Recipe
    for part in location[:-1]:
        model = model.model_fields[part].annotation
    return ", ".join(model.model_fields)


def _flat(content: dict[str, Any], prefix: str = "") -> dict[str, str | int | float]:
    flat: dict[str, str | int | float] = {}
    for key, value in content.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value if isinstance(value, int | float) else str(value)
    return flat
