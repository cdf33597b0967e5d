"""Knows where presenters live: the shipped ones and the user's own."""

from __future__ import annotations

import os
from pathlib import Path

from engines.common.weights import ASSETS

SHIPPED = ASSETS / "presenters"
VARIABLE = "ANCHOR_STUDIO_PRESENTERS"
"""Environment variable that names another folder for the user's presenters."""


def user_home(home: str = "") -> Path:
    """The folder of the user's own presenters: the one named, else the variable's, else the user's data folder."""
    if home or os.environ.get(VARIABLE):
        return Path(home or os.environ[VARIABLE])
    from platformdirs import user_data_path

    return user_data_path("anchor-studio", appauthor=False) / "presenters"


def homes() -> tuple[Path, ...]:
    """Where presenters are looked for, the shipped ones first."""
    return SHIPPED, user_home()
