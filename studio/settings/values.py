"""One setting's value: checked against its row, and to and from JSON."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from studio.settings.table import Setting, Value


class SettingsError(Exception):
    """One sentence: which setting cannot have that value, and what it may have."""


def check(row: Setting, value: object) -> Value:
    """Return the value if the row allows it. Raises SettingsError."""
    if not _same_kind(value, row.default):
        raise SettingsError(f"{row.title} cannot be {value!r}: give {_expected(row)}.")
    assert isinstance(value, str | int | float | bool | Fraction | Path)
    if row.choices and value not in row.choices:
        raise SettingsError(f"{row.title} cannot be {show(value)}: choose {_expected(row)}.")
    if row.low is not None and row.high is not None:
        assert isinstance(value, int | float | Fraction)
        if not row.low <= value <= row.high:
            raise SettingsError(f"{row.title} cannot be {show(value)}: give {_expected(row)}.")
    return value


def to_json(value: Value) -> str | int | float | bool:
    """The value as JSON holds it: fractions and paths as text."""
    return str(value) if isinstance(value, Fraction | Path) else value


def from_json(row: Setting, data: object) -> Value:
    """Read a value as to_json left it and check it. Raises SettingsError."""
    try:
        if isinstance(row.default, Fraction) and isinstance(data, str | int):
            return check(row, Fraction(data))
        if isinstance(row.default, Path) and isinstance(data, str) and data:
            return check(row, Path(data))
    except (ValueError, ZeroDivisionError):
        raise SettingsError(f"{row.title} cannot be {data!r}: give {_expected(row)}.") from None
    return check(row, data)


def show(value: Value) -> str:
    """The value as a person reads it: 30000/1001 is 29.97."""
    if isinstance(value, Fraction):
        return f"{float(value):.2f}".rstrip("0").rstrip(".")
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _same_kind(value: object, default: Value) -> bool:
    if isinstance(default, Path):
        return isinstance(value, Path)
    return type(value) is type(default)


def _expected(row: Setting) -> str:
    if row.choices:
        return " or ".join(show(choice) for choice in row.choices)
    if row.low is not None and row.high is not None:
        return f"a number from {row.low:g} to {row.high:g}"
    if isinstance(row.default, bool):
        return "on or off"
    return "a folder" if isinstance(row.default, Path) else "text"
