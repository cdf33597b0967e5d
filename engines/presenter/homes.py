"""Knows where presenters live: the shipped ones, the user's own, and those still being made."""

from __future__ import annotations

import os
import re
from pathlib import Path

from engines.api.events import EngineError
from engines.common.weights import ASSETS

SHIPPED = ASSETS / "presenters"
VARIABLE = "ANCHOR_STUDIO_PRESENTERS"
"""Environment variable that names another folder for the user's presenters."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")


def user_home(home: str = "") -> Path:
    """The folder of the user's own presenters: the one named, else the variable's, else the user's data folder."""
    if home or os.environ.get(VARIABLE):
        return Path(home or os.environ[VARIABLE])
    from platformdirs import user_data_path

    return user_data_path("anchor-studio", appauthor=False) / "presenters"


def homes() -> tuple[Path, ...]:
    """Where presenters are looked for, the shipped ones first."""
    return SHIPPED, user_home()


def building_folder(name: str, home: str = "") -> Path:
    """Where a presenter is kept while it is being made: footage and training. Raises EngineError for a bad name."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise EngineError(f"{name!r} is no name for a presenter: use letters, digits, spaces, '-' and '_'.")
    if (SHIPPED / name).exists():
        raise EngineError(f"The name {name!r} belongs to a shipped presenter: choose another.")
    return user_home(home) / ".building" / name
