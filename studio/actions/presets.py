"""Tunings by name as actions: keep, take over, forget."""

from __future__ import annotations

from pathlib import Path

from studio.actions.avatar import tune, tuning_of
from studio.actions.desk import Desk
from studio.actions.telling import tell
from studio.document.errors import DocumentError
from studio.document.presets import Presets
from studio.document.tuning import with_preset


def presets_of(desk: Desk) -> Presets:
    """The presets of this user, beside the settings."""
    settings = desk.settings.path
    return Presets((settings.parent if settings is not None else Path.cwd()) / "face-presets")


def save_preset(desk: Desk, name: str) -> None:
    """Keep the story's tuning under a name."""
    try:
        presets_of(desk).save(name, tuning_of(desk))
        desk.notices.info(f"The preset “{name.strip()}” is kept.")
    except DocumentError as error:
        desk.notices.error(*tell(error, ""))


def apply_preset(desk: Desk, name: str) -> None:
    """Tune the story as a preset says; model, keys and locked shapes stay."""
    try:
        preset = presets_of(desk).load(name)
    except DocumentError as error:
        desk.notices.error(*tell(error, ""))
        return
    tune(desk, f"Preset “{name}”", with_preset(tuning_of(desk), preset))


def remove_preset(desk: Desk, name: str) -> None:
    """Forget a preset."""
    presets_of(desk).remove(name)
    desk.notices.info(f"The preset “{name}” is gone.")
