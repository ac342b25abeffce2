"""What commands print for programs: one JSON value on standard output."""

from __future__ import annotations

import sys
from typing import Any


def print_json(content: Any, *, indent: int | None = 1) -> None:
    """Print plain values as JSON; NaN, which JSON does not know, becomes null."""
    from json import dumps

    in_unicode = sys.stdout.encoding.lower().startswith("utf")
    print(dumps(_strict(content), ensure_ascii=not in_unicode, indent=indent, allow_nan=False))


def _strict(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _strict(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_strict(value) for value in content]
    return None if content != content else content
