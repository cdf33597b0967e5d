"""Characters of the user as actions: choose one, import a GLB, finish the mapping of its shapes."""

from __future__ import annotations

from pathlib import Path

from studio.actions.desk import Desk

OWN = "default"


def character_folder(desk: Desk) -> Path | None:
    """The folder of the character chosen, None for the studio's own head."""
    return None
