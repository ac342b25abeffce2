"""What commands print for programs: one JSON value on standard output."""

from __future__ import annotations

from typing import Any


def print_json(content: Any) -> None:
    """Print plain values as JSON; NaN, which JSON does not know, becomes null."""
    from json import dumps

    print(dumps(_strict(content), ensure_ascii=False, indent=1, allow_nan=False))


def _strict(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _strict(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_strict(value) for value in content]
    return None if content != content else content
