"""Settings as one typed table: titles, units, limits, defaults, choices; kept as JSON on disk."""

from studio.settings.store import Settings, default_path
from studio.settings.table import LOUDNESS, RATES, ROWS, SIZES, TABLE, Preferences, Setting, Value
from studio.settings.values import SettingsError, show

__all__ = [
    "LOUDNESS",
    "RATES",
    "ROWS",
    "SIZES",
    "TABLE",
    "Preferences",
    "Setting",
    "Settings",
    "SettingsError",
    "Value",
    "default_path",
    "show",
]
