"""What `newsdesk tune` varies: ranges and choices for keys of a recipe's model, declared as YAML."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_DEFAULTS_FILE = Path(__file__).with_name("search_spaces.yaml")


class Searched(BaseModel):
    """The values that one key may take: a range, or a list of choices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float | None = None
    high: float | None = None
    log: bool = False
    """Whether values are drawn evenly over the orders of magnitude; for rates and strengths."""
    choices: tuple[Any, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _list_means_choices(cls, given: Any) -> Any:
        if isinstance(given, list):
            return {"choices": given}
        if not isinstance(given, dict):
            raise ValueError("must be a range as `{low: 0.1, high: 0.5}` or a list of choices as `[16, 32]`")
        return given

    @model_validator(mode="after")
    def _either_range_or_choices(self) -> Self:
        if self.choices is not None:
            if len({json.dumps(choice) for choice in self.choices}) < 2:
                raise ValueError("must list at least two choices; a key with one value is no part of a search")
            if self.low is not None or self.high is not None or self.log:
                raise ValueError("has choices and a range; keep one of them")
            return self
        if self.low is None or self.high is None:
            raise ValueError("needs `low` and `high`, or a list of choices")
        if self.low >= self.high:
            raise ValueError(f"low must be less than high (they are {self.low:g} and {self.high:g})")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be greater than 0 where log is true (was {self.low:g})")
        return self

    def plain(self) -> dict[str, Any] | list[Any]:
        """As it is written in YAML."""
        if self.choices is not None:
            return list(self.choices)
        return {"low": self.low, "high": self.high} | ({"log": True} if self.log else {})


SearchSpace = dict[str, Searched]


def search_problem(space: SearchSpace, part: type[BaseModel]) -> str | None:
    """Why a search space does not fit the part of the recipe that it varies, None if it does.

    Args:
        space: by key of the part.
        part: the recipe's part, `BaselineConfig` or `TransformerConfig`.
    """
    for key, searched in space.items():
        if key not in part.model_fields:
            return f"{key}: is no key of this model; known keys are {', '.join(part.model_fields)}"
        field = part.model_fields[key]
        if searched.choices is None and field.annotation not in (int, float):
            return f"{key}: has no order to range over; list choices as `[first, second]`"
        bounds = [searched.low, searched.high]
        if field.annotation is int and any(bound is not None and bound % 1 for bound in bounds):
            return f"{key}: low and high must be whole numbers (were {searched.low:g} and {searched.high:g})"
        for value in bounds if searched.choices is None else searched.choices:
            try:
                part.model_validate({key: value})
            except ValidationError as error:
                return f"{key}: {error.errors()[0]['msg']} (was {value!r})"
    return None


@cache
def default_space(model: str) -> SearchSpace:
    """What is varied for a kind of model whose recipe says nothing."""
    spaces = yaml.safe_load(_DEFAULTS_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(SearchSpace).validate_python(spaces[model])


def distributions(space: SearchSpace, part: type[BaseModel]) -> dict[str, BaseDistribution]:
    """The space as optuna samples it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    def distribution(key: str, searched: Searched) -> BaseDistribution:
        if searched.choices is not None:
            return CategoricalDistribution([encode(choice) for choice in searched.choices])
        assert searched.low is not None and searched.high is not None
        if part.model_fields[key].annotation is int:
            return IntDistribution(int(searched.low), int(searched.high), log=searched.log)
        return FloatDistribution(searched.low, searched.high, log=searched.log)

    return {key: distribution(key, searched) for key, searched in space.items()}


def encode(value: Any) -> bool | int | float | str:
    """A value as optuna stores it: lists as JSON."""
    return json.dumps(value) if isinstance(value, list | tuple) else value


def decode(value: Any) -> Any:
    """The value of a recipe that optuna stored."""
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else value
