"""The difference between two JSON values as a short list, so that a keystroke is journalled as a keystroke."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Change = list[Any]
"""[path, value] puts a value there; [path, at, count, inserted] replaces a stretch of a text or list."""


def diff(old: Any, new: Any) -> list[Change]:
    """Changes that turn old into new: apply(old, diff(old, new)) == new."""
    changes: list[Change] = []
    _collect(old, new, [], changes)
    return changes


def apply(old: Any, changes: list[Change]) -> Any:
    """The changed value; old is left as it is. Raises LookupError, TypeError or ValueError if they do not fit it."""
    for path, *rest in changes:
        old = _changed(old, path, rest)
    return old


def _collect(old: Any, new: Any, path: list[str | int], changes: list[Change]) -> None:
    if type(old) is not type(new):
        changes.append([path, new])
    elif isinstance(old, dict) and old.keys() == new.keys():
        for key in old:
            _collect(old[key], new[key], [*path, key], changes)
    elif isinstance(old, list) and len(old) == len(new):
        for i, (one, other) in enumerate(zip(old, new, strict=True)):
            _collect(one, other, [*path, i], changes)
    elif old != new:
        changes.append([path, *_splice(old, new)] if isinstance(old, str | list) else [path, new])


def _splice(old: Any, new: Any) -> list[Any]:
    shorter = min(len(old), len(new))
    head = _longest(shorter, lambda n: bool(old[:n] == new[:n]))
    tail = _longest(shorter - head, lambda n: bool(old[len(old) - n :] == new[len(new) - n :]))
    return [head, len(old) - head - tail, new[head : len(new) - tail]]


def _longest(limit: int, same: Callable[[int], bool]) -> int:
    """The largest n up to limit with same(n), found by halving: comparing whole stretches is what Python does fast."""
    low = 0
    while low < limit:
        middle = (low + limit + 1) // 2
        low, limit = (middle, limit) if same(middle) else (low, middle - 1)
    return low


def _changed(old: Any, path: list[Any], rest: list[Any]) -> Any:
    if path:
        key, *deeper = path
        copy = dict(old) if isinstance(old, dict) else list(old)
        copy[key] = _changed(old[key], deeper, rest)
        return copy
    if len(rest) == 1:
        return rest[0]
    at, count, inserted = rest
    return old[:at] + inserted + old[at + count :]
