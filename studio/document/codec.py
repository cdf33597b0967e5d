"""Frozen values to JSON and back, strictly: what does not fit the dataclass is refused."""

from __future__ import annotations

import dataclasses
import types
from fractions import Fraction
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from studio.document.errors import DocumentError

T = TypeVar("T")


class Unreadable(DocumentError):
    """The JSON does not describe the value: the project is damaged."""


def encode(value: Any) -> Any:
    """A dataclass as a dict, a tuple as a list, a fraction as "30000/1001"; plain values as they are."""
    if dataclasses.is_dataclass(value):
        return {column.name: encode(getattr(value, column.name)) for column in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [encode(one) for one in value]
    return str(value) if isinstance(value, Fraction) else value


def decode(kind: type[T], data: Any) -> T:
    """The value that encode made the data from; absent fields take their defaults. Raises Unreadable."""
    value: T = _decode(kind, data, kind.__name__)
    return value


def _decode(kind: Any, data: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, data, where)
    if get_origin(kind) is tuple:
        _require(isinstance(data, list), where)
        return tuple(_decode(get_args(kind)[0], one, f"{where}[{i}]") for i, one in enumerate(data))
    if get_origin(kind) in (Union, types.UnionType):
        inner = next(one for one in get_args(kind) if one is not type(None))
        return None if data is None else _decode(inner, data, where)
    if get_origin(kind) is Literal:
        _require(data in get_args(kind), where)
        return data
    return _decode_plain(kind, data, where)


def _decode_dataclass(kind: Any, data: Any, where: str) -> Any:
    _require(isinstance(data, dict), where)
    hints = _hints(kind)
    known = {name: _decode(hints[name], data[name], f"{where}.{name}") for name in hints if name in data}
    return kind(**known)


def _decode_plain(kind: Any, data: Any, where: str) -> Any:
    if kind is Fraction:
        _require(isinstance(data, str), where)
        try:
            return Fraction(data)
        except (ValueError, ZeroDivisionError):
            raise Unreadable(f"{where} is damaged.") from None
    if kind is float and type(data) is int:
        return float(data)
    _require(type(data) is kind, where)
    return data


def _require(fits: bool, where: str) -> None:
    if not fits:
        raise Unreadable(f"{where} is damaged.")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {column.name: hints[column.name] for column in dataclasses.fields(kind)}
