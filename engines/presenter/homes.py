"""Knows where presenters are kept while they are being made, beside those that are ready."""

from __future__ import annotations

import re
from pathlib import Path

from engines.api.events import EngineError
from engines.common.homes import SHIPPED, VARIABLE, homes, user_home

__all__ = ["SHIPPED", "VARIABLE", "building_folder", "homes", "user_home"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")


def building_home(home: str = "") -> Path:
    """Where presenters are kept while they are being made."""
    return user_home(home) / ".building"


def building_folder(name: str, home: str = "") -> Path:
    """Where a presenter is kept while it is being made: footage and training. Raises EngineError for a bad name."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise EngineError(f"{name!r} is no name for a presenter: use letters, digits, spaces, '-' and '_'.")
    if (SHIPPED / name).exists():
        raise EngineError(f"The name {name!r} belongs to a shipped presenter: choose another.")
    return building_home(home) / name
