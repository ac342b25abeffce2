"""Files new issues with a trained model: `from predict import load; desk = load(); desk.file(path)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from predict.desk import Desk, load

__all__ = ["Desk", "load"]


def __getattr__(name: str) -> Any:
    # The desk needs numpy and a model's libraries; `newsdesk --help` must not wait for them.
    if name in __all__:
        from predict import desk

        return getattr(desk, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
